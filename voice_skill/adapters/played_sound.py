"""What the loudspeaker plays, kept until the microphone has heard the same moment."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from voice_skill.sound import SPEECH_RATE_HZ, Samples

LONGEST_S = 12.0
"""More than may wait at the microphone; the oldest goes first when nobody listens."""
LEAD_S = 0.02
"""Put on the time at which samples are handed to the loudspeaker: so late they may be without a gap in mid-speech.

The echo takes longer than that through any loudspeaker and microphone, so it still comes after its reference.
"""
_WATCHED_BLOCKS = 20
_LEAST_SHIFT_S = 0.02
"""What is out of step by less, or for fewer blocks of the microphone, stays: a shift makes a canceller learn anew."""
_BROKEN_OFF_S = 0.5
"""So far out of step is only what went on while the microphone was lost, or the other way round."""


class PlayedSound:
    """Takes samples on the sound thread of the loudspeaker, gives them on that of the microphone.

    Both devices take turns irregularly, and a busy listener takes blocks long after they were captured. So the first
    samples go where the times say, and all others follow sample by sample, which keeps an echo a steady time after its
    reference; silence fills what is missing. What is out of step for a whole second is moved.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells seconds, of the same kind as the times of `next`."""
        self._clock = clock
        self._rate_hz = SPEECH_RATE_HZ
        self._arrived: deque[tuple[Samples, int, float]] = deque(maxlen=round(LONGEST_S / 0.005))
        self._lock = threading.Lock()
        self._ready: Samples = np.zeros(0, np.int16)
        self._belongs_until_s = 0.0
        """When the last of the ready samples should be heard by the microphone, by the time of its arrival."""
        self._convert: tuple[int, _Converter] | None = None
        self._early_by: list[int] = []
        """Samples by which what is ready would come too early, at each block since it was last judged."""

    def add(self, samples: Samples, rate_hz: int) -> None:
        """Take what is handed to the loudspeaker now; returns at once and keeps a copy."""
        with self._lock:
            self._arrived.append((samples.copy(), rate_hz, self._clock()))

    def next(self, count: int, rate_hz: int, captured_at_s: float) -> Samples:
        """The next `count` samples at the rate of the microphone, which captured the last of them at that time."""
        self._rate_hz = rate_hz
        was_empty = not len(self._ready)
        self._collect()
        if len(self._ready):
            self._keep_in_step(captured_at_s - count / rate_hz, was_empty)
        taken, self._ready = self._ready[:count], self._ready[count:]
        return np.concatenate([taken, np.zeros(count - len(taken), np.int16)])

    def _collect(self) -> None:
        with self._lock:
            arrived = list(self._arrived)
            self._arrived.clear()
        chunks = [self._at_our_rate(samples, rate_hz) for samples, rate_hz, _ in arrived]
        self._ready = np.concatenate([self._ready, *chunks])[-round(LONGEST_S * self._rate_hz) :]
        if arrived:
            samples, rate_hz, at_s = arrived[-1]
            self._belongs_until_s = at_s + LEAD_S + len(samples) / rate_hz

    def _keep_in_step(self, block_starts_at_s: float, is_first: bool) -> None:
        """Move what is ready, if it would come at another time than it should."""
        ready_until_s = block_starts_at_s + len(self._ready) / self._rate_hz
        self._early_by.append(round((self._belongs_until_s - ready_until_s) * self._rate_hz))
        least, most = min(self._early_by), max(self._early_by)
        if is_first or abs(self._early_by[-1]) > _BROKEN_OFF_S * self._rate_hz:
            self._delay(self._early_by[-1])
        elif len(self._early_by) >= _WATCHED_BLOCKS:
            surely_early_by = max(least, 0) + min(most, 0)
            self._delay(surely_early_by if abs(surely_early_by) > _LEAST_SHIFT_S * self._rate_hz else 0)

    def _delay(self, samples: int) -> None:
        """Put silence before what is ready, or take off the beginning of it where `samples` is negative."""
        self._ready = np.concatenate([np.zeros(max(0, samples), np.int16), self._ready[max(0, -samples) :]])
        self._early_by.clear()

    def _at_our_rate(self, samples: Samples, rate_hz: int) -> Samples:
        if self._convert is None or self._convert[0] != rate_hz:
            self._convert = (rate_hz, _Converter(rate_hz, self._rate_hz))
        return self._convert[1](samples)


class _Converter:
    """Samples of one stream from one rate to another."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        import soxr

        # Better qualities give their samples out in bursts, up to 40 ms late.
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, "int16", "LQ")

    def __call__(self, samples: Samples) -> Samples:
        return samples if self._stream is None else np.asarray(self._stream.resample_chunk(samples), np.int16)
