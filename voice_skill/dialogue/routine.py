"""Leads through a routine: steps, questions, holds counted aloud. The routine itself is data."""

from __future__ import annotations

from dataclasses import replace

from voice_skill.catalog.entries import AnswerEntry, StepEntry
from voice_skill.dialogue import danger
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.state import Cue, Hold, Place, Timers
from voice_skill.dialogue.times import ITEM_PAUSE_S, STEP_PAUSE_S

UNCLEAR_LIMIT = 2
"""Unclear answers to a safety question that count as the cautious one."""


def start(draft: Draft, name: str) -> None:
    """Begin a routine at its first step; one that treats is refused while a red flag forbids it."""
    if danger.forbids_treatment(draft.state) and draft.catalog.routine(name).treats:
        danger.refuse_treatment(draft)
        return
    since = draft.state.cramp_since_s
    if draft.catalog.routine(name).treats and since is None:
        since = draft.state.now_s
    draft.change(place=Place(name, 0), hold=None, paused=False, cramp_since_s=since)
    enter(draft)


def leave(draft: Draft) -> None:
    """End the routine where it stands."""
    draft.change(place=None, hold=None, paused=False, timers=Timers(), cramp_since_s=None)


def current_step(draft: Draft) -> StepEntry:
    """The step the conversation is at; only to be asked while there is a place."""
    place = draft.state.place
    assert place is not None
    return draft.catalog.step(place.routine, place.step)


def enter(draft: Draft) -> None:
    """Say the current step; a hold starts to count when that has been said."""
    step = current_step(draft)
    place = draft.state.place
    assert place is not None
    draft.change(
        hold=fresh_hold(step),
        place=replace(place, furthest=max(place.furthest, place.step)),
        paused=False,
    )
    pause_s = STEP_PAUSE_S if place.step else ITEM_PAUSE_S
    if step.ask:
        ask(draft, pause_s)
        return
    wordings = (step.positions or {}).get(draft.state.position, step.say)
    draft.say_one_of(wordings, f"{place.routine}/{step.id}", pause_s=pause_s if draft.actions else 0.0)
    if place.step == len(_steps(draft)) - 1:
        draft.change(place=None)
        draft.change(cramp_since_s=None)


def fresh_hold(step: StepEntry) -> Hold | None:
    """The hold of a step, not yet counting; None for a step without one."""
    return Hold(step.hold_s, cues=_cues(step.hold_s)) if step.hold_s else None


def ask(draft: Draft, pause_s: float = ITEM_PAUSE_S) -> None:
    """Put the question of the current step, reworded by how often it was not answered."""
    place = draft.state.place
    assert place is not None
    step = current_step(draft)
    reply_id = f"{place.routine}/{step.id}"
    draft.say_one_of(step.ask, reply_id, first=place.unclear, pause_s=pause_s if draft.actions else 0.0)


def go_on(draft: Draft) -> None:
    """To the step that follows the current one; past the last the routine is over."""
    step = current_step(draft)
    if step.then_go_to:
        go_to(draft, step.then_go_to)
        return
    place = draft.state.place
    assert place is not None
    if place.step + 1 < len(_steps(draft)):
        move(draft, place.step + 1)
    else:
        leave(draft)
        draft.say("prompt.routine_done")


def go_to(draft: Draft, step_id: str) -> None:
    """To the step of that id."""
    move(draft, [step.id for step in _steps(draft)].index(step_id))


def move(draft: Draft, index: int) -> None:
    """To the step at `index`."""
    place = draft.state.place
    assert place is not None
    draft.change(place=replace(place, step=index, unclear=0))
    enter(draft)


def skipped_questions(draft: Draft, target: int) -> bool:
    """Whether going to `target` would jump over a question that must be answered."""
    place = draft.state.place
    assert place is not None
    ahead = _steps(draft)[max(place.step, place.furthest) : target]
    here = current_step(draft).must_answer and target > place.step
    return here or any(step.must_answer for step in ahead)


def answer(draft: Draft, said: str) -> None:
    """Follow an answer to the current step's question."""
    step = current_step(draft)
    _follow(draft, step, (step.answers or {})[said], said)


def unclear(draft: Draft) -> None:
    """An answer that could not be read: ask again in other words, or take the cautious answer."""
    place = draft.state.place
    assert place is not None
    step = current_step(draft)
    draft.change(place=replace(place, unclear=place.unclear + 1))
    if step.unclear_twice and place.unclear + 1 >= UNCLEAR_LIMIT:
        answer(draft, step.unclear_twice)
    else:
        ask(draft)


def _follow(draft: Draft, step: StepEntry, entry: AnswerEntry, said: str) -> None:
    if entry.at_most and entry.then:
        place = draft.state.place
        assert place is not None
        key = f"{step.id}.{said}"
        given = place.rounds.get(key, 0)
        if given >= entry.at_most:
            _follow(draft, step, entry.then, said)
            return
        draft.change(place=replace(place, rounds={**place.rounds, key: given + 1}))
    if entry.eases:
        draft.change(cramp_since_s=None)
    if entry.say:
        draft.say(entry.say)
    if entry.red_flag:
        danger.raise_flag(draft, draft.catalog.spotter[entry.red_flag])
        if draft.state.place is None:
            return
    if entry.end:
        leave(draft)
    elif entry.go_to:
        go_to(draft, entry.go_to)
    else:
        go_on(draft)


def _steps(draft: Draft) -> tuple[StepEntry, ...]:
    assert draft.state.place is not None
    return draft.catalog.routine(draft.state.place.routine).steps


def _cues(hold_s: float) -> tuple[Cue, ...]:
    half = (Cue(hold_s / 2, "prompt.hold_half"),) if hold_s >= 10 else ()
    count = tuple(Cue(float(left), f"prompt.count_{name}") for left, name in ((3, "three"), (2, "two"), (1, "one")))
    return half + tuple(cue for cue in count if cue.left_s < hold_s)
