"""Putting the parts together."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_skill.building import build_catalog, catalog_of, demo_recordings, training_data
from voice_skill.catalog import Authored, Catalog
from voice_skill.domain import DANGER
from voice_skill.errors import DataError, SkillError
from voice_skill.matching.sentence_encoder import SentenceEncoder
from voice_skill.matching.training import OFF_TOPIC
from voice_skill.settings import Settings, cache_folder


def test_every_intent_and_the_refusals_are_learnt(authored: Authored) -> None:
    """An intent without sentences could never be understood, and a danger without them never sensed."""
    classes = {name for _, name in training_data(authored).examples}
    dangers = {DANGER + flag for flag in authored.danger_phrases}
    assert classes == authored.intents.keys() | dangers | {OFF_TOPIC}


def test_a_misheard_sentence_is_none_that_was_authored(authored: Authored) -> None:
    """Else words of one intent would be taught as another's."""
    data = training_data(authored)
    assert len(data.misheard) > 1_000
    assert not dict(data.misheard).keys() & dict(data.examples).keys()


def test_what_authors_heard_amiss_is_learnt_as_what_was_meant(authored: Authored) -> None:
    """Unless somebody may say just that."""
    data = training_data(authored)
    said, heard = dict(data.examples), dict(data.misheard)
    written = {sentence: intent for intent, group in authored.misheard.items() for sentence in group}
    assert written
    assert {sentence for sentence, intent in written.items() if heard.get(sentence) != intent} <= said.keys()


def test_what_ships_was_learnt_from_the_phrases_that_ship(authored: Authored, tmp_path: Path) -> None:
    """Nobody waits at the first start; whoever changes a phrase learns them again before it ships."""
    learnings: list[str] = []
    catalog_of(authored, "", tmp_path, lambda: learnings.append("learnt"))
    assert learnings == []
    assert list(tmp_path.iterdir()) == []


def test_another_encoder_is_learnt_with_anew(
    authored: Authored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights learnt with one mean nothing beside another."""

    def begun() -> None:
        raise InterruptedError

    monkeypatch.setattr(SentenceEncoder, "checksums", lambda _: (1, 2, 3))
    with pytest.raises(InterruptedError):
        catalog_of(authored, "", tmp_path, begun)


def test_the_region_is_part_of_the_catalog(catalog: Catalog) -> None:
    """What is said names the number of the person's own country."""
    assert catalog.region.emergency == "your local emergency number"
    assert build_catalog(Settings(region="us")).region.emergency == "nine one one"


def test_an_unknown_region_is_one_sentence(authored: Authored, catalog: Catalog) -> None:
    """It is told at the start, and not in an emergency."""
    with pytest.raises(SkillError, match="The region 'nowhere' is not known"):
        catalog_of(authored, "nowhere", cache_folder())


def test_an_unknown_language_names_the_folders(catalog: Catalog) -> None:
    """Both folders of the language are missing."""
    with pytest.raises(DataError) as caught:
        build_catalog(Settings(language="xx"))
    reason = "is missing; a language needs a folder of its own there"
    assert [fault.reason for fault in caught.value.faults] == [reason, reason]


def test_the_catalog_finds_what_was_authored(catalog: Catalog) -> None:
    """By the ids that intents, routines and flags use."""
    assert catalog.reply("prompt.welcome").say
    assert catalog.routine_started_by("relief.start") == "relief"
    assert catalog.routine_started_by("goodbye") is None
    assert catalog.step("relief", 0) is catalog.routine("relief").steps[0]
    assert catalog.advice(catalog.spotter["chest-or-breathing"]).say


def test_the_demo_has_its_questions_in_order() -> None:
    """Six recordings, numbered."""
    names = [path.name for path in demo_recordings("en")]
    assert names == sorted(names)
    assert len(names) >= 5
    assert all(Path(name).suffix == ".flac" for name in names)


def test_a_language_without_a_demo_has_none() -> None:
    """Recordings are not required of a language."""
    assert demo_recordings("xx") == ()
