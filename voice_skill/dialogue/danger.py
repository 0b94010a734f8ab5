"""What red flags do to a conversation. The worst urgency of the session holds and never falls."""

from __future__ import annotations

from collections.abc import Sequence

from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.state import State, Timers
from voice_skill.domain import RedFlag, Say, Urgency

SAID_TWICE = 2
"""An emergency is announced twice: the first time may be lost in noise or fright."""


def forbids_treatment(state: State) -> bool:
    """Whether stretch, massage and heat may not be advised: they harm a torn muscle, and massage a clot."""
    return state.urgency >= Urgency.TODAY


def raise_flag(draft: Draft, flag: RedFlag) -> None:
    """Remember a red flag and say the advice of the worst one."""
    before = draft.state.urgency
    known = flag in draft.state.flags
    if not known:
        draft.change(flags=(*draft.state.flags, flag))
    if draft.state.urgency >= Urgency.TODAY:
        _drop_everything_else(draft)
    if flag.urgency >= before or not known:
        advise(draft)


def raise_flags(draft: Draft, flags: Sequence[RedFlag]) -> None:
    """Remember every flag of one utterance and say one advice: the worst one's."""
    for flag in reversed(flags):
        if flag not in draft.state.flags:
            draft.change(flags=(*draft.state.flags, flag))
    raise_flag(draft, flags[0])


def advise(draft: Draft) -> None:
    """The advice of the worst red flag; an emergency twice, and that nobody has been called."""
    flag = draft.state.worst_flag
    if flag is None:
        return
    draft.hush()
    advice = draft.catalog.advice(flag)
    reply_id = f"red_flag.{flag.id}"
    if flag.urgency < Urgency.EMERGENCY:
        draft.say_one_of(advice.say, reply_id, urgency=flag.urgency)
        return
    for _ in range(SAID_TWICE):
        # The same words both times: a second wording would sound like a second message.
        draft.say_one_of(advice.say, reply_id, urgency=flag.urgency, first=0)
    draft.say_one_of(draft.catalog.reply("prompt.cannot_call").say, "prompt.cannot_call", urgency=flag.urgency)
    if advice.more:
        draft.say_one_of(advice.more[:1], reply_id, urgency=flag.urgency)


def refuse_treatment(draft: Draft) -> None:
    """Why the stretch is not given now, and what to do instead."""
    draft.say("prompt.not_while_flagged", memorable=False)
    advise(draft)


def stay_with_emergency(draft: Draft) -> None:
    """Whatever else was asked: the emergency sentence again, and nothing that could delay help."""
    draft.say("prompt.emergency_only", memorable=False)
    flag = draft.state.worst_flag
    assert flag is not None
    first = draft.catalog.advice(flag).say[:1]
    draft.say_one_of(first, f"red_flag.{flag.id}", memorable=False, urgency=Urgency.EMERGENCY)


def is_emergency(state: State) -> bool:
    """Whether the emergency number was advised in this session."""
    return state.urgency is Urgency.EMERGENCY


def _drop_everything_else(draft: Draft) -> None:
    draft.hush()
    draft.actions[:] = [action for action in draft.actions if not isinstance(action, Say)]
    draft.change(place=None, hold=None, paused=False, offer="", timers=Timers(), cramp_since_s=None, misses=0)
