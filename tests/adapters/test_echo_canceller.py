"""WebRTC's echo canceller on recorded voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_skill.adapters.echo_canceller import INSTALL, canceller_for, is_installed
from voice_skill.loudness import loudness_dbfs
from voice_skill.ports import EchoCanceller
from voice_skill.sound import Samples, read_sound

pytestmark = pytest.mark.skipif(not is_installed(), reason=f"echo cancellation is an extra: {INSTALL}")
RATE_HZ = 16_000
RECORDINGS = Path(__file__).parents[1] / "recordings"
SPEECH = np.concatenate(
    [read_sound(path).at_rate(RATE_HZ).samples for path in sorted(RECORDINGS.glob("flite-slt/*.flac"))[:6]]
)


def canceller(rate_hz: int = RATE_HZ) -> EchoCanceller:
    """A new one."""
    made = canceller_for(rate_hz)
    assert made is not None
    return made


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
    """What does not fill 10 ms waits."""
    whole, bits = canceller().clean(SPEECH, echo()), canceller()
    pieces = [bits.clean(SPEECH[at : at + 777], echo()[at : at + 777]) for at in range(0, len(SPEECH), 777)]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_a_rate_without_whole_frames_has_no_canceller() -> None:
    """22 050 Hz has 220.5 samples in 10 ms."""
    assert canceller_for(22_050) is None
