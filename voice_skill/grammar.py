"""Tells the recogniser what to expect without closing its ears to anything else.

Vosk turns a run-time grammar into a bigram model, so the phrases bias it and single words are what it backs off to. A
closed list of phrases, even with `[unk]`, was measured to be far worse on sentences that are not in it. A model whose
own graph was built from the phrases needs no grammar: there a static graph over a background of bigrams was measured
best.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping

UNKNOWN = "[unk]"
SHORT_ANSWER_WORDS = 2
"""With longer answers there are so many words that more of other speech finds its way through them (measured)."""
_PHRASE_REPEATS = 3
"""Repeating the phrases raises them over the single words (measured: three times)."""


def biased_grammar(phrases: Iterable[str], background: Iterable[str], knows: Callable[[str], bool]) -> list[str]:
    """Phrases whose every word the model knows, repeated, then each word that it knows alone, then `[unk]`."""
    known = {word: knows(word) for word in sorted({*_words(phrases), *background})}
    usable = [phrase for phrase in dict.fromkeys(phrases) if all(known[word] for word in phrase.split())]
    return usable * _PHRASE_REPEATS + [word for word, is_known in known.items() if is_known] + [UNKNOWN]


def short_answers(sentences: Iterable[str], knows: Callable[[str], bool]) -> list[str]:
    """The sentences of at most `SHORT_ANSWER_WORDS` words that the model can hear, each once."""
    short = (each for each in dict.fromkeys(sentences) if len(each.split()) <= SHORT_ANSWER_WORDS)
    return [each for each in short if all(map(knows, each.split()))]


def unknown_words(phrases: Iterable[str], knows: Callable[[str], bool]) -> list[str]:
    """The words of the phrases that the model can never hear."""
    return [word for word in sorted(set(_words(phrases))) if not knows(word)]


def phrases_digest(templates: Iterable[str], rules: Mapping[str, str]) -> str:
    """SHA-256 of phrases and signs as they are written, in any order, and of the rules that they use.

    A speech model keeps the one that it was built from. Written out in full they are a million sentences: too many to
    look over in a check-up.
    """
    lines = [*sorted(set(templates)), *(f"<{name}> = {rules[name]}" for name in sorted(rules))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _words(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        yield from phrase.split()
