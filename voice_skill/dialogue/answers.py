"""What the answers to a routine's questions lead to."""

from __future__ import annotations

from voice_skill.catalog.entries import AnswerEntry
from voice_skill.dialogue import danger, routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.here import Here, easing_answer

UNCLEAR_LIMIT = 2
"""Unclear answers to a question that count as the cautious one."""


def answer(draft: Draft, at: Here, said: str) -> None:
    """Follow an answer to the question at a place."""
    _follow(draft, at, (at.step.answers or {})[said], said)


def unclear(draft: Draft, at: Here) -> None:
    """An answer that could not be read: ask again in other words, or take the cautious answer."""
    at = routine.unclear_once_more(draft, at)
    if at.step.unclear_twice and at.place.unclear >= UNCLEAR_LIMIT:
        answer(draft, at, at.step.unclear_twice)
    else:
        routine.ask(draft, at)


def eased(draft: Draft) -> None:
    """The cramp is over, whether or not that was asked: on to what helps afterwards."""
    at = draft.here
    easing = at.easing if at else None
    draft.change(cramp_since_s=None)
    if at is None or easing is None:
        draft.remark("eased")
        routine.come_back(draft)
    elif at.place.step > easing:
        draft.remark("thanks")
        routine.come_back(draft, briefly=True)
    elif at.skipped_question(easing) is not None:
        # Without the safety questions there is no massage and no heat, and without a cramp no need to ask them.
        routine.leave(draft)
        draft.remark("eased")
    else:
        there = at.moved(easing)
        answer(draft, there, easing_answer(there.step))


def still_hurts(draft: Draft) -> bool:
    """ "It is not getting better", unasked: another round, or the advice of a cramp that lasts too long.

    False where it is just a question to answer: before the first hold is over, and outside of the routine.
    """
    at = draft.here
    if at is None:
        if routine.lasts_too_long(draft.state) and not danger.forbids_treatment(draft.state):
            danger.raise_flags(draft, (draft.catalog.spotter[danger.NOT_EASING],))
            return True
        return False
    if at.easing is None or at.place.step <= at.easing:
        return False
    if draft.state.cramp_since_s is None:
        draft.change(cramp_since_s=draft.state.now_s)
    answer(draft, at.moved(at.easing), "no")
    return True


def _follow(draft: Draft, at: Here, entry: AnswerEntry, said: str) -> None:
    if entry.at_most and entry.then:
        key = f"{at.reply_id}.{said}"
        given = draft.state.rounds.get(key, 0)
        if given >= entry.at_most:
            _follow(draft, at, entry.then, said)
            return
        draft.change(rounds={**draft.state.rounds, key: given + 1})
    if entry.eases:
        draft.change(cramp_since_s=None)
    if entry.say:
        draft.say(entry.say)
    if entry.red_flag:
        danger.raise_flags(draft, (draft.catalog.spotter[entry.red_flag],))
    if draft.here is None:
        return  # the flag ended the routine
    if entry.end:
        routine.leave(draft)
    elif entry.go_to:
        routine.go_to(draft, at, entry.go_to)
    else:
        routine.go_on(draft, at)
