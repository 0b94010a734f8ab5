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

    def __init__(self, rules: Iterable[RedFlagRule], calm: Iterable[Sign] = ()) -> None:
        """`calm` are turns of phrase that are passed over, so that an idiom raises no alarm."""
        self._calm = tuple(calm)
        self._rules = tuple(sorted(rules, key=lambda rule: (-rule.flag.urgency, rule.flag.row)))
        self._flags = {rule.flag.id: rule.flag for rule in self._rules}

    def prepare(self) -> None:
        """Compile every sign; takes some seconds, so do it beside other work, or leave it to the first utterances."""
        for sign in (*self._calm, *(sign for rule in self._rules for sign in rule.signs)):
            sign.prepare()

    def spot(self, readings: Iterable[str]) -> tuple[RedFlag, ...]:
        """The red flags found in any of the normalised `readings`, the most urgent first."""
        heard = [(text, frozenset(text.split())) for text in map(self._without_calm, readings)]
        return tuple(
            rule.flag
            for rule in self._rules
            if any(sign.found_in(text, words) for text, words in heard for sign in rule.signs)
        )

    def _without_calm(self, text: str) -> str:
        words = frozenset(text.split())
        for turn in self._calm:
            text = turn.blanked(text, words)
        return text

    def __getitem__(self, flag_id: str) -> RedFlag:
        """The flag of that id; KeyError when there is none."""
        return self._flags[flag_id]


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
