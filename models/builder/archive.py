"""Packs a folder into a zip file that is the same, byte for byte, whenever its files are the same."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
"""The earliest that zip can hold."""
_FILE_MODE = 0o100644


def pack(folder: Path, target: Path) -> str:
    """Writes every file of `folder` below a folder of the archive's own name; returns the archive's SHA-256.

    The sum is also written beside the archive, as `sha256sum` does.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{target.stem}/{path.relative_to(folder).as_posix()}", _TIMESTAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever this runs on
            entry.external_attr = _FILE_MODE << 16
            archive.writestr(entry, path.read_bytes())
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(f"{target.name}.sha256").write_text(f"{digest}  {target.name}\n", "ascii", newline="\n")
    return digest
