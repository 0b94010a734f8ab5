"""What the recogniser is told to expect."""

from __future__ import annotations

import pytest

import models.builder.phrases as builder
from tests.conftest import REPOSITORY
from voice_skill.catalog import Authored
from voice_skill.grammar import UNKNOWN, biased_grammar, phrases_digest, short_answers, unknown_words
from voice_skill.hearing import spoken_phrases, was_built_from

KNOWN = {"stop", "my", "cramp", "weather", "the"}


def knows(word: str) -> bool:
    """A model of few words."""
    return word in KNOWN


def test_phrases_come_before_single_words_and_the_unknown() -> None:
    """Phrases are repeated, so that they weigh more than the words that speech falls back to."""
    grammar = biased_grammar(["stop my cramp"], ["weather", "the"], knows)
    assert grammar == ["stop my cramp"] * 3 + ["cramp", "my", "stop", "the", "weather", UNKNOWN]


def test_a_phrase_with_an_unknown_word_is_left_out() -> None:
    """The recogniser would drop the word and expect a sentence that nobody says; its other words stay."""
    grammar = biased_grammar(["stop my hamstring", "stop"], [], knows)
    assert grammar == ["stop"] * 3 + ["my", "stop", UNKNOWN]


def test_other_speech_always_has_a_place() -> None:
    """A closed grammar would turn all speech into its phrases."""
    assert biased_grammar([], [], knows) == [UNKNOWN]


def test_a_phrase_that_is_given_twice_counts_once() -> None:
    """Repeats are the grammar's own choice."""
    assert biased_grammar(["stop", "stop"], ["stop"], knows) == ["stop"] * 3 + ["stop", UNKNOWN]


def test_words_that_can_never_be_heard_are_told() -> None:
    """Each once, in alphabetical order."""
    assert unknown_words(["stop my hamstring", "a hamstring cramp"], knows) == ["a", "hamstring"]


def test_answers_are_short_hearable_and_listed_once() -> None:
    """A long answer is not for the second hearing, nor is one with a word that the model lacks."""
    said = ["yes", "no", "yes", "yes please", "yes it does", "affirmative"]
    assert short_answers(said, lambda word: word != "affirmative") == ["yes", "no", "yes please"]


def test_what_should_be_refused_is_not_expected(authored: Authored) -> None:
    """Off-topic sentences are no part of what the recogniser is led towards."""
    phrases = set(spoken_phrases(authored))
    assert "how do i stop a hamstring cramp" in phrases
    assert not phrases & set(authored.off_topic)


def test_the_digest_of_phrases_knows_no_order() -> None:
    """Moving a phrase to another file changes nothing that is heard."""
    assert phrases_digest(["stop", "go <on>"], {"on": "on", "off": "off"}) == phrases_digest(
        ["go <on>", "stop", "stop"], {"off": "off", "on": "on"}
    )


@pytest.mark.parametrize(
    ("templates", "rules"), [(["stop"], {"on": "on"}), (["stop", "go <on>"], {"on": "[further] on"}), ([], {})]
)
def test_the_digest_of_phrases_changes_with_them(templates: list[str], rules: dict[str, str]) -> None:
    """A phrase less, or another rule, is another set of sentences."""
    assert phrases_digest(templates, rules) != phrases_digest(["stop", "go <on>"], {"on": "on"})


def test_the_model_builder_reads_the_same_phrases(authored: Authored, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every model would seem to be out of date. Expanding a million sentences is left out."""
    monkeypatch.setattr(builder, "expand", lambda template, rules: [template])
    assert builder.read_phrases(REPOSITORY / "intents" / "en", {}).digest == was_built_from(authored)
