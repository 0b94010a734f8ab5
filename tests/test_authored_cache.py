"""What was read and checked is read again only when a file has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalog.test_authored import Folder
from voice_skill import authored_cache
from voice_skill.authored_cache import read_once
from voice_skill.catalog import Authored
from voice_skill.errors import DataError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A small language, in the place of the real one."""
    for module in ("voice_skill.authored_cache", "voice_skill.catalog.reading"):
        monkeypatch.setattr(f"{module}.data_folder", lambda name: tmp_path / name)
    return Folder(tmp_path)


def fail_to_read(_: str) -> Authored:
    """For a test in which nothing should be read."""
    raise AssertionError


def test_the_second_start_reads_no_phrases(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """And finds what the first one read."""
    cache = folder.root / "cache"
    assert read_once("en", cache) == folder.read()
    monkeypatch.setattr(authored_cache, "read_authored", fail_to_read)
    assert read_once("en", cache) == folder.read()


@pytest.mark.parametrize("name", ["intents/en/about.yaml", "content/en/replies/about.yaml", "content/_sources.yaml"])
def test_a_changed_file_is_read_anew(name: str, folder: Folder) -> None:
    """What was kept before is of no more use and is deleted."""
    cache = folder.root / "cache"
    before = read_once("en", cache)
    folder.change(name, '"', '"new ')
    after = read_once("en", cache)
    assert before != after == folder.read()
    assert len(list(cache.iterdir())) == 1


def test_faults_are_told_at_every_start(folder: Folder) -> None:
    """Nothing that is wrong is ever kept."""
    folder.write("intents/en/calm.yaml", 'calm: ["("]\n')
    for _ in range(2):
        with pytest.raises(DataError, match=r"calm\.yaml"):
            read_once("en", folder.root / "cache")


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"\x80\x05N."])
def test_a_broken_cache_is_written_again(content: bytes, folder: Folder) -> None:
    """Empty, no pickle, or a pickle of something else."""
    cache = folder.root / "cache"
    read_once("en", cache)
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(content)
    assert read_once("en", cache) == folder.read()
    assert len(kept.read_bytes()) == len(whole)


def test_a_cache_that_cannot_be_written_costs_only_time(folder: Folder) -> None:
    """Here a file stands where the folder should be."""
    folder.write("taken", "")
    assert read_once("en", folder.root / "taken") == folder.read()
