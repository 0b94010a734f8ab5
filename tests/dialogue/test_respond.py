from __future__ import annotations

import pytest

from tests.dialogue.scripted import Talk, reply_ids
from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, expectation_of, respond, respond_to
from voice_skill.dialogue.state import Place
from voice_skill.domain import (
    Earcon,
    EarconKind,
    Expectation,
    Heard,
    Listen,
    Quality,
    Refusal,
    Say,
    Started,
    Understanding,
    Utterance,
)


def test_it_is_a_pure_function(uk: Catalog) -> None:
    """The same state and event give the same answer, and the state that went in is what it was."""
    state = State()
    event = Heard(1.0, Utterance.typed("my hamstring is cramping"))
    assert respond(state, event, uk) == respond(state, event, uk)
    assert state == State()


def test_the_welcome_is_said_first(uk: Catalog) -> None:
    _, actions = respond(State(), Started(0.0), uk)
    assert [action.reply for action in actions if isinstance(action, Say)] == ["prompt.welcome"]


@pytest.mark.parametrize(
    ("place", "expectation"),
    [
        (None, Expectation.ANYTHING),
        (Place("relief", 1), Expectation.YES_OR_NO),
        (Place("relief", 3), Expectation.ANYTHING),
        (Place("relief", 9), Expectation.CHOICE),
    ],
)
def test_the_recogniser_is_told_what_to_expect(place: Place | None, expectation: Expectation, uk: Catalog) -> None:
    assert expectation_of(State(place=place), uk) is expectation


def test_a_new_expectation_is_an_action(uk: Catalog) -> None:
    talk = Talk(uk)
    actions = [action for turn in talk.you("my hamstring is cramping") for action in turn.actions]
    assert Listen(Expectation.YES_OR_NO) in actions


def test_noise_and_silence_are_left_alone(uk: Catalog) -> None:
    for refusal in (Refusal.NOISE, Refusal.SILENCE):
        _, actions = respond_to(State(), Heard(1.0, Utterance.typed("")), Understanding("", refusal=refusal), uk)
        assert actions == ()
    assert Utterance.typed("").quality is Quality.CLEAR


def test_help_now_or_prevention_is_asked_back(uk: Catalog) -> None:
    """Where the two cannot be told apart; between others the utterance is as good as not understood."""
    talk, event = State(), Heard(1.0, Utterance.typed("stretch"))
    which = Understanding("stretch", refusal=Refusal.AMBIGUOUS, rivals=("relief.stretch", "prevention.stretching"))
    other = Understanding("stretch", refusal=Refusal.AMBIGUOUS, rivals=("next", "resume"))
    for understanding, reply in ((which, "prompt.ambiguous_relief_or_prevention"), (other, "prompt.miss_1")):
        _, actions = respond_to(talk, event, understanding, uk)
        assert [action.reply for action in actions if isinstance(action, Say)] == [reply]


def test_a_mild_sign_without_a_request_offers_help(uk: Catalog) -> None:
    """A cramp named in the same breath may not have been made out."""
    talk = Talk(uk)
    event = Heard(talk.now_s, Utterance.typed("i am pregnant"))
    understanding = Understanding("i am pregnant", red_flags=(uk.spotter["pregnant"],), refusal=Refusal.OUT_OF_SCOPE)
    state, actions = respond_to(talk.state, event, understanding, uk)
    assert [action.reply for action in actions if isinstance(action, Say)] == [
        "red_flag.pregnant",
        "prompt.offer_relief",
    ]
    assert state.offer == "relief.start"


def test_an_earcon_answers_what_need_not_be_spoken_of(uk: Catalog) -> None:
    talk = Talk(uk).until(["my hamstring is cramping", "no", "no"])
    (turn,) = talk.you("okay")
    assert turn.actions == (Earcon(EarconKind.UNDERSTOOD),)


def test_a_voice_change_lasts(uk: Catalog) -> None:
    """Also in an emergency, so that the number can be made out."""
    talk = Talk(uk).until(["my chest hurts", "slower please"])
    assert talk.state.voice.rate_wpm < 150
    assert reply_ids(talk.you("louder"))[0] == "prompt.emergency_only"
    assert talk.state.voice.volume == 1.0
