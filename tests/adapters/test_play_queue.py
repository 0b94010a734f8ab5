"""The order of sounds, sample by sample."""

from __future__ import annotations

import numpy as np
import pytest

from voice_skill.adapters.play_queue import PlayQueue, Ticket
from voice_skill.errors import PlaybackError
from voice_skill.sound import Samples

RATE_HZ = 1_000
BLOCK = 64


def ramp(count: int, level: int = 1_000) -> Samples:
    """A sound in which every sample is `level`."""
    return np.full(count, level, np.int16)


def pull(sounds: PlayQueue, count: int, now_s: float = 0.0, delay_s: float = 0.0) -> Samples:
    """The next samples, asked for block by block as a device does, each block one block later."""
    blocks = []
    for start in range(0, count, BLOCK):
        out = np.full(BLOCK, 77, np.int16)
        sounds.fill(out, now_s + start / RATE_HZ, delay_s)
        blocks.append(out)
    return np.concatenate(blocks)


def test_sounds_follow_each_other_without_a_gap() -> None:
    """The second sound begins with the very next sample, also in the middle of a block."""
    sounds = PlayQueue(RATE_HZ)
    sounds.add(Ticket(ramp(100, 5)))
    sounds.add(Ticket(ramp(0)))
    sounds.add(Ticket(ramp(100, 6)))
    assert pull(sounds, 256).tolist() == [5] * 100 + [6] * 100 + [0] * 56


def test_silence_when_nothing_is_to_be_played() -> None:
    """What the device left in its buffer is overwritten."""
    assert not pull(PlayQueue(RATE_HZ), BLOCK).any()


def test_times_count_the_delay_of_the_device() -> None:
    """A sound starts and ends when it can be heard, not when it is handed over."""
    sounds = PlayQueue(RATE_HZ)
    reports: list[str] = []
    ticket = Ticket(ramp(100), lambda _: reports.append("started"), lambda _: reports.append("ended"))
    sounds.add(ticket)
    pull(sounds, 128, now_s=10.0, delay_s=0.2)
    assert (ticket.started_at_s, ticket.ended_at_s) == pytest.approx((10.2, 10.3))
    assert reports == []
    assert len(sounds) == 1
    pull(sounds, BLOCK, now_s=10.21)
    assert reports == ["started"]
    assert not ticket.has_ended
    pull(sounds, BLOCK, now_s=10.31)
    assert reports == ["started", "ended"]
    assert ticket.has_ended
    assert len(sounds) == 0


def test_stop_fades_within_thirty_milliseconds_and_drops_the_rest() -> None:
    """The sound that plays falls evenly to nothing; those that wait are never heard."""
    sounds = PlayQueue(RATE_HZ)
    playing, waiting = Ticket(ramp(1_000)), Ticket(ramp(1_000, 9))
    sounds.add(playing)
    sounds.add(waiting)
    pull(sounds, BLOCK)
    sounds.stop(now_s=1.0)
    sounds.stop(now_s=1.0)
    faded = pull(sounds, 2 * BLOCK, now_s=1.0).astype(int)
    assert (np.diff(faded[:30]) < 0).all()
    assert np.abs(np.diff(faded)).max() <= 34
    assert not faded[29:].any()
    assert waiting.has_ended
    assert waiting.was_cut
    assert waiting.started_at_s is None
    assert playing.has_ended
    assert playing.was_cut
    assert playing.ended_at_s == pytest.approx(1.03)


def test_a_sound_added_after_stop_is_whole() -> None:
    """The fade belongs to the old sound alone."""
    sounds = PlayQueue(RATE_HZ)
    sounds.add(Ticket(ramp(1_000)))
    pull(sounds, BLOCK)
    sounds.stop(now_s=0.0)
    sounds.add(Ticket(ramp(20, 7)))
    assert pull(sounds, BLOCK).tolist()[30:] == [7] * 20 + [0] * 14


def test_stop_shorter_than_the_fade_ends_with_the_sound() -> None:
    """The end of the sound ends the fade as well."""
    sounds = PlayQueue(RATE_HZ)
    sounds.add(Ticket(ramp(BLOCK + 10)))
    pull(sounds, BLOCK)
    sounds.stop(now_s=0.0)
    sounds.add(Ticket(ramp(5, 7)))
    assert pull(sounds, BLOCK).tolist()[10:] == [7] * 5 + [0] * 49


def test_failing_gives_up_everything_once() -> None:
    """Each waiting sound ends with the fault, and only once."""
    sounds = PlayQueue(RATE_HZ)
    ended: list[Ticket] = []
    tickets = [Ticket(ramp(100), on_ended=ended.append) for _ in range(3)]
    for ticket in tickets:
        sounds.add(ticket)
    pull(sounds, BLOCK)
    fault = PlaybackError("gone")
    sounds.fail(fault, now_s=1.0)
    sounds.fail(fault, now_s=2.0)
    assert ended == tickets
    assert len(sounds) == 0
    assert all(ticket.fault is fault for ticket in tickets)
