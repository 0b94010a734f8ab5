"""What was played, beside what was recorded at the same time."""

from __future__ import annotations

import numpy as np

from voice_skill.adapters.played_sound import PlayedSound
from voice_skill.sound import Samples

RATE_HZ = 16_000
BLOCK = 800


def counted(first: int, count: int) -> Samples:
    """Samples that tell their place."""
    return np.arange(first, first + count).astype(np.int16)


def test_samples_come_out_in_their_order() -> None:
    """Whatever the sizes in which they went in."""
    played = PlayedSound()
    for first in range(0, 1_600, 320):
        played.add(counted(first, 320), RATE_HZ)
    assert np.array_equal(np.concatenate([played.next(BLOCK, RATE_HZ) for _ in range(2)]), counted(0, 1_600))


def test_silence_stands_for_what_is_missing() -> None:
    """The loudspeaker may be closed, or late."""
    played = PlayedSound()
    played.add(counted(1, 300), RATE_HZ)
    assert np.array_equal(played.next(BLOCK, RATE_HZ), np.append(counted(1, 300), np.zeros(500)))
    assert not np.any(played.next(BLOCK, RATE_HZ))


def test_other_rates_are_converted() -> None:
    """One second stays one second."""
    played = PlayedSound()
    for _ in range(20):
        played.add(np.full(2_205, 1_000, np.int16), 44_100)
    second = played.next(RATE_HZ, RATE_HZ)
    assert np.count_nonzero(second) > 0.97 * RATE_HZ
    assert not np.any(played.next(BLOCK, RATE_HZ)[400:])


def left_after(surplus: int, waiting: int) -> int:
    """Samples still held two seconds after so many too many were added."""
    played = PlayedSound()
    played.add(counted(0, surplus), RATE_HZ)
    for _ in range(40):
        played.add(np.ones(BLOCK, np.int16), RATE_HZ)
        played.next(BLOCK, RATE_HZ, waiting)
    return int(np.count_nonzero(played.next(3 * RATE_HZ, RATE_HZ)))


def test_a_reference_that_falls_behind_catches_up() -> None:
    """Else the echo would come before its reference, and could not be taken out."""
    assert left_after(8_000, waiting=0) <= 0.02 * RATE_HZ


def test_what_a_slow_listener_has_yet_to_read_is_kept() -> None:
    """Its reference belongs to sound that waits at the microphone."""
    assert left_after(8_000, waiting=8_000) == 8_000


def test_silence_goes_before_what_is_played_after_nothing_was() -> None:
    """So samples that are handed over late leave no gap in the middle."""
    played = PlayedSound(lead_s=0.02)
    assert not np.any(played.next(BLOCK, RATE_HZ))
    played.add(counted(1, 900), RATE_HZ)
    assert np.array_equal(played.next(BLOCK, RATE_HZ), np.append(np.zeros(320), counted(1, 480)))
    played.add(counted(901, 380), RATE_HZ)
    assert np.array_equal(played.next(BLOCK, RATE_HZ), counted(481, 800))


def test_the_silence_before_is_no_surplus() -> None:
    """It stays, however long is played."""
    played = PlayedSound(lead_s=0.02)
    for first in range(0, 30 * BLOCK, BLOCK):
        played.add(counted(first, BLOCK), RATE_HZ)
        last = played.next(BLOCK, RATE_HZ)
    assert np.array_equal(last, counted(29 * BLOCK - 320, BLOCK))
