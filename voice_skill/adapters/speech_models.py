"""Speech models on disk: the embedded one, unpacked once, or any folder that the person names."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from voice_skill.errors import ModelError

EMBEDDED_NAME = "en-us-embedded"
_NEEDED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf")
_LARGEST_UNPACKED_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A Vosk model that can be used."""

    name: str
    folder: Path
    size_bytes: int
    knows_our_phrases: bool
    """Its own graph was built from the intents, so it needs no grammar at run time."""


def embedded_archive(models_folder: Path) -> Path:
    """The archive that ships with the skill.

    Raises:
        ModelError: it is missing or its bytes are not those that were shipped.
    """
    archive = models_folder / f"{EMBEDDED_NAME}.zip"
    listed = models_folder / f"{EMBEDDED_NAME}.zip.sha256"
    if not archive.is_file() or not listed.is_file():
        raise ModelError(f"The embedded speech model is missing from {models_folder}; install the skill again.")
    if _sha256(archive) != listed.read_text(encoding="ascii").split()[0]:
        raise ModelError(f"The embedded speech model {archive} is damaged; install the skill again.")
    return archive


def unpack_embedded(models_folder: Path, cache: Path) -> SpeechModel:
    """The embedded model, unpacked into `cache` unless that was done before.

    It is unpacked beside its place and renamed, so an interrupted run never leaves half a model in use.

    Raises:
        ModelError: the archive is missing or damaged, or the cache folder cannot be written.
    """
    listed = models_folder / f"{EMBEDDED_NAME}.zip.sha256"
    digest = listed.read_text(encoding="ascii").split()[0] if listed.is_file() else "missing"
    place = cache / "models" / f"{EMBEDDED_NAME}-{digest[:12]}"
    if not place.is_dir():
        archive = embedded_archive(models_folder)
        try:
            _unpack_beside(archive, place)
        except OSError as exc:
            raise ModelError(
                f"The speech model cannot be unpacked into {place.parent} ({exc.strerror}); make room there, or set "
                "XDG_CACHE_HOME to a folder that can be written."
            ) from exc
    return model_in(place, EMBEDDED_NAME)


def model_in(folder: Path, name: str | None = None) -> SpeechModel:
    """The model in a folder that the person named.

    Raises:
        ModelError: the folder is missing or holds no Vosk model.
    """
    if not folder.is_dir():
        raise ModelError(f"There is no speech model folder at {folder}; give the folder of an unpacked Vosk model.")
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder} is not a whole Vosk model ({', '.join(missing)} missing); give the folder that holds am and conf."
        )
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return SpeechModel(name or folder.name, folder, size, knows_our_phrases=name == EMBEDDED_NAME)


def _unpack_beside(archive: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=place.parent, prefix=".unpacking-"))
    try:
        with zipfile.ZipFile(archive) as zipped:
            if sum(info.file_size for info in zipped.infolist()) > _LARGEST_UNPACKED_BYTES:
                raise ModelError(f"{archive} would unpack to more than a speech model can be; install the skill again.")
            zipped.extractall(scratch)  # zipfile itself keeps every member inside of `scratch`
        inner = next(path for path in scratch.iterdir() if path.is_dir())
        try:
            os.rename(inner, place)
        except OSError:
            if not place.is_dir():  # another process may have finished first; then its copy serves
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
