"""The conversation as one pure function: `respond(state, event, catalog) -> (state, actions)`.

No clock, no sound, no chance: the same events give the same conversation, so every one of them can be a test.
The order on everything heard, in every state: red flags; stop and pause; what the open question expects;
the other intents; not understood.
"""

from __future__ import annotations

from dataclasses import replace

from voice_skill.catalog import Catalog
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.heard import heard
from voice_skill.dialogue.passing_time import speech_ended, time_passed
from voice_skill.dialogue.state import State
from voice_skill.dialogue.understand import open_question, understand
from voice_skill.domain import (
    Action,
    Event,
    Expectation,
    Heard,
    Listen,
    SpeechEnded,
    Started,
    TimePassed,
    Understanding,
)


def respond(state: State, event: Event, catalog: Catalog) -> tuple[State, tuple[Action, ...]]:
    """What the conversation becomes, and what is to be done, after one event."""
    understanding = understand(event.utterance, state, catalog) if isinstance(event, Heard) else None
    return respond_to(state, event, understanding, catalog)


def respond_to(
    state: State, event: Event, understanding: Understanding | None, catalog: Catalog
) -> tuple[State, tuple[Action, ...]]:
    """`respond` for callers that want to show the understanding of a heard event too; None for all other events."""
    if state.ended:
        return state, ()
    now = replace(state, now_s=max(state.now_s, event.at_s))
    draft = Draft(now, catalog, understanding.text if understanding else "")
    match event:
        case Started():
            draft.say("prompt.welcome")
        case SpeechEnded():
            speech_ended(draft)
        case TimePassed():
            time_passed(draft)
        case Heard() if understanding is not None:
            heard(draft, understanding)
    expectation = expectation_of(draft.state, catalog)
    if expectation is not expectation_of(state, catalog):
        draft.do(Listen(expectation))
    return draft.finished()


def expectation_of(state: State, catalog: Catalog) -> Expectation:
    """What kind of answer is waited for."""
    question = open_question(state, catalog)
    if question is None or not question.answers:
        return Expectation.ANYTHING
    return Expectation.YES_OR_NO if question.answers.keys() <= {"yes", "no"} else Expectation.CHOICE
