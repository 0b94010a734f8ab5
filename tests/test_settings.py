"""What a person may choose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from voice_skill.catalog import Authored
from voice_skill.errors import DataError, SkillError
from voice_skill.settings import Settings, cache_folder, read_settings, region_of, settings_file


def written(folder: Path, text: str) -> Path:
    """A settings file with that text."""
    path = folder / "settings.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_there_are_defaults(own_folders: Path) -> None:
    """Nobody has to write settings."""
    assert not settings_file().exists()
    assert read_settings() == Settings()


def test_settings_and_cache_have_their_own_folders(own_folders: Path) -> None:
    """The cache can be deleted without losing what was chosen."""
    assert settings_file() == own_folders / "config" / "voice-skill" / "settings.yaml"
    assert cache_folder() == own_folders / "cache" / "voice-skill"


def test_every_key_can_be_set(tmp_path: Path) -> None:
    """The file's keys are the fields of `Settings`."""
    text = """
        language: "en"
        region: "uk"
        model: "/models/big"
        microphone: "USB"
        speaker: "3"
        rate_wpm: 125
        volume: 0.5
        earcons: false
    """
    chosen = Settings("en", "uk", "/models/big", "USB", "3", 125, 0.5, False)
    assert read_settings(written(tmp_path, text)) == chosen


def test_keys_that_are_left_out_keep_their_defaults(tmp_path: Path) -> None:
    """One line is a whole settings file."""
    assert read_settings(written(tmp_path, 'region: "us"')) == replace(Settings(), region="us")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing chosen yet\n"])
def test_an_empty_file_chooses_nothing(text: str, tmp_path: Path) -> None:
    """A file whose lines were all taken out is no fault."""
    assert read_settings(written(tmp_path, text)) == Settings()


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Each with the file, the key, and what would be right."""
    path = written(tmp_path, 'regoin: "uk"\nrate_wpm: "fast"\nearcons: 1\nvolume: loud\n')
    with pytest.raises(DataError) as caught:
        read_settings(path)
    told = {fault.key: fault.reason for fault in caught.value.faults}
    assert all(fault.file == str(path) for fault in caught.value.faults)
    assert told["rate_wpm"] == "must be a whole number, not 'fast'"
    assert told["earcons"] == "must be true or false, not 1"
    assert told["volume"] == "must be a number, not 'loud'"
    assert any("regoin" in reason for reason in told.values())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("rate_wpm: 0", "rate_wpm"),
        ("rate_wpm: -5", "rate_wpm"),
        ("rate_wpm: 9000", "rate_wpm"),
        ("volume: 1.5", "volume"),
    ],
)
def test_a_number_that_nobody_could_hear_is_a_fault(text: str, key: str, tmp_path: Path) -> None:
    """Speech needs a rate and a volume that the engine can give."""
    with pytest.raises(DataError) as caught:
        read_settings(written(tmp_path, text))
    assert [fault.key for fault in caught.value.faults] == [key]


def test_yaml_that_cannot_be_read_names_the_line(tmp_path: Path) -> None:
    """The author finds the slip at once."""
    with pytest.raises(DataError, match=r"settings\.yaml: line 2: is not YAML: "):
        read_settings(written(tmp_path, 'region: "uk"\nmodel: ]\n'))


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    """A slip in the path must not silently mean the defaults."""
    with pytest.raises(SkillError, match=r"There is no settings file at .*none\.yaml; check the path\."):
        read_settings(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("choice", "emergency"),
    [
        ("uk", "nine nine nine"),
        ("us", "nine one one"),
        ("eu", "one one two"),
        ("", "your local emergency number"),
        ("000", "zero zero zero"),
        ("1 0 8", "one zero eight"),
    ],
)
def test_a_region_or_a_number_says_how_to_call_for_help(choice: str, emergency: str, authored: Authored) -> None:
    """Numbers are spoken digit by digit."""
    assert region_of(choice, dict(authored.regions)).emergency == emergency


@pytest.mark.parametrize("choice", ["atlantis", "UK!", "-112", "1.5", "²", "1234567890123456"])
def test_an_unknown_region_is_one_sentence(choice: str, authored: Authored) -> None:
    """The sentence lists what can be chosen."""
    sentence = f"The region '{choice}' is not known; choose one of eu, uk, us, or give the emergency number."
    with pytest.raises(SkillError) as caught:
        region_of(choice, dict(authored.regions))
    assert str(caught.value) == sentence


def test_echo_cancellation_is_on_until_it_is_unwanted(tmp_path: Path) -> None:
    """A loudspeaker is what most people have; with a headset the sound stays as it is anyway."""
    assert Settings().echo_cancellation
    assert not read_settings(written(tmp_path, "echo_cancellation: false")).echo_cancellation
