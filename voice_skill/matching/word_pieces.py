"""Cuts words into the pieces that the sentence encoder knows: the longest known piece first (Wu et al. 2016)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

INSIDE = "##"
"""Marks a piece that does not begin a word."""
UNKNOWN = "[UNK]"
START, END = "[CLS]", "[SEP]"


class WordPieces:
    """The encoder's vocabulary."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """`pieces` in the order of their numbers, the special ones among them."""
        self._numbers = {piece: number for number, piece in enumerate(pieces)}

    def numbers(self, sentence: str) -> list[int]:
        """The pieces of a normalised sentence, between the marks of its start and end."""
        names = [START, *(piece for word in sentence.split() for piece in self.cut(word)), END]
        return [self._numbers[name] for name in names]

    def cut(self, word: str) -> list[str]:
        """The pieces of one word; apostrophes stand alone, and a word that cannot be cut is one unknown piece."""
        return [piece for part in _parts(word) for piece in self._cut_part(part)]

    def _cut_part(self, part: str) -> list[str]:
        pieces: list[str] = []
        rest = part
        while rest:
            piece = next((name for name in _beginnings(rest, inside=bool(pieces)) if name in self._numbers), None)
            if piece is None:
                return [UNKNOWN]
            pieces.append(piece)
            rest = rest[len(piece.removeprefix(INSIDE)) :]
        return pieces


def _parts(word: str) -> Iterator[str]:
    for index, part in enumerate(word.split("'")):
        if index:
            yield "'"
        if part:
            yield part


def _beginnings(rest: str, *, inside: bool) -> Iterator[str]:
    mark = INSIDE if inside else ""
    return (mark + rest[:end] for end in range(len(rest), 0, -1))
