"""A small official model of the tests' own, a server that has it, and an empty store."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.model_store.model_server import ModelServer
from voice_skill.adapters.speech_models import EMBEDDED_NAME
from voice_skill.model_store import DownloadSettings, Installer, ModelStore, Official, OfficialModel
from voice_skill.settings import models_folder

NAME = "tiny-en-us"
FILE = "vosk-model-tiny-en-us.zip"


@dataclass(frozen=True)
class Shop:
    """Everything that an installation takes."""

    store: ModelStore
    official: Official
    server: ModelServer
    archive: Path
    """The official archive, as a file."""

    def installer(self, manner: str = "right", timeout_s: float = 20.0) -> Installer:
        """An installer that fetches from the server in that manner."""
        return Installer(self.store, self.official, DownloadSettings(self.server.base(manner), timeout_s, False))

    def install(self, manner: str = "right", timeout_s: float = 20.0) -> None:
        """Install the official model from the server."""
        self.installer(manner, timeout_s).install(NAME)

    def left(self) -> list[str]:
        """What is in the folder of the store."""
        return sorted(path.name for path in self.store.folder.iterdir()) if self.store.folder.exists() else []


def official_of(archive: bytes, publisher: str) -> Official:
    """A list with that archive as its only official model."""
    digest = hashlib.sha256(archive).hexdigest()
    return Official(publisher, {NAME: OfficialModel(FILE, len(archive), digest, "en", "for tests", "BSD-2-Clause")})


@pytest.fixture(scope="session")
def archive_bytes() -> bytes:
    """The embedded model, packed anew under another name."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(REPOSITORY / "models" / f"{EMBEDDED_NAME}.zip") as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for entry in source.infolist():
            if not entry.is_dir():
                inner = entry.filename.partition("/")[2]
                target.writestr(f"{FILE.removesuffix('.zip')}/{inner}", source.read(entry))
    return packed.getvalue()


@pytest.fixture(scope="session")
def server(archive_bytes: bytes) -> Iterator[ModelServer]:
    """The server, for all tests."""
    server = ModelServer(archive_bytes)
    yield server
    server.stop()


@pytest.fixture
def shop(archive_bytes: bytes, server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """An empty store in the person's own folder, and nothing asked of the server yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server.requests.clear()
    server.stalled.clear()
    archive = tmp_path / FILE
    archive.write_bytes(archive_bytes)
    return Shop(ModelStore(models_folder()), official_of(archive_bytes, server.base("right")), server, archive)
