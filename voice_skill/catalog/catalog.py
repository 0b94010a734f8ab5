"""Everything a conversation knows: what authors wrote, made ready for use."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from voice_skill.catalog.authored import Authored
from voice_skill.catalog.entries import RegionEntry, ReplyEntry, RoutineEntry, StepEntry
from voice_skill.domain import Match, RedFlag
from voice_skill.redflags import RedFlagSpotter


class Matcher(Protocol):
    """Finds the intent of an utterance."""

    def match(self, readings: Sequence[str], expected: Collection[str] = ()) -> Match:
        """The intent behind the readings, or the reason to refuse them."""
        ...

    def repaired(self, reading: str) -> str:
        """`reading` with mis-heard words of the domain put back."""
        ...

    def prepare(self) -> None:
        """Do now what the first utterance would have to wait for."""
        ...

    def continuations(self, reading: str) -> Mapping[str | None, int]:
        """The intents of the known sentences that begin with `reading` and have more, counted; None: off topic."""
        ...


@dataclass(frozen=True, slots=True)
class Catalog:
    """The third argument of `respond`: it never changes while the program runs."""

    authored: Authored
    spotter: RedFlagSpotter
    matcher: Matcher
    region: RegionEntry

    def reply(self, reply_id: str) -> ReplyEntry:
        """The reply of that id."""
        return self.authored.replies[reply_id]

    def routine(self, name: str) -> RoutineEntry:
        """The routine of that name."""
        return self.authored.routines[name]

    def routine_started_by(self, intent: str) -> str | None:
        """The name of the routine that an intent starts, if any."""
        return next((name for name, each in self.authored.routines.items() if each.started_by == intent), None)

    def step(self, routine: str, index: int) -> StepEntry:
        """The step at `index`, counted from 0."""
        return self.authored.routines[routine].steps[index]

    def advice(self, flag: RedFlag) -> ReplyEntry:
        """What is said when `flag` is raised."""
        return self.authored.replies[f"red_flag.{flag.id}"]
