from __future__ import annotations

import numpy as np
import pytest

from voice_skill.endpointing import Ending, Endpointer, EndpointTimes
from voice_skill.sound import Samples

RATE_HZ = 16_000
BLOCK_S = 0.05
TIMES = EndpointTimes()


def block(level_dbfs: float, seed: int = 0) -> Samples:
    """A twentieth of a second of noise of that loudness."""
    noise = np.random.default_rng(seed).standard_normal(round(BLOCK_S * RATE_HZ))
    return np.asarray(noise / noise.std() * 32_768 * 10 ** (level_dbfs / 20), np.int16)


SPEECH, ROOM = block(-20), block(-60)


ENDINGS = {"what is a cramp": Ending.CERTAIN, "stop": Ending.COMPLETE, "my leg is so tight": Ending.LIKELY}


def ending_of(hypothesis: str) -> Ending:
    """Three sentences are known, all others may go on."""
    return ENDINGS.get(hypothesis, Ending.OPEN)


def endpointer() -> Endpointer:
    """An endpointer that has heard a second of the room."""
    made = Endpointer(ending_of, BLOCK_S)
    for _ in range(20):
        assert not made.ended(ROOM, "")
    return made


def silence_needed_s(made: Endpointer, hypothesis: str, after: Samples = ROOM) -> float:
    """Speak `hypothesis` for half a second, then count the seconds until its end is found."""
    for _ in range(10):
        assert not made.ended(SPEECH, hypothesis)
    for number in range(1, 200):
        if made.ended(after, hypothesis):
            return number * BLOCK_S
    raise AssertionError("no end was found")


@pytest.mark.parametrize(
    ("hypothesis", "needed_s"),
    [
        ("what is a cramp", TIMES.certain_s),
        ("stop", TIMES.complete_s),
        ("my leg is so tight", TIMES.likely_s),
        ("how do i", TIMES.open_s),
    ],
    ids=["certain", "complete", "likely", "open"],
)
def test_the_surer_the_end_the_less_silence_it_needs(hypothesis: str, needed_s: float) -> None:
    """People pause within sentences, and after a whole one they wait for the answer."""
    assert silence_needed_s(endpointer(), hypothesis) == pytest.approx(needed_s)
    assert TIMES.certain_s < TIMES.complete_s < TIMES.likely_s < TIMES.open_s


def test_the_silence_before_the_words_came_out_counts() -> None:
    """The recogniser trails the sound: a command that comes out a while after its end is not waited for again."""
    made = endpointer()
    for _ in range(10):
        assert not made.ended(SPEECH, "")
    for _ in range(4):
        assert not made.ended(ROOM, "")
    assert made.ended(ROOM, "stop")


def test_words_that_still_come_show_that_the_silence_is_none() -> None:
    """A voice too soft for the noise floor is heard by the recogniser all the same."""
    made = endpointer()
    assert not any(made.ended(ROOM, "word " * number) for number in range(1, 100))


def test_a_hypothesis_is_judged_only_when_it_changes() -> None:
    """Judging costs time in which sound waits."""
    judged: list[str] = []

    def noting(hypothesis: str) -> Ending:
        judged.append(hypothesis)
        return Ending.OPEN

    made = Endpointer(noting, BLOCK_S)
    for hypothesis in ("", "how", "how", "how do", "how do", "how do"):
        made.ended(SPEECH, hypothesis)
    assert judged == ["how", "how do"]


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
    ends = [number for number in range(1, 400) if made.ended(SPEECH, "word " * number)]
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
    for _ in range(200):
        made.ended(noisier, "")
    assert silence_needed_s(made, "stop", after=noisier) == pytest.approx(TIMES.complete_s)


def test_neither_rumble_nor_the_clink_of_a_dish_holds_an_utterance_open() -> None:
    """Both are loud, but no speech: one lies below its frequencies, the other is shorter than a syllable."""
    moments = np.arange(len(ROOM)) / RATE_HZ
    clink = 8_000 * np.sin(2 * np.pi * 3_000 * moments) * (moments < 0.02)
    rumble = 1_000 * np.sin(2 * np.pi * 40 * moments)
    after = np.asarray(ROOM + clink + rumble, np.int16)
    assert silence_needed_s(endpointer(), "stop", after) == pytest.approx(TIMES.complete_s)
