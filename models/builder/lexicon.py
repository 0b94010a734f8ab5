"""Which words the model knows and how they sound."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from wordfreq import top_n_list

from models.builder.phrases import Phrases

_ONE_LETTER_WORDS = frozenset({"a", "i", "o"})
_CANDIDATES = 3
"""How many times more words to look through than are wanted, as many are not in the dictionary."""

Dictionary = Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words in alphabetical order with their pronunciations."""

    words: tuple[str, ...]
    pronunciations: Dictionary


def frequent_words(count: int, dictionary: Collection[str], priced: Collection[str]) -> list[str]:
    """The most frequent English words that the dictionary can say and the background model has priced."""
    known = (word for word in top_n_list("en", _CANDIDATES * count) if word in dictionary and word in priced)
    return [word for word in known if len(word) > 1 or word in _ONE_LETTER_WORDS][:count]


def make_lexicon(phrases: Phrases, frequent: Sequence[str], known: Dictionary) -> Lexicon:
    """All frequent words and all of the phrases."""
    words = {word for utterance in phrases.utterances for word in utterance.words}.union(frequent)
    return Lexicon(tuple(sorted(words)), {word: known[word] for word in words})


_HISSING = frozenset("S Z SH ZH CH JH".split())
_VOICELESS = frozenset("P T K F TH".split())


def with_possessives(known: Dictionary, wanted: Collection[str]) -> Dictionary:
    """The dictionary with those wanted words that end in "'s" and lack only that, said as English says it.

    After a hissing sound "IH Z", after another voiceless one "S", else "Z".
    """
    missing = (word for word in wanted if word.endswith("'s") and word not in known)
    derived = {word: known[word[:-2]] for word in missing if word[:-2] in known}
    return {**known, **{word: tuple(map(_possessive, ways)) for word, ways in derived.items()}}


def _possessive(phones: tuple[str, ...]) -> tuple[str, ...]:
    last = phones[-1]
    if last in _HISSING:
        return (*phones, "IH", "Z")
    return (*phones, "S" if last in _VOICELESS else "Z")
