"""What is installed is what was tested: the wheel, by itself, from an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import LIMIT_S, REPOSITORY
from voice_skill.building import demo_recordings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source folder without any download."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    subprocess.run(command, check=True, capture_output=True, timeout=LIMIT_S)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds the wheel, and what it needs from the one of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(folder / "bin" / "python"),
        "install",
        "--no-deps",
        "--quiet",
    ]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True, timeout=LIMIT_S)
    (Path(packages) / "needed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return folder / "bin"


def run(installed: Path, cwd: Path, devices: dict[str, str], *arguments: str) -> str:
    """What the installed command prints, with only what its environment holds on the path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(installed / "voice-skill"), *arguments],
        cwd=cwd,
        env={**environment, **devices},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_all_that_the_skill_needs(wheel: Path) -> None:
    """Intents, content with its recordings, the speech model, and the licences of what is not ours."""
    names = zipfile.ZipFile(wheel).namelist()
    data = "voice_skill/data"
    for path in ("intents/en/relief.yaml", "content/_sources.yaml", "content/en/routines/relief.yaml"):
        assert f"{data}/{path}" in names
    assert f"{data}/models/en-us-embedded.zip" in names
    assert f"{data}/models/en-us-embedded.zip.sha256" in names
    assert f"{data}/models/official.yaml" in names
    assert sum(name.startswith(f"{data}/content/en/demo/") for name in names) >= len(demo_recordings("en"))
    assert "voice_skill/py.typed" in names
    assert any(name.endswith("/NOTICE") for name in names)
    assert any(name.endswith("/LICENSE") for name in names)


def test_the_wheel_holds_every_file_of_intents_and_content(wheel: Path) -> None:
    """A file that is left out is missed only by the person who needs it."""
    names = set(zipfile.ZipFile(wheel).namelist())
    source = [path for folder in ("intents", "content") for path in (REPOSITORY / folder).rglob("*.yaml")]
    assert {f"voice_skill/data/{path.relative_to(REPOSITORY).as_posix()}" for path in source} <= names


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    """No tests, no caches, no tools for building models."""
    folders = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"voice_skill"}
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "__pycache__" in name or "/builder/" in name]


def test_the_demo_runs_from_an_empty_folder(
    installed: Path, tmp_path: Path, own_folders: Path, catalog: object, without_devices: dict[str, str]
) -> None:
    """The whole chain, with nothing of the source folder in reach."""
    printed = run(installed, tmp_path, without_devices, "demo", "--silent", "--json")
    answers = [json.loads(line) for line in printed.splitlines()]
    assert len(answers) == len(demo_recordings("en"))
    assert sum(answer["understood"] for answer in answers) >= len(answers) - 1
    assert len(list((tmp_path / "voice-skill-demo").glob("*.wav"))) == len(answers)


def test_the_check_runs_from_an_empty_folder(
    installed: Path, tmp_path: Path, own_folders: Path, without_devices: dict[str, str]
) -> None:
    """Everything that ships is in order where it was installed."""
    findings = [json.loads(line) for line in run(installed, tmp_path, without_devices, "check", "--json").splitlines()]
    assert [finding for finding in findings if finding["level"] == "fault"] == []


def test_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    """Not the source folder, wherever that is found from."""
    code = "import voice_skill; print(voice_skill.__file__)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(installed / "python"), "-c", code]
    printed = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True, timeout=LIMIT_S)
    assert Path(printed.strip()).is_relative_to(installed.parent)
