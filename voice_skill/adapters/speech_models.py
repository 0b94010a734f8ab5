"""Speech models on disk: the embedded one, unpacked once, or any folder that the person names."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from voice_skill.adapters.unpacking import unpack
from voice_skill.errors import ModelError

EMBEDDED_NAME = "en-us-embedded"
_PHRASES_DIGEST = "graph/phrases.sha256"
_NEEDED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf")


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A Vosk model that can be used."""

    name: str
    folder: Path
    size_bytes: int
    knows_our_phrases: bool
    """Its own graph was built from the intents, so it needs no grammar at run time."""

    @property
    def phrases_digest(self) -> str:
        """Checksum of the phrases that it was built from; empty for one that was built without them."""
        file = self.folder / _PHRASES_DIGEST
        return file.read_text(encoding="ascii").strip() if file.is_file() else ""


def embedded_archive(models_folder: Path) -> Path:
    """The archive that ships with the skill.

    Raises:
        ModelError: it is missing or its bytes are not those that were shipped.
    """
    archive = models_folder / f"{EMBEDDED_NAME}.zip"
    listed = models_folder / f"{EMBEDDED_NAME}.zip.sha256"
    if not archive.is_file() or not listed.is_file():
        raise ModelError(f"The embedded speech model is missing from {models_folder}; install the skill again.")
    if sha256_of(archive) != listed.read_text(encoding="ascii").split()[0]:
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
    if _missing_files(place):
        archive = embedded_archive(models_folder)
        try:
            if place.is_dir() and _missing_files(place):  # asked again: another process may have unpacked it by now
                shutil.rmtree(place, ignore_errors=True)
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
    if missing := _missing_files(folder):
        raise ModelError(
            f"{folder} is not a whole Vosk model ({', '.join(missing)} missing); give the folder that holds am "
            "and conf."
        )
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return SpeechModel(name or folder.name, folder, size, knows_our_phrases=name == EMBEDDED_NAME)


def _missing_files(folder: Path) -> list[str]:
    return [name for name in _NEEDED if not (folder / name).is_file()]


def _unpack_beside(archive: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=place.parent, prefix=".unpacking-"))
    try:
        unpack(archive, scratch / "unpacked")
        inner = next(path for path in (scratch / "unpacked").iterdir() if path.is_dir())
        try:
            os.rename(inner, place)
        except OSError:
            if not place.is_dir():  # another process may have finished first; then its copy serves
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def sha256_of(path: Path) -> str:
    """Checksum of a file, in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
