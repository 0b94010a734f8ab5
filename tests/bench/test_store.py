"""Results outlive an interruption, even one in the middle of a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_skill.bench.store import ResultStore
from voice_skill.errors import SkillError


def test_results_are_there_again_after_an_interruption(tmp_path: Path) -> None:
    ResultStore(tmp_path / "results.jsonl").add("a", {"right": True})
    again = ResultStore(tmp_path / "results.jsonl")
    assert "a" in again
    assert again["a"] == {"key": "a", "right": True}
    assert "b" not in again


def test_a_line_that_was_cut_short_is_measured_again(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    ResultStore(file).add("a", {"right": True})
    with file.open("a") as cut:
        cut.write('{"key": "b", "ri')
    again = ResultStore(file)
    assert "b" not in again
    again.add("b", {"right": False})
    assert [record["key"] for record in ResultStore(file)] == ["a", "b"]


def test_everything_can_be_forgotten(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "results.jsonl")
    store.add("a", {})
    store.clear()
    assert "a" not in store
    assert not list(ResultStore(tmp_path / "results.jsonl"))


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SkillError, match="choose another --results"):
        ResultStore(tmp_path / "file" / "results.jsonl")
