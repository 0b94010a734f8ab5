"""Notices signs of danger in whatever a person says, before anything else is made of it.

Spotting, not whole-sentence matching: "cramp in my hamstring and i can't breathe" must be caught. Nothing but the
words decides; no score can switch it off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice_skill.domain import RedFlag, Urgency
from voice_skill.templates import Sign, compile_sign


@dataclass(frozen=True, slots=True)
class RedFlagRule:
    """One red flag and the signs that raise it."""

    flag: RedFlag
    signs: tuple[Sign, ...]


class RedFlagSpotter:
    """Looks for every sign in every reading of an utterance."""

    def __init__(self, rules: Iterable[RedFlagRule]) -> None:
        self._rules = tuple(sorted(rules, key=lambda rule: (-rule.flag.urgency, rule.flag.row)))
        self._flags = {rule.flag.id: rule.flag for rule in self._rules}

    def spot(self, readings: Iterable[str]) -> tuple[RedFlag, ...]:
        """The red flags found in any of the normalised `readings`, the most urgent first."""
        heard = [(text, frozenset(text.split())) for text in readings]
        return tuple(
            rule.flag
            for rule in self._rules
            if any(sign.found_in(text, words) for text, words in heard for sign in rule.signs)
        )

    def __getitem__(self, flag_id: str) -> RedFlag:
        """The flag of that id; KeyError when there is none."""
        return self._flags[flag_id]


def compile_rules(
    entries: Mapping[str, tuple[int, Urgency, tuple[str, ...]]], sign_words: Mapping[str, str]
) -> RedFlagSpotter:
    """A spotter from flag id -> (row, urgency, sign templates).

    Raises:
        TemplateError: a sign cannot be read.
    """
    return RedFlagSpotter(
        RedFlagRule(RedFlag(flag_id, urgency, row), tuple(compile_sign(sign, sign_words) for sign in signs))
        for flag_id, (row, urgency, signs) in entries.items()
    )
