"""What a person says about their health stays in memory, and goes with the session."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.dialogue.scripted import Talk
from voice_skill.catalog import Catalog

_LINES = ["i am pregnant and my leg is cramping", "my chest hurts", "purple monkey dishwasher", "goodbye"]


def test_nothing_said_is_logged(uk: Catalog, caplog: pytest.LogCaptureFixture) -> None:
    """No log record above DEBUG holds a word of what was heard."""
    with caplog.at_level(logging.INFO):
        Talk(uk).until(_LINES)
    assert caplog.records == []


def test_nothing_said_is_written(
    uk: Catalog, own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conversation changes no file in the folders of the program, nor where it was started."""
    monkeypatch.chdir(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in own_folders.rglob("*")}
    Talk(uk).until(_LINES)
    assert {path: path.stat().st_mtime_ns for path in own_folders.rglob("*")} == before
    assert not any(tmp_path.iterdir())
