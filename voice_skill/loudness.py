"""How loud sound is, and whether what was heard can have been speech at all."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from voice_skill.domain import Quality
from voice_skill.sound import SPEECH_BAND_HZ, Samples

_FULL_SCALE = 32_768.0
_QUIETEST_DBFS = -96.0
"""The floor of 16-bit sound."""
_FRAME_S = 0.02
_LEAST_RANGE_DB = 7.0
"""Between the quietest and the loudest frame: even a clipped "no" was measured at 10 dB, pink noise at 6."""
CLIPPED_SHARE = 0.01
"""Of all samples at full scale, above which speech is distorted."""
QUIETEST_SPEECH_DBFS = -45.0
"""The loudest tenth of a second of an utterance; below it, the noise of most microphones is near."""
TOO_QUIET = "You are very quiet; come closer or turn the microphone up."
TOO_LOUD = "Your voice is distorted; move away from the microphone or turn it down."


def loudness_dbfs(block: Samples) -> float:
    """Mean power of a block relative to full scale, in decibels."""
    if not len(block):
        return _QUIETEST_DBFS
    power = float(np.mean(np.square(block.astype(np.float64) / _FULL_SCALE)))
    return max(_QUIETEST_DBFS, 10 * math.log10(power)) if power > 0 else _QUIETEST_DBFS


def frame_levels_dbfs(
    samples: Samples, rate_hz: int, band_hz: tuple[float, float] = SPEECH_BAND_HZ
) -> npt.NDArray[np.float64]:
    """Loudness of each whole frame of 20 ms in a band of frequencies, shape (frames,); if not told, that of speech.

    The rumble below them, of a fan or of a hand on the microphone, comes and goes by more than a quiet voice does.
    """
    size = round(_FRAME_S * rate_hz)
    frames = samples[: len(samples) // size * size].reshape(-1, size) / _FULL_SCALE
    window = np.hanning(size + 1)[:-1]
    frequencies_hz = np.fft.rfftfreq(size, 1 / rate_hz)
    lowest_hz, highest_hz = band_hz
    of_speech = (frequencies_hz >= lowest_hz) & (frequencies_hz <= highest_hz)
    powers = np.square(np.abs(np.fft.rfft(frames * window)[:, of_speech])).sum(axis=1)
    mean_powers = 2 * powers / (size * np.square(window).sum())
    return np.asarray(10 * np.log10(np.maximum(mean_powers, 10 ** (_QUIETEST_DBFS / 10))), np.float64)


def clipped_share(samples: Samples) -> float:
    """Share of the samples that are at full scale."""
    return _clipped(samples) / max(1, len(samples))


def _clipped(samples: Samples) -> int:
    return int(np.count_nonzero(np.abs(samples.astype(np.int32)) >= _FULL_SCALE - 1))


class NoiseFloor:
    """Follows how loud the room is without speech: falls at once, rises slowly, so that speech does not lift it."""

    def __init__(self, rise_db_per_s: float = 3.0) -> None:
        self._rise_db_per_s = rise_db_per_s
        self._level_dbfs = 0.0

    def follow(self, level_dbfs: float, length_s: float) -> float:
        """The floor in dBFS after `length_s` seconds of sound at `level_dbfs`."""
        self._level_dbfs = min(level_dbfs, self._level_dbfs + self._rise_db_per_s * length_s)
        return self._level_dbfs


class QualityMeter:
    """Follows the sound of one utterance after the other."""

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` is that of the blocks to come."""
        self._frame = round(_FRAME_S * rate_hz)
        self._quietest_dbfs = 0.0
        self.restart()

    def restart(self) -> None:
        """Begin the next utterance; what is known of the room stays."""
        self._loudest_dbfs = _QUIETEST_DBFS
        self._clipped = self._samples = 0

    def add(self, block: Samples) -> None:
        """Take a block of any length; what does not fill a frame of 20 ms is passed over."""
        for start in range(0, len(block) - self._frame + 1, self._frame):
            level_dbfs = loudness_dbfs(block[start : start + self._frame])
            self._loudest_dbfs = max(self._loudest_dbfs, level_dbfs)
            if level_dbfs > _QUIETEST_DBFS:  # digital silence says nothing about the room
                self._quietest_dbfs = min(self._quietest_dbfs, level_dbfs)
        self._clipped += _clipped(block)
        self._samples += len(block)

    @property
    def quality(self) -> Quality:
        """What the utterance so far was like."""
        if self._loudest_dbfs - self._quietest_dbfs < _LEAST_RANGE_DB:
            return Quality.NOISE
        return Quality.CLIPPED if self._clipped > CLIPPED_SHARE * self._samples else Quality.CLEAR


class LevelWatch:
    """Tells, once for each, that the person is too loud or too quiet for the microphone."""

    def __init__(self) -> None:
        self._loudest_dbfs = _QUIETEST_DBFS
        self._told: set[str] = set()

    def add(self, block: Samples) -> float:
        """Take the next block of some hundredths of a second; its loudness in dBFS."""
        level_dbfs = loudness_dbfs(block)
        self._loudest_dbfs = max(self._loudest_dbfs, level_dbfs)
        return level_dbfs

    def advice(self, quality: Quality) -> str | None:
        """What to change after an utterance of that quality; None when all is well, or it was told before."""
        loudest_dbfs, self._loudest_dbfs = self._loudest_dbfs, _QUIETEST_DBFS
        if quality is Quality.CLIPPED:
            advice = TOO_LOUD
        elif loudest_dbfs < QUIETEST_SPEECH_DBFS:
            advice = TOO_QUIET
        else:
            return None
        if advice in self._told:
            return None
        self._told.add(advice)
        return advice
