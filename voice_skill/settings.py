"""What a person may choose, from the settings file and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs

from voice_skill.catalog.entries import RegionEntry
from voice_skill.catalog.needs import UNSET_REGION
from voice_skill.catalog.yaml_files import read_entries
from voice_skill.errors import DataError, Fault, SkillError

APPLICATION = "voice-skill"
_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_LONGEST_NUMBER = 15
"""Digits; the longest number the telephone network allows (ITU-T E.164)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Keys of the settings file; every one may be left out."""

    language: str = "en"
    region: str = ""
    """uk, us, eu, or the emergency number itself; empty until chosen."""
    model: str = ""
    """Folder of a Vosk model; empty for the embedded one."""
    microphone: str = ""
    """Name or number of the input device; empty for the system's own choice."""
    speaker: str = ""
    """Name or number of the output device; empty for the system's own choice."""
    rate_wpm: int = 150
    """Words a minute at the start of a session."""
    volume: float = 0.8
    """0 to 1 at the start of a session."""
    earcons: bool = True
    """Whether short sounds say that something was understood or not."""


def settings_file() -> Path:
    """Where the settings are read from."""
    return Path(platformdirs.user_config_path(APPLICATION)) / "settings.yaml"


def cache_folder() -> Path:
    """Where things are kept that can be made again at any time."""
    return Path(platformdirs.user_cache_path(APPLICATION))


def read_settings(path: Path | None = None) -> Settings:
    """The settings in `path`, or the defaults when there is no such file.

    Raises:
        DataError: the file has faults; all of them are listed.
    """
    path = path or settings_file()
    if not path.is_file():
        return Settings()
    faults: list[Fault] = []
    settings = read_entries(path, str(path), Settings, faults)
    if settings is None:
        raise DataError(faults)
    return settings


def region_of(choice: str, regions: dict[str, RegionEntry]) -> RegionEntry:
    """How to call for help: a known region, an emergency number spoken digit by digit, or the words for "unset".

    Raises:
        SkillError: `choice` is neither a region nor a number.
    """
    unset = regions[UNSET_REGION]
    if not choice:
        return unset
    if choice in regions:
        return regions[choice]
    digits = choice.replace(" ", "")
    if digits.isdecimal() and digits.isascii() and len(digits) <= _LONGEST_NUMBER:
        return RegionEntry(" ".join(_DIGITS[int(digit)] for digit in digits), unset.advice_line)
    known = ", ".join(sorted(regions.keys() - {UNSET_REGION}))
    raise SkillError(f"The region '{choice}' is not known; choose one of {known}, or give the emergency number.")
