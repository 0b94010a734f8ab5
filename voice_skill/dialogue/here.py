"""The current step together with its routine, so that neither has to be looked up or doubted again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_skill.catalog import Catalog
from voice_skill.catalog.entries import RoutineEntry, StepEntry
from voice_skill.dialogue.state import Place, State


@dataclass(frozen=True, slots=True)
class Here:
    """A place in a routine, and the routine."""

    place: Place
    routine: RoutineEntry

    @property
    def step(self) -> StepEntry:
        """The step at this place."""
        return self.routine.steps[self.place.step]

    @property
    def reply_id(self) -> str:
        """What the step is called where replies are named."""
        return f"{self.place.routine}/{self.step.id}"

    @property
    def is_last(self) -> bool:
        """Whether no step follows."""
        return self.place.step == len(self.routine.steps) - 1

    @property
    def easing(self) -> int | None:
        """The index of the question whether the cramp eases; None in a routine that does not ask it."""
        indices = (index for index, step in enumerate(self.routine.steps) if easing_answer(step))
        return next(indices, None)

    @property
    def numbered(self) -> tuple[int, ...]:
        """The indices of the steps that "go to step three" counts: questions are none."""
        return tuple(index for index, step in enumerate(self.routine.steps) if step.say)

    def index_of(self, step_id: str) -> int:
        """The index of the step of that id."""
        return [step.id for step in self.routine.steps].index(step_id)

    def moved(self, index: int) -> Here:
        """The place at another step of the same routine, reached from this one."""
        place = Place(self.place.routine, index, (*self.place.trail, self.place.step))
        return replace(self, place=place)

    def skipped_question(self, target: int) -> int | None:
        """The first question on the way to `target` that must be answered and was not; None if the way is free."""
        first = self.place.step if self.step.must_answer else self.place.furthest
        return next((index for index in range(first, target) if self.routine.steps[index].must_answer), None)


def here(state: State, catalog: Catalog) -> Here | None:
    """Where the conversation is in a routine; None when no routine runs."""
    return Here(state.place, catalog.routine(state.place.routine)) if state.place else None


def easing_answer(step: StepEntry) -> str:
    """The answer by which a step learns that the cramp has eased; empty when it does not ask."""
    return next((said for said, entry in (step.answers or {}).items() if entry.eases), "")
