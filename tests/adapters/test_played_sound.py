"""What was played, beside what was recorded at the same time."""

from __future__ import annotations

import numpy as np
import pytest

from voice_skill.adapters.played_sound import LEAD_S, PlayedSound
from voice_skill.sound import Samples

RATE_HZ = 16_000
BLOCK = 800
BLOCK_S = BLOCK / RATE_HZ
LEAD = round(LEAD_S * RATE_HZ)


class Devices:
    """A loudspeaker and a microphone on one clock that only these tests move."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.played = PlayedSound(lambda: self.now_s)
        self.captured_at_s: list[float] = []
        self._count = 0

    def run(self, blocks: int = 1, silent: bool = False, late_s: float = 0.0) -> None:
        """Play and capture so many blocks; `late_s` is how much later the loudspeaker takes its turns."""
        for _ in range(blocks):
            self.now_s += late_s
            self.play(BLOCK, silent)
            self.now_s += BLOCK_S - late_s
            self.captured_at_s.append(self.now_s)

    def play(self, count: int, silent: bool = False) -> None:
        """Hand samples that tell their place to the loudspeaker."""
        samples = np.arange(self._count + 1, self._count + 1 + count).astype(np.int16)
        self._count += 0 if silent else count
        self.played.add(samples * (not silent), RATE_HZ)

    def read(self, blocks: int = 1) -> Samples:
        """Take the reference of the next blocks that were captured."""
        taken = [self.played.next(BLOCK, RATE_HZ, self.captured_at_s.pop(0)) for _ in range(blocks)]
        return np.concatenate(taken)


@pytest.fixture
def devices() -> Devices:
    """Both, running for a second and listened to."""
    running = Devices()
    running.run(20, silent=True)
    running.read(20)
    return running


def counted(first: int, count: int) -> Samples:
    """Samples that tell their place."""
    return np.arange(first, first + count).astype(np.int16)


def test_samples_go_with_what_was_captured_when_they_were_handed_over(devices: Devices) -> None:
    """One after the other, a little later than that."""
    devices.run(3)
    assert np.array_equal(devices.read(3), np.append(np.zeros(LEAD), counted(1, 3 * BLOCK - LEAD)))


def test_so_they_do_for_a_listener_who_is_behind(devices: Devices) -> None:
    """Blocks that have waited were captured before; the reference must not come with those, nor run out later."""
    devices.run(6, silent=True)
    devices.run(4)
    assert not np.any(devices.read(6))
    assert np.array_equal(devices.read(4), np.append(np.zeros(LEAD), counted(1, 4 * BLOCK - LEAD)))


def test_so_they_do_from_the_first_on() -> None:
    """The loudspeaker is opened while blocks wait to be read."""
    devices = Devices()
    devices.captured_at_s = [devices.now_s - 0.1, devices.now_s - 0.05, devices.now_s]
    devices.run(2)
    assert not np.any(devices.read(3))
    assert np.array_equal(devices.read(2), np.append(np.zeros(LEAD), counted(1, 2 * BLOCK - LEAD)))


def test_turns_that_are_taken_late_now_and_then_move_nothing(devices: Devices) -> None:
    """A canceller would have to learn the room anew."""
    for late_s in (0.0, 0.01, 0.0, 0.015) * 10:
        devices.run(1, late_s=late_s)
    assert np.array_equal(devices.read(40), np.append(np.zeros(LEAD), counted(1, 40 * BLOCK - LEAD)))


@pytest.mark.parametrize("surplus", [2_000, 7_000])
def test_a_reference_that_falls_behind_catches_up(devices: Devices, surplus: int) -> None:
    """Else the echo would come before its reference, and could not be taken out."""
    devices.run(1, silent=True)
    devices.play(surplus)
    devices.run(45)
    devices.read(45)
    assert np.array_equal(devices.read(), counted(surplus + 44 * BLOCK + 1 - LEAD, BLOCK))


def test_a_reference_that_runs_ahead_waits(devices: Devices) -> None:
    """The loudspeaker has stood still for a while."""
    devices.run(10)
    devices.read(10)
    for _ in range(6):
        devices.now_s += BLOCK_S
        devices.captured_at_s.append(devices.now_s)
    devices.run(40)
    devices.read(45)
    assert np.array_equal(devices.read(), counted(49 * BLOCK + 1 - LEAD, BLOCK))


def test_a_microphone_that_is_back_gets_what_is_played_now(devices: Devices) -> None:
    """What was played while it was lost is of no use to anybody."""
    devices.run(60)
    devices.captured_at_s.clear()
    devices.run(1)
    assert np.array_equal(devices.read(), counted(60 * BLOCK + 1 - LEAD, BLOCK))


def test_silence_stands_for_what_is_missing() -> None:
    """The loudspeaker may be closed, or late."""
    devices = Devices()
    devices.play(300)
    devices.captured_at_s = [devices.now_s + BLOCK_S, devices.now_s + 2 * BLOCK_S]
    assert np.count_nonzero(devices.read()) == 300
    assert not np.any(devices.read())


def test_other_rates_are_converted() -> None:
    """One second stays one second."""
    played = PlayedSound(lambda: 1.0)
    for _ in range(20):
        played.add(np.full(2_205, 1_000, np.int16), 44_100)
    second = played.next(RATE_HZ, RATE_HZ, 1.1)
    assert np.count_nonzero(second) > 0.97 * RATE_HZ - LEAD
    assert not np.any(played.next(BLOCK, RATE_HZ, 1.15)[400:])


def test_what_nobody_takes_is_bounded() -> None:
    """The oldest goes first."""
    devices = Devices()
    devices.run(400)
    devices.captured_at_s = [devices.now_s]
    devices.read()
    assert len(devices.played._ready) <= 12 * RATE_HZ
