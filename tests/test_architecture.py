"""Who may import whom. Arrows point from the shell to the core, and never back."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "voice_skill"

ARROWS: dict[str, set[str]] = {
    # the core: what is meant and what is said
    "errors": set(),
    "domain": set(),
    "text": set(),
    "templates": set(),
    "grammar": set(),
    "redflags": {"domain", "templates"},
    "catalog": {"domain", "errors", "redflags", "templates", "text"},
    "matching": {"domain", "errors", "text"},
    "dialogue": {"catalog", "domain", "text"},
    # the edges
    "sound": {"errors"},
    "loudness": {"domain", "sound"},
    "endpointing": {"loudness", "sound"},
    "ports": {"domain", "sound"},
    "echo": {"loudness", "ports", "sound"},
    "findings": set(),
    "audio_doctor": {"echo", "findings", "loudness", "sound"},
    "speech_gate": {"loudness", "sound"},
    "noise_removal": {"sound"},
    "adapters": {"domain", "errors", "loudness", "noise_removal", "ports", "sound", "speech_gate"},
    "ear": {"catalog", "domain", "endpointing", "ports", "text"},
    "settings": {"catalog", "errors"},
    # putting together
    "conversation": {"catalog", "dialogue", "domain", "ports"},
    "frontends": {"conversation", "domain", "errors", "ports"},
    "kept_files": set(),
    "authored_cache": {"__init__", "catalog", "kept_files"},
    "building": {
        *("authored_cache", "catalog", "domain", "kept_files", "matching", "redflags", "settings", "templates", "text"),
    },
    "model_store": {"adapters", "catalog", "errors", "settings"},
    "hearing": {"adapters", "building", "catalog", "domain", "grammar", "matching", "model_store", "settings", "sound"},
    "evaluation": {"catalog", "dialogue", "domain", "errors"},
    "checkup": {
        *("adapters", "building", "catalog", "errors", "findings", "grammar", "hearing", "settings"),
        *("templates", "text"),
    },
    "audio_checkup": {
        *("adapters", "audio_doctor", "domain", "echo", "errors", "findings", "loudness", "settings", "sound"),
    },
    "live": {
        *("adapters", "building", "catalog", "conversation", "domain", "ear", "echo"),
        *("errors", "frontends", "hearing", "loudness", "settings"),
    },
    "bench": {
        *("adapters", "building", "catalog", "conversation", "dialogue", "domain", "ear", "errors", "evaluation"),
        *("grammar", "hearing", "live", "matching", "ports", "settings", "sound", "templates", "text", "__init__"),
    },
    "cli": {
        *("adapters", "audio_checkup", "bench", "building", "catalog", "checkup", "conversation", "dialogue", "domain"),
        *("errors", "evaluation", "findings", "frontends", "hearing", "live", "model_store", "settings", "sound"),
        "__init__",
    },
    "__init__": set(),
    "__main__": {"cli"},
}
"""A part of the package, to the parts that it may import."""

CORE = ("errors", "domain", "text", "templates", "grammar", "redflags", "catalog", "matching", "dialogue", "ear")
AUDIO = {"vosk", "pyttsx3", "sounddevice", "soundfile", "soxr", "espeakng_loader"}
WORLD = {"time", "random", "os", "sys", "logging", "threading", "subprocess", "socket", "tempfile"}
"""Clock, chance, machine and network: the core knows none of them."""
STANDARD_LIBRARY_ONLY = ("domain", "errors", "text", "templates", "grammar", "redflags")


def part_of(path: Path) -> str:
    """The part of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside of functions and for types only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def files(*parts: str) -> list[Path]:
    """The files of some parts; of all without any."""
    return sorted(path for path in PACKAGE.rglob("*.py") if not parts or part_of(path) in parts)


def outside(path: Path) -> set[str]:
    """The top-level packages that a file imports besides our own."""
    return {name.partition(".")[0] for name in imports(path)} - {"voice_skill", "__future__"}


def arrows() -> dict[str, set[str]]:
    """The arrows that there are."""
    found: dict[str, set[str]] = {part_of(path): set() for path in files()}
    for path in files():
        for name in imports(path):
            package, _, rest = name.partition(".")
            target = rest.partition(".")[0] or "__init__"
            if package == "voice_skill" and target != part_of(path):
                found[part_of(path)].add(target)
    return found


def test_every_part_imports_what_it_may_and_nothing_else() -> None:
    """An arrow that is not in the table is a decision to be made, and not one to slip in."""
    wrong = {part: more for part, found in arrows().items() if (more := found - ARROWS.get(part, set()))}
    assert not wrong


def test_the_table_shows_no_arrow_that_is_gone() -> None:
    """What is allowed is what is needed."""
    found = arrows()
    gone = {part: more for part, allowed in ARROWS.items() if (more := allowed - found.get(part, set()))}
    assert not gone


def test_no_two_parts_need_each_other() -> None:
    """Every part can be understood without the parts above it."""
    order: list[str] = []
    waiting = dict(ARROWS)
    while waiting:
        ready = sorted(part for part, needs in waiting.items() if needs <= set(order))
        assert ready, f"these need each other: {sorted(waiting)}"
        order += ready
        for part in ready:
            del waiting[part]


@pytest.mark.parametrize("part", CORE)
def test_the_core_knows_no_device_clock_or_chance(part: str) -> None:
    """The same words give the same conversation, on every machine and at any time."""
    for path in files(part):
        assert not outside(path) & (AUDIO | WORLD), path


@pytest.mark.parametrize("part", STANDARD_LIBRARY_ONLY)
def test_the_nouns_stand_on_the_standard_library_alone(part: str) -> None:
    """Whatever is replaced around them, they stay."""
    for path in files(part):
        assert outside(path) <= sys.stdlib_module_names, path


def test_adapters_know_nothing_of_the_conversation() -> None:
    """A device can be replaced without reading a line of the dialogue."""
    assert not ARROWS["adapters"] & {"dialogue", "catalog", "matching", "conversation"}


def test_libraries_of_sound_stay_at_the_edge() -> None:
    """Only adapters, and the file that reads sound files, import them."""
    at = {path.relative_to(PACKAGE).as_posix() for path in files() if outside(path) & AUDIO}
    assert {name for name in at if not name.startswith("adapters/")} == {"sound.py"}


def test_only_the_shell_logs_and_prints() -> None:
    """The core answers with data."""
    for path in files(*CORE, "conversation", "frontends", "building", "hearing", "checkup"):
        called = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"print", "input", "exit"}, path
