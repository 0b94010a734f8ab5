"""What an utterance means here and now: red flags, then the intent, read in the light of the conversation."""

from __future__ import annotations

from voice_skill.catalog import Catalog
from voice_skill.catalog.entries import StepEntry
from voice_skill.dialogue.state import State
from voice_skill.domain import Quality, Refusal, Understanding, Utterance
from voice_skill.text import normalise

_ANSWERS_IN_OTHER_WORDS = {
    "relief.heat": "warm",
    "relief.cold": "cold",
    "relief.not_easing": "no",
    "relief.start": "no",
    "eased": "yes",
}
"""Intents that answer an open question although they are more than an answer; "no" and "yes" only where it eases."""
_ONLY_IF_EASING = frozenset({"relief.not_easing", "relief.start", "eased"})


def understand(utterance: Utterance, state: State, catalog: Catalog) -> Understanding:
    """Red flags of every reading, and the one intent that fits best in this state."""
    readings = [normalise(hypothesis.text) for hypothesis in utterance.hypotheses]
    repaired = [catalog.matcher.repaired(reading) for reading in readings]
    flags = catalog.spotter.spot(dict.fromkeys((*readings, *repaired)))
    question = open_question(state, catalog)
    if utterance.quality is Quality.NOISE and not flags:
        return Understanding(readings[0] if readings else "", refusal=Refusal.NOISE)
    match = catalog.matcher.match(readings, _expected(state, question))
    intent = _in_context(match.intent, state, question) if match.intent else None
    text = readings[0] if readings else ""
    return Understanding(text, intent, match.score, match.refusal, flags, match.rivals)


def open_question(state: State, catalog: Catalog) -> StepEntry | None:
    """The step whose question waits for an answer, if one does."""
    if state.place is None:
        return None
    step = catalog.step(state.place.routine, state.place.step)
    return step if step.ask else None


def _expected(state: State, question: StepEntry | None) -> frozenset[str]:
    if question and question.answers:
        return frozenset(question.answers) | {"unsure"}
    if state.offer:
        return frozenset({"yes", "no"})
    if state.hold:
        return frozenset({"time_left", "eased"})
    return frozenset()


def _in_context(intent: str, state: State, question: StepEntry | None) -> str:
    if question and question.answers:
        return _as_answer(intent, question)
    if state.hold and intent == "relief.how_long":
        return "time_left"
    if state.place and intent == "yes":
        return "next"
    return intent


def _as_answer(intent: str, question: StepEntry) -> str:
    answers = question.answers or {}
    answer = _ANSWERS_IN_OTHER_WORDS.get(intent, "")
    if intent in answers or answer not in answers:
        return intent
    eases = any(each.eases for each in answers.values())
    return answer if eases or intent not in _ONLY_IF_EASING else intent
