from __future__ import annotations

import numpy as np
import pytest

from tests.live.assistant import recorded
from voice_skill.loudness import loudness_dbfs
from voice_skill.noise_removal import DELAY_S, BandWeights, NoiseRemoval, mel_bands
from voice_skill.sound import Samples

RATE_HZ = 16_000
DELAY = round(DELAY_S * RATE_HZ)


def noise(seconds: float, level: float = 300.0, rate_hz: int = RATE_HZ) -> Samples:
    return np.random.default_rng(1).normal(0.0, level, round(seconds * rate_hz)).astype(np.int16)


def likeness(one: Samples, other: Samples) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_steady_noise_is_weakened_once_it_is_known() -> None:
    heard = noise(5.0)
    cleaned = NoiseRemoval(RATE_HZ).clean(heard)
    last_s = slice(-RATE_HZ, None)
    assert loudness_dbfs(cleaned[last_s]) < loudness_dbfs(heard[last_s]) - 5.0


def test_speech_in_a_quiet_room_stays_as_it_is() -> None:
    speech = recorded("flite-slt/how do i stop a hamstring cramp").samples
    cleaned = NoiseRemoval(RATE_HZ).clean(speech)
    assert likeness(cleaned[DELAY:], speech[: len(cleaned) - DELAY]) > 0.97


def test_speech_stands_out_of_noise_more_than_before() -> None:
    speech = recorded("flite-slt/how do i stop a hamstring cramp").samples
    heard = noise(3.0 + len(speech) / RATE_HZ)
    heard[-len(speech) :] += speech // 4
    cleaned = NoiseRemoval(RATE_HZ).clean(heard)

    def rise_db(sound: Samples) -> float:
        return loudness_dbfs(sound[-len(speech) :]) - loudness_dbfs(sound[2 * RATE_HZ : 3 * RATE_HZ])

    assert rise_db(cleaned) > rise_db(heard) + 3.0


def test_blocks_of_any_length_give_the_same_sound() -> None:
    heard, removal = noise(1.0), NoiseRemoval(RATE_HZ)
    in_blocks = np.concatenate([removal.clean(heard[at : at + 777]) for at in range(0, len(heard), 777)])
    assert np.array_equal(in_blocks, NoiseRemoval(RATE_HZ).clean(heard)[: len(in_blocks)])
    assert len(in_blocks) > len(heard) - 2 * DELAY


def test_silence_stays_silence() -> None:
    assert not NoiseRemoval(RATE_HZ).clean(np.zeros(RATE_HZ, np.int16)).any()


def test_a_block_shorter_than_the_delay_comes_with_the_next() -> None:
    removal = NoiseRemoval(RATE_HZ)
    assert len(removal.clean(noise(DELAY_S / 2))) == 0
    assert len(removal.clean(noise(DELAY_S / 2))) == DELAY


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000])
def test_it_works_at_the_rate_of_any_microphone(rate_hz: int) -> None:
    heard = noise(5.0, rate_hz=rate_hz)
    cleaned = NoiseRemoval(rate_hz).clean(heard)
    assert len(heard) - len(cleaned) < DELAY_S * rate_hz + 1
    assert loudness_dbfs(cleaned[-rate_hz:]) < loudness_dbfs(heard[-rate_hz:]) - 5.0


def test_a_band_that_grows_louder_keeps_its_weight_and_the_steady_ones_lose_theirs() -> None:
    weights, steady = BandWeights(), np.full(25, 1e4)
    for _ in range(500):
        before = weights.weigh(steady)
    louder = steady.copy()
    louder[12] *= 1000
    for _ in range(5):
        after = weights.weigh(louder)
    assert before[12] < 0.2
    assert after[12] > before[12]
    assert after[0] == pytest.approx(before[0], abs=0.05)


def test_the_bands_have_the_same_area_and_rise_in_pitch() -> None:
    frequencies_hz = np.linspace(0.0, 8000.0, 8001)
    bands, centres_hz = mel_bands(frequencies_hz)
    assert np.allclose(bands.sum(axis=1), 1.0, atol=0.02)
    assert (np.diff(centres_hz) > 0).all()
