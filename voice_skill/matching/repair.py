"""Puts back what was said from what a recogniser wrote: "ham string", "leg crap", "what her", "go to step tree".

A noisy channel (Shannon 1948; Brill and Moore 2000 for spelling): of all ways to read the words, singly or run
together, the one is taken that is cheapest in sound and in wording. Sound costs are edits between sound spellings;
wording costs come from the word pairs of the training sentences, off-topic ones included, so that what makes sense
as it is stays as it is. Words that sound like nothing of ours are kept: they tell that the talk is of something else.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

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
        self._candidates = lru_cache(maxsize=4096)(self._find_candidates)
        self._recent = lru_cache(maxsize=64)(self._cheapest)

    def __call__(self, sentence: str) -> Repaired:
        """The cheapest reading of a normalised sentence."""
        return self._recent(sentence)

    def _cheapest(self, sentence: str) -> Repaired:
        """By dynamic programming from left to right."""
        words = sentence.split()
        if not words or len(words) > _MOST_WORDS:
            return Repaired(sentence, 0.0)
        reached: list[dict[str, _Path]] = [{} for _ in range(len(words) + 1)]
        reached[0][_START] = _Path(0.0, 0.0, ())
        for at, word in enumerate(words):
            steps = list(self._steps(words, at))
            for last, path in sorted(reached[at].items(), key=lambda item: item[1].total)[:_BEAM]:
                for length, meant, cost in steps:
                    _keep(reached[at + length], *self._extended(path, last, meant, cost))
                if word in _DROPPED:
                    dropped = _Path(path.total + _DROP_COST, path.changes + _DROP_CHANGE, path.words)
                    _keep(reached[at + 1], last, dropped)
        best = min(reached[-1].items(), key=lambda item: item[1].total + self._surprise(item[0], _END))[1]
        return Repaired(" ".join(best.words) or sentence, best.changes)

    def _steps(self, words: list[str], at: int) -> Iterator[tuple[int, str, float]]:
        """(words taken, what they may mean, cost in sound) from `at` on."""
        yield 1, words[at], 0.0
        for length in range(1, min(_LONGEST_HEARD, len(words) - at) + 1):
            heard = words[at : at + length]
            known = _KNOWN_COST * sum(word in self._seen for word in heard)
            for meant, cost in self._candidates(" ".join(heard)):
                yield length, meant, cost + known

    def _find_candidates(self, heard: str) -> tuple[tuple[str, float], ...]:
        spelling = sound_spelling(heard)
        edits: dict[str, float] = {}
        if len(spelling) >= _SHORTEST_SPELLING:
            near = process.extract(
                spelling,
                self._spellings,
                scorer=Levenshtein.distance,
                score_cutoff=max(2, len(spelling) // 3),
                limit=_CANDIDATES,
            )
            edits = {self._vocabulary[index]: distance for _, distance, index in near}
        for meant in self._meant.get(heard, ()):
            edits[meant] = min(_TABLE_EDITS, edits.get(meant, _TABLE_EDITS))
        guess = _GUESS_COST + (_JOIN_COST if " " in heard else 0.0)
        return tuple((meant, guess + _SOUND_COST * each) for meant, each in edits.items() if meant != heard)

    def _extended(self, path: _Path, last: str, meant: str, cost: float) -> tuple[str, _Path]:
        total = path.total + cost
        for word in meant.split():
            total += self._surprise(last, word)
            last = word
        return last, _Path(total, path.changes + cost, (*path.words, meant))

    def _surprise(self, left: str, right: str) -> float:
        """Minus the logarithm of the probability that `right` follows `left`."""
        after = self._pairs.get((left, right), 0) / (self._seen[left] or 1)
        return -math.log(0.8 * after + 0.2 * self._seen[right] / self._total + _UNSEEN)


def _keep(paths: dict[str, _Path], last: str, path: _Path) -> None:
    if last not in paths or path.total < paths[last].total:
        paths[last] = path


def _pairs(sentence: str) -> Iterator[tuple[str, str]]:
    words = [_START, *sentence.split(), _END]
    return pairwise(words)
