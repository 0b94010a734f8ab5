"""Keeps what takes long to make in files, one of each kind, named after what it was made from."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

_T = TypeVar("_T")
_READABLE = 0o644
"""By everybody: a temporary file is its owner's alone."""


def kept_or_made(
    path: Path, load: Callable[[Path], _T | None], make: Callable[[], _T], store: Callable[[_T, IO[bytes]], None]
) -> _T:
    """What is kept at `path`, a name like `kind-digest.suffix`; where `load` finds none, it is made and kept.

    Others of the kind beside it were made from something else and are deleted. A folder that cannot be written costs
    the making again next time and nothing else.
    """
    if (before := load(path)) is not None:
        return before
    made = make()
    try:
        write_whole(path, lambda file: store(made, file))
    except OSError:
        return made
    for old in path.parent.glob(f"{path.name.partition('-')[0]}-*{path.suffix}"):
        if old != path:
            old.unlink(missing_ok=True)
    return made


def write_whole(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Write beside and rename, so that nobody ever reads half a file, and nothing half written is left.

    Raises:
        OSError: the folder cannot be written, or its disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        Path(name).chmod(_READABLE)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
