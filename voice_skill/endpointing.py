"""Decides when a person has finished speaking.

The recogniser's own endpoint waits for half a second to two seconds of decoded silence, the longer the less it is
sure, so short answers wait longest. Here the silence is measured in the sound itself, over a noise floor that follows
the room, and a sentence that is already complete needs less of it. A hypothesis that stands still ends the utterance
too, so that steady noise in the room cannot hold it open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_skill.loudness import loudness_dbfs
from voice_skill.sound import Samples


@dataclass(frozen=True, slots=True)
class EndpointTimes:
    """All in seconds."""

    complete_s: float = 0.3
    """Silence after a hypothesis that is a complete known sentence."""
    open_s: float = 0.7
    """Silence after any other; people pause so long within a sentence."""
    standstill_s: float = 1.2
    """Time for which an unchanged hypothesis counts as the end, whatever the sound is like."""
    longest_s: float = 15.0
    """No utterance is longer."""


@dataclass(frozen=True, slots=True)
class SpeechLevel:
    """When a block of sound counts as speech. In decibels relative to full scale."""

    over_floor_db: float = 8.0
    quietest_speech_dbfs: float = -55.0
    floor_rise_db_per_s: float = 3.0
    """The floor falls at once and rises slowly, so that speech does not lift it."""


class Endpointer:
    """Follows one stream of blocks; tells after each whether the utterance has ended."""

    def __init__(
        self,
        is_complete: Callable[[str], bool],
        block_s: float,
        times: EndpointTimes | None = None,
        level: SpeechLevel | None = None,
    ) -> None:
        """`is_complete` tells whether a hypothesis is a whole known sentence; `block_s` is the length of a block."""
        self._is_complete = is_complete
        self._block_s = block_s
        self._times = times or EndpointTimes()
        self._level = level or SpeechLevel()
        self._floor_dbfs = 0.0
        self.restart()

    def restart(self) -> None:
        """Wait for the next utterance; what is known of the room stays."""
        self._silent_s = 0.0
        self._unchanged_s = 0.0
        self._length_s = 0.0
        self._hypothesis = ""

    def ended(self, block: Samples, hypothesis: str) -> bool:
        """Whether the utterance has ended with `block`; `hypothesis` is what has been heard of it so far."""
        silent = not self._is_speech(block)
        if not hypothesis:
            self.restart()
            return False
        self._silent_s = self._silent_s + self._block_s if silent else 0.0
        self._unchanged_s = self._unchanged_s + self._block_s if hypothesis == self._hypothesis else 0.0
        self._length_s += self._block_s
        self._hypothesis = hypothesis
        return self._has_ended()

    def _has_ended(self) -> bool:
        times = self._times
        if self._reaches(self._length_s, times.longest_s) or self._reaches(self._unchanged_s, times.standstill_s):
            return True
        if not self._reaches(min(self._silent_s, self._unchanged_s + self._block_s), times.complete_s):
            return False
        return self._reaches(self._silent_s, times.open_s) or self._is_complete(self._hypothesis)

    def _reaches(self, waited_s: float, needed_s: float) -> bool:
        # Half a block of slack, so that sums of blocks do not miss the mark by rounding.
        return waited_s + self._block_s / 2 > needed_s

    def _is_speech(self, block: Samples) -> bool:
        level_dbfs = loudness_dbfs(block)
        risen = self._floor_dbfs + self._level.floor_rise_db_per_s * self._block_s
        self._floor_dbfs = min(level_dbfs, risen)
        loud = level_dbfs > self._floor_dbfs + self._level.over_floor_db
        return loud and level_dbfs > self._level.quietest_speech_dbfs
