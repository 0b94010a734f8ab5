"""`voice-skill models` as a person and a script meet it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import click.testing
import pytest
import yaml

from tests.conftest import LIMIT_S, REPOSITORY, Outcome, RunCli
from tests.model_store.conftest import FILE, NAME, Shop
from voice_skill.building import demo_recordings
from voice_skill.catalog import Catalog
from voice_skill.cli import command
from voice_skill.hearing import LoadedModel

EMBEDDED = "en-us-embedded"


@pytest.fixture
def tree(shop: Shop, tmp_path: Path) -> Path:
    """The package with a list of official models that names the one of the tests."""
    folder = tmp_path / "tree"
    shutil.copytree(REPOSITORY / "voice_skill", folder / "voice_skill", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("intents", "content"):
        (folder / name).symlink_to(REPOSITORY / name)
    (folder / "models").mkdir()
    for path in (REPOSITORY / "models").glob(f"{EMBEDDED}.zip*"):
        (folder / "models" / path.name).symlink_to(path)
    model = shop.official.models[NAME]
    fields = {name: getattr(model, name) for name in model.__slots__}
    official = {"publisher": shop.official.publisher, "models": {NAME: fields}}
    (folder / "models" / "official.yaml").write_text(yaml.safe_dump(official), encoding="utf-8")
    return folder


@pytest.fixture
def settings(shop: Shop, tmp_path: Path) -> Path:
    """A settings file whose mirror can be changed."""
    path = tmp_path / "settings.yaml"
    path.write_text(f'model_mirror: "{shop.server.base("right")}"\ndownload_timeout_s: 5\n', encoding="utf-8")
    return path


def json_lines(outcome: Outcome) -> list[dict[str, Any]]:
    """What a command that went well printed."""
    assert outcome.code == 0, outcome
    return [json.loads(line) for line in outcome.out.splitlines()]


def sentence(outcome: Outcome) -> str:
    """The only line of a command that failed."""
    assert (outcome.code, outcome.err.count("\n")) == (1, 1), outcome
    assert outcome.err.startswith("voice-skill: ")
    return outcome.err.removeprefix("voice-skill: ").strip()


def test_from_installing_to_removing(tree: Path, settings: Path, shop: Shop, run_cli: RunCli) -> None:
    """A model is fetched, listed, checked, put aside, taken up again and removed; each step says what it did."""

    def said(*arguments: str) -> str:
        outcome = run_cli("models", *arguments, tree=tree)
        assert (outcome.code, outcome.err) == (0, ""), outcome
        return outcome.out

    folder = shop.store.folder / NAME
    assert f"{NAME} is installed in {folder}. It is used from now on." in said(
        "install", NAME, "--settings", str(settings)
    )
    assert f"{NAME} was installed already." in said("install", NAME)
    assert [line[:2] for line in said("list").splitlines()] == ["  ", "* "]
    assert said("verify") == f"{EMBEDDED} is whole.\n{NAME} is whole.\n"
    assert said("use", EMBEDDED) == f"{EMBEDDED} is used from now on.\n"
    assert [line[:2] for line in said("list").splitlines()] == ["* ", "  "]
    assert said("use", NAME) == f"{NAME} is used from now on.\n"
    assert said("remove", NAME).startswith(f"{NAME} is removed; ")
    assert shop.left() == []
    assert f"not installed; voice-skill models install {NAME}" in said("list")


def test_every_step_speaks_json(tree: Path, settings: Path, shop: Shop, run_cli: RunCli) -> None:
    """One object a line, and nothing else."""

    def told(*arguments: str) -> list[dict[str, Any]]:
        return json_lines(run_cli("models", *arguments, "--json", tree=tree))

    (installed,) = told("install", NAME, "--settings", str(settings))
    about = {"name": NAME, "folder": str(shop.store.folder / NAME), "bytes": installed["bytes"]}
    assert installed == {**about, "already": False}
    assert told("install", NAME) == [{**about, "already": True}]
    assert told("list")[1] == {**about, "in_use": True}
    assert told("verify", NAME) == [{"name": NAME, "whole": True, "faults": []}]
    assert told("use", NAME) == [about]
    assert told("remove", NAME) == [about]
    size = shop.official.models[NAME].bytes
    assert told("list")[1] == {"name": NAME, "folder": None, "bytes": size, "in_use": False}


def test_a_damaged_model_is_found(shop: Shop, vosk_model: LoadedModel, run_cli: RunCli) -> None:
    """Every file is compared; exit code 1."""
    assert run_cli("models", "install", vosk_model.about.folder, "--name", "mine").code == 0
    folder = shop.store.folder / "mine"
    (folder / "am" / "final.mdl").write_bytes(b"x")
    (folder / "conf" / "mfcc.conf").unlink()
    (folder / "more").write_text("x")
    assert sentence(run_cli("models", "verify", "mine")) == "No model called mine is installed; " + (
        "'voice-skill models list' names those that are."
    )
    shutil.copy(vosk_model.about.folder / "conf" / "mfcc.conf", folder / "conf")
    outcome = run_cli("models", "verify", "--json")
    whole, damaged = (json.loads(line) for line in outcome.out.splitlines())
    assert (whole["name"], whole["whole"]) == (EMBEDDED, True)
    size = (vosk_model.about.folder / "am" / "final.mdl").stat().st_size
    assert damaged["faults"] == ["more was added", f"am/final.mdl has 1 bytes instead of {size}"]
    assert sentence(outcome).startswith(f"Damaged: mine in {folder} (more was added, am/final.mdl has 1 bytes")


def test_a_damaged_embedded_model_is_found(tmp_path: Path, shop: Shop, run_cli: RunCli) -> None:
    """The copy in the cache is compared with what shipped."""
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    (listed, *_) = json_lines(run_cli("models", "list", "--json", env=cache))
    file = Path(listed["folder"]) / "am" / "final.mdl"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert "(am/final.mdl was changed)" in sentence(run_cli("models", "verify", EMBEDDED, env=cache))


def test_without_a_network_the_embedded_model_goes_on(shop: Shop, settings: Path, run_cli: RunCli) -> None:
    """One sentence, exit code 1, and the next question is heard."""
    settings.write_text('model_mirror: "http://127.0.0.1:9/"\n', encoding="utf-8")
    said = sentence(run_cli("models", "install", "small-en-us", "--settings", settings))
    assert "(there is no connection); the model in use goes on working" in said
    (heard,) = json_lines(run_cli("recognise", "--json", demo_recordings("en")[0]))
    assert heard["text"] == "how do i stop a hamstring cramp"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("remove", EMBEDDED), "is the embedded model, which belongs to the skill and cannot be removed."),
        (("remove", "none"), "No model called none is installed"),
        (("remove", "../settings"), "No model called ../settings is installed"),
        (("use", "small-en-us"), "The model small-en-us is not installed; 'voice-skill models install small-en-us'"),
        (("verify", "none"), "No model called none is installed"),
        (("install", "none"), "'none' is neither an official model (lgraph-en-us, small-en-us) nor an archive"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: tuple[str, ...], said: str, shop: Shop, run_cli: RunCli
) -> None:
    """Exit code 1."""
    assert said in sentence(run_cli("models", *arguments))


@pytest.mark.parametrize(
    "arguments", [("install",), ("remove",), ("use",), ("use", "a", "b"), ("fetch",)], ids=" ".join
)
def test_wrong_usage_has_its_own_exit_code(arguments: tuple[str, ...], run_cli: RunCli) -> None:
    """Exit code 2."""
    assert run_cli("models", *arguments).code == 2


def test_use_tells_when_the_settings_go_before(shop: Shop, tmp_path: Path, run_cli: RunCli) -> None:
    """Else nobody would know why nothing changes."""
    (tmp_path / "own.yaml").write_text('model: "en-us-embedded"\n')
    outcome = run_cli("models", "use", EMBEDDED, "--settings", tmp_path / "own.yaml")
    assert "But the settings name en-us-embedded, which goes before; take 'model' out there." in outcome.out


def _started(tree: Path, settings: Path) -> subprocess.Popen[str]:
    install = [sys.executable, "-m", "voice_skill", "models", "install", NAME, "--settings", str(settings)]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    return subprocess.Popen(
        install,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tree.parent,
        preexec_fn=_hear_interrupts if sys.platform != "win32" else None,
    )


def _hear_interrupts() -> None:
    """Control and C counts as at a terminal, also where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_two_installations_at_once_end_in_one_model(tree: Path, settings: Path, shop: Shop) -> None:
    """Whoever comes second finds it done."""
    started = [_started(tree, settings) for _ in range(2)]
    ended = [process.communicate(timeout=LIMIT_S) for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    assert shop.left() == [NAME]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals")
@pytest.mark.parametrize(("kill", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_an_interrupted_installation_is_no_model(
    kill: signal.Signals, code: int, tree: Path, settings: Path, shop: Shop, run_cli: RunCli
) -> None:
    """With control and C nothing at all is left; killed outright, nothing that could be taken for a model."""
    settings.write_text(f'model_mirror: "{shop.server.base("stall")}"\n', encoding="utf-8")
    process = _started(tree, settings)
    assert shop.server.stalled.wait(LIMIT_S)
    process.send_signal(kill)
    process.communicate(timeout=LIMIT_S)
    assert process.returncode == code
    assert [name for name in shop.left() if not name.startswith(".unfinished-")] == []
    if kill is signal.SIGINT:
        assert shop.left() == []
    assert json_lines(run_cli("models", "list", "--json", tree=tree))[0]["in_use"]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Refuses and notes every connection and every look-up of a name."""
    tried: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        tried.append(arguments)
        raise OSError("no network here")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


@pytest.mark.parametrize(
    "arguments",
    [
        ("models", "list"),
        ("models", "verify", EMBEDDED),
        ("models", "use", "mine"),
        ("models", "install", NAME),
        ("models", "remove", "mine"),
        ("recognise", "--model", "mine", str(demo_recordings("en")[0])),
        ("ask", "how do i stop a cramp", "--silent"),
    ],
    ids=" ".join,
)
def test_nothing_but_installing_by_name_opens_a_connection(
    arguments: tuple[str, ...],
    shop: Shop,
    vosk_model: LoadedModel,
    catalog: Catalog,
    no_network: list[object],
) -> None:
    """Not even a name is looked up."""
    for name in ("mine", NAME):
        shutil.copytree(vosk_model.about.folder, shop.store.folder / name)
    if arguments[:2] == ("models", "install"):
        arguments = (*arguments[:2], str(vosk_model.about.folder), "--name", "again")
    outcome = click.testing.CliRunner().invoke(command, arguments)
    assert outcome.exit_code == 0, outcome
    assert no_network == []


def test_installing_by_name_is_what_the_net_is_for(shop: Shop, no_network: list[object]) -> None:
    """The test above would see it."""
    outcome = click.testing.CliRunner().invoke(command, ["models", "install", "small-en-us"])
    assert outcome.exit_code == 1
    assert no_network != []


def test_the_name_of_the_archive_is_the_publishers(shop: Shop) -> None:
    """A mirror is a copy of the publisher's folder."""
    shop.install()
    assert shop.server.requests == [f"/right/{FILE}"]
