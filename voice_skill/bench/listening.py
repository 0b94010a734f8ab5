"""The assistant's hearing on sound that was made beforehand, on a clock that the sound drives.

Block after block goes through the same ear as in a live session. A block arrives when its last sample would have been
recorded, and is worked on for as long as the work took; work that takes longer than a block delays the next.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from voice_skill.building import build_catalog
from voice_skill.dialogue import State, understand
from voice_skill.domain import EarconKind, Understanding, Utterance, Voice
from voice_skill.ear import Ear
from voice_skill.hearing import begin_to_load, open_recogniser
from voice_skill.ports import BLOCK_S
from voice_skill.settings import Settings
from voice_skill.sound import SPEECH_RATE_HZ, Sound

_BLOCK_BYTES = 2 * round(BLOCK_S * SPEECH_RATE_HZ)


@dataclass(frozen=True, slots=True)
class HeardAt:
    """An utterance and when it was there. Seconds since the sound began."""

    utterance: Utterance
    ended_s: float
    """When the block arrived with which it ended."""
    ready_s: float
    """When the recogniser was done with it."""


class SilentMouth:
    """A mouth that says nothing, so that everything is heard."""

    speaking = False
    current_text = ""

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Nothing."""

    def earcon(self, kind: EarconKind) -> None:
        """Nothing."""

    def hush(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class Listener:
    """Hears and understands as a live session does before its first answer."""

    def __init__(self, settings: Settings) -> None:
        """Load everything.

        Raises:
            SkillError: the data has faults or the speech model is missing.
        """
        loading = begin_to_load(settings)
        self.catalog = build_catalog(settings)
        self.catalog.matcher.prepare()
        self._settings = settings
        self._model = loading.result()

    def stream(self) -> Stream:
        """A new stream of sound."""
        heard: list[Utterance] = []
        return Stream(
            Ear(open_recogniser(self._model, self._settings), SilentMouth(), self.catalog, heard.append), heard
        )

    def hear(self, sound: Sound) -> list[HeardAt]:
        """Every utterance in a sound that stands alone."""
        return self.stream().hear(sound)

    def understood(self, heard: list[HeardAt]) -> Understanding:
        """The first of several that was understood, else the first."""
        utterances = [each.utterance for each in heard] or [Utterance(())]
        understandings = [understand(utterance, State(), self.catalog) for utterance in utterances]
        return next((each for each in understandings if each.intent or each.red_flags), understandings[0])


class Stream:
    """One stream of sound through one ear."""

    def __init__(self, ear: Ear, heard: list[Utterance]) -> None:
        self._ear = ear
        self._heard = heard

    def hear(self, sound: Sound) -> list[HeardAt]:
        """Every utterance that ends in `sound`, which goes on where the last one stopped."""
        data = sound.at_rate(SPEECH_RATE_HZ).samples.tobytes()
        found: list[HeardAt] = []
        now_s = 0.0
        for number, start in enumerate(range(0, len(data) - _BLOCK_BYTES + 1, _BLOCK_BYTES), start=1):
            arrived_s = number * BLOCK_S
            began_s = time.perf_counter()
            self._ear.take(data[start : start + _BLOCK_BYTES])
            now_s = max(now_s, arrived_s) + time.perf_counter() - began_s
            found += [HeardAt(utterance, arrived_s, now_s) for utterance in self._heard]
            self._heard.clear()
        return found
