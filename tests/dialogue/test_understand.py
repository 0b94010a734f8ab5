from __future__ import annotations

import pytest

from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, respond, understand
from voice_skill.dialogue.state import Hold, Place
from voice_skill.domain import Heard, Hypothesis, Quality, Refusal, Say, Utterance

_TEAR, _EASING, _CHOICE, _HOLD = Place("relief", 2), Place("relief", 7), Place("relief", 9), Place("relief", 5)
_HOLDING = State(place=_HOLD, hold=Hold(15.0, running_since_s=0.0))


@pytest.mark.parametrize(
    ("state", "heard", "intent"),
    [
        (State(place=_EASING), "it's gone now", "yes"),
        (State(place=_EASING), "it still hurts", "no"),
        (State(place=_TEAR), "it's gone now", "eased"),
        (State(place=_CHOICE), "should i use heat", "warm"),
        (_HOLDING, "how long does a cramp last", "time_left"),
        (_HOLDING, "continue", "yes"),
        (_HOLDING, "next step", "next"),
        (State(place=_HOLD, hold=Hold(9.0), paused_since_s=1.0), "continue", "resume"),
        (State(place=_HOLD, hold=Hold(9.0), paused_since_s=1.0), "yes", "resume"),
        (State(place=_HOLD, hold=Hold(9.0), paused_since_s=1.0), "next step", "next"),
        (State(place=_TEAR, paused_since_s=1.0), "yes", "yes"),
        (State(), "continue", "next"),
    ],
)
def test_words_mean_what_they_mean_here(state: State, heard: str, intent: str, uk: Catalog) -> None:
    assert understand(Utterance.typed(heard), state, uk).intent == intent


def test_a_sign_is_found_in_any_reading(uk: Catalog) -> None:
    """The second-best transcript may be the one that matters."""
    utterance = Utterance((Hypothesis("i like chess"), Hypothesis("i can't breathe")))
    assert [flag.id for flag in understand(utterance, State(), uk).red_flags] == ["chest-or-breathing"]


def test_noise_is_no_utterance_but_a_sign_in_it_counts(uk: Catalog) -> None:
    noise = Utterance((Hypothesis("next"),), Quality.NOISE)
    assert understand(noise, State(), uk).refusal is Refusal.NOISE
    assert understand(Utterance((Hypothesis("i can't breathe"),), Quality.NOISE), State(), uk).red_flags


def test_clatter_gets_no_answer_unless_one_is_awaited(uk: Catalog) -> None:
    """A dish is heard as a small word; where a question is open, the word may have been an answer."""
    assert understand(Utterance((Hypothesis("of the"),)), State(), uk).refusal is Refusal.NOISE
    assert understand(Utterance((Hypothesis("of the weather"),)), State(), uk).refusal is Refusal.OUT_OF_SCOPE
    assert understand(Utterance((Hypothesis("the"),)), State(place=_TEAR), uk).refusal is not Refusal.NOISE


def test_nothing_heard(uk: Catalog) -> None:
    assert understand(Utterance(()), State(), uk).refusal is Refusal.SILENCE


@pytest.mark.parametrize(
    ("state", "heard", "as_answer", "refusal"),
    [
        (State(place=_TEAR), "yes", "yes please", None),
        (State(place=_TEAR), "yes", "no", Refusal.DOUBTFUL),
        (State(place=_TEAR), "no", "", Refusal.DOUBTFUL),
        (State(place=_CHOICE), "cold", "warm", Refusal.DOUBTFUL),
        (State(place=_CHOICE), "cold", "ice please", None),
        (State(place=_TEAR), "yes", None, None),
        (State(place=_TEAR), "no it is not", "", None),
        (State(place=_TEAR), "stop", "", None),
        (State(), "yes", "no", None),
    ],
)
def test_a_short_answer_must_be_heard_twice(
    state: State, heard: str, as_answer: str | None, refusal: Refusal | None, uk: Catalog
) -> None:
    """Only where a question waits and somebody listened for its answers; commands and longer sentences stand alone."""
    understanding = understand(Utterance((Hypothesis(heard),), as_answer=as_answer), state, uk)
    assert understanding.refusal is refusal
    assert (understanding.intent is None) == (refusal is not None)


def test_a_doubtful_answer_is_asked_for_again_and_twice_counts_as_the_cautious_one(uk: Catalog) -> None:
    """A safety question is never passed by an answer that may have been none."""
    doubtful = Heard(1.0, Utterance((Hypothesis("no"),), as_answer=""))
    state, actions = respond(State(place=_TEAR), doubtful, uk)
    assert state.place is not None
    assert (state.place.step, state.place.unclear, state.flags) == (_TEAR.step, 1, ())
    assert any(isinstance(action, Say) for action in actions)
    state, _ = respond(state, doubtful, uk)
    assert [flag.id for flag in state.flags] == ["tear"]


def test_doubt_takes_no_sign_of_danger_away(uk: Catalog) -> None:
    utterance = Utterance((Hypothesis("can't breathe"),), as_answer="")
    assert understand(utterance, State(place=_TEAR), uk).red_flags
