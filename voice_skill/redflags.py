"""Notices signs of danger in whatever a person says, before anything else is made of it.

Spotting, not whole-sentence matching: "cramp in my hamstring and i can't breathe" must be caught. Nothing but the
words decides; no score can switch it off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from voice_skill.domain import RedFlag, Urgency
from voice_skill.templates import Sign, compile_sign

_Meaning = TypeVar("_Meaning")


@dataclass(frozen=True, slots=True)
class RedFlagRule:
    """One red flag and the signs that raise it."""

    flag: RedFlag
    signs: tuple[Sign, ...]


class RedFlagSpotter:
    """Looks for every sign in every reading of an utterance."""

    def __init__(self, rules: Iterable[RedFlagRule], calm: Iterable[Sign] = ()) -> None:
        """`calm` are turns of phrase that are passed over, so that an idiom raises no alarm."""
        ranked = sorted(rules, key=lambda rule: (-rule.flag.urgency, rule.flag.row))
        self._flags = {rule.flag.id: rule.flag for rule in ranked}
        self._signs = _Index((sign, rule.flag) for rule in ranked for sign in rule.signs)
        self._calm = _Index((turn, None) for turn in calm)

    def prepare(self) -> None:
        """Compile every sign; takes some seconds, so do it beside other work, or leave it to the first utterances."""
        for sign, _ in (*self._calm.entries, *self._signs.entries):
            sign.prepare()

    def spot(self, readings: Iterable[str]) -> tuple[RedFlag, ...]:
        """The red flags found in any of the normalised `readings`, the most urgent first."""
        spelt_out = dict.fromkeys(each for text in readings for each in (text, _spelt_out(text)))
        found = {flag.id for text in spelt_out for flag in self._flags_in(self._without_calm(text))}
        return tuple(flag for name, flag in self._flags.items() if name in found)

    def _flags_in(self, text: str) -> set[RedFlag]:
        words = frozenset(text.split())
        found: set[RedFlag] = set()
        for sign, flag in self._signs.with_any_of(words):
            if flag not in found and sign.found_in(text, words):
                found.add(flag)
        return found

    def _without_calm(self, text: str) -> str:
        words = frozenset(text.split())
        for turn, _ in self._calm.with_any_of(words):
            text = turn.blanked(text, words)
        return text

    def __getitem__(self, flag_id: str) -> RedFlag:
        """The flag of that id; KeyError when there is none."""
        return self._flags[flag_id]


class _Index(Generic[_Meaning]):
    """Signs by the words without which they cannot be found: of a thousand, an utterance needs some dozens."""

    def __init__(self, entries: Iterable[tuple[Sign, _Meaning]]) -> None:
        self.entries = tuple(entries)
        self._places: dict[str, list[int]] = {}
        for place, (sign, _) in enumerate(self.entries):
            for word in sign.anchors:
                self._places.setdefault(word, []).append(place)

    def with_any_of(self, words: Iterable[str]) -> Iterator[tuple[Sign, _Meaning]]:
        """The signs that one of `words` may be part of, in their order."""
        places = {place for word in words for place in self._places.get(word, ())}
        return (self.entries[place] for place in sorted(places))


def _spelt_out(text: str) -> str:
    """`text` with "is" as a word of its own, so that a sign need not name both "blood is" and "blood's"."""
    return re.sub(r"(?<=\w)'s\b", " is", text)


def compile_rules(
    entries: Mapping[str, tuple[int, Urgency, tuple[str, ...]]],
    sign_words: Mapping[str, str],
    calm: Iterable[str] = (),
) -> RedFlagSpotter:
    """A spotter from flag id -> (row, urgency, sign templates), and the templates of calm turns of phrase.

    Raises:
        TemplateError: a sign cannot be read.
    """
    rules = (
        RedFlagRule(RedFlag(flag_id, urgency, row), tuple(compile_sign(sign, sign_words) for sign in signs))
        for flag_id, (row, urgency, signs) in entries.items()
    )
    return RedFlagSpotter(rules, [compile_sign(turn, sign_words) for turn in calm])
