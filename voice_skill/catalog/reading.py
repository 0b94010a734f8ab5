"""Reads everything authors wrote for one language, checks it as a whole, and reports all faults at once."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from voice_skill.catalog.authored import Authored
from voice_skill.catalog.checks import faults_between_files
from voice_skill.catalog.entries import (
    CalmFile,
    HazardEntry,
    IntentEntry,
    OffTopicFile,
    RedFlagEntry,
    RegionEntry,
    ReplyEntry,
    RoutineEntry,
    SourceEntry,
)
from voice_skill.catalog.yaml_files import read_entries
from voice_skill.errors import DataError, Fault
from voice_skill.templates import Rules

T = TypeVar("T")

CONTROL_FILE = "control"
"""The stem of the intents file whose ids carry no family."""
_NOT_INTENTS = frozenset({"off_topic", "concepts", "sounds_like", "misheard", "red_flags", "danger_phrases", "calm"})


def data_folder(name: str) -> Path:
    """The folder `intents`, `content` or `models`: inside the installed package, else beside it in a source folder."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "data" / name
    return packaged if packaged.is_dir() else package.parent / name


def read_authored(language: str, intents: Path | None = None, content: Path | None = None) -> Authored:
    """Everything authors wrote for `language` (a folder name such as `en`).

    Raises:
        DataError: anything is missing or wrong; it lists every fault with file, key and reason.
    """
    reader = _Reader(intents or data_folder("intents"), content or data_folder("content"), language)
    authored = reader.read()
    if reader.faults or authored is None:
        raise DataError(reader.faults)
    if faults := tuple(faults_between_files(authored)):
        raise DataError(faults)
    return authored


class _Reader:
    def __init__(self, intents: Path, content: Path, language: str) -> None:
        self._intents = intents / language
        self._content = content
        self._language = language
        self.faults: list[Fault] = []

    def read(self) -> Authored | None:
        for folder in (self._intents, self._content / self._language):
            if not folder.is_dir():
                self.faults.append(Fault(str(folder), "", "is missing; a language needs a folder of its own there"))
        if self.faults:
            return None
        intents, intent_files = self._intent_families()
        calm = self._file(self._intents / "calm.yaml", CalmFile)
        off_topic = self._file(self._intents / "off_topic.yaml", OffTopicFile)
        return Authored(
            language=self._language,
            words=Rules(self._table(self._intents / "_words.yaml", dict[str, str])),
            sign_words=Rules(self._table(self._intents / "_sign_words.yaml", dict[str, str])),
            intents=intents,
            intent_files=intent_files,
            misheard=self._table(self._intents / "misheard.yaml", dict[str, tuple[str, ...]]),
            off_topic=off_topic.phrases if off_topic else (),
            noise_words=frozenset(off_topic.noise_words if off_topic else ()),
            concepts=self._table(self._intents / "concepts.yaml", dict[str, tuple[str, ...]]),
            sounds_like=self._table(self._intents / "sounds_like.yaml", dict[str, tuple[str, ...]]),
            sound_alikes=self._table(self._intents / "_sound_alikes.yaml", dict[str, tuple[str, ...]]),
            red_flags=self._table(self._intents / "red_flags.yaml", dict[str, RedFlagEntry]),
            danger_phrases=self._table(self._intents / "danger_phrases.yaml", dict[str, tuple[str, ...]]),
            calm=calm.calm if calm else (),
            replies=self._merged(self._content / self._language / "replies", dict[str, ReplyEntry]),
            routines=self._routines(),
            regions=self._table(self._content / self._language / "_regions.yaml", dict[str, RegionEntry]),
            sources=self._table(self._content / "_sources.yaml", dict[str, SourceEntry]),
            hazards=self._table(self._content / "_hazards.yaml", dict[str, HazardEntry]),
        )

    def _file(self, path: Path, kind: type[T]) -> T | None:
        return read_entries(path, self._shown(path), kind, self.faults)

    def _table(self, path: Path, kind: type[dict[str, T]]) -> dict[str, T]:
        return self._file(path, kind) or {}

    def _merged(self, folder: Path, kind: type[dict[str, T]]) -> dict[str, T]:
        merged: dict[str, T] = {}
        for path in sorted(folder.glob("*.yaml")):
            for key, entry in self._table(path, kind).items():
                if key in merged:
                    self.faults.append(Fault(self._shown(path), key, "is already defined in another file; keep one"))
                merged[key] = entry
        return merged

    def _intent_families(self) -> tuple[dict[str, IntentEntry], dict[str, str]]:
        intents: dict[str, IntentEntry] = {}
        files: dict[str, str] = {}
        for path in sorted(self._intents.glob("[!_]*.yaml")):
            if path.stem in _NOT_INTENTS:
                continue
            for intent, entry in self._table(path, dict[str, IntentEntry]).items():
                if _family(intent) != path.stem:
                    reason = f"belongs in {_family(intent)}.yaml, or its name should start with '{path.stem}.'"
                    self.faults.append(Fault(self._shown(path), intent, reason))
                intents[intent] = entry
                files[intent] = path.stem
        return intents, files

    def _routines(self) -> dict[str, RoutineEntry]:
        folder = self._content / self._language / "routines"
        read = {path.stem: self._file(path, RoutineEntry) for path in sorted(folder.glob("*.yaml"))}
        return {name: routine for name, routine in read.items() if routine}

    def _shown(self, path: Path) -> str:
        for root in (self._intents.parents[1], self._content.parent):
            if path.is_relative_to(root):
                return str(path.relative_to(root))
        return str(path)


def _family(intent: str) -> str:
    family, dot, _ = intent.partition(".")
    return family if dot else CONTROL_FILE
