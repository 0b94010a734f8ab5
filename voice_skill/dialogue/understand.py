"""What an utterance means here and now: red flags, then the intent, read in the light of the conversation."""

from __future__ import annotations

from voice_skill.catalog import Catalog
from voice_skill.catalog.entries import StepEntry
from voice_skill.dialogue.here import easing_answer, here
from voice_skill.dialogue.routine import TRIAGE
from voice_skill.dialogue.state import State
from voice_skill.domain import Match, Quality, RedFlag, Refusal, Understanding, Utterance
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
_FURTHER = frozenset({"next", "skip", "done", "did", "finished"})
"""Words of a "next" that can only mean the next step, not "carry on with this one"."""
_PLAIN_ANSWERS = frozenset({"yes", "no", "unsure"})
_SURE_OF_DANGER = 0.75
"""Probability from which the matcher alone raises a red flag; the signs raise theirs whatever it says.

Chosen on the development sentences: below it false alarms grew faster than the dangers caught.
"""
_SHORT_WORDS = 3
"""Words up to which other speech is easily heard as an answer; longer sentences hold too much that must fit."""


def understand(utterance: Utterance, state: State, catalog: Catalog) -> Understanding:
    """Red flags of every reading, and the one intent that fits best in this state."""
    readings = [normalise(hypothesis.text) for hypothesis in utterance.hypotheses]
    repaired = [catalog.matcher.repaired(reading) for reading in readings]
    flags = catalog.spotter.spot(dict.fromkeys((*readings, *repaired)))
    text = readings[0] if readings else ""
    question = open_question(state, catalog)
    expected = _expected(state, question)
    if not flags and (utterance.quality is Quality.NOISE or (not expected and _is_clatter(text, catalog))):
        return Understanding(text, refusal=Refusal.NOISE)
    # A sign of danger is not what was asked for, so nothing is read into it for the sake of an open question.
    match = catalog.matcher.match(readings, frozenset() if flags else expected)
    if match.danger:
        return _sensed(match, text, flags, catalog)
    intent = _in_context(match.intent, text, state, question) if match.intent else None
    if intent and not flags and _is_doubtful_answer(utterance, intent, state, question, catalog):
        return Understanding(text, refusal=Refusal.DOUBTFUL)
    return Understanding(text, intent, match.score, match.refusal, flags, match.rivals)


def _is_clatter(text: str, catalog: Catalog) -> bool:
    """Whether a dish, a door or a breath was heard as words; while an answer is awaited, it may have been one."""
    words = text.split()
    return bool(words) and catalog.authored.noise_words.issuperset(words)


def _sensed(match: Match, text: str, flags: tuple[RedFlag, ...], catalog: Catalog) -> Understanding:
    """What sounds like danger to the matcher: where it is sure a red flag, else a reason for the questions about it."""
    if match.score >= _SURE_OF_DANGER:
        both = {*flags, catalog.spotter[match.danger or ""]}
        return Understanding(text, red_flags=tuple(sorted(both, key=lambda flag: (-flag.urgency, flag.row))))
    return Understanding(text, None if flags else TRIAGE, match.score, red_flags=flags)


def open_question(state: State, catalog: Catalog) -> StepEntry | None:
    """The step whose question waits for an answer, if one does."""
    at = here(state, catalog)
    return at.step if at and at.step.ask else None


def _expected(state: State, question: StepEntry | None) -> frozenset[str]:
    if question and question.answers:
        return frozenset(question.answers) | {"unsure"}
    if state.offer:
        return frozenset({"yes", "no"})
    if state.paused:
        return frozenset({"resume"})
    if state.hold:
        return frozenset({"time_left", "eased"})
    return frozenset()


def _is_doubtful_answer(
    utterance: Utterance, intent: str, state: State, question: StepEntry | None, catalog: Catalog
) -> bool:
    """Whether a short answer to an open question was heard as another one, or as none, by who knows answers alone."""
    second = utterance.as_answer
    if second is None or question is None or not question.answers or len(utterance.text.split()) > _SHORT_WORDS:
        return False
    if intent not in {*question.answers, *_PLAIN_ANSWERS}:
        return False
    match = catalog.matcher.match([normalise(second)], _expected(state, question))
    return match.intent is None or _in_context(match.intent, second, state, question) != intent


def _in_context(intent: str, text: str, state: State, question: StepEntry | None) -> str:
    """The intent as it is meant where it is said.

    "Carry on" ends a pause, and during a hold it is no wish to skip the hold. "Yes" to no question is left to the
    conversation, which knows whether a step waits for it.
    """
    if question and question.answers and (answered := _as_answer(intent, question)) in question.answers:
        return answered
    goes_on = intent == "next" and not _FURTHER & set(text.split())
    if state.paused and (goes_on or intent == "yes"):
        return "resume"
    if state.hold and (goes_on or (intent == "resume" and not state.paused)):
        return "yes"
    if state.hold and intent == "relief.how_long":
        return "time_left"
    return intent


def _as_answer(intent: str, question: StepEntry) -> str:
    """The answer that an intent gives to a question; the intent itself if it gives none."""
    if intent in _ONLY_IF_EASING and not easing_answer(question):
        return intent
    return intent if intent in (question.answers or {}) else _ANSWERS_IN_OTHER_WORDS.get(intent, intent)
