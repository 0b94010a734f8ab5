from __future__ import annotations

import numpy as np
import pytest

from voice_skill.endpointing import Endpointer, EndpointTimes
from voice_skill.sound import Samples

RATE_HZ = 16_000
BLOCK_S = 0.1
TIMES = EndpointTimes()


def block(level_dbfs: float, seed: int = 0) -> Samples:
    """A tenth of a second of noise of that loudness."""
    noise = np.random.default_rng(seed).standard_normal(round(BLOCK_S * RATE_HZ))
    return np.asarray(noise / noise.std() * 32_768 * 10 ** (level_dbfs / 20), np.int16)


SPEECH, ROOM = block(-20), block(-60)


def endpointer(complete: str = "stop") -> Endpointer:
    """An endpointer that knows one whole sentence and has heard a second of the room."""
    made = Endpointer(lambda hypothesis: hypothesis == complete, BLOCK_S)
    for _ in range(10):
        assert not made.ended(ROOM, "")
    return made


def silence_needed_s(made: Endpointer, hypothesis: str, after: Samples = ROOM) -> float:
    """Speak `hypothesis` for half a second, then count the seconds until its end is found."""
    for _ in range(5):
        assert not made.ended(SPEECH, hypothesis)
    for number in range(1, 200):
        if made.ended(after, hypothesis):
            return number * BLOCK_S
    raise AssertionError("no end was found")


def test_a_complete_sentence_needs_little_silence() -> None:
    """A known command ends after a third of a second."""
    assert silence_needed_s(endpointer(), "stop") == pytest.approx(TIMES.complete_s)


def test_an_open_sentence_needs_more_silence() -> None:
    """People pause within sentences, so an unknown one may go on."""
    assert silence_needed_s(endpointer(), "how do i") == pytest.approx(TIMES.open_s)


def test_steady_noise_cannot_hold_an_utterance_open() -> None:
    """Where the sound never falls silent, a hypothesis that stands still is the end."""
    assert silence_needed_s(endpointer(), "how do i", after=SPEECH) <= TIMES.standstill_s + BLOCK_S


def test_a_growing_hypothesis_is_not_cut_by_noise() -> None:
    """While words still come, the utterance goes on."""
    made = endpointer()
    assert not any(made.ended(SPEECH, "word " * number) for number in range(1, 100))


def test_no_utterance_is_longer_than_the_limit() -> None:
    """An endless talker is cut off."""
    made = endpointer()
    ends = [number for number in range(1, 200) if made.ended(SPEECH, "word " * number)]
    assert ends[0] * BLOCK_S == pytest.approx(TIMES.longest_s)


def test_nothing_ends_before_anything_was_heard() -> None:
    """Silence without a hypothesis is no utterance."""
    made = endpointer()
    assert not any(made.ended(ROOM, "") for _ in range(100))


def test_a_new_utterance_starts_afresh() -> None:
    """The silence of the last utterance does not end the next."""
    made = endpointer()
    first = silence_needed_s(made, "how do i")
    made.restart()
    assert silence_needed_s(made, "how do i") == pytest.approx(first)


def test_the_floor_follows_a_noisier_room() -> None:
    """In a room that has become 20 dB noisier, silence is found again after the floor has risen."""
    made = endpointer()
    noisier = block(-40)
    for _ in range(100):
        made.ended(noisier, "")
    assert silence_needed_s(made, "stop", after=noisier) == pytest.approx(TIMES.complete_s)
