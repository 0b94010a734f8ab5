"""What red flags do to a conversation. The worst urgency of the session holds and never falls."""

from __future__ import annotations

from collections.abc import Sequence

from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.state import State, Timers
from voice_skill.domain import RedFlag, Urgency

SAID_TWICE = 2
"""An emergency is announced twice: the first time may be lost in noise or fright."""
NOT_EASING = "not-easing"
"""The red flag of a cramp that lasts too long."""
_FOR_SOMEBODY_ELSE = frozenset({"for-a-child"})
"""Red flags that can wait but rule out a guided routine: whom it is about cannot answer its safety questions."""


def forbids_treatment(state: State) -> bool:
    """Whether stretch, massage and heat may not be advised: they harm a torn muscle, and massage a clot."""
    return state.urgency >= Urgency.TODAY


def forbids_routine(state: State) -> bool:
    """Whether nobody may be led through a routine that treats."""
    return forbids_treatment(state) or is_for_somebody_else(state.flags)


def is_for_somebody_else(flags: Sequence[RedFlag]) -> bool:
    """Whether flags say that the help is wanted for a person who is not the one speaking."""
    return any(flag.id in _FOR_SOMEBODY_ELSE for flag in flags)


def is_emergency(state: State) -> bool:
    """Whether the emergency number was advised in this session."""
    return state.urgency is Urgency.EMERGENCY


def raise_flags(draft: Draft, flags: Sequence[RedFlag]) -> None:
    """Remember red flags, the worst first, and say one advice: that of the worst one of the session."""
    new = tuple(flag for flag in reversed(flags) if flag not in draft.state.flags)
    draft.change(flags=(*draft.state.flags, *new))
    draft.hush()
    if forbids_treatment(draft.state):
        _drop_everything_else(draft)
    elif forbids_routine(draft.state) and (at := draft.here) and at.routine.treats:
        draft.change(place=None, hold=None, paused_since_s=None, left_alone=False)
    advise(draft)


def advise(draft: Draft) -> None:
    """The advice of the worst red flag; in an emergency it is said twice, and that nobody has been called.

    Where somebody should be seen today or sooner, what to do until then follows at once: it may be the last thing
    that is listened to.
    """
    flag = draft.state.worst_flag
    if flag is None:
        return
    reply_id, advice = f"red_flag.{flag.id}", draft.catalog.advice(flag)
    if flag.urgency is Urgency.EMERGENCY:
        for _ in range(SAID_TWICE):
            # The same words both times: a second wording would sound like a second message.
            draft.say_one_of(advice.say[:1], reply_id, urgency=flag.urgency)
        draft.say_one_of(draft.catalog.reply("prompt.cannot_call").say, "prompt.cannot_call", urgency=flag.urgency)
    else:
        draft.say_one_of(advice.say, reply_id, urgency=flag.urgency)
    if advice.more and flag.urgency >= Urgency.TODAY:
        draft.say_one_of(advice.more[:1], f"{reply_id}/more", urgency=flag.urgency)
        draft.change(last_reply=reply_id, points_told=1)


def remind(draft: Draft) -> None:
    """The advice that holds, in one sentence or two."""
    flag = draft.state.worst_flag
    if flag is not None:
        draft.say_one_of(draft.catalog.advice(flag).say, f"red_flag.{flag.id}", urgency=flag.urgency)


def refuse_treatment(draft: Draft) -> None:
    """Why the stretch is not given now, and what to do instead."""
    if forbids_treatment(draft.state):
        draft.remark("not_while_flagged")
    remind(draft)


def stay_with_emergency(draft: Draft) -> None:
    """Whatever else was asked: the emergency sentence again, and nothing that could delay help."""
    draft.remark("emergency_only")
    remind(draft)


def _drop_everything_else(draft: Draft) -> None:
    draft.forget_words()
    draft.change(
        place=None,
        hold=None,
        paused_since_s=None,
        left_alone=False,
        offer="",
        timers=Timers(),
        cramp_since_s=None,
        misses=0,
        silences=0,
    )
