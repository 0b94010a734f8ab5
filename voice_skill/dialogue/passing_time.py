"""What happens when nobody speaks: holds are counted, steps follow each other, silence is asked about."""

from __future__ import annotations

from dataclasses import replace

from voice_skill.catalog import Catalog
from voice_skill.dialogue import danger, routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.state import Hold, State, Timers
from voice_skill.dialogue.times import CRAMP_LIMIT_S, SILENCE_S
from voice_skill.dialogue.understand import open_question

_SLACK_S = 1e-6
"""A clock may wake a moment early by rounding."""
NOT_EASING = "not-easing"
"""The red flag of a cramp that lasts too long."""


def wake_at_s(state: State, catalog: Catalog) -> float | None:
    """The next moment at which the conversation goes on by itself; None while it only waits."""
    if state.ended:
        return None
    moments = [state.timers.go_on_s, state.timers.silence_s, _cue_due_s(state.hold), _cramp_limit_s(state, catalog)]
    return min((moment for moment in moments if moment is not None), default=None)


def speech_ended(draft: Draft) -> None:
    """Everything was said: from now on silence counts, and a hold begins."""
    draft.change(speaking=False)
    state, now_s = draft.state, draft.state.now_s
    if state.paused:
        return
    if state.hold is not None:
        if state.hold.running_since_s is None:
            draft.change(hold=replace(state.hold, running_since_s=now_s))
        return
    if state.place is None:
        draft.change(timers=Timers(silence_s=now_s + SILENCE_S if state.offer else None))
        return
    step = routine.current_step(draft)
    if step.go_on_after_s is not None and not step.ask:
        draft.change(timers=Timers(go_on_s=now_s + step.go_on_after_s))
    else:
        draft.change(timers=Timers(silence_s=now_s + SILENCE_S))


def time_passed(draft: Draft) -> None:
    """Do what is due now, the most important first."""
    state = draft.state
    due_s = state.now_s + _SLACK_S
    if _is_due(_cramp_limit_s(state, draft.catalog), due_s):
        danger.raise_flag(draft, draft.catalog.spotter[NOT_EASING])
    elif _is_due(_cue_due_s(state.hold), due_s):
        _count(draft)
    elif _is_due(state.timers.go_on_s, due_s):
        routine.go_on(draft)
    elif _is_due(state.timers.silence_s, due_s):
        _silence(draft)


def _is_due(moment_s: float | None, now_s: float) -> bool:
    return moment_s is not None and moment_s <= now_s


def _cue_due_s(hold: Hold | None) -> float | None:
    """When the next cue of a running hold, or its end, is due."""
    if hold is None or hold.running_since_s is None:
        return None
    left_s = hold.cues[0].left_s if hold.cues else 0.0
    return hold.running_since_s + hold.left_s - left_s


def _cramp_limit_s(state: State, catalog: Catalog) -> float | None:
    """When the cramp of a running routine has lasted too long."""
    if state.cramp_since_s is None or state.place is None or danger.forbids_treatment(state):
        return None
    return state.cramp_since_s + CRAMP_LIMIT_S if catalog.routine(state.place.routine).treats else None


def _count(draft: Draft) -> None:
    hold = draft.state.hold
    assert hold is not None
    if hold.cues:
        draft.say(hold.cues[0].reply, memorable=False)
        draft.change(hold=replace(hold, cues=hold.cues[1:]))
        return
    draft.change(hold=None)
    draft.say("prompt.hold_done", memorable=False)
    routine.go_on(draft)


def _silence(draft: Draft) -> None:
    """Ask again in other words; the second time close politely and go on listening."""
    draft.change(silences=draft.state.silences + 1)
    if draft.state.silences > 1:
        routine.leave(draft)
        draft.change(offer="", silences=0)
        draft.say("prompt.silence_close", memorable=False)
        return
    if open_question(draft.state, draft.catalog) is None:
        draft.say("prompt.silence_1", memorable=False)
        return
    place = draft.state.place
    assert place is not None
    draft.change(place=replace(place, unclear=min(place.unclear + 1, 1)))
    routine.ask(draft)
