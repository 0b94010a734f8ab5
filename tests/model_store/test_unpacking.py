"""Archives that come from elsewhere."""

from __future__ import annotations

import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from voice_skill.adapters import unpacking
from voice_skill.adapters.unpacking import unpack
from voice_skill.errors import ModelError

_CENTRAL = b"PK\x01\x02"
"""Begins an entry of the directory at the end of an archive."""


class Packed(NamedTuple):
    """One entry of an archive."""

    name: str
    data: bytes = b"x"
    kind: int = stat.S_IFREG
    method: int = zipfile.ZIP_DEFLATED


def packed(path: Path, *entries: Packed) -> Path:
    """An archive with a harmless file and then those entries."""
    with zipfile.ZipFile(path, "w") as archive:
        for entry in (Packed("model/README", b"a model"), *entries):
            info = zipfile.ZipInfo(entry.name)
            info.external_attr = (entry.kind | 0o644) << 16
            info.compress_type = entry.method
            archive.writestr(info, entry.data)
    return path


def everything_in(folder: Path) -> set[Path]:
    """All paths below a folder."""
    return set(folder.rglob("*"))


def test_an_archive_is_unpacked_as_it_is(tmp_path: Path) -> None:
    """Files, folders and empty folders."""
    archive = packed(
        tmp_path / "a.zip", Packed("model/am/final.mdl", b"net"), Packed("model/empty/", b"", stat.S_IFDIR)
    )
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out/model/README").read_bytes() == b"a model"
    assert (tmp_path / "out/model/am/final.mdl").read_bytes() == b"net"
    assert (tmp_path / "out/model/empty").is_dir()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (Packed("../outside"), "no name for a file"),
        (Packed("model/../../outside"), "no name for a file"),
        (Packed("/tmp/outside"), "no name for a file"),
        (Packed("C:/outside"), "no name for a file"),
        (Packed("..\\outside"), "no name for a file"),
        (Packed("model/\x1b[2J"), "no name for a file"),
        (Packed("model/link", b"/etc/passwd", stat.S_IFLNK), "is a link or a device"),
        (Packed("model/device", b"", stat.S_IFCHR), "is a link or a device"),
        (Packed("model/pipe", b"", stat.S_IFIFO), "is a link or a device"),
        (Packed("model/bomb", bytes(10_000_000)), r"would grow \d+ times"),
        (Packed("model/readme"), "two of its entries have the same name"),
        (Packed("model/odd", b"x", stat.S_IFREG, zipfile.ZIP_LZMA), "compressed in an unusual way"),
    ],
    ids=lambda value: ascii(value.name) if isinstance(value, Packed) else "",
)
def test_a_malicious_archive_is_refused_before_anything_is_written(entry: Packed, reason: str, tmp_path: Path) -> None:
    """One sentence says why, and not even its harmless files are unpacked."""
    archive = packed(tmp_path / "a.zip", entry)
    before = everything_in(tmp_path)
    with pytest.raises(
        ModelError, match=rf"a\.zip is not unpacked because .*{reason}.*; get it from somewhere else\.$"
    ):
        unpack(archive, tmp_path / "out")
    assert everything_in(tmp_path) == before


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path) -> None:
    """Models have a few dozen."""
    archive = packed(tmp_path / "a.zip", *(Packed(f"model/{n}") for n in range(unpacking.MOST_FILES)))
    with pytest.raises(ModelError, match=r"it holds 2001 files, more than any speech model"):
        unpack(archive, tmp_path / "out")


def test_an_archive_larger_than_any_model_is_refused(tmp_path: Path) -> None:
    """Whatever it says of itself is enough to refuse it."""
    archive = packed(tmp_path / "a.zip")
    _rewrite(archive, 24, struct.pack("<I", 0xF000_0000), times=1)
    big = archive.read_bytes()
    archive.write_bytes(big)
    with pytest.raises(ModelError, match=r"would grow|holds \d+ GB"):
        unpack(archive, tmp_path / "out")


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    """Nobody can be asked for the password."""
    archive = packed(tmp_path / "a.zip")
    _rewrite(archive, 8, b"\x01")
    with pytest.raises(ModelError, match=r"'model/README' is encrypted"):
        unpack(archive, tmp_path / "out")


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _swap_a_letter(data: bytes) -> bytes:
    return data.replace(b"a model", b"a madel", 1)


def _smaller_than_it_is(data: bytes) -> bytes:
    place = data.index(_CENTRAL) + 24
    return data[:place] + struct.pack("<I", 3) + data[place + 4 :]


@pytest.mark.parametrize(
    "damage", [_cut, _swap_a_letter, _smaller_than_it_is, lambda _: b"", lambda _: b"<html>Not found</html>"]
)
def test_a_damaged_archive_is_one_sentence(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Cut, changed, lying about its sizes, empty, or something else altogether."""
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("model/README", "a model")
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(ModelError, match=r"a\.zip is damaged or no zip archive; get it again\.$"):
        unpack(archive, tmp_path / "out")


def test_a_full_disk_is_told_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is begun that cannot be finished."""
    archive = packed(tmp_path / "a.zip", Packed("model/big", bytes(range(256)) * 20_000, method=zipfile.ZIP_STORED))
    full = shutil.disk_usage(tmp_path)._replace(free=2_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(ModelError, match=r"The speech model needs 5 MB in .*, where 2 MB are free; make room there\.$"):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def _rewrite(archive: Path, offset: int, value: bytes, times: int = 1) -> None:
    """Change bytes of the first entries in the directory of an archive."""
    data = bytearray(archive.read_bytes())
    place = -1
    for _ in range(times):
        place = data.index(_CENTRAL, place + 1)
        data[place + offset : place + offset + len(value)] = value
    archive.write_bytes(bytes(data))
