"""Keeps the quiet between utterances from the recogniser.

A recogniser follows the mean of what it hears, to make up for voices, microphones and rooms. Seconds of quiet before a
word pull that mean away from speech, and the word is misheard. Behind this gate the mean is that of the last seconds of
speech, as Sphinx takes it too, and a quiet room costs next to nothing to listen to. `tests/hearing/measure_rooms.py`
measures both.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from voice_skill.loudness import NoiseFloor, frame_levels_dbfs
from voice_skill.sound import Samples

LEAD_S = 0.4
"""What is heard of the sound before the first loud frame: soft beginnings, and a little of the room."""
QUIET_S = 0.6
"""Quiet after which no word can still come of what was loud."""
_OVER_FLOOR_DB = 6.0
"""Above the room, where a frame of 20 ms counts as loud: less than an endpoint asks for, so that no word is lost."""
_QUIETEST_DBFS = -62.0
_VOICED_BAND_HZ = (150.0, 1000.0)
"""Where every vowel is loud: the clink of a dish is not, and was heard as "thanks" and "what"."""
_VOICED_OVER_FLOOR_DB = 6.0
"""Commands were 21 dB above a fan there, clinks nowhere above what the fan itself comes and goes by."""
_LOUD_FRAMES = 3
"""Of a block, one after the other, all of them if it holds fewer: the clink of a dish is shorter than a syllable."""


class SpeechGate:
    """Follows one stream of blocks; open while somebody may be speaking."""

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` is that of the blocks to come."""
        self._rate_hz = rate_hz
        self._floor, self._voiced_floor = NoiseFloor(), NoiseFloor()
        self.floor_dbfs = 0.0
        """How loud the room is without speech, as far as is known."""
        self._quiet_s = 0.0
        self._before: deque[bytes] = deque()
        self._is_open = False

    def admit(self, block: bytes, judged: bytes | None = None) -> bytes:
        """The sound to be heard now: none while it is quiet, and before the first loud block what led to it.

        Blocks hold mono 16-bit samples. How loud it is, `judged` tells if given: the same sound before its noise was
        taken out, for what is left of noise comes and goes more than the noise did.
        """
        samples = np.frombuffer(block if judged is None else judged, np.int16)
        length_s = len(samples) / self._rate_hz
        self._quiet_s = 0.0 if self._is_loud(samples, length_s) else self._quiet_s + length_s
        if not self._is_open and self._quiet_s:
            self._keep(block)
            return b""
        admitted = b"".join([*self._before, block])
        self._before.clear()
        self._is_open = True
        return admitted

    @property
    def may_close(self) -> bool:
        """Whether it is open and has been quiet for so long that nothing more can come."""
        return self._is_open and self._quiet_s >= QUIET_S

    def close(self) -> None:
        """Admit nothing until it is loud again."""
        self._is_open = False

    def _is_loud(self, samples: Samples, length_s: float) -> bool:
        levels = frame_levels_dbfs(samples, self._rate_hz)
        if not len(levels):
            return False
        voiced = frame_levels_dbfs(samples, self._rate_hz, _VOICED_BAND_HZ)
        self.floor_dbfs = self._floor.follow(_middle(levels), length_s)
        voiced_floor_dbfs = self._voiced_floor.follow(_middle(voiced), length_s)
        loud = levels > max(self.floor_dbfs + _OVER_FLOOR_DB, _QUIETEST_DBFS)
        speech = loud & (voiced > voiced_floor_dbfs + _VOICED_OVER_FLOOR_DB)
        return bool(np.lib.stride_tricks.sliding_window_view(speech, min(_LOUD_FRAMES, len(speech))).all(axis=1).any())

    def _keep(self, block: bytes) -> None:
        self._before.append(block)
        most = 2 * round(LEAD_S * self._rate_hz)
        while sum(map(len, self._before)) - len(self._before[0]) >= most:
            self._before.popleft()


def _middle(levels_dbfs: npt.NDArray[np.float64]) -> float:
    return float(np.quantile(levels_dbfs, 0.5, method="lower"))
