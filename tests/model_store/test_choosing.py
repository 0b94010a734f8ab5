"""Which model is used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.model_store.conftest import Shop
from voice_skill.errors import ModelError
from voice_skill.hearing import LoadedModel, chosen_model, suits
from voice_skill.model_store import Official, OfficialModel, read_official
from voice_skill.settings import Settings

EMBEDDED = "en-us-embedded"


@pytest.fixture
def put(shop: Shop, vosk_model: LoadedModel) -> Shop:
    """A store that holds a model of an official name, and one of another."""
    for name in ("small-en-us", "mine"):
        shutil.copytree(vosk_model.about.folder, shop.store.folder / name)
    return shop


def test_the_list_of_official_models_ships() -> None:
    """Sizes and checksums are those of the publisher; the best comes first."""
    official = read_official()
    assert official.publisher == "https://alphacephei.com/vosk/models/"
    assert list(official.models) == ["lgraph-en-us", "small-en-us"]
    assert official.models["small-en-us"].bytes == 41_205_931
    assert official.models["lgraph-en-us"].bytes == 130_557_655
    assert all(len(bytes.fromhex(model.sha256)) == 32 for model in official.models.values())


def test_the_best_is_the_first_of_the_language() -> None:
    """A model of another language is never the best."""

    def model(language: str) -> OfficialModel:
        return OfficialModel("file.zip", 1, "00", language, "", "")

    official = Official("", {"ko": model("ko"), "big": model("en"), "small": model("en")})
    assert official.best_of(["small", "big", "ko"], "en") == "big"
    assert official.best_of(["small", "other"], "en") == "small"
    assert official.best_of(["ko", "other"], "en") is None


def test_an_installed_official_model_is_used(put: Shop) -> None:
    """It hears better than the embedded one."""
    assert chosen_model(Settings()).name == "small-en-us"


def test_another_model_is_used_only_when_it_was_chosen(put: Shop) -> None:
    """Nobody knows which language it hears."""
    shutil.rmtree(put.store.folder / "small-en-us")
    assert chosen_model(Settings()).name == EMBEDDED
    put.store.choose("mine")
    assert chosen_model(Settings()).name == "mine"


def test_the_embedded_model_can_be_chosen(put: Shop) -> None:
    """Although a better one is installed."""
    put.store.choose(EMBEDDED)
    assert chosen_model(Settings()).name == EMBEDDED


def test_the_settings_go_before_the_choice(put: Shop, vosk_model: LoadedModel) -> None:
    """By name or by folder."""
    put.store.choose(EMBEDDED)
    assert chosen_model(Settings(model="mine")).folder == put.store.folder / "mine"
    assert chosen_model(Settings(model=str(put.store.folder / "small-en-us"))).name == "small-en-us"
    put.store.choose("mine")
    assert chosen_model(Settings(model=EMBEDDED)) == vosk_model.about


@pytest.mark.parametrize("chosen", ["small-en-us", "gone"])
def test_a_chosen_model_that_lost_its_files_is_passed_over(chosen: str, put: Shop) -> None:
    """A person in pain must be heard all the same."""
    put.store.choose(chosen)
    (put.store.folder / "small-en-us" / "am" / "final.mdl").unlink()
    assert chosen_model(Settings()).name == EMBEDDED


def test_a_choice_that_is_no_text_is_passed_over(put: Shop) -> None:
    """As is whatever else the file was overwritten with."""
    (put.store.folder / ".in-use").write_bytes(b"\xff\xfe../..")
    assert chosen_model(Settings()).name == "small-en-us"


def test_an_official_name_that_is_not_installed_is_one_sentence(shop: Shop) -> None:
    """It says how to get it."""
    with pytest.raises(ModelError, match=r"^The model lgraph-en-us is not installed; 'voice-skill models install "):
        chosen_model(Settings(model="lgraph-en-us"))


def test_a_folder_in_the_way_of_a_name_can_be_given(
    shop: Shop, vosk_model: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is called like an official model is that folder."""
    shutil.copytree(vosk_model.about.folder, tmp_path / "lgraph-en-us")
    monkeypatch.chdir(tmp_path)
    assert chosen_model(Settings(model="lgraph-en-us")).folder.resolve() == tmp_path / "lgraph-en-us"


def test_a_model_for_another_language_is_known_by_its_words() -> None:
    """A grammar of the few words it shares with us would make it deaf."""
    phrases = ["stop my cramp", "stop"]
    assert suits(phrases, {"stop", "my"}.__contains__)
    assert not suits(phrases, {"stop"}.__contains__)
