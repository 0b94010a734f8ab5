"""Keeps what was read and checked: for thousands of phrases as YAML that takes longer than all else at a start."""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterable
from pathlib import Path

import voice_skill
from voice_skill import catalog
from voice_skill.catalog import Authored, data_folder, read_authored

_CODE = (*sorted(Path(catalog.__file__).parent.glob("*.py")), Path(voice_skill.__file__).with_name("templates.py"))
"""What decides how the files are read."""


def read_once(language: str, cache: Path) -> Authored:
    """What `read_authored` gives; from `cache` as long as no file of it has changed.

    A folder that cannot be written costs the reading again next time and nothing else.

    Raises:
        DataError: anything is missing or wrong.
    """
    path = cache / f"authored-{_digest_of(_files(language))[:16]}.pickle"
    if (kept := _load(path)) is not None:
        return kept
    authored = read_authored(language)
    try:
        _store(authored, path)
    except OSError:
        return authored
    for old in cache.glob("authored-*.pickle"):
        if old != path:
            old.unlink(missing_ok=True)
    return authored


def _files(language: str) -> Iterable[Path]:
    content = data_folder("content")
    folders = (data_folder("intents") / language, content / language)
    written = (path for folder in folders for path in sorted(folder.rglob("*.yaml")))
    return (*_CODE, *sorted(content.glob("*.yaml")), *written)


def _digest_of(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        try:
            content = path.read_bytes()
        except OSError:  # whoever reads it will say what is wrong
            content = b""
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _load(path: Path) -> Authored | None:
    try:
        kept = pickle.loads(path.read_bytes())  # the user's own file, in the user's own cache
    except Exception:  # a broken pickle may raise anything; the files themselves are still there
        return None
    return kept if isinstance(kept, Authored) else None


def _store(authored: Authored, path: Path) -> None:
    """Write beside and rename, so that nobody ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        pickle.dump(authored, file, protocol=pickle.HIGHEST_PROTOCOL)
    os.replace(name, path)
