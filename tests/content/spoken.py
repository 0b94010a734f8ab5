"""Every text that the assistant can say, in every region."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voice_skill.catalog import Authored
from voice_skill.domain import Urgency

HARD_WORDS = frozenset(
    "hamstring hamstrings electrolyte electrolytes emergency massage information diagnosis semitendinosus "
    "semimembranosus biceps femoris magnesium quinine pharmacist medicine medicines inflammation exercise "
    "prevention activity".split()
)
"""Words that the reading grade does not count: names of things that have no easier name, or that all know by ear."""
_VOWELS = re.compile(r"[aeiouy]+")
_HIATUS = re.compile(r"(?<![tscg])i[ao]|uie|[eyi]ing$")
"""Two vowels in a row that are two syllables: di-et is not seen, but qui-et, ly-ing and peri-od are."""
_SILENT_END = re.compile(r"(?<=[^laeiouy])(e|es|ed)$|(?<=[aeiouy]l)e$|(?<=[aeiouy])(e|ed)$")
_SPOKEN_END = re.compile(r"([td]ed|(s|z|x|ch|sh|g|c)es)$")


@dataclass(frozen=True)
class Spoken:
    """One text, with the numbers of one region put in."""

    where: str
    region: str
    text: str
    treats: bool = False
    urgency: Urgency = Urgency.SELF_CARE
    """Of the red flag that says it."""
    announces: bool = False
    """It is the sentence that says an emergency out loud."""

    @property
    def sentences(self) -> list[str]:
        return re.split(r"(?<=[.?])\s+", self.text.strip())


def all_spoken(authored: Authored) -> list[Spoken]:
    return [
        Spoken(where, region, _filled(text, region, authored), treats, urgency, announces)
        for where, text, treats, urgency, announces in (*_in_replies(authored), *_in_routines(authored))
        for region in authored.regions
    ]


def _in_replies(authored: Authored) -> Iterator[tuple[str, str, bool, Urgency, bool]]:
    for name, reply in authored.replies.items():
        flag = authored.red_flags.get(name.removeprefix("red_flag."))
        urgency = flag.urgency if flag else Urgency.SELF_CARE
        for index, text in enumerate(reply.say):
            yield f"{name} {index}", text, reply.treats, urgency, urgency is Urgency.EMERGENCY
        for index, text in enumerate(reply.more):
            yield f"{name} more {index}", text, reply.treats, urgency, False


def _in_routines(authored: Authored) -> Iterator[tuple[str, str, bool, Urgency, bool]]:
    for name, routine in authored.routines.items():
        for step in routine.steps:
            positions = [text for wordings in (step.positions or {}).values() for text in wordings]
            for index, text in enumerate((*step.say, *step.ask, *step.more, *positions)):
                yield f"{name}/{step.id} {index}", text, routine.treats, Urgency.SELF_CARE, False


def _filled(text: str, region: str, authored: Authored) -> str:
    entry = authored.regions[region]
    filled = text.format(emergency=entry.emergency, advice_line=entry.advice_line, seconds="fifteen", steps="twelve")
    return filled[:1].upper() + filled[1:]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def syllables(word: str) -> int:
    """Groups of vowels, without the mute ones at the end; near enough for a mean over a text."""
    spoken = word if _SPOKEN_END.search(word) else _SILENT_END.sub("", word)
    return max(1, len(_VOWELS.findall(spoken)) + len(_HIATUS.findall(spoken)))


def reading_grade(spoken: Spoken) -> float:
    """The Flesch-Kincaid grade; hard words count as words of two syllables."""
    heard = words(spoken.text)
    total = sum(min(2, syllables(word)) if word in HARD_WORDS else syllables(word) for word in heard)
    return 0.39 * len(heard) / len(spoken.sentences) + 11.8 * total / len(heard) - 15.59
