"""What follows from something that was said: danger first, then the open question, then everything else."""

from __future__ import annotations

from voice_skill.dialogue import answers, controls, danger, questions, routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.here import Here
from voice_skill.dialogue.times import ANSWERED_S
from voice_skill.dialogue.voice_controls import VOICE_CONTROLS, change_voice
from voice_skill.domain import EarconKind, Refusal, Understanding, Urgency

MISS_LIMIT = 3
_IGNORED = frozenset({Refusal.SILENCE, Refusal.NOISE})
_WAITS_FOR_YES_OR_NO = frozenset({"yes", "no", "unsure"})
_SAYS_THE_SAME_AS_A_FLAG = frozenset({"escalation.doctor", "escalation.recurring", "escalation.triage"})
"""Intents with nothing to add when a red flag of the same utterance was just answered with "see a doctor"."""


def heard(draft: Draft, understanding: Understanding) -> None:
    """Answer an utterance."""
    if understanding.red_flags:
        _red_flags(draft, understanding)
    elif understanding.refusal in _IGNORED:
        return
    elif danger.is_emergency(draft.state):
        _in_emergency(draft, understanding.intent)
    elif understanding.intent is None:
        _missed(draft, understanding)
    else:
        _understood(draft, understanding.intent)


def _red_flags(draft: Draft, understanding: Understanding) -> None:
    flags, intent = understanding.red_flags, understanding.intent
    can_wait = max(flags[0].urgency, draft.state.urgency) <= Urgency.SEE_DOCTOR
    if not can_wait or danger.is_for_somebody_else(flags):
        danger.raise_flags(draft, flags)
        return
    if flags[0] not in draft.state.flags or intent is None:
        danger.raise_flags(draft, flags)
    # A sign that can wait some days does not take away the help that was asked for.
    if intent is None and draft.here is None:
        # "I am pregnant and my leg is cramping" may hold a cry for help that was not made out.
        draft.remark("offer_relief")
        draft.change(offer=routine.RELIEF)
    elif intent is None or (draft.has_said and intent in _SAYS_THE_SAME_AS_A_FLAG):
        routine.come_back(draft)
    else:
        _understood(draft, intent)


def _in_emergency(draft: Draft, intent: str | None) -> None:
    """Only repeat and stop; and the voice, so that the number can be made out."""
    draft.hush()
    if intent == "repeat":
        danger.advise(draft)
    elif intent == "stop":
        controls.stop(draft)
    elif intent == "goodbye":
        controls.goodbye(draft)
    elif intent == "help":
        draft.remark("help_emergency")
    elif intent == "pause" and draft.cut_off:
        draft.earcon(EarconKind.STOPPED)
    else:
        if intent in VOICE_CONTROLS:
            change_voice(draft, intent)
        danger.stay_with_emergency(draft)


def _missed(draft: Draft, understanding: Understanding) -> None:
    at, state = draft.here, draft.state
    if understanding.refusal is Refusal.AMBIGUOUS and _asks_which(draft, understanding):
        return
    if state.hold is not None or (state.paused and not state.left_alone) or state.misses >= MISS_LIMIT:
        # Groans during a stretch, and talk in the room during a pause, are no reason to speak.
        draft.earcon(EarconKind.NOT_UNDERSTOOD)
        return
    draft.change(misses=state.misses + 1, silences=0)
    misses = draft.state.misses
    if at is not None and at.step.ask and misses < MISS_LIMIT:
        answers.unclear(draft, at)
    elif misses == 1 and understanding.refusal is Refusal.OUT_OF_SCOPE:
        draft.remark("off_topic")
    else:
        draft.remark(f"miss_{misses}")


def _asks_which(draft: Draft, understanding: Understanding) -> bool:
    """Ask back where help now and prevention cannot be told apart; elsewhere the better reading is as good as none."""
    families = {rival.partition(".")[0] for rival in understanding.rivals}
    if families != {"relief", "prevention"} or draft.state.place is not None:
        return False
    draft.remark("ambiguous_relief_or_prevention")
    return True


def _understood(draft: Draft, intent: str) -> None:
    at, offer = draft.here, draft.state.offer
    draft.change(misses=0, silences=0)
    if _is_acknowledgement(draft, at, intent):
        draft.earcon(EarconKind.UNDERSTOOD)
        return
    draft.hush()
    if intent not in controls.KEEP_AN_OFFER:
        draft.change(offer="")
    if at is not None and intent in (at.step.answers or {}):
        answers.answer(draft, at, intent)
    elif intent in _WAITS_FOR_YES_OR_NO:
        _yes_or_no(draft, at, intent, offer)
    elif not controls.control(draft, intent):
        questions.answer_question(draft, intent)


def _is_acknowledgement(draft: Draft, at: Here | None, intent: str) -> bool:
    """Whether "okay" or a "no" under strain is said along with a step that goes on by itself anyway."""
    if at is None or at.step.ask or intent not in ("yes", "no") or draft.state.paused:
        return False
    goes_on_s = at.step.go_on_after_s
    return draft.state.hold is not None or (goes_on_s is not None and goes_on_s <= ANSWERED_S)


def _yes_or_no(draft: Draft, at: Here | None, intent: str, offer: str) -> None:
    """ "Yes", "no" or "I don't know" that is no answer to a question of the routine."""
    if at is not None and at.step.ask:
        answers.unclear(draft, at)
    elif at is not None and intent == "yes":
        routine.go_on(draft, at)
    elif at is not None and intent == "no" and not draft.state.paused:
        draft.remark("back_to_step")
    elif at is not None or (offer and intent == "unsure"):
        controls.help_(draft)
    elif offer and intent == "yes":
        questions.answer_question(draft, offer)
    elif offer:
        draft.remark("declined")
    else:
        draft.remark("resting_open")
