"""The edges of the program as small Protocols. Time, sound and the person are met only through these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from voice_skill.domain import EarconKind, Expectation, Utterance, Voice
from voice_skill.sound import Samples, Sound


class Clock(Protocol):
    """Seconds that only grow."""

    def now_s(self) -> float:
        """Seconds since some fixed moment."""
        ...


class SpeechEngine(Protocol):
    """Text to samples."""

    def synthesise(self, text: str, voice: Voice) -> Sound:
        """The sound of `text`; of length 0 for empty text.

        Raises:
            SpeechError: no speech could be made in time.
        """
        ...

    def close(self) -> None:
        """Give the engine back."""
        ...


class Mouth(Protocol):
    """Speaks a queue of texts without making its caller wait; `on_idle` is called when the last has ended."""

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Queue `text` after `pause_s` seconds of silence."""
        ...

    def earcon(self, kind: EarconKind) -> None:
        """Queue a short sound."""
        ...

    def hush(self) -> None:
        """Fade out at once and empty the queue; `on_idle` follows if anything was queued."""
        ...

    @property
    def speaking(self) -> bool:
        """Something is queued, being made into sound, or sounding."""
        ...

    @property
    def current_text(self) -> str:
        """The text that can be heard right now; empty between texts."""
        ...

    def close(self) -> None:
        """Let the queue end, then give the devices back."""
        ...


class Recogniser(Protocol):
    """Blocks of sound in, utterances out."""

    def accept(self, block: bytes) -> Utterance | None:
        """Take mono 16-bit samples; the utterance once its endpoint was found, else None."""
        ...

    def partial(self) -> str:
        """What has been heard of the utterance so far; empty between utterances."""
        ...

    def finish(self) -> Utterance | None:
        """End the utterance now; None when nothing was heard."""
        ...

    def forget(self) -> None:
        """Drop the utterance, and what it has told of the voice and the room."""
        ...

    def expect(self, expectation: Expectation) -> None:
        """Prepare for an answer of this kind, from the next utterance on; may be called from another thread."""
        ...


class EchoCanceller(Protocol):
    """Takes what the loudspeaker plays out of what the microphone hears; learns the room while it does so."""

    def clean(self, played: Samples, recorded: Samples) -> Samples:
        """What was recorded without the echo of what was played; both go on where the last call ended."""
        ...


BLOCK_S = 0.05
"""Length of the blocks in which a microphone gives its sound; the end of speech is found to this exactness."""
BlockHandler = Callable[[bytes], None]
"""Takes one block of mono 16-bit samples; called on the sound thread, so it must return at once."""
