"""Questions about cramps: a reply, the start of a routine, or the advice that stands in their way."""

from __future__ import annotations

from dataclasses import replace

from voice_skill.dialogue import answers, danger, routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.here import Here
from voice_skill.dialogue.state import Place

_POSITIONS = {"relief.lying": "lying", "relief.sitting": "sitting", "relief.standing": "standing"}
_ANSWERED_BY_A_FLAG = frozenset({"escalation.doctor", "escalation.triage", "about.danger"})
"""Questions whether this is serious: once somebody should be seen today, that is the answer."""
_SAME_AS = {"warm": "relief.heat", "cold": "relief.cold"}
"""Choices that are questions where nothing is to be chosen."""


def answer_question(draft: Draft, intent: str) -> None:
    """Answer a question, or start what was asked for."""
    intent = _SAME_AS.get(intent, intent)
    at = draft.here
    if intent in _POSITIONS:
        # In another position everything is told with its first wording, not as if for the second time.
        draft.change(position=_POSITIONS[intent], times_said={})
    if danger.forbids_treatment(draft.state) and intent in _ANSWERED_BY_A_FLAG:
        danger.remind(draft)
    elif _is_about_the_stretch(draft, intent, at):
        return
    elif name := draft.catalog.routine_started_by(intent):
        _start_routine(draft, name)
    else:
        _reply(draft, intent, at)


def _is_about_the_stretch(draft: Draft, intent: str, at: Here | None) -> bool:
    """Whether it changed the course of the routine that runs, and is answered thereby."""
    if intent in _POSITIONS:
        return at is not None and _restretch(draft, at)
    return intent == "relief.not_easing" and answers.still_hurts(draft)


def _reply(draft: Draft, intent: str, at: Here | None) -> None:
    reply = draft.catalog.reply(intent)
    if reply.treats and danger.forbids_treatment(draft.state):
        danger.refuse_treatment(draft)
        return
    if at is None:
        draft.say(intent)
        draft.change(offer=reply.offers)
        return
    # Inside a routine a reply must not end in a question of its own: "yes" would be the answer to another one.
    briefly = f"{intent}_briefly"
    draft.say(briefly if reply.offers and briefly in draft.catalog.authored.replies else intent)
    routine.come_back(draft)


def _start_routine(draft: Draft, name: str) -> None:
    """Start a routine. "My leg is cramping", said again while the cramp lasts, begins nothing anew."""
    at = draft.here
    if at and at.place.routine == name and at.easing is not None and draft.state.cramp_since_s is not None:
        routine.again(draft, at)
    else:
        routine.start(draft, name)


def _restretch(draft: Draft, at: Here) -> bool:
    """Do the stretch from its first step in the position that was named; elsewhere in the routine just go on.

    False in a routine that knows no positions, where it is a question like any other.
    """
    first = next((index for index, step in enumerate(at.routine.steps) if step.positions), None)
    if first is None:
        return False
    stretching = at.easing is not None and first <= at.place.step <= at.easing
    routine.enter(draft, _moved(at, first) if stretching else at.place)
    return True


def _moved(at: Here, index: int) -> Place:
    place = at.moved(index).place
    return replace(place, trail=place.trail[:-1]) if at.place.step == index else place
