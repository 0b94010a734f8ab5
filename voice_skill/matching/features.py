"""What the matcher sees of a sentence: words, word classes, letters and sounds, hashed into a dense space.

Four blocks, each of unit length so that none drowns the others: words and pairs of words; classes of words
that mean the same ("concepts"); letter n-grams inside words; n-grams of the sound keys across the sentence, which
survive words split or joined by the recogniser. Blocks and inverse document frequencies follow what was measured best
among light methods for this task; hashing with random signs keeps inner products (Weinberger et al. 2009).
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from voice_skill.matching.sound_key import sound_key

DIMENSIONS = 16_384
"""Columns. The phrases have a quarter of a million features: in 4,096 columns too many shared one, and
twice as many phrases of danger taught nothing more."""
_RARITY_SLOTS = DIMENSIONS * 64
_LEAST_SEEN = 2
_LETTER_RANGE = range(3, 6)
_SOUND_RANGE = range(2, 6)
_BLOCK_WEIGHTS = {"word": 1.0, "concept": 1.2, "letter": 0.7, "sound": 0.7}

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SparseRow:
    """The features of one sentence: `values[i]` stands at column `columns[i]` of the hashed space."""

    columns: Places
    values: Floats

    def dense(self) -> Floats:
        """The row with all its zeros, shape (DIMENSIONS,)."""
        row = np.zeros(DIMENSIONS, np.float32)
        np.add.at(row, self.columns, self.values)
        return row


class FeatureSpace:
    """Turns normalised sentences into rows; the rarity of features is learnt once from the training sentences."""

    def __init__(self, concepts: Mapping[str, Iterable[str]], rarity: Floats) -> None:
        self._classes: dict[str, list[str]] = {}
        for name, members in concepts.items():
            for word in members:
                self._classes.setdefault(word, []).append(name)
        self._class_names = frozenset(concepts)
        self.rarity = rarity
        """Inverse document frequency by column of the hashed space, many more slots than columns."""

    @classmethod
    def learn(cls, concepts: Mapping[str, Iterable[str]], sentences: Sequence[str]) -> FeatureSpace:
        """A space whose rarities come from `sentences`."""
        space = cls(concepts, np.ones(_RARITY_SLOTS, np.float32))
        seen = np.zeros(_RARITY_SLOTS, np.float32)
        for sentence in sentences:
            slots = {_hash(name) % _RARITY_SLOTS for block in space._blocks(sentence).values() for name in block}
            seen[list(slots)] += 1
        space.rarity = np.log((len(sentences) + 1) / (seen + 1)).astype(np.float32) + 1
        # A negative rarity marks what was seen less than twice: it says nothing but "unknown".
        space.rarity[seen < _LEAST_SEEN] *= -1
        return space

    def row(self, sentence: str) -> SparseRow:
        """The features of one normalised sentence."""
        columns: list[int] = []
        values: list[float] = []
        for block, names in self._blocks(sentence).items():
            known: list[tuple[int, float]] = []
            mass = unknown_mass = 0.0
            for name, count in Counter(names).items():
                code = _hash(name)
                rarity = float(self.rarity[code % _RARITY_SLOTS])
                value = (1 + math.log(count)) * rarity
                mass += value * value
                if rarity > 0:
                    known.append((code, value))
                else:
                    unknown_mass += value * value
            scale = _BLOCK_WEIGHTS[block] / (math.sqrt(mass) or 1.0)
            for code, value in known:
                columns.append((code >> 8) % DIMENSIONS)
                values.append((1 if code & 1 else -1) * scale * value)
            columns.append((_hash(f"unknown {block}") >> 8) % DIMENSIONS)
            values.append(scale * math.sqrt(unknown_mass))
        return SparseRow(np.array(columns, np.int64), np.array(values, np.float32))

    def _blocks(self, sentence: str) -> dict[str, list[str]]:
        words = sentence.split()
        return {
            "word": [*_named("w", words), *_pairs("p", ["^", *words, "$"])],
            "concept": list(self._concept_names(words)),
            "letter": [f"l{gram}" for word in words for gram in _grams(f"<{word}>", _LETTER_RANGE)],
            "sound": [f"s{gram}" for gram in _grams(f"^{''.join(map(sound_key, words))}$", _SOUND_RANGE)],
        }

    def _concept_names(self, words: Sequence[str]) -> Iterator[str]:
        tagged = [self._classes.get(word, [word] if len(word) > 2 else []) for word in words]
        present = [names for names in tagged if names]
        yield from (f"c{name}" for names in present for name in names)
        for left, right in pairwise(present):
            yield from (f"d{one}+{two}" for one in left for two in right)
        flat = sorted({name for names in present for name in names if name in self._class_names})
        for index, one in enumerate(flat):
            yield from (f"e{one}&{two}" for two in flat[index + 1 :])


def _hash(name: str) -> int:
    # CRC-32 is the same on all machines and Python versions, unlike hash(); Knuth's multiplier evens it out.
    return zlib.crc32(name.encode()) * 2654435761 % (1 << 40) >> 8


def _named(prefix: str, names: Iterable[str]) -> Iterator[str]:
    return (prefix + name for name in names)


def _pairs(prefix: str, words: Sequence[str]) -> Iterator[str]:
    return (f"{prefix}{left}_{right}" for left, right in pairwise(words))


def _grams(text: str, lengths: range) -> Iterator[str]:
    for length in lengths:
        yield from (text[start : start + length] for start in range(len(text) - length + 1))
