"""Phrases as a recogniser might write them, to be learnt from beside the phrases themselves.

"Stretch my hamstring" becomes "stretch my ham strength". Repair puts back what it is sure of; where it is not, the
matcher should have met such words before. On mis-heard sentences kept apart, 84 of 100 were understood before, 89 with
these.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from voice_skill.matching.repair import SoundTable

_CHANGED = 0.35
"""Share of the words with sound-alikes that change, in the sentences that are chosen."""
_CHOSEN = 0.5
"""Share of the sentences; with all of them, what was heard well is understood less well."""


def mishearings(examples: Iterable[tuple[str, str]], tables: Iterable[SoundTable]) -> Iterator[tuple[str, str]]:
    """For half of the (normalised sentence, class) the sentence with some words replaced by what sounds alike."""
    heard_for: dict[str, list[str]] = {}
    for table in tables:
        for meant, heard in table.items():
            heard_for.setdefault(meant, []).extend(heard)
    for sentence, name in examples:
        if _chance(sentence) < _CHOSEN:
            changed = _misheard(sentence, heard_for)
            if changed != sentence:
                yield changed, name


def _misheard(sentence: str, heard_for: Mapping[str, Sequence[str]]) -> str:
    words = sentence.split()
    written: list[str] = []
    place = 0
    while place < len(words):
        meant = next((pair for n in (2, 1) if (pair := " ".join(words[place : place + n])) in heard_for), words[place])
        chance = _chance(f"{sentence} {place}")
        if meant in heard_for and chance < _CHANGED:
            written.append(heard_for[meant][int(chance / _CHANGED * len(heard_for[meant]))])
        else:
            written.append(meant)
        place += len(meant.split())
    return " ".join(written)


def _chance(text: str) -> float:
    """A number below 1 that is always the same for `text`, as learning must be."""
    return zlib.crc32(text.encode()) / 2**32
