"""Takes steady noise out of sound, as it was taken out of the sound that an acoustic model was trained on.

In every frame and band of frequencies the noise is what the power falls back to between words (Doblinger, Speech
enhancement by spectral minima tracking, 1995); what rises above it stays, and what follows a louder sound at once is
masked by it, as in a room that rings (Kim and Stern, PNCC, 2012). Method and constants are those of Sphinx's front
end, which weighs the bands of its features; here the sound itself is weighed, so that any recogniser can hear it. The
first frame is taken for noise, where Sphinx takes a twentieth of it: a stream begins before anybody speaks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice_skill.sound import SPEECH_BAND_HZ, Samples

DELAY_S = 0.01
"""By which the cleaned sound comes later."""
_BANDS = 25
_PRE_EMPHASIS = 0.97
_POWER_KEPT = 0.7
"""Share of the power before in the smoothed power."""
_RISING_KEPT = 0.995
"""The same for what the power falls back to, while the power is above it: it follows in two seconds."""
_FALLING_KEPT = 0.5
_PEAK_KEPT = 0.85
_MASKED = 0.2
"""Of the last peak, put in the place of what it masks."""
_MOST_GAIN = 20.0
"""Noise is weakened in power by at most this: 13 dB."""
_LEAST_SIGNAL = 1.0
_NEIGHBOURS = 4
"""Bands on either side over which the weights are smoothed."""
_Powers = npt.NDArray[np.float64]


class NoiseRemoval:
    """Follows one stream of sound; what it knows of the noise stays from the first sample to the last."""

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` is that of the samples to come."""
        self._hop = round(DELAY_S * rate_hz)
        self._size = 1 << (2 * self._hop - 1).bit_length()
        self._window = np.sqrt(np.hanning(2 * self._hop + 1)[:-1])
        frequencies_hz: _Powers = np.fft.rfftfreq(self._size, 1 / rate_hz).astype(np.float64)
        bands, self._centres_hz = mel_bands(frequencies_hz)
        emphasis = np.abs(1 - _PRE_EMPHASIS * np.exp(-2j * np.pi * frequencies_hz / rate_hz)) ** 2
        self._bands = (bands * emphasis).T
        self._frequencies_hz = frequencies_hz
        self._weights = BandWeights()
        self._waiting: _Powers = np.zeros(self._hop)
        """The last hop that was taken, and what does not fill a hop."""
        self._unfinished: _Powers = np.zeros(self._hop)

    def clean(self, samples: Samples) -> Samples:
        """The sound without noise, `DELAY_S` later; what does not fill that time comes with the next call."""
        taken = np.concatenate([self._waiting, samples])
        count = len(taken) // self._hop - 1
        self._waiting = taken[count * self._hop :]
        if not count:
            return np.zeros(0, np.int16)
        frames = np.lib.stride_tricks.sliding_window_view(taken, 2 * self._hop)[: count * self._hop : self._hop]
        cleaned = self._cleaned(frames)
        first_halves, second_halves = cleaned[:, : self._hop], cleaned[:, self._hop :]
        first_halves[0] += self._unfinished
        first_halves[1:] += second_halves[:-1]
        self._unfinished = second_halves[-1].copy()
        return np.clip(np.round(first_halves.ravel()), -32768, 32767).astype(np.int16)

    def _cleaned(self, frames: _Powers) -> _Powers:
        """Windowed frames of two hops, shape (frames, 2 hops), ready to be added where they overlap."""
        spectra = np.fft.rfft(frames * self._window, self._size)
        powers = np.square(np.abs(spectra)) @ self._bands
        gains = [
            np.interp(self._frequencies_hz, self._centres_hz, np.sqrt(self._weights.weigh(power))) for power in powers
        ]
        return np.fft.irfft(spectra * gains, self._size)[:, : 2 * self._hop] * self._window


class BandWeights:
    """What share of the power in each band is no noise, frame after frame."""

    def __init__(self) -> None:
        self._begun = False
        self._power: _Powers = np.zeros(_BANDS)
        self._noise: _Powers = np.zeros(_BANDS)
        self._floor: _Powers = np.zeros(_BANDS)
        self._peak: _Powers = np.zeros(_BANDS)
        band = np.arange(_BANDS)
        self._first = np.maximum(0, band - _NEIGHBOURS)
        self._after_last = np.minimum(_BANDS, band + _NEIGHBOURS + 1)

    def weigh(self, power: _Powers) -> _Powers:
        """Factors from 1/20 to 1 for the power of a frame, shape (bands,)."""
        if not self._begun:
            self._begun = True
            self._power, self._noise, self._floor = power, power, power / _MOST_GAIN
        self._power = _POWER_KEPT * self._power + (1 - _POWER_KEPT) * power
        self._noise = _lower_envelope(self._power, self._noise)
        signal = np.maximum(self._power - self._noise, _LEAST_SIGNAL)
        self._floor = _lower_envelope(signal, self._floor)
        weights = np.maximum(self._masked(signal), self._floor) / np.maximum(self._power, _LEAST_SIGNAL)
        return self._smoothed(np.clip(weights, 1 / _MOST_GAIN, 1.0))

    def _masked(self, signal: _Powers) -> _Powers:
        self._peak = _PEAK_KEPT * self._peak
        masked = np.where(signal < _PEAK_KEPT * self._peak, _MASKED * self._peak, signal)
        self._peak = np.maximum(self._peak, signal)
        return masked

    def _smoothed(self, weights: _Powers) -> _Powers:
        sums = np.concatenate([[0.0], np.cumsum(weights)])
        return np.asarray((sums[self._after_last] - sums[self._first]) / (self._after_last - self._first), np.float64)


def _lower_envelope(power: _Powers, envelope: _Powers) -> _Powers:
    kept = np.where(power >= envelope, _RISING_KEPT, _FALLING_KEPT)
    return np.asarray(kept * envelope + (1 - kept) * power, np.float64)


def mel_bands(frequencies_hz: _Powers) -> tuple[_Powers, _Powers]:
    """Triangular filters of equal area on the mel scale, shape (bands, frequencies), and their centres in Hz.

    They reach as high as the frequencies do where that is less than speech does.
    """
    ends_hz = np.minimum(SPEECH_BAND_HZ, frequencies_hz[-1])
    lowest, highest = _mel(ends_hz)
    edges = np.linspace(lowest, highest, _BANDS + 2)
    edges_hz = 700 * np.expm1(edges / 1127)
    left, centre, right = (each[:, np.newaxis] for each in (edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]))
    rising, falling = (frequencies_hz - left) / (centre - left), (right - frequencies_hz) / (right - centre)
    return np.clip(np.minimum(rising, falling), 0.0, None) * 2 / (right - left), edges_hz[1:-1]


def _mel(frequency_hz: _Powers) -> _Powers:
    return np.asarray(1127 * np.log1p(frequency_hz / 700), np.float64)
