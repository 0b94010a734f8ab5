"""Looking over everything the assistant needs."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, RunCli
from voice_skill.catalog import Authored
from voice_skill.checkup import check_up
from voice_skill.findings import Finding, Level
from voice_skill.settings import Settings

TODAY = date(2026, 11, 23)


_MORE_PHRASES = """  phrases:
    - "tell me more"
    - "pray tell what ails my hammy"
"""
"""One that another intent has, and one that is new."""


def findings(settings: Settings, today: date = TODAY) -> list[Finding]:
    """All of them."""
    return list(check_up(settings, today))


def faults(found: list[Finding]) -> list[str]:
    """The subjects that are at fault."""
    return [finding.subject for finding in found if finding.level is Level.FAULT]


@pytest.fixture(scope="module")
def in_order(own_folders: Path) -> list[Finding]:
    """The check-up of what ships."""
    return findings(Settings())


@pytest.fixture(scope="module")
def years_later(own_folders: Path) -> list[Finding]:
    """The check-up by a person in the United Kingdom, ten years on."""
    return findings(Settings(region="uk"), TODAY + timedelta(days=3650))


def test_what_ships_is_in_order(in_order: list[Finding]) -> None:
    """No fault, and every part of the chain was looked at, in its order."""
    assert faults(in_order) == []
    subjects = list(dict.fromkeys(finding.subject for finding in in_order))
    chain = ["data", "speech model", "speech engine", "microphone", "loudspeaker", "region"]
    assert [subject for subject in subjects if subject in chain] == chain


def test_the_data_is_counted(in_order: list[Finding], authored: Authored) -> None:
    """An author sees at once whether a file was read."""
    assert in_order[0].level is Level.OK
    assert in_order[0].text.startswith(f"{len(authored.intents)} intents with ")
    assert f"{len(authored.red_flags)} red flags" in in_order[0].text


def test_words_that_cannot_be_heard_are_told(in_order: list[Finding]) -> None:
    """They can be typed; their phrases need other words to be understood by voice."""
    found = [finding for finding in in_order if finding.subject == "speech model" and finding.level is Level.NOTE]
    notes = [finding.text for finding in found if "make model" not in finding.text]
    assert all("words of the phrases can be typed but not heard: " in note for note in notes)


def test_the_speech_model_that_ships_knows_the_phrases_that_ship(in_order: list[Finding]) -> None:
    """Whoever changes a phrase builds the model again."""
    assert not any("make model" in finding.text for finding in in_order)


def test_a_region_that_is_not_set_is_asked_for(in_order: list[Finding]) -> None:
    """Without it no emergency number can be named."""
    assert in_order[-1].level is Level.NOTE
    assert "which country are you in?" in in_order[-1].text


def test_a_region_names_its_number(years_later: list[Finding]) -> None:
    """So that a person can see whether it is the right one."""
    assert years_later[-1] == Finding(Level.OK, "region", "uk: emergency number nine nine nine")


def test_a_missing_model_is_a_fault_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    """One fault does not hide the next."""
    found = findings(Settings(model=str(tmp_path / "none"), region="mars"))
    assert faults(found) == ["speech model", "region"]
    assert any(finding.subject == "speech engine" for finding in found)


def test_a_language_without_data_is_told_and_nothing_else() -> None:
    """Without data there is nothing to look over."""
    found = findings(Settings(language="xx"))
    assert [(finding.level, finding.subject) for finding in found] == [(Level.FAULT, "data")] * 2


def test_old_sources_are_to_be_read_again(years_later: list[Finding], authored: Authored) -> None:
    """Medical advice changes: a year after it was checked each source is named."""
    named = [finding for finding in years_later if finding.subject == "sources"]
    assert len(named) == len(authored.sources)
    assert all(finding.level is Level.NOTE and "read it again and date it" in finding.text for finding in named)


def test_a_sentence_of_two_intents_is_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """One of them could never be reached by it; and the speech model does not know the new one."""
    for name in ("voice_skill", "intents", "content"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "demo"))
    (tmp_path / "models").symlink_to(REPOSITORY / "models")
    about = tmp_path / "intents" / "en" / "about.yaml"
    about.write_text(about.read_text().replace("  phrases:\n", _MORE_PHRASES, 1))
    outcome = run_cli("check", tree=tmp_path)
    assert outcome.code == 1
    assert '"tell me more" is claimed by about.' in outcome.out
    assert "; leave it to one" in outcome.out
    assert "the phrases have changed since it was built" in outcome.out
