"""What the tests share: one catalog, one speech model, and the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.sound_card import MISSING, SoundCard, is_installed
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
from voice_skill.building import LEARNING, catalog_of
from voice_skill.catalog import Authored, Catalog, read_authored
from voice_skill.hearing import LoadedModel, load_model
from voice_skill.settings import Settings, cache_folder

REPOSITORY = Path(__file__).resolve().parents[1]
LIMIT_S = 120.0
"""After so long a command hangs."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


class RunCli(Protocol):
    """Runs `voice-skill` with arguments."""

    def __call__(
        self,
        *args: str | Path,
        input: str | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        tree: Path = REPOSITORY,
    ) -> Outcome:
        """Run in `cwd` with `env` on top of the environment; `tree` holds the package and its data."""
        ...


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Cache, settings and models of the tests, apart from those of the person who runs them."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        patch.setenv("COLUMNS", "120")
        yield folder


@pytest.fixture(scope="session")
def authored() -> Authored:
    """The real intents and content."""
    return read_authored("en")


@pytest.fixture(scope="session")
def catalog(authored: Authored, own_folders: Path) -> Catalog:
    """The real catalog with a matcher that has learnt it, no region set; learnt once for all tests and commands."""
    return catalog_of(authored, "", cache_folder())


@pytest.fixture(scope="session")
def vosk_model(own_folders: Path) -> LoadedModel:
    """The embedded speech model in memory."""
    return load_model(Settings())


@pytest.fixture(scope="session")
def without_devices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables under which PortAudio finds no sound device, whatever the machine has."""
    config = tmp_path_factory.mktemp("no-devices") / "asound.conf"
    config.write_text("pcm.none { type hw card 99 }\n")  # without any `pcm` PortAudio gives up the whole program
    nowhere = f"unix:{config.parent / 'none'}"
    return {"ALSA_CONFIG_PATH": str(config), "PULSE_SERVER": nowhere, "JACK_NO_START_SERVER": "1"}


@pytest.fixture(scope="session")
def run_cli(own_folders: Path, without_devices: dict[str, str], catalog: Catalog) -> RunCli:  # learnt before they start
    """The `voice-skill` command in a process of its own, with the folders of the tests and no sound device."""

    def run(
        *args: str | Path,
        input: str | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        tree: Path = REPOSITORY,
    ) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "voice_skill", *map(str, args)],
            input=input or "",
            cwd=cwd or own_folders,
            env={**os.environ, **without_devices, "PYTHONPATH": str(tree), "PYTHONIOENCODING": "utf-8", **(env or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LIMIT_S,
        )
        # A test that learns other phrases takes the place of the ones learnt before; then they are learnt anew.
        return Outcome(done.returncode, done.stdout, done.stderr.replace(f"{LEARNING}\n", ""))

    return run


@pytest.fixture(scope="session")
def _card() -> Iterator[SoundCard]:
    if not is_installed():
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with SoundCard() as card:
        yield card


@pytest.fixture
def sound_card(_card: SoundCard) -> SoundCard:
    """The virtual sound card, running; it is the only one that PortAudio sees."""
    if not _card.is_running:
        _card.restart()
    return _card


@pytest.fixture(scope="session")
def engine() -> Iterator[Pyttsx3Engine]:
    """The real speech engine."""
    engine = Pyttsx3Engine()
    yield engine
    engine.close()


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks."""
    config.addinivalue_line("markers", "slow: takes more than a few seconds")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many of the recordings were taken rightly."""
    for report in (*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())):
        for name, value in report.user_properties:
            if name == "recordings":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")
