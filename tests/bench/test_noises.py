"""The noises are the same each time, sound at all, and the echo comes after the sound."""

from __future__ import annotations

import numpy as np
import pytest

from voice_skill.bench.noises import babble, echoing, kitchen
from voice_skill.sound import SPEECH_RATE_HZ


def test_the_kitchen_is_the_same_for_the_same_seed() -> None:
    first, again = (kitchen(np.random.default_rng(3), 8000) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, kitchen(np.random.default_rng(4), 8000))


def test_the_kitchen_clatters() -> None:
    """Dishes stand out of the steady noise; a fan alone would not."""
    frames = kitchen(np.random.default_rng(3), 10 * SPEECH_RATE_HZ).reshape(-1, 800)
    power = np.mean(frames**2, axis=1)
    assert power.max() > 4 * np.median(power)


def test_babble_holds_every_voice_and_lasts_as_long_as_asked() -> None:
    moments = np.arange(SPEECH_RATE_HZ) / SPEECH_RATE_HZ
    tones_hz = (300, 500, 700)
    mixed = babble(np.random.default_rng(0), 2 * SPEECH_RATE_HZ, [np.sin(2 * np.pi * hz * moments) for hz in tones_hz])
    spectrum = np.abs(np.fft.rfft(mixed))
    assert len(mixed) == 2 * SPEECH_RATE_HZ
    assert sorted(np.argsort(spectrum)[-3:] / 2) == pytest.approx(tones_hz, abs=1)


def test_an_echo_dies_away_by_60_db_in_its_time() -> None:
    click = np.zeros(SPEECH_RATE_HZ)
    click[0] = 1.0
    heard = echoing(np.random.default_rng(0), click)
    early, late = (np.mean(heard[start : start + 800] ** 2) for start in (200, 200 + round(0.3 * SPEECH_RATE_HZ)))
    assert abs(heard[0]) > np.abs(heard[1:]).max()
    assert 10 * np.log10(early / late) == pytest.approx(45, abs=4)
