"""Checks that a model on this machine still is what was installed."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from voice_skill.adapters.speech_models import EMBEDDED_NAME, SpeechModel, embedded_archive
from voice_skill.catalog import data_folder
from voice_skill.model_store.record import differences


def faults_of(model: SpeechModel) -> list[str]:
    """What is wrong with the files of an installed model or the embedded one, one reason a file; empty when whole.

    Raises:
        ModelError: the archive of the embedded model is missing or damaged.
    """
    if model.name != EMBEDDED_NAME:
        return differences(model.folder)
    with zipfile.ZipFile(embedded_archive(data_folder("models"))) as zipped:
        entries = [entry for entry in zipped.infolist() if not entry.is_dir()]
    return [reason for entry in entries if (reason := _fault(entry, model.folder))]


def _fault(entry: zipfile.ZipInfo, folder: Path) -> str:
    name = PurePosixPath(*PurePosixPath(entry.filename).parts[1:])
    try:
        whole = zlib.crc32((folder / name).read_bytes()) == entry.CRC
    except OSError as exc:
        return f"{name} cannot be read ({exc.strerror})"
    return "" if whole else f"{name} was changed"
