"""What a person may choose, from the settings file and the command line."""

from __future__ import annotations

from collections.abc import Iterator
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
_RANGES = {"rate_wpm": (60, 400), "volume": (0, 1), "download_timeout_s": (1, 600)}
"""The numbers that make sense, lowest and highest."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Keys of the settings file; every one may be left out."""

    language: str = "en"
    region: str = ""
    """uk, us, eu, or the emergency number itself; empty until chosen."""
    model: str = ""
    """Name of an installed model, or folder of a Vosk model; empty for that of `models use`, or the best at hand."""
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
    model_mirror: str = ""
    """Address from which `models install` fetches instead of the publisher's; empty for the publisher's."""
    download_timeout_s: float = 30.0
    """How long a server may keep silent during a download."""
    echo_cancellation: bool = True
    """Whether the loudspeaker is taken out of what the microphone hears."""


def settings_file() -> Path:
    """Where the settings are read from."""
    return Path(platformdirs.user_config_path(APPLICATION)) / "settings.yaml"


def cache_folder() -> Path:
    """Where things are kept that can be made again at any time."""
    return Path(platformdirs.user_cache_path(APPLICATION))


def models_folder() -> Path:
    """Where the models are that the person installed."""
    return Path(platformdirs.user_data_path(APPLICATION)) / "models"


def read_settings(path: Path | None = None) -> Settings:
    """The settings in `path`, or those in the person's own file; the defaults where there is no such file yet.

    Raises:
        DataError: the file has faults; all of them are listed.
        SkillError: there is no file at `path`.
    """
    if path is not None and not path.is_file():
        raise SkillError(f"There is no settings file at {path}; check the path.")
    path = path or settings_file()
    if not path.is_file() or _says_nothing(path):
        return Settings()
    faults: list[Fault] = []
    settings = read_entries(path, str(path), Settings, faults)
    if settings is not None:
        faults += _out_of_range(settings, str(path))
    if settings is None or faults:
        raise DataError(faults)
    return settings


def _says_nothing(path: Path) -> bool:
    """Whether there are only comments and empty lines."""
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in path.read_bytes().splitlines())


def _out_of_range(settings: Settings, file: str) -> Iterator[Fault]:
    for key, (lowest, highest) in _RANGES.items():
        value = getattr(settings, key)
        if not lowest <= value <= highest:
            yield Fault(file, key, f"must be from {lowest} to {highest}, not {value:g}")


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
