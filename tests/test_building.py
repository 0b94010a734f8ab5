"""Putting the parts together."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_skill.building import build_catalog, catalog_of, demo_recordings, training_data
from voice_skill.catalog import Authored, Catalog
from voice_skill.errors import DataError, SkillError
from voice_skill.matching.training import OFF_TOPIC
from voice_skill.settings import Settings, cache_folder


def test_every_intent_and_the_refusals_are_learnt(authored: Authored) -> None:
    """An intent without sentences could never be understood."""
    classes = {name for _, name in training_data(authored).examples}
    assert classes == authored.intents.keys() | {OFF_TOPIC}


def test_the_second_start_learns_nothing(catalog: Catalog) -> None:
    """What was learnt is read from the cache folder, as it is."""
    before = {path: path.stat().st_mtime_ns for path in cache_folder().glob("matcher-*")}
    again = build_catalog(Settings(region="uk"))
    assert {path: path.stat().st_mtime_ns for path in cache_folder().glob("matcher-*")} == before
    assert len(before) == 1
    said = ["is it fine to rub a sore hamstring"]
    assert again.matcher.match(said) == catalog.matcher.match(said)


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
