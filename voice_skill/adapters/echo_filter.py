"""Learns the way from the loudspeaker to the microphone, and takes off what comes along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float32]
"""Samples, full scale at 1. Half the memory of doubles takes half the time, and cancels as well."""
_TAIL_S = 0.16
"""Delay and reverberation together that the filter can follow."""
_STAYS = 0.999
"""What of the way is thought to stay the same from one frame to the next."""
_DOUBT_AT_FIRST = 0.02
"""Power of the unknown way, in each part of the filter."""
_LEAST_DOUBT = 1e-10
_NOISE_KEPT = 0.9
"""What of the noise estimate is kept from one frame to the next."""
_LEAST_NOISE = 1e-9
_STEP = 0.5
"""Half of the whole step: neighbouring frequencies are not as independent as the filter takes them to be."""
_TIMES = 2
"""How often each frame is learnt from."""


@dataclass(frozen=True, slots=True)
class Filtered:
    """One frame after the filter."""

    rest: Signal
    """What was recorded without the echo."""
    echo: Signal
    """The echo as the filter expected it."""
    doubt: Signal
    """Power of the echo that may be left, by frequency, for what the filter has not learnt yet."""


class EchoFilter:
    """A frequency-domain Kalman filter in parts (Enzner and Vary, 2006; Kuech, Mabande and Enzner, 2014).

    It weighs what it hears by how much of that it cannot explain, so a person who speaks into the echo does not mislead
    it, and needs no detector for that. It knows how far it may be wrong.
    """

    def __init__(self, rate_hz: int, frame: int) -> None:
        """`frame` is the length of all frames in samples at `rate_hz`; short ones learn faster."""
        parts, self._frame = round(_TAIL_S * rate_hz / frame), frame
        self._way = np.zeros((parts, frame + 1), np.complex64)
        self._doubt = np.full((parts, frame + 1), _DOUBT_AT_FIRST, np.float32)
        self._played = np.zeros((parts, frame + 1), np.complex64)
        self._last = np.zeros(frame, np.float32)
        self._noise = np.full(frame + 1, 1e-3, np.float32)
        self._sounding_frames = 0
        """For which an echo of what was played so far can still come."""

    @property
    def is_sounding(self) -> bool:
        """Whether any echo can come of what was played."""
        return self._sounding_frames > 0

    def filter(self, played: Signal, recorded: Signal) -> Filtered:
        """Take one frame of each, of the same moment."""
        self._sounding_frames = len(self._played) + 1 if np.any(played) else max(0, self._sounding_frames - 1)
        if not self.is_sounding:
            return Filtered(recorded, np.zeros(self._frame, np.float32), np.zeros(self._frame + 1, np.float32))
        self._played = np.roll(self._played, 1, axis=0)
        self._played[0] = np.fft.rfft(np.concatenate([self._last, played]))
        self._last = played
        echo = self._expected()
        power = np.abs(self._played) ** 2
        doubt = self._learn(recorded - echo, power, follow_noise=True)
        for _ in range(_TIMES - 1):
            self._learn(recorded - self._expected(), power, follow_noise=False)
        return Filtered(recorded - echo, echo, doubt)

    def _expected(self) -> Signal:
        return np.asarray(np.fft.irfft(np.sum(self._played * self._way, axis=0))[self._frame :], np.float32)

    def _learn(self, error: Signal, power: Signal, follow_noise: bool) -> Signal:
        """Correct the way by the error of a frame; what was doubtful of the echo before that, by frequency.

        `power` is that of what was played, as `doubt` has it: by part and frequency.
        """
        spectrum = np.asarray(np.fft.rfft(np.concatenate([np.zeros(self._frame, np.float32), error])), np.complex64)
        doubt = 0.5 * np.sum(self._doubt * power, axis=0)  # half of each window is zeros
        if follow_noise:
            self._noise = _NOISE_KEPT * self._noise + np.float32(1 - _NOISE_KEPT) * np.abs(spectrum) ** 2
        gain = _STEP * self._doubt / (doubt + self._noise + _LEAST_NOISE)
        way = np.fft.irfft(self._way + gain * self._played.conj() * spectrum, axis=1)
        way[:, self._frame :] = 0.0  # else the circular convolution of the blocks wraps around
        self._way = np.asarray(np.fft.rfft(way, axis=1), np.complex64)
        moved = (1 - _STAYS**2) * np.abs(self._way) ** 2
        self._doubt = _STAYS**2 * self._doubt * (1 - 0.5 * gain * power) + moved + _LEAST_DOUBT
        self._way = _STAYS * self._way
        return np.asarray(doubt)
