"""The filter that learns the way from the loudspeaker to the microphone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_skill.adapters.echo_filter import EchoFilter, Signal
from voice_skill.sound import read_sound

RATE_HZ = 16_000
FRAME = 64
RECORDINGS = Path(__file__).parents[1] / "recordings"


def voice(name: str) -> Signal:
    """A recorded sentence, three times, with its high frequencies raised as the canceller does."""
    samples = np.tile(read_sound(RECORDINGS / f"{name}.flac").at_rate(RATE_HZ).samples / np.float32(32_768.0), 3)
    return np.asarray(np.append(samples[:1], samples[1:] - 0.9 * samples[:-1]))


PLAYED = voice("flite-slt/should i see a doctor")


def echo(delay: int) -> Signal:
    """What comes back of it: directly, and from a wall."""
    way = np.zeros(delay + 200)
    way[delay], way[-1] = 0.3, -0.1
    return np.asarray(np.convolve(PLAYED, way)[: len(PLAYED)])


def rest_of(recorded: Signal) -> tuple[Signal, list[float]]:
    """What the filter leaves, and how much it doubted, frame by frame."""
    echo_filter = EchoFilter(RATE_HZ, FRAME)
    starts = range(0, len(recorded) - FRAME + 1, FRAME)
    frames = [echo_filter.filter(PLAYED[at : at + FRAME], recorded[at : at + FRAME]) for at in starts]
    return np.concatenate([each.rest for each in frames]), [float(np.sum(each.doubt)) for each in frames]


def power_db(sound: Signal) -> float:
    """Mean power in decibels."""
    return float(10 * np.log10(np.mean(sound**2)))


@pytest.mark.parametrize("delay", [100, 800, 2_000])
def test_it_learns_the_way_within_seconds(delay: int) -> None:
    """By 20 dB at least."""
    rest, _ = rest_of(echo(delay))
    assert power_db(rest[3 * RATE_HZ :]) < power_db(echo(delay)[3 * RATE_HZ :]) - 20


def test_a_person_is_left_as_they_are() -> None:
    """And does not make it forget what it knows."""
    recorded = echo(800)
    person = voice("flite-rms/stop")[: 2 * RATE_HZ]
    start = 3 * RATE_HZ
    recorded[start : start + len(person)] += person
    rest, _ = rest_of(recorded)
    left = rest[start : start + len(person)] - person
    assert power_db(left) < power_db(person) - 15


def test_it_knows_when_it_does_not_know_yet() -> None:
    """The doubt is great at the first words and small later on."""
    _, doubts = rest_of(echo(800))
    second = RATE_HZ // FRAME
    assert np.mean(doubts[:second]) > 10 * np.mean(doubts[3 * second :])


def test_silence_stays_silence() -> None:
    """Nothing was played, so nothing is taken away."""
    quiet = EchoFilter(RATE_HZ, FRAME)
    person = voice("flite-rms/stop")[:FRAME]
    assert np.array_equal(quiet.filter(np.zeros(FRAME, np.float32), person).rest, person)
    assert not quiet.is_sounding
