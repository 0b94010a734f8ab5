"""What happens when nobody speaks: holds are counted, steps follow each other, silence is asked about."""

from __future__ import annotations

from dataclasses import replace

from voice_skill.catalog import Catalog
from voice_skill.dialogue import danger, holds, routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.here import Here, here
from voice_skill.dialogue.state import State, Timers
from voice_skill.dialogue.times import CRAMP_LIMIT_S, PAUSE_LIMIT_S, SILENCE_S

_SLACK_S = 1e-6
"""A clock may wake a moment early by rounding."""


def wake_at_s(state: State, catalog: Catalog) -> float | None:
    """The next moment at which the conversation goes on by itself; None while it only waits."""
    if state.ended:
        return None
    moments = [
        _cramp_limit_s(state, catalog),
        _pause_limit_s(state),
        holds.cue_due_s(state.hold),
        state.timers.go_on_s,
        state.timers.silence_s,
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def speech_ended(draft: Draft) -> None:
    """Everything was said: from now on silence counts, and a hold begins."""
    if not draft.state.speaking:
        return  # a late report of speech that was cut off
    draft.change(speaking=False)
    at, hold = draft.here, draft.state.hold
    if draft.state.paused:
        return
    if hold is not None:
        holds.speech_ended(draft, hold)
    elif at is not None or draft.state.offer:
        draft.change(timers=_timers(at, draft.state.now_s))


def time_passed(draft: Draft) -> None:
    """Do what is due now, the most important first."""
    state, at = draft.state, draft.here
    due_s = state.now_s + _SLACK_S
    if _is_due(_cramp_limit_s(state, draft.catalog), due_s):
        danger.raise_flags(draft, (draft.catalog.spotter[danger.NOT_EASING],))
    elif _is_due(_pause_limit_s(state), due_s):
        _end_pause(draft)
    elif at is not None and _is_due(holds.cue_due_s(state.hold), due_s):
        _count(draft, at)
    elif at is not None and _is_due(state.timers.go_on_s, due_s):
        routine.go_on(draft, at)
    elif _is_due(state.timers.silence_s, due_s):
        _silence(draft, at)


def _is_due(moment_s: float | None, now_s: float) -> bool:
    return moment_s is not None and moment_s <= now_s


def _timers(at: Here | None, now_s: float) -> Timers:
    """What is waited for once everything has been said: the next step, or an answer."""
    if at is not None and at.step.go_on_after_s is not None and not at.step.ask:
        return Timers(go_on_s=now_s + at.step.go_on_after_s)
    return Timers(silence_s=now_s + SILENCE_S)


def _cramp_limit_s(state: State, catalog: Catalog) -> float | None:
    """When the cramp that a routine is relieving has lasted too long, a pause included.

    Where nobody answers any more, nobody says that it lasts, and a flag would bar the way of whoever comes back.
    """
    at = here(state, catalog)
    if state.cramp_since_s is None or at is None or at.easing is None or state.left_alone:
        return None
    return state.cramp_since_s + CRAMP_LIMIT_S


def _pause_limit_s(state: State) -> float | None:
    return None if state.paused_since_s is None else state.paused_since_s + PAUSE_LIMIT_S


def _count(draft: Draft, at: Here) -> None:
    hold = draft.state.hold
    if hold is not None and hold.cues:
        name = hold.cues[0].reply.removeprefix("prompt.")
        draft.remark(name)
        draft.change(hold=replace(hold, cues=hold.cues[1:]))
        return
    draft.change(hold=None)
    draft.remark("hold_done")
    routine.go_on(draft, at)


def _silence(draft: Draft, at: Here | None) -> None:
    """Ask again in other words; the second time close politely and go on listening."""
    draft.change(silences=draft.state.silences + 1)
    if at is not None and at.is_last and not at.step.ask:
        # All was said; only "back", "more" and "next" were still waited for.
        draft.change(silences=0)
        routine.leave(draft)
    elif draft.state.silences > 1:
        _close(draft)
    elif at is None:
        draft.remark("silence_offer")
    elif at.step.ask:
        routine.ask(draft, at)
    else:
        draft.remark("silence_1")


def _close(draft: Draft) -> None:
    """Fall silent, but take an answer that comes late: the routine only rests, as in a pause."""
    now_s = draft.state.now_s if draft.state.place else None
    draft.change(paused_since_s=now_s, left_alone=now_s is not None, offer="", silences=0, timers=Timers())
    draft.remark("silence_close")


def _end_pause(draft: Draft) -> None:
    """Leave a routine that nobody came back to; whom it was told already, it is not told again."""
    told = draft.state.left_alone
    routine.leave(draft)
    if not told:
        draft.remark("silence_close")
