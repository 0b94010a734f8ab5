"""A mix has the signal-to-noise ratio that was asked for, by the definition that was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from voice_skill.bench.mixing import (
    LEAD_S,
    Snr,
    Wave,
    gain_for,
    in_quiet,
    levelled,
    mix,
    padded,
    room_for,
    snr_db,
    sound_of,
    wave,
)
from voice_skill.bench.noises import kitchen
from voice_skill.sound import SPEECH_RATE_HZ


@pytest.fixture
def speech() -> Wave:
    """A tone that swells and fades as syllables do, one second long."""
    moments = np.arange(SPEECH_RATE_HZ) / SPEECH_RATE_HZ
    return levelled(np.sin(2 * np.pi * 220 * moments) * np.sin(2 * np.pi * 2 * moments) ** 2)


@pytest.fixture
def noise(speech: Wave) -> Wave:
    return kitchen(np.random.default_rng(1), room_for(speech))


@pytest.mark.parametrize("definition", list(Snr))
@pytest.mark.parametrize("wanted_db", [6.0, 12.0, 24.0])
def test_noise_at_a_level_measures_that_level(speech: Wave, noise: Wave, wanted_db: float, definition: Snr) -> None:
    under = noise[: len(speech)] * gain_for(speech, noise[: len(speech)], wanted_db, definition)
    assert snr_db(speech, under, definition) == pytest.approx(wanted_db)


@pytest.mark.parametrize("definition", list(Snr))
def test_a_finished_mix_measures_what_was_asked_for(speech: Wave, noise: Wave, definition: Snr) -> None:
    """Measured on the samples a recogniser gets: what is left when the speech is taken out is the noise."""
    mixed = mix(speech, noise, 12.0, definition)
    lead = round(LEAD_S * SPEECH_RATE_HZ)
    left = (wave(mixed.sound) - padded(speech))[lead : lead + len(speech)]
    assert snr_db(speech, left, definition) == pytest.approx(12.0, abs=0.05)


def test_a_mix_tells_its_ratio_by_both_definitions(speech: Wave, noise: Wave) -> None:
    by_mean, by_loudest = mix(speech, noise, 9.0), mix(speech, noise, 9.0, Snr.LOUDEST_FRAME)
    assert by_mean.mean_power_db == pytest.approx(9.0)
    assert by_loudest.loudest_frame_db == pytest.approx(9.0)
    assert by_mean.loudest_frame_db != pytest.approx(9.0, abs=0.1)


def test_mean_power_of_known_waves() -> None:
    """Ten times the amplitude is a hundred times the power: 20 dB."""
    noise = np.tile([0.01, -0.01], 4096)
    assert snr_db(10 * noise, noise, Snr.MEAN_POWER) == pytest.approx(20.0)


def test_the_loudest_frame_passes_over_pauses() -> None:
    """Half of the utterance is silent: its mean power falls by 3 dB, its loudest frame stays."""
    noise = np.tile([0.01, -0.01], 4096)
    speech = np.concatenate([10 * noise[:4096], np.zeros(4096)])
    assert snr_db(speech, noise, Snr.LOUDEST_FRAME) == pytest.approx(20.0)
    assert snr_db(speech, noise, Snr.MEAN_POWER) == pytest.approx(17.0, abs=0.02)


def test_noise_fills_the_pauses_before_and_after(speech: Wave, noise: Wave) -> None:
    mixed = wave(mix(speech, noise, 6.0).sound)
    assert len(mixed) == room_for(speech)
    assert np.std(mixed[:1000]) > 0.001
    assert np.std(mixed[-1000:]) > 0.001


def test_loud_mixes_are_turned_down_and_not_clipped() -> None:
    samples = sound_of(np.array([2.0, -1.0, 0.5])).samples
    assert samples[0] < 32767
    assert samples[0] == pytest.approx(-2 * int(samples[1]), abs=2)


def test_a_quiet_room_is_not_digital_silence(speech: Wave) -> None:
    before = in_quiet(speech, np.random.default_rng(0)).samples[:1000]
    assert 0 < np.abs(before).max() < 20
