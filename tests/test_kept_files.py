"""What was made is kept, and nothing but time depends on it."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import pytest

from voice_skill.kept_files import kept_or_made, write_whole


def load(path: Path) -> str | None:
    """The text of a file; None without one."""
    return path.read_text("utf-8") if path.is_file() else None


def store(text: str, file: IO[bytes]) -> None:
    """Write a text."""
    file.write(text.encode())


def fail() -> str:
    """For a test in which nothing should be made."""
    raise AssertionError


def test_what_was_made_is_not_made_again(tmp_path: Path) -> None:
    """The second time it comes from the file."""
    path = tmp_path / "cache" / "thing-1.txt"
    assert kept_or_made(path, load, lambda: "made", store) == "made"
    assert kept_or_made(path, load, fail, store) == "made"


def test_what_was_made_from_something_else_is_deleted(tmp_path: Path) -> None:
    """The folder holds one file of a kind, and files of other kinds stay."""
    for name in ("thing-1.txt", "thing-2.txt", "other-1.txt"):
        kept_or_made(tmp_path / name, load, lambda: "made", store)
    assert {path.name for path in tmp_path.iterdir()} == {"thing-2.txt", "other-1.txt"}


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    """Here a file stands where the folder should be."""
    (tmp_path / "file").write_text("in the way")
    assert kept_or_made(tmp_path / "file" / "thing-1.txt", load, lambda: "made", store) == "made"


def test_a_folder_in_its_place_costs_only_time(tmp_path: Path) -> None:
    """It stays, and nothing is left beside it."""
    (tmp_path / "thing-1.txt").mkdir()
    assert kept_or_made(tmp_path / "thing-1.txt", load, lambda: "made", store) == "made"
    assert [path.name for path in tmp_path.iterdir()] == ["thing-1.txt"]


def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(tmp_path: Path) -> None:
    """What cannot be written whole is not there at all."""

    def half(file: IO[bytes]) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    (tmp_path / "thing").write_text("old")
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "thing", half)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_everybody_may_read_it(tmp_path: Path) -> None:
    """A package made of it works for users other than the one who built it."""
    write_whole(tmp_path / "thing", lambda file: store("made", file))
    assert (tmp_path / "thing").stat().st_mode & 0o777 == 0o644
