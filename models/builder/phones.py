"""The phones of the Kaldi model: fillers, then each base phone in the four positions of a word, then garbage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.builder.sphinx_files import ModelDefinition, Position

_SUFFIX = {Position.BEGIN: "_B", Position.END: "_E", Position.INTERNAL: "_I", Position.SINGLE: "_S"}
_BOUNDARY = {
    Position.BEGIN: "begin",
    Position.END: "end",
    Position.INTERNAL: "internal",
    Position.SINGLE: "singleton",
}
_SPOKEN_NOISE = "+SPN+"
_GARBAGE = "GARBAGE"


@dataclass(frozen=True, slots=True)
class Phone:
    """One Kaldi phone."""

    name: str
    base: int
    """Number of the Sphinx base phone."""
    boundary: str
    """What it says about word boundaries, in the words of Kaldi's `word_boundary.int`."""


class PhoneTable:
    """Numbers the phones from 1, as Kaldi does; 0 is epsilon."""

    def __init__(self, definition: ModelDefinition) -> None:
        self.fillers = tuple(sorted(definition.fillers))
        phones = [Phone(definition.phones[base], base, "nonword") for base in self.fillers]
        self._numbers: dict[tuple[int, Position], int] = {}
        for base, name in enumerate(definition.phones):
            for position, suffix in () if base in definition.fillers else _SUFFIX.items():
                phones.append(Phone(name + suffix, base, _BOUNDARY[position]))
                self._numbers[base, position] = len(phones)
        noise = definition.phones.index(_SPOKEN_NOISE)
        self._garbage: dict[Position, int] = {}
        for position in (Position.BEGIN, Position.INTERNAL, Position.END):
            phones.append(Phone(_GARBAGE + _SUFFIX[position], noise, _BOUNDARY[position]))
            self._garbage[position] = len(phones)
        self.phones: Sequence[Phone] = tuple(phones)

    def number(self, base: int, position: Position) -> int:
        """The Kaldi number of a base phone in a position (a filler has one number for all)."""
        return self.fillers.index(base) + 1 if base in self.fillers else self._numbers[base, position]

    def garbage(self, position: Position) -> int:
        """The number that every phone of garbage speech shares.

        Were they told apart, Kaldi's lattices would list all the phone sequences that garbage may be.
        """
        return self._garbage[position]

    def filler_numbers(self) -> list[int]:
        """The numbers of silence and noises."""
        return list(range(1, len(self.fillers) + 1))

    def symbols(self) -> str:
        """The text of `phones.txt`."""
        return "<eps> 0\n" + "".join(f"{phone.name} {i}\n" for i, phone in enumerate(self.phones, 1))

    def word_boundaries(self) -> str:
        """The text of `word_boundary.int`, from which Kaldi tells where words begin and end."""
        return "".join(f"{i} {phone.boundary}\n" for i, phone in enumerate(self.phones, 1))
