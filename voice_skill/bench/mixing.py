"""Speech in noise at a signal-to-noise ratio (SNR), by two definitions of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from voice_skill.sound import SPEECH_RATE_HZ, Sound

Wave = npt.NDArray[np.float64]
"""Mono samples at 16 kHz, full scale at 1."""
LEAD_S, TRAIL_S = 0.3, 1.2
"""Sound of the room before and after an utterance."""
_SPEECH_LEVEL = 0.05
"""Root mean square of an utterance; about -26 dB relative to full scale, as telephone tests have it."""
_ROOM_NOISE = 1.5 / 32768
_FRAME = 2048
"""Samples in a frame, as in Picovoice's speech-to-intent benchmark."""
_LOUDEST = 0.99


class Snr(str, Enum):
    """What the SNR compares. Both are in decibels."""

    MEAN_POWER = "mean power"
    """The mean power of the utterance, pauses within it included, with that of the noise around it."""
    LOUDEST_FRAME = "loudest frame"
    """The loudest frame of the utterance with the loudest frame of the noise, as Picovoice publishes it."""


@dataclass(frozen=True, slots=True)
class Mix:
    """An utterance in noise, with its SNR by both definitions."""

    sound: Sound
    mean_power_db: float
    loudest_frame_db: float


def wave(sound: Sound) -> Wave:
    """`sound` as a wave."""
    return np.asarray(sound.at_rate(SPEECH_RATE_HZ).samples / 32768, np.float64)


def levelled(sound: Wave, rms: float = _SPEECH_LEVEL) -> Wave:
    """A wave brought to a mean level; silence stays silence."""
    level = math.sqrt(_mean_power(sound))
    return sound * (rms / level) if level else sound


def snr_db(speech: Wave, noise: Wave, definition: Snr) -> float:
    """How much louder the speech is than the noise."""
    power = _mean_power if definition is Snr.MEAN_POWER else _loudest_frame
    return 10 * math.log10(power(speech) / power(noise))


def gain_for(speech: Wave, noise: Wave, wanted_db: float, definition: Snr) -> float:
    """The factor that brings `noise` to the level at which `speech` has the wanted SNR over it."""
    return float(10 ** ((snr_db(speech, noise, definition) - wanted_db) / 20))


def mix(speech: Wave, noise: Wave, wanted_db: float, definition: Snr = Snr.MEAN_POWER) -> Mix:
    """`speech` with `noise` before, under and after it; `noise` must be at least `room_for(speech)` long."""
    lead = round(LEAD_S * SPEECH_RATE_HZ)
    scaled = noise[: room_for(speech)] * gain_for(speech, noise[lead : lead + len(speech)], wanted_db, definition)
    under = scaled[lead : lead + len(speech)]
    return Mix(
        sound_of(padded(speech) + scaled),
        snr_db(speech, under, Snr.MEAN_POWER),
        snr_db(speech, under, Snr.LOUDEST_FRAME),
    )


def room_for(speech: Wave) -> int:
    """Samples of an utterance with what comes before and after it."""
    return len(speech) + round(LEAD_S * SPEECH_RATE_HZ) + round(TRAIL_S * SPEECH_RATE_HZ)


def padded(speech: Wave) -> Wave:
    """An utterance between two stretches of digital silence."""
    return np.pad(speech, (round(LEAD_S * SPEECH_RATE_HZ), round(TRAIL_S * SPEECH_RATE_HZ)))


def in_quiet(speech: Wave, rng: np.random.Generator) -> Sound:
    """An utterance in a very quiet room."""
    alone = padded(speech)
    return sound_of(alone + rng.normal(0.0, _ROOM_NOISE, len(alone)))


def sound_of(mixed: Wave) -> Sound:
    """A wave as sound, turned down where it would be clipped."""
    loudest = float(np.max(np.abs(mixed), initial=0.0))
    scale = _LOUDEST / loudest if loudest > _LOUDEST else 1.0
    return Sound(np.asarray(np.round(mixed * scale * 32767), np.int16), SPEECH_RATE_HZ)


def _mean_power(sound: Wave) -> float:
    return float(np.mean(np.square(sound))) if len(sound) else 0.0


def _loudest_frame(sound: Wave) -> float:
    starts = range(0, max(1, len(sound) - _FRAME + 1), _FRAME)
    return max(_mean_power(sound[start : start + _FRAME]) for start in starts)
