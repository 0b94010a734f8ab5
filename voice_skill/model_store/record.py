"""What the files of a model were when it was installed, kept beside them, so that it can be checked later."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from voice_skill.adapters.speech_models import sha256_of

FILE_NAME = "installed.json"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a model."""

    size_bytes: int
    sha256: str


def write_record(folder: Path, origin: str) -> None:
    """Note the size and checksum of every file in `folder`, and make sure that all of them are on the disk.

    Raises:
        OSError: a file cannot be read or written.
    """
    files = {name: _settled(path) for name, path in _files_in(folder).items()}
    entries = {name: {"bytes": each.size_bytes, "sha256": each.sha256} for name, each in files.items()}
    path = folder / FILE_NAME
    path.write_text(json.dumps({"origin": origin, "files": entries}, indent=1) + "\n", encoding="utf-8")
    _settled(path)


def read_record(folder: Path) -> dict[str, FileRecord] | None:
    """The files that were noted, by their path below `folder`; None where there is no whole record."""
    try:
        data = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return {
            str(name): FileRecord(int(entry["bytes"]), str(entry["sha256"])) for name, entry in data["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def differences(folder: Path) -> list[str]:
    """What has changed since the model was installed, one reason a file; empty when it is whole."""
    recorded = read_record(folder)
    if recorded is None:
        return [f"{FILE_NAME}, the list of its files, is missing or damaged"]
    found = _files_in(folder)
    reasons = [f"{name} was added" for name in sorted(found.keys() - recorded.keys())]
    for name, noted in sorted(recorded.items()):
        if reason := _difference(found.get(name), noted):
            reasons.append(f"{name} {reason}")
    return reasons


def _difference(path: Path | None, noted: FileRecord) -> str:
    if path is None:
        return "is missing"
    try:
        size_bytes = path.stat().st_size
        if size_bytes != noted.size_bytes:
            return f"has {size_bytes} bytes instead of {noted.size_bytes}"
        return "" if sha256_of(path) == noted.sha256 else "was changed"
    except OSError as exc:
        return f"cannot be read ({exc.strerror})"


def _files_in(folder: Path) -> dict[str, Path]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    named.pop(FILE_NAME, None)
    return named


def _settled(path: Path) -> FileRecord:
    """The record of a file that has reached the disk, so that a power cut cannot empty it later."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    return FileRecord(path.stat().st_size, sha256_of(path))
