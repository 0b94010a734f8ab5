"""Keeps what was read and checked: for thousands of phrases as YAML that takes longer than all else at a start."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from voice_skill import catalog, domain, templates
from voice_skill.catalog import Authored, data_folder, read_authored
from voice_skill.kept_files import kept_or_made

_CODE = (*sorted(Path(catalog.__file__).parent.glob("*.py")), Path(domain.__file__), Path(templates.__file__))
"""What decides how the files are read."""


def read_once(language: str, cache: Path) -> Authored:
    """What `read_authored` gives; from `cache` as long as no file of it has changed.

    A folder that cannot be written costs the reading again next time and nothing else.

    Raises:
        DataError: anything is missing or wrong.
    """
    path = cache / f"authored-{_digest_of(_files(language))[:16]}.pickle"
    return kept_or_made(path, _load, lambda: read_authored(language), _store)


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


def _store(authored: Authored, file: IO[bytes]) -> None:
    pickle.dump(authored, file, protocol=pickle.HIGHEST_PROTOCOL)
