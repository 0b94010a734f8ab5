"""Decides when a person has finished speaking.

The recogniser's own endpoint waits for half a second to two seconds of decoded silence, the longer the less it is
sure, so short answers wait longest. Here the silence is measured in the sound itself, over a noise floor that follows
the room, and how much of it is needed depends on what was heard: a whole sentence that cannot go on needs the least.
A hypothesis that stands still ends the utterance too, so that steady noise in the room cannot hold it open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from voice_skill.loudness import NoiseFloor, frame_levels_dbfs
from voice_skill.sound import Samples


class Ending(Enum):
    """How probable it is that nothing more comes after the words heard so far."""

    CERTAIN = "certain"
    """A known sentence, and no known sentence begins with it."""
    COMPLETE = "complete"
    """A known sentence; others begin with it, but mostly mean the same."""
    LIKELY = "likely"
    """Words of a clear meaning that no known sentence begins with."""
    OPEN = "open"
    """Anything else; people pause within a sentence."""


@dataclass(frozen=True, slots=True)
class EndpointTimes:
    """Silence that ends an utterance, by what was heard, and the other limits; all in seconds."""

    certain_s: float = 0.2
    complete_s: float = 0.25
    likely_s: float = 0.4
    open_s: float = 0.7
    standstill_s: float = 1.2
    """Time for which an unchanged hypothesis counts as the end, whatever the sound is like."""
    longest_s: float = 15.0
    """No utterance is longer."""
    decoding_lag_s: float = 0.3
    """The most by which a hypothesis may trail the sound: words that come later were spoken after the silence began."""

    def silence_after(self, ending: Ending) -> float:
        """The silence that ends an utterance of this kind."""
        return {
            Ending.CERTAIN: self.certain_s,
            Ending.COMPLETE: self.complete_s,
            Ending.LIKELY: self.likely_s,
            Ending.OPEN: self.open_s,
        }[ending]


@dataclass(frozen=True, slots=True)
class SpeechLevel:
    """When a block of sound counts as speech: all of its frames are as loud. In decibels relative to full scale."""

    over_floor_db: float = 8.0
    quietest_speech_dbfs: float = -55.0


class Endpointer:
    """Follows one stream of blocks; tells after each whether the utterance has ended."""

    def __init__(
        self,
        ending_of: Callable[[str], Ending],
        block_s: float,
        times: EndpointTimes | None = None,
        level: SpeechLevel | None = None,
    ) -> None:
        """`ending_of` judges a hypothesis, once each time that it changes; `block_s` is the length of a block."""
        self._ending_of = ending_of
        self._block_s = block_s
        self._times = times or EndpointTimes()
        self._level = level or SpeechLevel()
        self._floor = NoiseFloor()
        self._silent_s = self._unchanged_s = self._length_s = 0.0
        self._needed_s = self._times.open_s
        self._hypothesis = ""

    def restart(self) -> None:
        """Wait for the next utterance; what is known of the room stays."""
        self._silent_s = 0.0
        self._forget_words()

    def ended(self, block: Samples, hypothesis: str) -> bool:
        """Whether the utterance has ended with `block`; `hypothesis` is what has been heard of it so far."""
        # The silence before a hypothesis counts, for the words of a short command come out after its end.
        self._silent_s = 0.0 if self._is_speech(block) else self._silent_s + self._block_s
        if not hypothesis:
            self._forget_words()
            return False
        self._length_s += self._block_s
        self._unchanged_s += self._block_s
        if hypothesis != self._hypothesis:
            self._hypothesis = hypothesis
            self._unchanged_s = 0.0
            self._needed_s = self._times.silence_after(self._ending_of(hypothesis))
        return self._has_ended()

    def _forget_words(self) -> None:
        self._hypothesis = ""
        self._unchanged_s = self._length_s = 0.0

    def _has_ended(self) -> bool:
        times = self._times
        silent_s = min(self._silent_s, self._unchanged_s + times.decoding_lag_s)
        return (
            self._reaches(silent_s, self._needed_s)
            or self._reaches(self._unchanged_s, times.standstill_s)
            or self._reaches(self._length_s, times.longest_s)
        )

    def _reaches(self, waited_s: float, needed_s: float) -> bool:
        # Half a block of slack, so that sums of blocks do not miss the mark by rounding.
        return waited_s + self._block_s / 2 > needed_s

    def _is_speech(self, block: Samples) -> bool:
        levels_dbfs = frame_levels_dbfs(block, round(len(block) / self._block_s))
        level_dbfs = float(levels_dbfs.min())
        loud = level_dbfs > self._floor.follow(level_dbfs, self._block_s) + self._level.over_floor_db
        return loud and level_dbfs > self._level.quietest_speech_dbfs
