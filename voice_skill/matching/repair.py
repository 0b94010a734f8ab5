"""Puts back what was said from what a recogniser wrote: "ham string", "leg crap", "what her", "go to step tree".

A noisy channel (Shannon 1948; Brill and Moore 2000 for spelling): of all ways to read the words, singly or run
together, the one is taken that is cheapest in sound and in wording. Sound costs are edits between sound spellings;
wording costs come from the word pairs of the training sentences, off-topic ones included, so that what makes sense
as it is stays as it is. Words that sound like nothing of ours are kept: they tell that the talk is of something else.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from voice_skill.matching.sound_key import sound_spelling

_LONGEST_HEARD = 3
"""Words that one meant word may have become."""
_MOST_WORDS = 24
"""A longer transcript is no question to us and is left as it is."""
_LEAST_SEEN = 3
"""Sentences in which a word must stand before others are taken for it."""
_SHORTEST_SPELLING = 3
_SOUND_COST = 1.6
"""For each edit between sound spellings; a mistaken consonant is two edits."""
_GUESS_COST = 0.5
_JOIN_COST = 0.4
_KNOWN_COST = 1.0
"""On top for each heard word that makes sense somewhere."""
_TABLE_EDITS = 0.4
"""For what the table of sound-alikes tells."""
_DROP_COST = 4.0
_DROP_CHANGE = 1.5
"""How much of it counts as a change: a lost breath says little about what the talk is of."""
_DROPPED = frozenset("the a and of at her in on is to it or an am me".split())
"""Little words that recognisers hear in noise and breath."""
_UNSEEN = 1e-6
_CANDIDATES = 8
_REMEMBERED = 4096
"""Runs of words whose candidates are kept: while somebody speaks, the same words come again and again."""
_BEAM = 5
_START, _END = "^", "$"

SoundTable = Mapping[str, Collection[str]]
"""Each meant word, to what is heard for it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Which words follow each other, counted over the training sentences."""

    pairs: Mapping[tuple[str, str], int]
    vocabulary: tuple[str, ...]
    """Words of the domain, which others may be repaired to."""

    @classmethod
    def learn(cls, ours: Iterable[str], others: Iterable[str]) -> Wording:
        """From sentences of the domain and from others."""
        pairs: Counter[tuple[str, str]] = Counter()
        seen: Counter[str] = Counter()
        for sentence in ours:
            seen.update(sentence.split())
            pairs.update(_pairs(sentence))
        for sentence in others:
            pairs.update(_pairs(sentence))
        return cls(dict(pairs), tuple(sorted(word for word, count in seen.items() if count >= _LEAST_SEEN)))


@dataclass(frozen=True, slots=True)
class Repaired:
    """The cheapest reading of a transcript."""

    text: str
    cost: float
    """What the changes cost in sound; 0 when nothing was changed."""


_Candidates = Sequence[tuple[str, float]]
"""What a run of words may mean, each with its cost in sound."""


@dataclass(frozen=True, slots=True)
class _Path:
    """The cheapest way to read a transcript up to some word."""

    total: float
    changes: float
    words: tuple[str, ...]


class Repair:
    """Replaces what was heard by what was meant."""

    def __init__(self, tables: Iterable[SoundTable], wording: Wording) -> None:
        self._meant: dict[str, list[str]] = defaultdict(list)
        for table in tables:
            for meant, heards in table.items():
                for heard in heards:
                    self._meant[heard].append(meant)
        self._pairs = wording.pairs
        self._vocabulary = wording.vocabulary
        self._spellings = [sound_spelling(word) for word in wording.vocabulary]
        self._seen: Counter[str] = Counter()
        for (left, _), count in wording.pairs.items():
            self._seen[left] += count
        self._total = self._seen.total() or 1
        self._remembered: dict[str, _Candidates] = {}
        self._recent = lru_cache(maxsize=64)(self._cheapest)

    def __call__(self, sentence: str) -> Repaired:
        """The cheapest reading of a normalised sentence."""
        return self._recent(sentence)

    def _cheapest(self, sentence: str) -> Repaired:
        """By dynamic programming from left to right."""
        words = sentence.split()
        if not words or len(words) > _MOST_WORDS:
            return Repaired(sentence, 0.0)
        candidates = self._candidates(run for at in range(len(words)) for run in _runs(words, at))
        reached: list[dict[str, _Path]] = [{} for _ in range(len(words) + 1)]
        reached[0][_START] = _Path(0.0, 0.0, ())
        for at, word in enumerate(words):
            steps = list(self._steps(words, at, candidates))
            for last, path in sorted(reached[at].items(), key=lambda item: item[1].total)[:_BEAM]:
                for length, meant, cost in steps:
                    self._extend(reached[at + length], path, last, meant, cost)
                if word in _DROPPED and _is_cheaper(path.total + _DROP_COST, last, reached[at + 1]):
                    reached[at + 1][last] = _Path(path.total + _DROP_COST, path.changes + _DROP_CHANGE, path.words)
        best = min(reached[-1].items(), key=lambda item: item[1].total + self._surprise(item[0], _END))[1]
        return Repaired(" ".join(best.words) or sentence, best.changes)

    def _steps(
        self, words: list[str], at: int, candidates: Mapping[str, _Candidates]
    ) -> Iterator[tuple[int, str, float]]:
        """(words taken, what they may mean, cost in sound) from `at` on."""
        yield 1, words[at], 0.0
        for length, heard in enumerate(_runs(words, at), start=1):
            known = _KNOWN_COST * sum(word in self._seen for word in words[at : at + length])
            for meant, cost in candidates[heard]:
                yield length, meant, cost + known

    def _candidates(self, runs: Iterable[str]) -> Mapping[str, _Candidates]:
        """What runs of words may mean, looked for all at once, which takes a third of the time.

        The ear and the conversation ask from two threads: what one has found, the other must not take away.
        """
        wanted = dict.fromkeys(runs)
        remembered = self._remembered
        found = {run: remembered[run] for run in wanted if run in remembered}
        if new := [run for run in wanted if run not in found]:
            spellings = [sound_spelling(run) for run in new]
            distances = process.cdist(spellings, self._spellings, scorer=Levenshtein.distance, dtype=np.uint8)
            fresh = map(self._ranked, new, spellings, distances)
            found.update(zip(new, fresh, strict=True))
            # Replaced and never emptied, so that the other thread keeps what it holds.
            self._remembered = found if len(remembered) > _REMEMBERED else remembered | found
        return found

    def _ranked(self, heard: str, spelling: str, distances: npt.NDArray[np.uint8]) -> _Candidates:
        """The candidates for a run of words, given how far it sounds from each word of the vocabulary."""
        edits: dict[str, float] = {}
        if len(spelling) >= _SHORTEST_SPELLING:
            near = np.flatnonzero(distances <= max(2, len(spelling) // 3))
            nearest = near[np.argsort(distances[near], kind="stable")[:_CANDIDATES]]
            edits = {self._vocabulary[place]: float(distances[place]) for place in nearest}
        for meant in self._meant.get(heard, ()):
            edits[meant] = min(_TABLE_EDITS, edits.get(meant, _TABLE_EDITS))
        guess = _GUESS_COST + (_JOIN_COST if " " in heard else 0.0)
        return [(meant, guess + _SOUND_COST * each) for meant, each in edits.items() if meant != heard]

    def _extend(self, reached: dict[str, _Path], path: _Path, last: str, meant: str, cost: float) -> None:
        """Go on from `path`, which ends in the word `last`, to `meant`, if nothing cheaper has come there."""
        total = path.total + cost
        for word in meant.split():
            total += self._surprise(last, word)
            last = word
        if _is_cheaper(total, last, reached):
            reached[last] = _Path(total, path.changes + cost, (*path.words, meant))

    def _surprise(self, left: str, right: str) -> float:
        """Minus the logarithm of the probability that `right` follows `left`."""
        after = self._pairs.get((left, right), 0) / (self._seen[left] or 1)
        return -math.log(0.8 * after + 0.2 * self._seen[right] / self._total + _UNSEEN)


def _runs(words: Sequence[str], at: int) -> Iterator[str]:
    """One word, two and three from `at` on, as far as there are any: what one meant word may have become."""
    return (" ".join(words[at : at + length]) for length in range(1, min(_LONGEST_HEARD, len(words) - at) + 1))


def _is_cheaper(total: float, last: str, reached: Mapping[str, _Path]) -> bool:
    return last not in reached or total < reached[last].total


def _pairs(sentence: str) -> Iterator[tuple[str, str]]:
    words = [_START, *sentence.split(), _END]
    return pairwise(words)
