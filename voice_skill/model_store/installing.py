"""Brings a model into the store: by name from the network, or from an archive or a folder on this machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from voice_skill.adapters.speech_models import SpeechModel, model_in, sha256_of
from voice_skill.adapters.unpacking import require_room, too_much, unpack
from voice_skill.errors import ModelError
from voice_skill.model_store.download import DownloadSettings, download
from voice_skill.model_store.official import Official
from voice_skill.model_store.record import differences, write_record
from voice_skill.model_store.store import ModelStore

_TRIAL = """
import sys
from pathlib import Path
from voice_skill.adapters.vosk_recogniser import VoskModel, kaldi_recogniser
recogniser = kaldi_recogniser(VoskModel(Path(sys.argv[1])), 16000)
recogniser.AcceptWaveform(bytes(32000))
recogniser.FinalResult()
"""
"""Loads a model and lets it hear a second of silence, in a process of its own: Kaldi aborts on some broken models."""
_TRIAL_LIMIT_S = 300


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of an installation."""

    model: SpeechModel
    already: bool
    """It was there and whole before."""


@dataclass(frozen=True, slots=True)
class Installer:
    """Installs models into `store`."""

    store: ModelStore
    official: Official
    downloads: DownloadSettings

    def install(self, source: str, name: str = "") -> Installed:
        """Install the official model of that name, or the archive or folder at that path, as `name` or its own name.

        Raises:
            ModelError: there is nothing such, it is damaged or unsafe, or it cannot be fetched or written.
        """
        if source in self.official.models:
            if name not in ("", source):
                raise ModelError(f"{source} is an official model and keeps its name; leave --name out.")
            return self._from_network(source)
        path = Path(source).expanduser()
        if path.is_dir():
            return self._from_folder(path.resolve(), name)
        if path.is_file():
            return self._from_archive(path.resolve(), name)
        known = ", ".join(self.official.models)
        raise ModelError(
            f"'{source}' is neither an official model ({known}) nor an archive or a folder on this machine; give "
            "one of these."
        )

    def _from_network(self, name: str) -> Installed:
        model = self.store.find(name)
        if model and not differences(model.folder):
            return Installed(model, already=True)
        official = self.official.models[name]
        address = self.downloads.address_of(official)
        with self.store.unfinished() as scratch:
            require_room(scratch, official.bytes)
            archive = download(official, self.downloads, scratch)
            unpack(archive, scratch / "unpacked")
            archive.unlink()
            return self._put(scratch / "unpacked", name, address.rpartition("@")[2])

    def _from_archive(self, archive: Path, name: str) -> Installed:
        own_name = self._name_of(archive)
        if own_name in self.official.models and name not in ("", own_name):
            raise ModelError(f"{archive} is the official model {own_name} and keeps its name; leave --name out.")
        name = name or own_name
        self._require_free(name)
        with self.store.unfinished() as scratch:
            unpack(archive, scratch / "unpacked")
            return self._put(scratch / "unpacked", name, str(archive))

    def _from_folder(self, folder: Path, name: str) -> Installed:
        model_in(folder)
        name = name or folder.name.lower()
        self._require_free(name)
        with self.store.unfinished() as scratch:
            _copy(folder, scratch / "copied")
            return self._put(scratch / "copied", name, str(folder))

    def _name_of(self, archive: Path) -> str:
        """The official name where the bytes are those of an official archive, else the name of the file.

        Raises:
            ModelError: it is called like an official archive, but is another.
        """
        for name, model in self.official.models.items():
            if archive.name == model.file and archive.stat().st_size != model.bytes:
                raise ModelError(f"{archive} is not the whole archive of the official model {name}; download it again.")
        own_name = self.official.name_of(archive.stat().st_size, sha256_of(archive))
        if own_name is None and archive.name in {model.file for model in self.official.models.values()}:
            raise ModelError(f"{archive} is damaged: it is not what its publisher made; download it again.")
        return own_name or archive.stem.lower()

    def _require_free(self, name: str) -> None:
        place = self.store.place_of(name)
        if self.store.find(name) and (name not in self.official.models or not differences(place)):
            raise ModelError(
                f"A model called {name} is installed already; remove it first with 'voice-skill models remove {name}', "
                "or give this one another name with --name."
            )

    def _put(self, unpacked: Path, name: str, origin: str) -> Installed:
        """Check what was unpacked and move it into its place.

        Raises:
            ModelError: it is no model that Vosk can use.
            OSError: it cannot be written.
        """
        whole = _model_below(unpacked, origin)
        _try_out(whole, origin)
        write_record(whole, origin)
        self.store.put(whole, name, unpacked.parent)
        return Installed(model_in(self.store.place_of(name)), already=False)


def _model_below(folder: Path, origin: str) -> Path:
    """The folder that holds the model: `folder` itself, or the one in it."""
    for candidate in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        try:
            return model_in(candidate).folder
        except ModelError:
            continue
    raise ModelError(f"There is no whole Vosk model in {origin}; get another.")


def _try_out(folder: Path, origin: str) -> None:
    trial = [sys.executable, "-c", _TRIAL, str(folder)]
    try:
        done = subprocess.run(trial, capture_output=True, timeout=_TRIAL_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as exc:
        raise ModelError(f"Vosk cannot finish reading the model from {origin}; get another.") from exc
    if done.returncode:
        raise ModelError(f"Vosk cannot use the model from {origin}; get it again, or another.")


def _copy(folder: Path, target: Path) -> None:
    """Copy the files of a model; links are followed, so that what is copied stands on its own."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    size_bytes = sum(path.stat().st_size for path in files)
    if reason := too_much(len(files), size_bytes):
        raise ModelError(f"The folder {folder} is not copied because {reason}; give the folder of the model alone.")
    require_room(target.parent, size_bytes)
    for path in files:
        copied = target / path.relative_to(folder)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)
