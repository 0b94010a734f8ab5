"""Words are cut into known pieces."""

from __future__ import annotations

import pytest

from voice_skill.matching.word_pieces import UNKNOWN, WordPieces

PIECES = ["[CLS]", "[SEP]", UNKNOWN, "ham", "hamstring", "##string", "##s", "##x", "can", "t", "'"]


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("hamstring", ["hamstring"]),
        ("hamstrings", ["hamstring", "##s"]),
        ("hamx", ["ham", "##x"]),
        ("can't", ["can", "'", "t"]),
        ("zebra", [UNKNOWN]),
        ("hamz", [UNKNOWN]),
    ],
)
def test_the_longest_known_piece_comes_first(word: str, pieces: list[str]) -> None:
    """A word that cannot be cut to its end is unknown as a whole."""
    assert WordPieces(PIECES).cut(word) == pieces


def test_a_sentence_is_numbered_between_its_marks() -> None:
    """The numbers are places in the vocabulary; an empty sentence has only its marks."""
    pieces = WordPieces(PIECES)
    assert pieces.numbers("can hamstrings") == [0, 8, 4, 6, 1]
    assert pieces.numbers("") == [0, 1]
