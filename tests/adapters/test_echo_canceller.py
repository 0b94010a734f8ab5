"""The echo canceller on recorded voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_skill.adapters.echo_canceller import AdaptiveEchoCanceller
from voice_skill.loudness import loudness_dbfs
from voice_skill.ports import EchoCanceller
from voice_skill.sound import Samples, Sound, read_sound

RATE_HZ = 16_000
RECORDINGS = Path(__file__).parents[1] / "recordings"
SPEECH = np.concatenate(
    [read_sound(path).at_rate(RATE_HZ).samples for path in sorted(RECORDINGS.glob("flite-slt/*.flac"))[:6]]
)


def canceller(rate_hz: int = RATE_HZ) -> EchoCanceller:
    """A new one."""
    return AdaptiveEchoCanceller(rate_hz)


def echo(level_db: float = 0.0, delay: int = 1_300) -> Samples:
    """What comes back of the speech."""
    late = np.concatenate([np.zeros(delay, np.int16), SPEECH])[: len(SPEECH)]
    return np.asarray(late * 10 ** (level_db / 20), np.int16)


def test_the_echo_is_taken_out() -> None:
    """By 25 dB at least once it has heard a second."""
    cleaned = canceller().clean(SPEECH, echo())
    assert loudness_dbfs(cleaned[RATE_HZ:]) < loudness_dbfs(echo()[RATE_HZ:]) - 25


def test_a_person_who_speaks_in_a_pause_stays() -> None:
    """Within 6 dB, once the assistant has fallen silent."""
    person = read_sound(RECORDINGS / "flite-rms" / "stop.flac").at_rate(RATE_HZ).samples
    pause = np.zeros(RATE_HZ, np.int16)
    played = np.concatenate([SPEECH, pause, np.zeros_like(person)])
    recorded = np.concatenate([echo(-12.0), pause, person])
    cleaned = canceller().clean(played, recorded)[-(len(person) // 160 * 160) :]
    assert loudness_dbfs(cleaned) > loudness_dbfs(person) - 6


def test_blocks_of_any_length_lose_nothing() -> None:
    """What does not fill a frame waits."""
    whole, bits = canceller().clean(SPEECH, echo()), canceller()
    pieces = [bits.clean(SPEECH[at : at + 777], echo()[at : at + 777]) for at in range(0, len(SPEECH), 777)]
    assert np.array_equal(np.concatenate(pieces), whole)


def likeness(sound: Samples, other: Samples) -> float:
    """The greatest correlation of two sounds over all delays, of 1."""
    size = 1 << (len(sound) + len(other)).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(other, size)), size)
    return float(correlation.max() / np.sqrt(np.sum(sound.astype(float) ** 2) * np.sum(other.astype(float) ** 2)))


@pytest.mark.parametrize("level_db", [0.0, -10.0, -20.0])
def test_a_person_who_speaks_over_the_assistant_stays(level_db: float) -> None:
    """As they spoke: what is left of the echo is a hundredth of the person's voice, or less."""
    person = read_sound(RECORDINGS / "flite-rms" / "stop.flac").at_rate(RATE_HZ).samples
    start = 4 * RATE_HZ
    recorded = echo(level_db)
    recorded[start : start + len(person)] += person
    cleaned = canceller().clean(SPEECH, recorded)[start : start + len(person) + RATE_HZ // 5]
    assert likeness(cleaned, person) > 0.99


def test_a_person_stays_where_there_is_no_echo() -> None:
    """The loudspeaker is a headset."""
    person = read_sound(RECORDINGS / "flite-rms" / "stop.flac").at_rate(RATE_HZ).samples
    start = 4 * RATE_HZ
    recorded = np.random.default_rng(1).normal(0.0, 1.5, len(SPEECH)).astype(np.int16)
    recorded[start : start + len(person)] += person
    cleaned = canceller().clean(SPEECH, recorded)[start : start + len(person) + RATE_HZ // 5]
    assert likeness(cleaned, person) > 0.99


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
def test_every_rate_of_a_microphone_will_do(rate_hz: int) -> None:
    """The recogniser hears the sound at the rate of the microphone."""
    played = Sound(SPEECH, RATE_HZ).at_rate(rate_hz).samples
    recorded = np.roll(played, round(0.06 * rate_hz))
    cleaned = canceller(rate_hz).clean(played, recorded)
    assert loudness_dbfs(cleaned[rate_hz:]) < loudness_dbfs(recorded[rate_hz:]) - 25


@pytest.mark.parametrize("room", [3.0, 60.0])
def test_the_room_is_as_loud_while_the_assistant_speaks_as_before(room: float) -> None:
    """What follows the noise of the room is not misled."""
    quiet = np.zeros(2 * RATE_HZ, np.int16)
    played, echoed = np.concatenate([quiet, SPEECH]), np.concatenate([quiet, echo(-10.0)])
    noise = np.random.default_rng(2).normal(0.0, room, len(played))
    cleaned = canceller().clean(played, (echoed + noise).astype(np.int16))
    before, meanwhile = cleaned[RATE_HZ : 2 * RATE_HZ], cleaned[4 * RATE_HZ :]
    assert abs(loudness_dbfs(meanwhile) - loudness_dbfs(before)) < 6
