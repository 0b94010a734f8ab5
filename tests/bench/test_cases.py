"""The choice of cases: enough of each, the same each time, and none of them heard before."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.sentences import UTTERANCES
from voice_skill.bench.cases import (
    BABBLE,
    CLEAN,
    FULL,
    KITCHEN,
    LEVELS_DB,
    PARAPHRASE,
    PHRASE,
    QUICK,
    ROOM,
    Case,
    segment,
    speech_cases,
    unrelated_sentences,
)
from voice_skill.catalog import Authored, Catalog
from voice_skill.dialogue import State, understand
from voice_skill.domain import Utterance
from voice_skill.errors import SkillError
from voice_skill.evaluation import Kind

VOICES = tuple(f"voice {number}" for number in range(8))


@pytest.fixture(scope="module")
def full(authored: Authored) -> list[Case]:
    return speech_cases(UTTERANCES, authored, VOICES, FULL)


def test_every_case_has_a_result_of_its_own(full: list[Case]) -> None:
    assert not [key for key, count in Counter(case.key for case in full).items() if count > 1]


def test_the_choice_is_the_same_each_time(full: list[Case], authored: Authored) -> None:
    assert full == speech_cases(UTTERANCES, authored, VOICES, FULL)


def test_every_voice_is_heard_in_every_sound(full: list[Case]) -> None:
    noisy = {(noise, level_db) for noise in (KITCHEN, BABBLE) for level_db in LEVELS_DB}
    for group in (PHRASE, PARAPHRASE):
        for voice in VOICES:
            found = {(c.condition.noise, c.condition.level_db) for c in full if c.group == group and c.voice == voice}
            assert found == noisy | {(CLEAN, None), (ROOM, None)}


def test_at_least_three_hundred_off_topic_utterances(full: list[Case]) -> None:
    assert sum(case.group == Kind.OFF_TOPIC.value for case in full) >= 300


def test_authored_sentences_are_authored_and_paraphrases_are_not(full: list[Case], authored: Authored) -> None:
    learnt = {said for intent in authored.intents for said in authored.sentences(intent)}
    assert all(case.sentence.said in learnt for case in full if case.group == PHRASE)
    others = {case.sentence.said for case in full if case.group == PARAPHRASE}
    assert sum(said in learnt for said in others) < len(others) / 2


def test_peers_get_sentences_to_answer_and_sentences_to_refuse(full: list[Case]) -> None:
    groups = Counter(case.group for case in full if case.for_peers)
    assert min(groups[group] for group in (PHRASE, PARAPHRASE, Kind.OFF_TOPIC.value)) >= 12


def test_a_quick_run_is_a_small_part(full: list[Case], authored: Authored) -> None:
    assert len(speech_cases(UTTERANCES, authored, VOICES, QUICK)) < len(full) / 10


def test_one_voice_is_enough(authored: Authored) -> None:
    assert {case.voice for case in speech_cases(UTTERANCES, authored, ("only",), QUICK)} == {"only"}


def test_without_sentences_it_says_where_they_should_be(authored: Authored, tmp_path: object) -> None:
    with pytest.raises(SkillError, match="--sentences"):
        speech_cases(UTTERANCES / "nowhere", authored, VOICES, QUICK)


def test_typed_unrelated_talk_moves_nothing(catalog: Catalog) -> None:
    """No sign of danger is in it: an alarm is due to the hearing."""
    understood = [understand(Utterance.typed(said), State(), catalog) for said in unrelated_sentences()[:200]]
    assert not [each.text for each in understood if each.red_flags]


def test_there_is_talk_for_two_hours_without_a_sentence_twice() -> None:
    """At 160 words a minute, pauses aside."""
    sentences = [said for number in range(FULL.segments) for said in segment(number, FULL)]
    assert len(sentences) == len(set(sentences))
    assert sum(len(said.split()) for said in sentences) / 160 > 95


def test_stretches_of_talk_do_not_repeat_each_other() -> None:
    first, second = segment(0, FULL), segment(1, FULL)
    assert len(first) == FULL.segment_sentences
    assert not set(first) & set(second)
    assert segment(0, replace(FULL, segment_sentences=5)) == first[:5]
