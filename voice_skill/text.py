"""Words as the whole program sees them: lower case, no punctuation, contractions kept whole."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*|\[unk\]")
_FILLERS = frozenset({"um", "umm", "uh", "uhm", "er", "erm", "ah", "hmm", "mm", "mhm", "eh", "[unk]"})
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "`": "'", "-": " ", "–": " ", "—": " "})


def words(text: str) -> tuple[str, ...]:
    """Every word of `text`, fillers and the recogniser's `[unk]` included."""
    return tuple(_WORD.findall(text.translate(_STRAIGHT).lower()))


def content_words(text: str) -> tuple[str, ...]:
    """The words of `text` that carry meaning: `words` without fillers and `[unk]`."""
    return tuple(word for word in words(text) if word not in _FILLERS)


def normalise(text: str) -> str:
    """`text` as the intents are written: its content words joined by single spaces."""
    return " ".join(content_words(text))
