"""From an archive or a folder to a model in its place, or to nothing at all."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.model_store.conftest import FILE, NAME, Shop
from voice_skill.adapters.vosk_recogniser import utterances_in
from voice_skill.building import demo_recordings
from voice_skill.errors import ModelError
from voice_skill.hearing import LoadedModel, open_recogniser
from voice_skill.model_store.record import differences
from voice_skill.settings import Settings
from voice_skill.sound import read_sound


@pytest.fixture
def unpacked(shop: Shop, tmp_path: Path) -> Path:
    """The model as a folder."""
    with zipfile.ZipFile(shop.archive) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked" / FILE.removesuffix(".zip")


def test_an_installed_model_hears(shop: Shop) -> None:
    """It is given our phrases as a grammar, as every model that was not built from them."""
    model = shop.installer().install(NAME).model
    assert not model.knows_our_phrases
    recogniser = open_recogniser(LoadedModel(model), Settings())
    (utterance,) = utterances_in(read_sound(demo_recordings("en")[0]), recogniser)
    assert "hamstring cramp" in utterance.text


def test_its_files_are_recorded_beside_it(shop: Shop) -> None:
    """Each with size and checksum, and where it came from."""
    folder = shop.installer().install(NAME).model.folder
    record = json.loads((folder / "installed.json").read_text())
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert record["origin"] == shop.server.base("right") + FILE
    assert record["files"].keys() == files - {"installed.json"}
    assert record["files"]["am/final.mdl"]["bytes"] == (folder / "am/final.mdl").stat().st_size
    assert differences(folder) == []


def test_a_model_that_is_there_is_not_fetched_again(shop: Shop) -> None:
    """The server is not even asked."""
    shop.install()
    shop.server.requests.clear()
    assert shop.installer("missing").install(NAME).already
    assert shop.server.requests == []


@pytest.mark.parametrize("damage", ["changed", "lost"])
def test_a_damaged_official_model_is_replaced(damage: str, shop: Shop) -> None:
    """Installing it again mends it."""
    file = shop.installer().install(NAME).model.folder / "am" / "final.mdl"
    if damage == "changed":
        file.write_bytes(b"x" + file.read_bytes()[1:])
    else:
        file.unlink()
    done = shop.installer().install(NAME)
    assert not done.already
    assert differences(done.model.folder) == []
    assert shop.left() == [NAME]


def test_a_damaged_model_stays_when_it_cannot_be_fetched(shop: Shop) -> None:
    """What is there is better than nothing until there is something better."""
    folder = shop.installer().install(NAME).model.folder
    (folder / "README").write_text("changed")
    with pytest.raises(ModelError):
        shop.install("cut")
    assert shop.left() == [NAME]
    assert differences(folder) == ["README was added"] or differences(folder)[0].startswith("README")


def test_an_official_archive_is_known_by_its_bytes(shop: Shop, tmp_path: Path) -> None:
    """Whatever the file is called; nothing is fetched."""
    elsewhere = shop.archive.rename(tmp_path / "Download (3).zip")
    assert shop.installer().install(str(elsewhere)).model.name == NAME
    assert shop.server.requests == []


@pytest.mark.parametrize("damage", ["changed", "cut"])
def test_a_damaged_official_archive_is_refused(damage: str, shop: Shop) -> None:
    """Its name says what it should be."""
    data = shop.archive.read_bytes()
    shop.archive.write_bytes(data[:-1] + b"x" if damage == "changed" else data[:-1])
    with pytest.raises(
        ModelError, match=r"is damaged: it is not|is not the whole archive of .* tiny-en-us; download it"
    ):
        shop.installer().install(str(shop.archive))
    assert shop.left() == []


def test_any_model_can_be_installed_from_a_folder(shop: Shop, unpacked: Path) -> None:
    """It gets the name of the folder; its links are followed, so that it stands on its own."""
    shutil.move(unpacked / "am" / "final.mdl", unpacked.parent / "elsewhere")
    (unpacked / "am" / "final.mdl").symlink_to(unpacked.parent / "elsewhere")
    model = shop.installer().install(str(unpacked)).model
    assert model.name == unpacked.name
    assert not (model.folder / "am" / "final.mdl").is_symlink()
    assert differences(model.folder) == []


def test_any_model_can_be_installed_from_an_archive(shop: Shop, unpacked: Path, tmp_path: Path) -> None:
    """Also one whose files are not inside of a folder."""
    archive = Path(shutil.make_archive(str(tmp_path / "My-Model-0.1"), "zip", unpacked))
    assert shop.installer().install(str(archive)).model.name == "my-model-0.1"
    assert shop.left() == ["my-model-0.1"]


def test_a_name_can_be_given(shop: Shop, unpacked: Path) -> None:
    """Two models may be called the same by their makers."""
    installer = shop.installer()
    assert installer.install(str(unpacked), "first").model.name == "first"
    with pytest.raises(ModelError, match=r"A model called first is installed already; remove it first with .*, or "):
        installer.install(str(unpacked), "first")
    assert installer.install(str(unpacked), "second").model.name == "second"
    assert shop.left() == ["first", "second"]


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "Größe", "con:", "x" * 65, "en-us-embedded"])
def test_a_name_must_be_harmless(name: str, shop: Shop, unpacked: Path) -> None:
    """It becomes a folder, and the embedded model keeps its own."""
    with pytest.raises(ModelError, match=r"cannot be the name of a model|is the embedded model"):
        shop.installer().install(str(unpacked), name)
    assert shop.left() == []


def test_an_official_model_keeps_its_name(shop: Shop) -> None:
    """Else nobody could tell that it is one."""
    for source in (NAME, str(shop.archive)):
        with pytest.raises(ModelError, match=r"keeps its name; leave --name out\.$"):
            shop.installer().install(source, "other")


def test_what_is_not_there_is_one_sentence(shop: Shop, tmp_path: Path) -> None:
    """It says what could be given."""
    with pytest.raises(ModelError, match=r"is neither an official model \(tiny-en-us\) nor an archive or a folder"):
        shop.installer().install(str(tmp_path / "none.zip"))


def test_a_folder_without_a_model_is_refused(shop: Shop, tmp_path: Path) -> None:
    """The sentence names what is missing."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match=r"is not a whole Vosk model"):
        shop.installer().install(str(tmp_path / "empty"))


def test_an_archive_without_a_model_is_refused(shop: Shop, tmp_path: Path) -> None:
    """Such as the photographs of a holiday."""
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("photos/beach.txt", "sand")
    with pytest.raises(ModelError, match=r"There is no whole Vosk model in .*photos\.zip; get another\.$"):
        shop.installer().install(str(tmp_path / "photos.zip"))
    assert shop.left() == []


def test_a_malicious_archive_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    """It goes the same way as every archive."""
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../../../evil", "x")
    with pytest.raises(ModelError, match=r"is not unpacked because"):
        shop.installer().install(str(tmp_path / "evil.zip"))
    assert shop.left() == []
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("file", ["am/final.mdl", "graph/words.txt", "graph/HCLr.fst"])
def test_a_model_that_vosk_cannot_use_is_refused(file: str, shop: Shop, unpacked: Path) -> None:
    """Tried out in a process of its own: on some of these the recogniser ends the whole program."""
    if not (unpacked / file).exists():
        pytest.skip(f"this model has no {file}")
    (unpacked / file).write_bytes(b"nonsense")
    with pytest.raises(ModelError, match=r"Vosk cannot use the model from .*; get it again, or another\.$"):
        shop.installer().install(str(unpacked))
    assert shop.left() == []


def test_a_folder_that_cannot_be_written_is_one_sentence(shop: Shop) -> None:
    """The sentence names the folder."""
    shop.store.folder.parent.parent.mkdir()
    shop.store.folder.parent.write_text("in the way")
    with pytest.raises(ModelError, match=r"The folder of the speech models, .*models, cannot be changed \(.*make room"):
        shop.install()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
def test_a_disk_that_fills_up_is_one_sentence(shop: Shop) -> None:
    """A write that fails half-way leaves nothing."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(ModelError, match=r"cannot be changed \(File too large.*\); make room there, or make it"):
            shop.installer().install(str(shop.archive))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert shop.left() == []


def test_what_a_killed_program_left_is_cleared_away(shop: Shop) -> None:
    """Once it is old; what another program is working on just now is left alone."""
    for name, age_s in (("old", 7200), ("new", 60)):
        file = shop.store.folder / f".unfinished-{name}" / "archive"
        file.parent.mkdir(parents=True)
        file.write_text("half")
        for path in (file, file.parent):
            os.utime(path, (time.time() - age_s,) * 2)
    assert shop.store.installed() == []
    shop.install()
    assert shop.left() == [".unfinished-new", NAME]
