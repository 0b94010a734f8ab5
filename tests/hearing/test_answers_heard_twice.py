"""Answers heard a second time while a question waits: real Vosk, the embedded model, recorded speech."""

from __future__ import annotations

import pytest

from tests.conftest import REPOSITORY
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
from voice_skill.adapters.vosk_recogniser import BLOCK_S, VoskRecogniser, utterances_in
from voice_skill.catalog import Authored, Catalog
from voice_skill.dialogue import State, understand
from voice_skill.dialogue.state import Place
from voice_skill.domain import Expectation, Utterance, Voice
from voice_skill.grammar import SHORT_ANSWER_WORDS
from voice_skill.hearing import LoadedModel, answers_expected, open_recogniser
from voice_skill.settings import Settings
from voice_skill.sound import Sound, read_sound

_TEAR = State(place=Place("relief", 2))


def recorded(voice: str, sentence: str) -> Sound:
    """A recording of the tests."""
    return read_sound(REPOSITORY / "tests" / "recordings" / voice / f"{sentence}.flac")


def blocks_of(sound: Sound) -> list[bytes]:
    """The sound as a microphone would bring it."""
    data, step = sound.samples.tobytes(), 2 * round(BLOCK_S * sound.rate_hz)
    return [data[start : start + step] for start in range(0, len(data), step)]


def heard_with_a_switch(recogniser: VoskRecogniser, sound: Sound, expectation: str) -> Utterance:
    """The utterance in a sound, with another answer expected from its first word on."""
    for block in blocks_of(sound):
        if utterance := recogniser.accept(block):
            return utterance
        if recogniser.partial():
            recogniser.expect(Expectation[expectation])
    utterance = recogniser.finish()
    assert utterance is not None
    return utterance


@pytest.fixture
def recogniser(vosk_model: LoadedModel, authored: Authored) -> VoskRecogniser:
    """As a session opens it."""
    return open_recogniser(vosk_model, Settings(), authored=authored)


@pytest.mark.parametrize(("voice", "answer"), [("flite-awb", "yes"), ("festival-kal", "no")])
def test_an_answer_is_accepted(voice: str, answer: str, recogniser: VoskRecogniser, catalog: Catalog) -> None:
    """Both recognisers hear it, each in its own way."""
    recogniser.expect(Expectation.YES_OR_NO)
    (utterance,) = utterances_in(recorded(voice, answer), recogniser)
    assert utterance.as_answer
    assert understand(utterance, _TEAR, catalog).intent == answer


def test_other_speech_is_no_answer(engine: Pyttsx3Engine, recogniser: VoskRecogniser, catalog: Catalog) -> None:
    """The listener for answers vouches for nothing that was said to somebody else."""
    recogniser.expect(Expectation.YES_OR_NO)
    (utterance,) = utterances_in(engine.synthesise("put the kettle on before the news begins", Voice()), recogniser)
    assert utterance.as_answer == ""
    assert understand(utterance, _TEAR, catalog).intent not in {"yes", "no"}


def test_nobody_listens_for_answers_while_no_question_waits(recogniser: VoskRecogniser) -> None:
    """Neither before the first one nor after the last."""
    sound = recorded("festival-kal", "no")
    listened = []
    for expectation in (Expectation.ANYTHING, Expectation.YES_OR_NO, Expectation.ANYTHING):
        recogniser.expect(expectation)
        (utterance,) = utterances_in(sound, recogniser)
        listened.append(utterance.as_answer)
    assert listened == [None, "no", None]


def test_the_switch_waits_for_the_end_of_the_utterance(recogniser: VoskRecogniser) -> None:
    """Half an answer would be heard as none, and a listener that left halfway could vouch for nothing."""
    begun_before = heard_with_a_switch(recogniser, recorded("festival-kal", "should i stop running"), "YES_OR_NO")
    begun_while_it_waited = heard_with_a_switch(recogniser, recorded("festival-kal", "no"), "ANYTHING")
    assert begun_before.as_answer is None
    assert begun_while_it_waited.as_answer == "no"


def test_the_answers_come_from_the_phrases(authored: Authored) -> None:
    """Those of the intents that answer such a question, short ones only, and no word that cannot be heard."""
    answers = answers_expected(authored, lambda word: word != "nope")
    yes_or_no, choice = answers[Expectation.YES_OR_NO], answers[Expectation.CHOICE]
    assert {"yes", "no", "not sure"} <= set(yes_or_no)
    assert {"warm", "cold please", "no"} <= set(choice)
    assert "warm" not in yes_or_no
    assert "nope" not in yes_or_no
    assert max(len(each.split()) for each in yes_or_no) == SHORT_ANSWER_WORDS
    assert Expectation.ANYTHING not in answers
