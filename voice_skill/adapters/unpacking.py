"""Unpacks the archive of a speech model and trusts nothing that is written in it."""

from __future__ import annotations

import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from voice_skill.errors import ModelError

MOST_FILES = 2_000
LARGEST_MODEL_BYTES = 8_000_000_000
_MOST_GROWTH = 50
"""Times an archive may grow; models grow about threefold."""
_NOT_IN_NAMES = re.compile(r'[\\:*?"<>|\x00-\x1f]')
"""Never in the file names of a model, and with a meaning of their own on some systems."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)
"""What `zipfile` raises on archives that are cut, changed or made up."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip archive into `folder`, which is made; nothing is written unless all of its entries are harmless.

    Raises:
        ModelError: it is no zip archive, is damaged, or holds what no speech model holds.
        OSError: the archive cannot be read or `folder` cannot be written.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = zipped.infolist()
            if reason := _why_not(entries, archive.stat().st_size):
                raise ModelError(f"The archive {archive} is not unpacked because {reason}; get it from somewhere else.")
            require_room(folder.parent, sum(entry.file_size for entry in entries))
            folder.mkdir()
            for entry in entries:
                _unpack_entry(zipped, entry, folder)
    except _BROKEN as exc:
        raise ModelError(f"{archive} is damaged or no zip archive; get it again.") from exc


def require_room(folder: Path, size_bytes: int) -> None:
    """Make sure that `size_bytes` fit on the disk of `folder`.

    Raises:
        ModelError: they do not.
    """
    free_bytes = shutil.disk_usage(folder).free
    if size_bytes > free_bytes:
        raise ModelError(
            f"The speech model needs {size_bytes / 1e6:.0f} MB in {folder}, where {free_bytes / 1e6:.0f} MB are free; "
            "make room there."
        )


def too_much(count: int, size_bytes: int) -> str:
    """Why so many files of so many bytes are no speech model; empty when they may be one."""
    if count > MOST_FILES:
        return f"it holds {count} files, more than any speech model"
    if size_bytes > LARGEST_MODEL_BYTES:
        return f"it holds {size_bytes / 1e9:.0f} GB, more than any speech model"
    return ""


def _why_not(entries: list[zipfile.ZipInfo], archive_bytes: int) -> str:
    size_bytes = sum(entry.file_size for entry in entries)
    if reason := too_much(len(entries), size_bytes):
        return reason
    if size_bytes > archive_bytes * _MOST_GROWTH:
        return f"it would grow {size_bytes / archive_bytes:.0f} times, which no speech model does"
    names = [entry.filename.rstrip("/").casefold() for entry in entries]
    if len(set(names)) < len(names):
        return "two of its entries have the same name"
    return next(_reasons(entries), "")


def _reasons(entries: Iterable[zipfile.ZipInfo]) -> Iterator[str]:
    for entry in entries:
        path = PurePosixPath(entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or _NOT_IN_NAMES.search(entry.orig_filename):
            yield f"'{ascii(entry.orig_filename)[1:-1]}' is no name for a file of a model"
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield f"'{entry.filename}' is a link or a device"
        elif entry.flag_bits & _ENCRYPTED:
            yield f"'{entry.filename}' is encrypted"
        elif entry.compress_type not in _METHODS:
            yield f"'{entry.filename}' is compressed in an unusual way"


def _unpack_entry(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    target = folder / entry.filename
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipped.open(entry) as source, target.open("wb") as written:
        shutil.copyfileobj(
            source, written, 1 << 20
        )  # zipfile reads no more than the size that was checked, and its CRC
