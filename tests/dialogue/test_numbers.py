from __future__ import annotations

import pytest

from voice_skill.dialogue.numbers import heard_number, spoken_number


@pytest.mark.parametrize(
    ("heard", "number"),
    [
        ("go to step three", 3),
        ("the second step", 2),
        ("step 11", 11),
        ("go to step for", 4),
        ("go to step to", 2),
        ("go to the last step", None),
        ("", None),
    ],
)
def test_a_number_is_heard_in_a_sentence(heard: str, number: int | None) -> None:
    """As a word, an ordinal, a numeral, or what sounds like one at the end."""
    assert heard_number(heard) == number


@pytest.mark.parametrize(
    ("number", "spoken"),
    [(0, "zero"), (2, "two"), (15, "fifteen"), (20, "twenty"), (21, "twenty one"), (99, "ninety nine")],
)
def test_a_number_is_spoken_in_words(number: int, spoken: str) -> None:
    assert spoken_number(number) == spoken
