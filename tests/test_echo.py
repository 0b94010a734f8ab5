"""The assistant's own voice in the microphone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_skill.adapters.echo_canceller import AdaptiveEchoCanceller
from voice_skill.echo import SelfHearing, measure_echo
from voice_skill.loudness import loudness_dbfs
from voice_skill.sound import Samples, read_sound

RATE_HZ = 16_000
RECORDINGS = Path(__file__).parent / "recordings"
QUESTION = "flite-slt/should i see a doctor"
OTHER = "flite-awb/what is a hamstring cramp"


def speech(name: str = QUESTION) -> Samples:
    """A recorded sentence, followed by a second of silence."""
    samples = read_sound(RECORDINGS / f"{name}.flac").at_rate(RATE_HZ).samples
    return np.concatenate([samples, np.zeros(RATE_HZ, np.int16)])


def echo_of(samples: Samples, delay_s: float, level_db: float, noise: float = 10.0) -> Samples:
    """What a microphone hears of `samples` in a room with a little noise."""
    late = np.roll(samples, round(delay_s * RATE_HZ)) * 10 ** (level_db / 20)
    return np.asarray(late + np.random.default_rng(1).normal(0.0, noise, len(samples)), np.int16)


def in_blocks(hearing: SelfHearing, played: Samples, recorded: Samples) -> Samples:
    """Both, 50 ms at a time."""
    starts = range(0, len(played) - 799, 800)
    return np.concatenate([hearing.clean(played[at : at + 800], recorded[at : at + 800]) for at in starts])


class Mute:
    """A canceller that takes everything away."""

    def clean(self, played: Samples, recorded: Samples) -> Samples:
        """Silence."""
        return np.zeros_like(recorded)


@pytest.mark.parametrize("delay_s", [0.02, 0.15, 0.6])
@pytest.mark.parametrize("level_db", [0.0, -10.0, -20.0])
def test_delay_and_level_of_an_echo_are_measured(delay_s: float, level_db: float) -> None:
    """To a millisecond and a decibel."""
    played = speech()
    echo = measure_echo(played, echo_of(played, delay_s, level_db), RATE_HZ)
    assert echo is not None
    assert echo.delay_s == pytest.approx(delay_s, abs=0.001)
    assert echo.level_db == pytest.approx(level_db, abs=1.0)


def test_silence_noise_and_another_voice_are_no_echo() -> None:
    """What is not the sound that was played cannot be its echo."""
    played, other = speech(), speech(OTHER)
    count = min(len(played), len(other))
    assert measure_echo(played, np.zeros_like(played), RATE_HZ) is None
    assert measure_echo(played, echo_of(np.zeros_like(played), 0.0, 0.0, 500.0), RATE_HZ) is None
    assert measure_echo(played[:count], other[:count], RATE_HZ) is None
    assert measure_echo(np.zeros_like(played), played, RATE_HZ) is None


def test_an_echo_is_told_once_where_nothing_cancels_it() -> None:
    """Over and over the same warning would help nobody; the sound stays as it is."""
    told: list[str] = []
    hearing = SelfHearing(RATE_HZ, None, lambda: told.append("echo"))
    played = np.concatenate([speech()] * 4)
    recorded = echo_of(played, 0.1, -6.0)
    assert np.array_equal(in_blocks(hearing, played, recorded), recorded[: len(recorded) // 800 * 800])
    assert told == ["echo"]


def test_a_person_who_speaks_into_a_headset_is_no_echo() -> None:
    """Another voice while the assistant speaks starts no warning, and is not cancelled."""
    told: list[str] = []
    played, person = np.concatenate([speech()] * 4), np.concatenate([speech(OTHER)] * 4)
    count = min(len(played), len(person))
    for canceller in (None, Mute()):
        hearing = SelfHearing(RATE_HZ, canceller, lambda: told.append("echo"))
        heard = in_blocks(hearing, played[:count], person[:count])
        assert np.array_equal(heard[-RATE_HZ * 3 :], person[: len(heard)][-RATE_HZ * 3 :])
    assert told == []


def test_an_echo_is_cancelled_from_the_first_word() -> None:
    """A command may come before enough was heard to tell."""
    played = np.concatenate([speech()] * 4)
    hearing = SelfHearing(RATE_HZ, Mute(), lambda: pytest.fail("there is a canceller"))
    heard = in_blocks(hearing, played, echo_of(played, 0.1, -6.0))
    assert not np.any(heard)


def test_an_echo_that_was_missed_once_is_still_cancelled() -> None:
    """Sound that a busy machine dropped is no proof of a headset."""
    played = np.concatenate([speech()] * 4)
    recorded = echo_of(played, 0.1, -6.0)
    recorded[: 3 * RATE_HZ] = 0
    hearing = SelfHearing(RATE_HZ, Mute(), lambda: pytest.fail("there is a canceller"))
    assert not np.any(in_blocks(hearing, played, recorded))


def test_an_echo_that_comes_late_is_cancelled_once_its_delay_is_known() -> None:
    """Bluetooth takes longer than a filter can be long."""
    played = np.concatenate([speech()] * 6)
    recorded = echo_of(played, 0.4, -6.0)
    hearing = SelfHearing(RATE_HZ, AdaptiveEchoCanceller(RATE_HZ), lambda: pytest.fail("there is a canceller"))
    heard = in_blocks(hearing, played, recorded)
    last_s = slice(-6 * RATE_HZ, None)
    assert loudness_dbfs(heard[last_s]) < loudness_dbfs(recorded[: len(heard)][last_s]) - 20
