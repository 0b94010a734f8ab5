"""What the loudspeaker plays, kept until the microphone has heard the same moment."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

from voice_skill.sound import SPEECH_RATE_HZ, Samples

LONGEST_S = 12.0
"""More than may wait at the microphone; the oldest goes first when nobody listens."""
_SURPLUS_S = 0.02
"""What is left over for a whole second beyond this is taken off, for it would make the reference come too late."""
_WATCH_S = 1.0
LEAD_S = 0.02
"""Silence before the first samples: so late they may be handed over without a gap in the middle of speech.

The echo takes longer than that through any loudspeaker and microphone, so it still comes after its reference.
"""


class PlayedSound:
    """Takes samples on the sound thread of the loudspeaker, gives them on that of the microphone.

    The two devices take turns irregularly. What was handed to the loudspeaker is given out sample by sample with what
    the microphone captured, so that an echo comes a steady time after its reference; silence fills what is missing.
    """

    def __init__(self, lead_s: float = 0.0) -> None:
        """`lead_s` seconds of silence go before what is played after nothing was."""
        self._lead_s = lead_s
        self._is_idle = True
        self._rate_hz = SPEECH_RATE_HZ
        self._arrived: deque[tuple[Samples, int]] = deque(maxlen=round(LONGEST_S / 0.005))
        self._lock = threading.Lock()
        self._ready: Samples = np.zeros(0, np.int16)
        self._convert: tuple[int, _Converter] | None = None
        self._least_left = 0
        self._watched = 0

    def add(self, samples: Samples, rate_hz: int) -> None:
        """Take what is handed to the loudspeaker now; returns at once and keeps a copy."""
        with self._lock:
            self._arrived.append((samples.copy(), rate_hz))

    def next(self, count: int, rate_hz: int, waiting: int = 0) -> Samples:
        """The next `count` samples at the rate of the microphone, where `waiting` more wait to be read."""
        self._rate_hz = rate_hz
        self._collect()
        taken = self._ready[:count]
        self._is_idle = not len(taken)
        self._ready = self._ready[count:]
        self._drop_surplus(count, len(self._ready) - waiting)
        return np.concatenate([taken, np.zeros(count - len(taken), np.int16)])

    @property
    def _lead(self) -> int:
        return round(self._lead_s * self._rate_hz)

    def _collect(self) -> None:
        with self._lock:
            arrived = list(self._arrived)
            self._arrived.clear()
        chunks = [self._at_our_rate(samples, rate_hz) for samples, rate_hz in arrived]
        if self._is_idle and any(map(len, chunks)):
            chunks.insert(0, np.zeros(self._lead, np.int16))
        self._ready = np.concatenate([self._ready, *chunks])[-round(LONGEST_S * self._rate_hz) :]

    def _at_our_rate(self, samples: Samples, rate_hz: int) -> Samples:
        if self._convert is None or self._convert[0] != rate_hz:
            self._convert = (rate_hz, _Converter(rate_hz, self._rate_hz))
        return self._convert[1](samples)

    def _drop_surplus(self, count: int, left: int) -> None:
        self._least_left = left if not self._watched else min(self._least_left, left)
        self._watched += count
        if self._watched >= _WATCH_S * self._rate_hz:
            if self._least_left > self._lead + _SURPLUS_S * self._rate_hz:
                self._ready = self._ready[self._least_left - self._lead :]
            self._watched = 0


class _Converter:
    """Samples of one stream from one rate to another."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        import soxr

        # Better qualities give their samples out in bursts, up to 40 ms late.
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, "int16", "LQ")

    def __call__(self, samples: Samples) -> Samples:
        return samples if self._stream is None else np.asarray(self._stream.resample_chunk(samples), np.int16)
