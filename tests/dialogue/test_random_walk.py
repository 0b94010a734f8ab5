"""Thousands of random events, with fixed seeds: what must hold in every conversation whatever is said and when."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest

from tests.sentences import sentences
from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, respond_to, understand, wake_at_s
from voice_skill.dialogue.passing_time import _SLACK_S
from voice_skill.dialogue.understand import open_question
from voice_skill.domain import (
    Action,
    End,
    Event,
    Heard,
    Hush,
    Say,
    SpeechEnded,
    Started,
    TimePassed,
    Understanding,
    Urgency,
    Utterance,
)

WALKS = range(60)
EVENTS = 200
HORIZON_S = 3600.0
FLAGGED_EVENTS = 15
"""After so many events with a red flag a new session begins, or the walks would be about little else."""
_OPENINGS = (
    *["my hamstring is cramping"] * 8,
    "how can i prevent cramps",
    "ask me the questions",
    "why do i get hamstring cramps",
)
_STOPS = frozenset({"prompt.stopped_here", "prompt.stopped_routine"})
_MAY_FOLLOW_ITSELF = frozenset({"repeat", "resume"})


@dataclass(frozen=True)
class Step:
    """One event of a walk and what it led to."""

    before: State
    event: Event
    understanding: Understanding | None
    after: State
    actions: tuple[Action, ...]

    @property
    def said(self) -> list[Say]:
        return [action for action in self.actions if isinstance(action, Say)]

    @property
    def intent(self) -> str | None:
        return self.understanding.intent if self.understanding else None


@pytest.fixture(scope="module")
def vocabulary(uk: Catalog) -> dict[str, list[str]]:
    """What may be said: sentences of every intent, signs of danger, other things, and noise."""
    intents = [
        text
        for name in ("relief", "prevention", "causes", "about", "aftercare", "escalation")
        for group in sentences(name).values()
        for text in group
    ]
    return {
        "control": [text for group in sentences("control").values() for text in group],
        "question": intents,
        "off_topic": [text for group in sentences("off_topic").values() for text in group],
        "mild": [
            text
            for flag, group in sentences("red_flags").items()
            for text in group
            if uk.authored.red_flags[flag].urgency is Urgency.SEE_DOCTOR
        ],
        "danger": [text for group in sentences("red_flags").values() for text in group],
        "noise": ["", "um", "purple monkey dishwasher"],
        "start": list(_OPENINGS),
    }


_KINDS = {"control": 40, "question": 16, "off_topic": 6, "mild": 2, "danger": 2, "noise": 4, "start": 25}


class Walk:
    """One random conversation. Danger is rare, so that there is something to interrupt."""

    def __init__(self, seed: int, catalog: Catalog, vocabulary: dict[str, list[str]]) -> None:
        self._random = random.Random(seed)
        self._catalog = catalog
        self._vocabulary = vocabulary
        self._patience = self._random.uniform(0.5, 0.97)
        """How often the person lets things take their course."""
        self._now_s = 0.0
        self.steps: list[Step] = []

    def go(self) -> list[Step]:
        state, flagged = self._take(State(), Started(0.0)), 0
        for _ in range(EVENTS):
            flagged = flagged + 1 if state.urgency >= Urgency.TODAY else 0
            if state.ended or flagged > FLAGGED_EVENTS:
                state, flagged = self._take(State(), Started(self._now_s)), 0
            state = self._take(state, self._event(state))
        return self.steps

    def _take(self, state: State, event: Event) -> State:
        understanding = understand(event.utterance, state, self._catalog) if isinstance(event, Heard) else None
        after, actions = respond_to(state, event, understanding, self._catalog)
        self.steps.append(Step(state, event, understanding, after, actions))
        return after

    def _event(self, state: State) -> Event:
        wake_s = wake_at_s(state, self._catalog)
        if state.speaking and self._random.random() < self._patience:
            self._now_s += self._random.uniform(0.2, 12.0)
            return SpeechEnded(self._now_s)
        if wake_s is not None and self._random.random() < self._patience:
            self._now_s = max(self._now_s, wake_s)
            return TimePassed(self._now_s)
        self._now_s += self._random.uniform(0.0, 4.0)
        if self._random.random() < 0.1:
            return self._random.choice((SpeechEnded, TimePassed))(self._now_s)
        question = open_question(state, self._catalog)
        if question is not None and question.must_answer and self._random.random() < 0.7:
            return Heard(self._now_s, Utterance.typed("no"))
        said = self._random.choices(list(_KINDS), list(_KINDS.values()))[0]
        return Heard(self._now_s, Utterance.typed(self._random.choice(self._vocabulary[said])))


@pytest.fixture(scope="module")
def walks(uk: Catalog, vocabulary: dict[str, list[str]]) -> list[list[Step]]:
    return [Walk(seed, uk, vocabulary).go() for seed in WALKS]


@pytest.fixture(scope="module")
def steps(walks: list[list[Step]]) -> list[Step]:
    return [step for walk in walks for step in walk]


def test_the_walks_reach_everything(steps: list[Step], uk: Catalog) -> None:
    """Thousands of events; every routine, every urgency, holds, pauses and ends are among them."""
    assert len(steps) > 12000
    assert {step.after.place.routine for step in steps if step.after.place} == uk.authored.routines.keys()
    assert {step.after.urgency for step in steps} == set(Urgency)
    assert any(step.after.hold for step in steps)
    assert any(step.before.hold and step.after.urgency >= Urgency.TODAY for step in steps)
    assert any(step.after.paused for step in steps)
    assert any(step.after.ended for step in steps)
    assert Counter(say.reply for step in steps for say in step.said)["prompt.hold_done"] >= 5


def test_nothing_that_treats_is_said_under_a_red_flag(steps: list[Step], uk: Catalog) -> None:
    """No stretch, massage or heat, and no step of a routine that gives them, once somebody should be seen today."""
    for step in steps:
        if step.after.urgency >= Urgency.TODAY:
            assert not [say.reply for say in step.said if _treats(say.reply, uk)], step
            assert step.after.place is None or not uk.routine(step.after.place.routine).treats


def _treats(reply_id: str, catalog: Catalog) -> bool:
    name = reply_id.partition("/")[0]
    if name in catalog.authored.routines:
        return catalog.routine(name).treats
    return catalog.authored.replies[name].treats


def test_urgency_never_falls(steps: list[Step]) -> None:
    assert all(step.after.urgency >= step.before.urgency for step in steps)


def test_a_red_flag_is_answered_at_once(steps: list[Step]) -> None:
    """Whatever was going on: the advice of the worst flag comes first in the turn that raised it."""
    for step in steps:
        if step.after.urgency > step.before.urgency and step.after.urgency >= Urgency.TODAY:
            worst = step.after.worst_flag
            assert worst is not None
            assert step.said[0].reply == f"red_flag.{worst.id}"
            assert step.before.speaking == (Hush() in step.actions)


def test_stop_is_obeyed_at_once(steps: list[Step]) -> None:
    """It silences what is spoken, or says that it stopped, or ends the session; nothing runs on after it."""
    for step in steps:
        flagged = step.understanding is not None and step.understanding.red_flags
        if step.intent != "stop" or flagged or step.before.ended:
            continue
        if step.before.speaking:
            assert Hush() in step.actions
            assert not step.said
        else:
            assert End() in step.actions or {say.reply for say in step.said} <= _STOPS
        assert step.after.timers.go_on_s is None
        assert step.after.hold is None or step.after.hold.running_since_s is None
        assert step.after.place is None or step.after.paused


def test_every_utterance_has_some_effect(steps: list[Step]) -> None:
    """Nothing understood is met with silence, or the person would not know that it was heard."""
    for step in steps:
        if step.intent is not None or (step.understanding and step.understanding.red_flags):
            assert step.actions, step


def test_no_sentence_follows_itself(walks: list[list[Step]]) -> None:
    """Unless asked to repeat it, or in an emergency."""
    for walk in walks:
        spoken = [(say, step) for step in walk for say in step.said]
        for (one, _), (other, step) in pairwise(spoken):
            if isinstance(step.event, Started) or step.intent in _MAY_FOLLOW_ITSELF:
                continue
            assert one.text != other.text or other.urgency is Urgency.EMERGENCY, (one, step)


def test_everything_said_is_short(steps: list[Step]) -> None:
    """No reply is longer than the voice rules allow, with every placeholder filled."""
    for say in {say for step in steps for say in step.said}:
        assert 0 < len(say.text.split()) <= 30
        assert "{" not in say.text
        assert say.text[0].isupper()
        assert say.pause_s >= 0


def test_time_never_stands_still(steps: list[Step], uk: Catalog) -> None:
    """After it was woken, the conversation wants to be woken later, not at once again: no busy loop."""
    for step in steps:
        if isinstance(step.event, TimePassed):
            woken, again_s = 0, step.after
            while (wake_s := wake_at_s(again_s, uk)) is not None and wake_s <= step.event.at_s + _SLACK_S:
                again_s, _ = respond_to(again_s, TimePassed(step.event.at_s), None, uk)
                woken += 1
                assert woken < 8, step


def test_the_routine_always_ends(walks: list[list[Step]], uk: Catalog) -> None:
    """From wherever a walk stands: when nobody speaks any more, everything comes to rest within the hour."""
    for walk in walks:
        for step in walk[:: EVENTS // 12]:
            state, now_s = _left_alone(step.after, uk)
            assert state.ended or (state.place is None and state.hold is None)
            assert now_s - step.after.now_s <= HORIZON_S


def _left_alone(state: State, catalog: Catalog) -> tuple[State, float]:
    """What becomes of a conversation in which nobody speaks: speech takes three seconds, time passes."""
    now_s = state.now_s
    for _ in range(400):
        if state.ended:
            return state, now_s
        if state.speaking:
            now_s += 3.0
            state, _ = respond_to(state, SpeechEnded(now_s), None, catalog)
        elif (wake_s := wake_at_s(state, catalog)) is not None:
            now_s = max(now_s, wake_s)
            state, _ = respond_to(state, TimePassed(now_s), None, catalog)
        else:
            return state, now_s
    raise AssertionError(f"never comes to rest: {state}")


def test_the_same_events_give_the_same_conversation(uk: Catalog, vocabulary: dict[str, list[str]]) -> None:
    """Nothing but the events decides."""
    assert Walk(7, uk, vocabulary).go() == Walk(7, uk, vocabulary).go()
