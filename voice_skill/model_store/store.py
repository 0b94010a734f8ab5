"""The folder of installed models. A model is either whole and in its place, or not there at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from voice_skill.adapters.speech_models import EMBEDDED_NAME, SpeechModel, model_in
from voice_skill.errors import ModelError
from voice_skill.model_store.record import differences

_SCRATCH = ".unfinished-"
_ABANDONED_AFTER_S = 3600
"""Age of the newest file after which unfinished work is taken for that of a program that was killed."""
_IN_USE = ".in-use"
"""File with the name of the model that the person chose."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class ModelStore:
    """Installed models, each in a folder of its name."""

    folder: Path
    """Need not be there before something is installed."""

    def installed(self) -> list[SpeechModel]:
        """Every whole model, by name."""
        names = sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []
        return [model for name in names if (model := self.find(name))]

    def find(self, name: str) -> SpeechModel | None:
        """The model of that name; None when it is not installed or its folder has lost files."""
        if not _NAME.fullmatch(name) or not (self.folder / name).is_dir():
            return None
        try:
            return model_in(self.folder / name)
        except ModelError:
            return None

    def place_of(self, name: str) -> Path:
        """Where a model of that name belongs.

        Raises:
            ModelError: it cannot be a name, or is that of the embedded model.
        """
        if name == EMBEDDED_NAME:
            raise ModelError(f"{EMBEDDED_NAME} is the embedded model, which came with the skill; choose another name.")
        if not _NAME.fullmatch(name):
            raise ModelError(
                f"'{name}' cannot be the name of a model; use small letters, digits, dots and dashes (--name NAME)."
            )
        return self.folder / name

    @contextmanager
    def unfinished(self) -> Iterator[Path]:
        """A folder beside the models for work that may fail; it is gone afterwards.

        Raises:
            ModelError: the folder of the models cannot be written, or the disk is full (then or inside of the block).
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            scratch = Path(tempfile.mkdtemp(dir=self.folder, prefix=_SCRATCH))
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        except OSError as exc:
            where = f"{exc.strerror}: {exc.filename}" if exc.filename else exc.strerror or str(exc)
            raise ModelError(
                f"The folder of the speech models, {self.folder}, cannot be changed ({where}); make room there, or "
                "make it writable."
            ) from exc

    def put(self, whole: Path, name: str, scratch: Path) -> None:
        """Move a whole model into its place in one step; a damaged one that is there gives way.

        Raises:
            OSError: it cannot be moved.
        """
        place = self.place_of(name)
        if place.is_dir() and (self.find(name) is None or differences(place)):
            os.rename(place, scratch / "damaged")
        try:
            os.rename(whole, place)
        except OSError:
            if self.find(name) is None:  # another process may have finished first; then its copy serves
                raise

    def take_away(self, name: str, scratch: Path) -> None:
        """Take a model out of its place in one step; it is gone with `scratch`.

        Raises:
            OSError: it cannot be moved.
        """
        os.rename(self.place_of(name), scratch / "removed")
        if self.chosen() == name:
            (self.folder / _IN_USE).unlink()

    def chosen(self) -> str:
        """The name that the person chose last; empty for none."""
        try:
            return (self.folder / _IN_USE).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def choose(self, name: str) -> None:
        """Remember the person's choice.

        Raises:
            ModelError: it cannot be written.
        """
        with self.unfinished() as scratch:
            (scratch / "choice").write_text(f"{name}\n", encoding="utf-8")
            os.replace(scratch / "choice", self.folder / _IN_USE)

    def _sweep(self) -> None:
        """Clear away what programs that were killed left behind."""
        for left in self.folder.glob(f"{_SCRATCH}*"):
            try:
                newest_s = max(path.stat().st_mtime for path in (left, *left.rglob("*")))
            except OSError:  # its owner is clearing it away just now
                continue
            if time.time() - newest_s > _ABANDONED_AFTER_S:
                shutil.rmtree(left, ignore_errors=True)
