"""Puts back single words, for the spotter of red flags: it must never guess a sentence into a danger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from voice_skill.matching.sound_key import sound_key

_LONGEST_HEARD = 3
"""Words that one meant word may have become."""
_SHORTEST_REPAIRED = 4
"""Letters below which a word has too many neighbours to be guessed."""
_FARTHEST = 0.34
"""Edits per letter up to which an unknown word is taken for a known one."""


class WordRepair:
    """Replaces what was heard by what was meant: first by the authors' table, then unknown words by sound."""

    def __init__(self, sounds_like: Mapping[str, Iterable[str]], known: Iterable[str]) -> None:
        """`known` are the words that need no repair and that unknown ones are repaired to."""
        self._meant = {heard: meant for meant, heards in sounds_like.items() for heard in heards}
        self._known = frozenset(known)
        self._by_sound: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= _SHORTEST_REPAIRED:
                self._by_sound.setdefault(sound_key(word), []).append(word)

    def __call__(self, sentence: str) -> str:
        """The repaired sentence; the same one when nothing needed it."""
        words = sentence.split()
        repaired: list[str] = []
        at = 0
        while at < len(words):
            taken, meant = self._from_table(words, at) or (1, self._by_neighbour(words[at]))
            repaired.append(meant)
            at += taken
        return " ".join(repaired)

    def _from_table(self, words: list[str], at: int) -> tuple[int, str] | None:
        for length in range(min(_LONGEST_HEARD, len(words) - at), 0, -1):
            meant = self._meant.get(" ".join(words[at : at + length]))
            if meant is not None:
                return length, meant
        return None

    def _by_neighbour(self, word: str) -> str:
        if word in self._known or len(word) < _SHORTEST_REPAIRED:
            return word
        candidates = self._by_sound.get(sound_key(word), ())
        nearest = process.extractOne(word, candidates, scorer=Levenshtein.normalized_distance, score_cutoff=_FARTHEST)
        return nearest[0] if nearest else word
