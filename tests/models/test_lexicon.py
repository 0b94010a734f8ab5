"""Words that the dictionary lacks and the builder can say all the same."""

from __future__ import annotations

import pytest

from models.builder.lexicon import with_possessives

KNOWN = {
    "leg": (("L", "EH", "G"),),
    "calf": (("K", "AE", "F"),),
    "muscle": (("M", "AH", "S", "AH", "L"),),
    "coach": (("K", "OW", "CH"),),
    "data": (("D", "EY", "T", "AH"), ("D", "AE", "T", "AH")),
    "let's": (("L", "EH", "T", "S"),),
}


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("leg's", ["L EH G Z"]),
        ("calf's", ["K AE F S"]),
        ("muscle's", ["M AH S AH L Z"]),
        ("coach's", ["K OW CH IH Z"]),
        ("data's", ["D EY T AH Z", "D AE T AH Z"]),
        ("let's", ["L EH T S"]),
    ],
)
def test_a_possessive_is_said_after_its_word(word: str, ways: list[str]) -> None:
    """Each way to say the word gives one, and what the dictionary has stays."""
    assert [" ".join(phones) for phones in with_possessives(KNOWN, [word])[word]] == ways


def test_an_unknown_word_stays_unknown() -> None:
    """It is reported, so that somebody gives it a pronunciation."""
    assert with_possessives(KNOWN, ["hamster's", "hamster"]) == KNOWN
