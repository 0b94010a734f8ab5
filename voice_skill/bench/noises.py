"""Noises and a room, made from numbers: a kitchen, other people talking, an echo."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voice_skill.bench.mixing import Wave, levelled
from voice_skill.sound import SPEECH_RATE_HZ

_CLINKS_PER_S = 1.5
_CLINK_S = 0.25
_DECAY_S = 0.4
"""Time in which the echo of the room falls by 60 dB (RT60): a furnished living room."""
_DIRECT_TO_ECHO_DB = 0.0
"""As loud as the echo: a microphone two to three metres away."""
_FIRST_ECHO_S = 0.008
BABBLE_VOICES = 6


def kitchen(rng: np.random.Generator, count: int) -> Wave:
    """An extractor fan with its hum, running water, and dishes that strike each other; `count` samples."""
    fan = levelled(_coloured(rng, count, power=2.0), 1.0) + levelled(_hum(rng, count), 0.5)
    water = levelled(_coloured(rng, count, power=0.5) * _wavering(rng, count), 0.8)
    clatter = np.zeros(count + round(_CLINK_S * SPEECH_RATE_HZ))
    for start in rng.integers(0, count, size=max(1, rng.poisson(_CLINKS_PER_S * count / SPEECH_RATE_HZ))):
        clink = _clink(rng)
        clatter[start : start + len(clink)] += clink
    return fan + water + clatter[:count]


def babble(rng: np.random.Generator, count: int, others: Sequence[Wave]) -> Wave:
    """Several people talking at once: the speech of `others`, each begun somewhere in its middle and repeated."""
    mixed = np.zeros(count)
    for index in rng.permutation(len(others))[:BABBLE_VOICES]:
        talk = levelled(others[index])
        mixed += np.resize(np.roll(talk, -int(rng.integers(len(talk)))), count)
    return mixed


def echoing(rng: np.random.Generator, speech: Wave) -> Wave:
    """`speech` as a microphone some metres away hears it: the direct sound, then a dense echo that dies away."""
    count = round(_DECAY_S * SPEECH_RATE_HZ)
    moments = np.arange(count) / SPEECH_RATE_HZ
    tail = rng.normal(size=count) * 10 ** (-3 * moments / _DECAY_S) * (moments >= _FIRST_ECHO_S)
    tail *= 10 ** (-_DIRECT_TO_ECHO_DB / 20) / np.sqrt(np.sum(tail**2))
    response = tail + np.eye(1, count)[0]
    length = len(speech) + count
    heard = np.fft.irfft(np.fft.rfft(speech, length) * np.fft.rfft(response, length), length)
    return levelled(heard)


def _coloured(rng: np.random.Generator, count: int, power: float) -> Wave:
    """Noise that falls with frequency to a power: 1 is pink, 2 is brown."""
    spectrum = np.fft.rfft(rng.normal(size=count))
    frequencies_hz = np.maximum(np.fft.rfftfreq(count, 1 / SPEECH_RATE_HZ), 60.0)
    return np.asarray(np.fft.irfft(spectrum / frequencies_hz ** (power / 2), count), np.float64)


def _hum(rng: np.random.Generator, count: int) -> Wave:
    moments = np.arange(count) / SPEECH_RATE_HZ
    tones = [np.sin(2 * np.pi * (50 * n * moments + rng.random())) / n for n in (1, 2, 3, 5, 7)]
    return np.asarray(np.sum(tones, axis=0), np.float64)


def _wavering(rng: np.random.Generator, count: int) -> Wave:
    """A strength from 0.5 to 1.5 that changes a few times a second."""
    points = rng.uniform(0.5, 1.5, size=2 + 4 * count // SPEECH_RATE_HZ)
    return np.asarray(np.interp(np.linspace(0, len(points) - 1, count), np.arange(len(points)), points), np.float64)


def _clink(rng: np.random.Generator) -> Wave:
    """One dish striking another: a few high tones that die away quickly."""
    moments = np.arange(round(_CLINK_S * SPEECH_RATE_HZ)) / SPEECH_RATE_HZ
    tones = [np.sin(2 * np.pi * tone_hz * moments) for tone_hz in rng.uniform(1500, 6500, size=4)]
    return np.asarray(rng.uniform(1.0, 4.0) * np.exp(-30 * moments) * np.sum(tones, axis=0), np.float64)
