"""Takes the assistant's own voice out of the microphone, behind the `EchoCanceller` port."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from voice_skill.adapters.echo_filter import EchoFilter, Filtered, Signal
from voice_skill.loudness import NoiseFloor
from voice_skill.sound import Samples

_FRAME_S = 0.004
_EMPHASIS = 0.9
"""Of the higher frequencies, so that the loud low ones do not leak into them."""
_FULL_SCALE = np.float32(32_768.0)
_DITHER = 2
"""In steps of a sample: what resampling makes of silence."""
_SUPPRESSION, _STRICT_SUPPRESSION = 4.0, 8.0
"""How much more than the echo that may be left is taken away from what is heard, and from what opens the gate."""
_FADING = 0.6
"""What of the echo that may be left is still there a frame later."""
_LEAST_LEAK, _MOST_LEAK = 0.01, 1.0
_LEAK_MEAN, _LEAK_RATE = 0.05, 0.03
"""What each frame adds to the means, and to the leak."""
_NEAR_SHARE = 10 ** (-6.0 / 10)
"""Of the loudest that was recorded lately, what is left of it when a person speaks; of an echo alone less is left."""
_LATELY_S = 0.4
"""From one syllable to the next and further: what is left of an echo between two is no person."""
_NEAR_POWER = 2e-6
_WATCHED_FRAMES = 12
_LEAST_POWER = 1e-10
_LOOK_AHEAD_S, _HELD_S = 0.1, 0.2
"""The gate is open from so long before a person is heard; it is held open for longer, so that word ends are kept."""
_COMFORT_NOISE = 1.5 / _FULL_SCALE
"""At least, and as loud as the room: what follows the noise of the room would be misled by silence."""


class AdaptiveEchoCanceller:
    """One canceller, kept from the first sound to the last: it learns the room and goes on learning.

    A filter takes off the echo that it can explain. Of the rest, the frequencies in which more echo may be left than
    anything else are suppressed, and while nothing but echo is left, a gate lets nothing through. Where there is no
    echo, the filter learns that, and the sound stays as it is. What comes out is `_LOOK_AHEAD_S` late.
    """

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` is that of all samples."""
        self._frame = round(_FRAME_S * rate_hz)
        self._filter = EchoFilter(rate_hz, self._frame)
        self._suppressor = _Suppressor(self._frame)
        self._gate = _Gate(self._frame, rate_hz)
        self._played: Samples = np.zeros(0, np.int16)
        self._recorded: Samples = np.zeros(0, np.int16)
        self._last_played = self._last_recorded = self._last_out = np.float32(0.0)
        powers = np.arange(self._frame)[:, None] - np.arange(self._frame)
        self._emphasis_undone = np.tril(_EMPHASIS ** np.maximum(powers, 0)).astype(np.float32)
        self._emphasis_carried = np.float32(_EMPHASIS) ** np.arange(1, self._frame + 1, dtype=np.float32)

    def clean(self, played: Samples, recorded: Samples) -> Samples:
        """What was recorded, without the echo of what was played, 0.1 s late; what does not fill a frame waits."""
        if np.max(np.abs(played), initial=0) <= _DITHER:
            played = np.zeros_like(played)  # no echo of it can be heard, and silence is little work
        self._played = np.concatenate([self._played, played])
        self._recorded = np.concatenate([self._recorded, recorded])
        whole = min(len(self._played), len(self._recorded)) // self._frame * self._frame
        frames = [self._clean_frame(slice(at, at + self._frame)) for at in range(0, whole, self._frame)]
        self._played, self._recorded = self._played[whole:], self._recorded[whole:]
        out = np.round(np.concatenate([np.zeros(0, np.float32), *frames]) * _FULL_SCALE)
        return np.asarray(np.clip(out, -_FULL_SCALE, _FULL_SCALE - 1), np.int16)

    def _clean_frame(self, where: slice) -> Signal:
        played, recorded = self._played[where] / _FULL_SCALE, self._recorded[where] / _FULL_SCALE
        emphasised = _emphasised(recorded, self._last_recorded)
        filtered = self._filter.filter(_emphasised(played, self._last_played), emphasised)
        self._last_played, self._last_recorded = played[-1], recorded[-1]
        rest, near_power, power = self._suppressor.suppress(filtered, emphasised)
        passed = self._gate.admit(rest, near_power, power, echo_possible=self._filter.is_sounding)
        out = self._emphasis_undone @ passed + self._emphasis_carried * self._last_out
        self._last_out = out[-1]
        return np.asarray(out)


class _Suppressor:
    """Takes away, frequency by frequency, what the filter has left of the echo.

    How much that is, is told by how the rest rises and falls with the expected echo (Valin, 2007), and by what the
    filter itself does not know yet.
    """

    def __init__(self, frame: int) -> None:
        self._window = np.sqrt(np.hanning(2 * frame + 1)[:-1]).astype(np.float32)
        self._rest, self._echo, self._recorded, self._overlap = (np.zeros(frame, np.float32) for _ in range(4))
        self._rest_mean, self._echo_mean, self._left = (np.zeros(frame + 1, np.float32) for _ in range(3))
        self._covariance, self._variance = 0.0, 1e-12

    def suppress(self, filtered: Filtered, recorded: Signal) -> tuple[Signal, float, float]:
        """The frame before this one; the power that is surely no echo; the power recorded."""
        if not any(map(np.any, (filtered.echo, filtered.doubt, self._echo))) and np.max(self._left) < _LEAST_POWER:
            return self._passed(filtered.rest)
        before, now = (self._rest, self._echo, self._recorded), (filtered.rest, filtered.echo, recorded)
        spectra = np.fft.rfft(self._window * np.concatenate([before, now], axis=1))
        rest_power, echo_power, recorded_power = np.abs(spectra) ** 2
        self._rest, self._echo, self._recorded = now
        expected = np.maximum(self._leak(rest_power, echo_power) * echo_power, filtered.doubt)
        self._left = np.maximum(expected, _FADING * self._left)
        share = self._left / (rest_power + 1e-12)
        near = rest_power * np.maximum(1 - _STRICT_SUPPRESSION * share, 0.0) ** 2
        sound = np.asarray(
            np.fft.irfft(spectra[0] * np.maximum(1 - _SUPPRESSION * share, 0.0)) * self._window, np.float32
        )
        out = self._overlap + sound[: len(recorded)]
        self._overlap = sound[len(recorded) :]
        scale = len(recorded) ** 2
        return out, float(np.sum(near)) / scale, float(np.sum(recorded_power)) / scale

    def _passed(self, rest: Signal) -> tuple[Signal, float, float]:
        """The same where there is nothing to suppress, for a fraction of the work."""
        rising, falling = np.split(self._window**2, 2)
        out = self._overlap + self._rest * rising
        self._overlap = rest * falling
        self._rest, self._recorded = rest, rest
        power = float(np.mean(np.square(rest)))
        return out, power, power

    def _leak(self, rest_power: Signal, echo_power: Signal) -> float:
        """What share of the power of the echo the filter leaves."""
        if np.sum(echo_power) > 1e-6:
            rest, echo = rest_power - self._rest_mean, echo_power - self._echo_mean
            self._rest_mean = self._rest_mean + _LEAK_MEAN * rest
            self._echo_mean = self._echo_mean + _LEAK_MEAN * echo
            self._covariance += _LEAK_RATE * (float(rest @ echo) - self._covariance)
            self._variance += _LEAK_RATE * (float(echo @ echo) - self._variance)
        return float(np.clip(self._covariance / self._variance, _LEAST_LEAK, _MOST_LEAK))


class _Gate:
    """Lets nothing but comfort noise through while no more than an echo can be heard."""

    def __init__(self, frame: int, rate_hz: int) -> None:
        self._waiting = deque(np.zeros(frame, np.float32) for _ in range(round(_LOOK_AHEAD_S * rate_hz / frame)))
        self._frame_s = frame / rate_hz
        self._held_frames = round(_HELD_S / self._frame_s)
        self._open_frames = 0
        self._powers: deque[tuple[float, float]] = deque(maxlen=_WATCHED_FRAMES)
        self._lately: deque[float] = deque(maxlen=round(_LATELY_S / self._frame_s))
        self._gain = 1.0
        self._random = np.random.default_rng(0)
        self._floor = NoiseFloor()
        self._room_noise = 0.0

    def admit(self, frame: Signal, near_power: float, power: float, echo_possible: bool) -> Signal:
        """Take a frame, with how much of its power is surely no echo; the one whose turn it is."""
        self._powers.append((near_power, power))
        is_near = not echo_possible or self._hears_near()
        self._open_frames = self._held_frames if is_near else max(0, self._open_frames - 1)
        self._waiting.append(frame)
        gain = 1.0 if self._open_frames else 0.0
        ramp = (
            np.linspace(self._gain, gain, len(frame), dtype=np.float32)
            if gain != self._gain
            else np.full(len(frame), gain, np.float32)
        )
        self._gain = gain
        if not echo_possible:
            self._follow_room(frame)
        noise = np.maximum(_COMFORT_NOISE, self._room_noise * (1 - ramp)) * self._random.standard_normal(
            len(frame), np.float32
        )
        return np.asarray(self._waiting.popleft() * ramp + noise)

    def _hears_near(self) -> bool:
        near, whole = np.mean(self._powers, axis=0)
        self._lately.append(float(whole - near))
        return bool(near > _NEAR_SHARE * max(whole, *self._lately) and near > _NEAR_POWER)

    def _follow_room(self, frame: Signal) -> None:
        level_dbfs = 10 * math.log10(float(np.mean(np.square(frame))) + _LEAST_POWER)
        self._room_noise = 10 ** (self._floor.follow(level_dbfs, self._frame_s) / 20)


def _emphasised(samples: Signal, before: np.float32) -> Signal:
    return np.asarray(samples - _EMPHASIS * np.concatenate([[before], samples[:-1]]))
