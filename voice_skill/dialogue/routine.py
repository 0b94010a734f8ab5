"""Leads through a routine step by step. The routine itself is data."""

from __future__ import annotations

from dataclasses import replace

from voice_skill.dialogue import danger, holds
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.here import Here
from voice_skill.dialogue.state import Place, State, Timers
from voice_skill.dialogue.times import CRAMP_LIMIT_S, ITEM_PAUSE_S, STEP_PAUSE_S

RELIEF = "relief.start"
"""The intent that starts the routine against a cramp."""
TRIAGE = "escalation.triage"
"""The intent that starts the routine which looks for danger."""


def start(draft: Draft, name: str) -> None:
    """Begin a routine at its first step; one that treats is refused while a red flag forbids it."""
    routine = draft.catalog.routine(name)
    if routine.treats and danger.forbids_routine(draft.state):
        danger.refuse_treatment(draft)
        return
    begin = Here(Place(name), routine)
    if begin.easing is not None:
        _note_cramp(draft)
    enter(draft, begin.place)


def leave(draft: Draft) -> None:
    """End the routine where it stands. The clock of a cramp that has not eased runs on."""
    draft.change(place=None, hold=None, paused_since_s=None, left_alone=False, timers=Timers())


def enter(draft: Draft, place: Place) -> None:
    """Make `place` the current step and say it; a hold starts to count when that has been said."""
    at = Here(place, draft.catalog.routine(place.routine))
    if at.is_last and at.routine.started_by == TRIAGE and draft.state.flags:
        # The all-clear must not follow a sign that was named earlier: the worst of the session is what holds.
        leave(draft)
        danger.advise(draft)
        return
    draft.change(place=place, hold=holds.fresh_hold(at.step), paused_since_s=None, left_alone=False)
    pause_s = STEP_PAUSE_S if place.step else ITEM_PAUSE_S
    if at.step.ask:
        ask(draft, at, pause_s)
        return
    wordings = (at.step.positions or {}).get(draft.state.position, at.step.say)
    draft.say_one_of(wordings, at.reply_id, pause_s=pause_s)


def again(draft: Draft, at: Here) -> None:
    """Do the current step once more from its beginning."""
    enter(draft, at.place)


def ask(draft: Draft, at: Here, pause_s: float = ITEM_PAUSE_S) -> None:
    """Put the question of the current step, reworded by how often it was not answered."""
    wording = at.place.unclear + draft.state.silences
    draft.say_one_of(at.step.ask, at.reply_id, first=wording, pause_s=pause_s)


def go_on(draft: Draft, at: Here) -> None:
    """To the step that follows the current one; past the last the routine is over."""
    if at.step.then_go_to:
        go_to(draft, at, at.step.then_go_to)
    elif not at.is_last:
        move(draft, at, at.place.step + 1)
    else:
        leave(draft)
        draft.remark("routine_done")


def go_to(draft: Draft, at: Here, step_id: str) -> None:
    """To the step of that id."""
    move(draft, at, at.index_of(step_id))


def move(draft: Draft, at: Here, index: int) -> None:
    """To the step at `index`."""
    enter(draft, at.moved(index).place)


def step_back(draft: Draft, at: Here) -> None:
    """To the step that led here, which need not be the one above: "cold" is reached without "warmth"."""
    if at.place.trail:
        *before, last = at.place.trail
        enter(draft, Place(at.place.routine, last, tuple(before)))
    else:
        draft.remark("first_step")
        again(draft, at)


def come_back(draft: Draft, *, briefly: bool = False) -> None:
    """Resume where it was after something else was said: the question again, the hold goes on, the step goes on.

    A step whose words were cut off is said again. `briefly` leaves out the hint how to go on.
    """
    at, hold = draft.here, draft.state.hold
    if at is None or draft.state.paused:
        return
    if at.step.ask:
        ask(draft, at)
    elif hold is not None and holds.has_begun(hold, at.step):
        holds.talk_over(draft, hold, reassure=not briefly)
    elif hold is not None or draft.cut_off:
        again(draft, at)
    elif not briefly and at.step.go_on_after_s is None and not at.is_last:
        draft.remark("back_to_step")


def lasts_too_long(state: State) -> bool:
    """Whether the cramp of the session was first spoken of so long ago that it should have passed."""
    return state.cramp_since_s is not None and state.now_s - state.cramp_since_s >= CRAMP_LIMIT_S


def _note_cramp(draft: Draft) -> None:
    """Start the clock of a cramp.

    A routine begun again within the limit is about the same cramp: neither its time nor its rounds start anew. One
    that was left for longer is taken for another cramp, since nobody was there to say that it went on.
    """
    if draft.state.cramp_since_s is None or lasts_too_long(draft.state):
        draft.change(cramp_since_s=draft.state.now_s, rounds={})


def unclear_once_more(draft: Draft, at: Here) -> Here:
    """Count an answer that could not be read."""
    place = replace(at.place, unclear=at.place.unclear + 1)
    draft.change(place=place)
    return replace(at, place=place)
