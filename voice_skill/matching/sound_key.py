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
    return (("A" if first in "aeiouy" else first) + rest).translate(_PARTNERS)
