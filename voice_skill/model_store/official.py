"""The official models that can be fetched by name, from `models/official.yaml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from voice_skill.catalog import data_folder
from voice_skill.catalog.yaml_files import read_entries
from voice_skill.errors import DataError, Fault

FILE_NAME = "official.yaml"


@dataclass(frozen=True, slots=True)
class OfficialModel:
    """One archive of the publisher."""

    file: str
    """Name of the archive, below the publisher's address or a mirror's."""
    bytes: int
    """Size of the archive."""
    sha256: str
    """Checksum of the archive, in hexadecimal."""
    language: str
    """Language code as in the settings, such as `en`."""
    about: str
    """What it is good for, in one line."""
    licence: str
    """SPDX identifier."""


@dataclass(frozen=True, slots=True)
class Official:
    """All official models."""

    publisher: str
    """Address of the folder that holds the archives."""
    models: dict[str, OfficialModel]
    """By name, the best first for each language."""

    def best_of(self, names: Iterable[str], language: str) -> str | None:
        """The best of `names` that hears `language`; None when there is none."""
        known = set(names)
        return next((name for name, model in self.models.items() if name in known and model.language == language), None)

    def name_of(self, size_bytes: int, sha256: str) -> str | None:
        """The name of the model whose archive has that size and checksum."""
        named = self.models.items()
        return next((name for name, model in named if (model.bytes, model.sha256) == (size_bytes, sha256)), None)


def read_official(path: Path | None = None) -> Official:
    """The official models, from `path` or from what ships.

    Raises:
        DataError: the file is missing or has faults; all of them are listed.
    """
    path = path or data_folder("models") / FILE_NAME
    faults: list[Fault] = []
    official = read_entries(path, f"models/{FILE_NAME}", Official, faults)
    if official is None:
        raise DataError(faults)
    return official
