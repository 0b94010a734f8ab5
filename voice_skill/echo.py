"""Finds the assistant's own voice in what the microphone hears: how late and how loud it comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voice_skill.loudness import loudness_dbfs
from voice_skill.ports import EchoCanceller
from voice_skill.sound import Samples

ECHO_HEARD = (
    "The microphone hears the loudspeaker, so a command said while I speak may be lost; wear a headset, or say it "
    "between two sentences."
)
"""Told once, where there is no canceller."""
LONGEST_DELAY_S = 1.0
"""No loudspeaker and microphone together take longer, Bluetooth included."""
_LEAST_PEAK = 8.0
"""Of the correlation over its own root mean square; noise of some seconds stays below 6."""
_REFLECTIONS_S = 0.03
_PLAYED_FLOOR_DB = 50.0
"""Frequencies that are so much weaker than the strongest say nothing about the echo."""
_LOUD_DBFS = -50.0
"""At the microphone; people are heard at about -30, and 20 dB below them nothing is misheard."""
_WATCHED_S = 1.5
"""Speech enough to tell an echo from chance."""
_SPEECH_DBFS = -50.0
"""Quieter blocks of what is played are pauses."""
_WITHIN_REACH_S = 0.08
"""Delay up to which a canceller finds the echo by itself; Bluetooth takes longer."""
_SURELY_NONE = 2
"""Times in a row that no echo was found: a busy machine drops sound now and then, and an echo with a gap is missed."""
_LEFT_TO_FIND_S = 0.04
"""Of a longer delay: the measured one is that of the loudest path, and devices waver."""


@dataclass(frozen=True, slots=True)
class Echo:
    """What comes back of a sound that was played."""

    delay_s: float
    """From the sample that was played to its echo, on the common time of both recordings."""
    level_db: float
    """Power of the echo relative to what was played."""
    level_dbfs: float
    """Power of the echo at the microphone, relative to full scale."""


def measure_echo(played: Samples, recorded: Samples, rate_hz: int, noise_dbfs: float = -96.0) -> Echo | None:
    """The echo of `played` in `recorded`; None when there is none.

    Both begin at the same moment and have the same rate; what was recorded must contain the echo to its end. The delay
    is the peak of the generalised cross-correlation with phase transform (Knapp and Carter, 1976), which finds the
    direct path in a room that rings. `noise_dbfs` is the loudness of the room, taken off the power of the echo.
    """
    if loudness_dbfs(played) < _SPEECH_DBFS - 20 or not np.any(recorded):
        return None
    correlation = _phase_correlation(played, recorded)
    strength = np.abs(correlation[: round(LONGEST_DELAY_S * rate_hz)])
    lag = int(np.argmax(strength))
    if strength[lag] < _LEAST_PEAK * np.sqrt(np.mean(np.square(correlation))) or not _stands_out(
        correlation, lag, rate_hz
    ):
        return None
    first, last = np.flatnonzero(played)[[0, -1]]
    sounding, echoing = played[first : last + 1], recorded[first + lag : last + 1 + lag]
    power = 10 ** (loudness_dbfs(echoing) / 10) - 10 ** (noise_dbfs / 10)
    level_dbfs = 10 * float(np.log10(max(power, 1e-10)))
    return Echo(lag / rate_hz, level_dbfs - loudness_dbfs(sounding), level_dbfs)


class EchoWatch:
    """Listens along while the assistant speaks, until it has heard the assistant in the microphone."""

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` is that of the blocks to come."""
        self._rate_hz = rate_hz
        self._played: list[Samples] = []
        self._recorded: list[Samples] = []
        self._spoken_s = self._since_speech_s = 0.0
        self.echo: Echo | None = None
        """What the last verdict was about."""

    def hears_echo(self, played: Samples, recorded: Samples) -> bool | None:
        """Take what was played and recorded at the same time; a verdict each time that enough was heard, else None."""
        speech = loudness_dbfs(played) > _SPEECH_DBFS
        if not self._played and not speech:
            return None
        self._played.append(played)
        self._recorded.append(recorded)
        self._spoken_s += len(played) / self._rate_hz * speech
        self._since_speech_s = 0.0 if speech else self._since_speech_s + len(played) / self._rate_hz
        if self._spoken_s < _WATCHED_S and self._since_speech_s < LONGEST_DELAY_S:
            return None
        self.echo = measure_echo(np.concatenate(self._played), np.concatenate(self._recorded), self._rate_hz)
        self._begin_again()
        return self.echo is not None and self.echo.level_dbfs > _LOUD_DBFS

    def _begin_again(self) -> None:
        self._played, self._recorded = [], []
        self._spoken_s = self._since_speech_s = 0.0


class SelfHearing:
    """Takes the assistant's own voice out of what the microphone hears, or tells once that it is in there.

    With a canceller the echo is taken out from the first word on. Where none is heard twice in a row, as with a
    headset, the sound stays as it is from then on, until one is.
    """

    def __init__(self, rate_hz: int, canceller: EchoCanceller | None, on_echo: Callable[[], None]) -> None:
        """Without a canceller the sound stays as it is, and `on_echo` is called once when an echo is heard in it."""
        self._canceller = canceller
        self._watch = EchoWatch(rate_hz)
        self._rate_hz = rate_hz
        self._on_the_way: Samples = np.zeros(0, np.int16)
        """What was played and is held back, so that its echo comes within reach of the canceller."""
        self._on_echo = on_echo
        self._echo_heard = False
        self._none_heard = 0
        """Times in a row."""

    def clean(self, played: Samples, recorded: Samples) -> Samples:
        """What was recorded, as far as possible without what was played at the same time."""
        if not self._echo_heard:
            self._listen_for_echo(played, recorded)
        if self._canceller is None:
            return recorded
        held_back = np.concatenate([self._on_the_way, played])
        reference, self._on_the_way = held_back[: len(played)], held_back[len(played) :]
        cleaned = self._canceller.clean(reference, recorded)  # always, so that it knows the room when it is needed
        return recorded if self._none_heard >= _SURELY_NONE else cleaned

    def _listen_for_echo(self, played: Samples, recorded: Samples) -> None:
        verdict = self._watch.hears_echo(played, recorded)
        if verdict is not None:
            self._echo_heard = verdict
            self._none_heard = 0 if verdict else self._none_heard + 1
            if verdict and self._canceller is None:
                self._on_echo()
            if self._watch.echo is not None and self._watch.echo.delay_s > _WITHIN_REACH_S:
                held_back_s = self._watch.echo.delay_s - _LEFT_TO_FIND_S
                self._on_the_way = np.zeros(round(held_back_s * self._rate_hz), np.int16)


def _stands_out(correlation: npt.NDArray[np.float64], lag: int, rate_hz: int) -> bool:
    """Whether the peak is twice any other outside of the first reflections; two different voices match nowhere so."""
    near = round(_REFLECTIONS_S * rate_hz)
    others = np.delete(np.roll(np.abs(correlation), near - lag), slice(0, 2 * near + 1))
    return bool(abs(correlation[lag]) > 2 * others.max())


def _phase_correlation(played: Samples, recorded: Samples) -> npt.NDArray[np.float64]:
    """Correlation of the phases alone, by lag in samples."""
    size = 1 << (len(played) + len(recorded)).bit_length()
    source = np.fft.rfft(played, size)
    cross = np.fft.rfft(recorded, size) * np.conj(source)
    strength = np.abs(source)
    cross[strength < strength.max() * 10 ** (-_PLAYED_FLOOR_DB / 20)] = 0.0
    return np.asarray(np.fft.irfft(cross / np.maximum(np.abs(cross), 1e-9), size))
