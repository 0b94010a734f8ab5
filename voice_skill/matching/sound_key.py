"""A key under which words that sound alike fall together, coarser than Metaphone.

Small recognisers confuse voiced and unvoiced consonants, nasals in clusters, and nearly all vowels; so only the
skeleton of consonants is kept, voiced ones written as their unvoiced partners.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SPELLINGS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"^[kg]n", "n"),
        (r"^wr", "r"),
        (r"^wh", "w"),
        (r"^x", "s"),
        (r"tch|ch", "C"),
        (r"sh|ti(?=on)|ci(?=a)|si(?=on)", "C"),
        (r"th", "0"),
        (r"ph|gh(?=t)|gh$", "f"),
        (r"ck", "k"),
        (r"c(?=[eiy])", "s"),
        (r"dge?|g(?=[eiy])|j", "C"),
        (r"[cq]", "k"),
        (r"x", "ks"),
        (r"mb$", "m"),
        (r"z", "s"),
        (r"(.)\1+", r"\1"),
    )
)
_PARTNERS = str.maketrans("dbgv", "tpkf")


@lru_cache(maxsize=8192)
def sound_key(word: str) -> str:
    """The consonant skeleton of one lower-case word; a leading vowel is kept as `A`."""
    for spelling, sound in _SPELLINGS:
        word = spelling.sub(sound, word)
    first, rest = word[:1], re.sub(r"[aeiouyhw]", "", word[1:])
    return (("A" if first and first in "aeiouy" else first) + rest).translate(_PARTNERS)


_SILENT = (
    (r"[^a-z]", ""),
    (r"^[kg]n", "n"),
    (r"^wr", "r"),
    (r"^wh(?=o)", "h"),
    (r"wh", "w"),
    (r"^x", "s"),
    (r"tch|ch|sh|ti(?=on)|ci(?=a)|si(?=on)|dge?|g(?=[eiy])|j", "C"),
    (r"th", "t"),
    (r"ph|gh$", "f"),
    (r"gh", ""),
    (r"ck|c(?![eiy])|q", "k"),
    (r"c", "s"),
    (r"x", "ks"),
    (r"mb$", "m"),
    (r"ing$", "in"),
    (r"z", "s"),
    (r"(?<=[aeiou])w", ""),
    (r"(?<=[^aeiou])e$", ""),
    (r"(?<=[^aeiou])es$", "s"),
    (r"[iey][aeiouy]*", "i"),
    (r"a[aeiouy]*", "a"),
    (r"[ou][aeiouy]*", "o"),
)
_SPELT = tuple((re.compile(pattern), sound) for pattern, sound in _SILENT)
_REPEATED = re.compile(r"(.)\1+")
_CONSONANT = re.compile(r"[^aioh]")


@lru_cache(maxsize=8192)
def _spelt(word: str) -> str:
    for pattern, sound in _SPELT:
        word = pattern.sub(sound, word)
    return word.translate(_PARTNERS)


@lru_cache(maxsize=8192)
def sound_spelling(words: str) -> str:
    """The sounds of some words, run together: the fewer edits between two spellings, the more they sound alike.

    Vowels fall into three classes. Every consonant is written twice: mistaking one costs as much as two vowels.
    """
    joined = _REPEATED.sub(r"\1", "".join(map(_spelt, words.split())))
    return _CONSONANT.sub(lambda match: match[0] * 2, joined)
