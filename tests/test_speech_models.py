"""Speech models on disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from voice_skill.adapters.speech_models import EMBEDDED_NAME, SpeechModel, model_in, unpack_embedded
from voice_skill.adapters.vosk_recogniser import VoskModel
from voice_skill.catalog import data_folder
from voice_skill.errors import ModelError
from voice_skill.hearing import LoadedModel, chosen_model
from voice_skill.settings import Settings

_UNPACK = """
import sys
from pathlib import Path
from voice_skill.adapters.speech_models import unpack_embedded
print(unpack_embedded(Path(sys.argv[1]), Path(sys.argv[2])).folder)
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of what ships, to be broken."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for path in data_folder("models").glob(f"{EMBEDDED_NAME}.zip*"):
        shutil.copy(path, folder)
    return folder


def test_the_embedded_model_is_unpacked_once(shipped: Path, tmp_path: Path) -> None:
    """The second start finds it in the cache and does not even read the archive."""
    first = unpack_embedded(shipped, tmp_path / "cache")
    before = (first.folder / "am" / "final.mdl").stat()
    (shipped / f"{EMBEDDED_NAME}.zip").write_bytes(b"")
    assert unpack_embedded(shipped, tmp_path / "cache") == first
    after = (first.folder / "am" / "final.mdl").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_embedded_model_says_what_it_is(shipped: Path, tmp_path: Path) -> None:
    """Its name, its size on disk, and that it needs no grammar."""
    model = unpack_embedded(shipped, tmp_path)
    assert model.name == EMBEDDED_NAME
    assert model.knows_our_phrases
    assert model.size_bytes == sum(path.stat().st_size for path in model.folder.rglob("*") if path.is_file())


def test_nothing_is_left_beside_the_model(shipped: Path, tmp_path: Path) -> None:
    """It is unpacked in a folder of its own, which becomes the model."""
    model = unpack_embedded(shipped, tmp_path / "cache")
    assert list(model.folder.parent.iterdir()) == [model.folder]


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_archive_is_refused(damage: str, shipped: Path, tmp_path: Path) -> None:
    """Its bytes must be those that were shipped."""
    archive = shipped / f"{EMBEDDED_NAME}.zip"
    archive.chmod(0o644)
    whole = archive.read_bytes()
    archive.write_bytes(whole[:1_000_000] if damage == "cut" else b"x" + whole[1:])
    with pytest.raises(ModelError, match=r"embedded speech model .* is damaged; install the skill again\."):
        unpack_embedded(shipped, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("models/*"))


@pytest.mark.parametrize("suffix", ["zip", "zip.sha256"])
def test_a_missing_archive_is_one_sentence(suffix: str, shipped: Path, tmp_path: Path) -> None:
    """The sentence says where it should be."""
    (shipped / f"{EMBEDDED_NAME}.{suffix}").unlink()
    with pytest.raises(ModelError, match=r"is missing from .*shipped; install the skill again\."):
        unpack_embedded(shipped, tmp_path / "cache")


def test_a_model_that_lost_files_is_unpacked_again(shipped: Path, tmp_path: Path) -> None:
    """A cache that was half emptied mends itself."""
    model = unpack_embedded(shipped, tmp_path)
    (model.folder / "am" / "final.mdl").unlink()
    assert unpack_embedded(shipped, tmp_path) == model


def test_a_cache_that_cannot_be_written_is_one_sentence(shipped: Path, tmp_path: Path) -> None:
    """The sentence names the folder and what to do."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match=r"cannot be unpacked into .*file.*; make room there, or set XDG_CACHE_HOME"):
        unpack_embedded(shipped, tmp_path / "file")


def test_processes_that_start_together_share_one_copy(shipped: Path, tmp_path: Path) -> None:
    """Whoever is first unpacks it; the others use that."""
    command = [sys.executable, "-c", _UNPACK, str(shipped), str(tmp_path / "cache")]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    places = {process.communicate(timeout=60)[0].strip() for process in started}
    assert [process.returncode for process in started] == [0, 0, 0]
    assert [str(path) for path in (tmp_path / "cache" / "models").iterdir()] == list(places)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """The sentence says what is wanted."""
    with pytest.raises(ModelError, match=r"There is no speech model folder at .*none; give the folder of an unpacked"):
        model_in(tmp_path / "none")


def test_a_folder_without_a_model_names_what_is_missing(tmp_path: Path) -> None:
    """Often the folder above or below was meant."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "mfcc.conf").write_text("")
    with pytest.raises(ModelError, match=r"not a whole Vosk model \(am/final\.mdl, conf/model\.conf missing\)"):
        model_in(tmp_path)


def test_a_broken_model_cannot_be_loaded(tmp_path: Path) -> None:
    """All files are there, but not what should be in them."""
    for name in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("nonsense")
    with pytest.raises(ModelError, match=r"cannot be loaded; download or unpack it again\."):
        VoskModel(model_in(tmp_path).folder)


def test_the_model_of_the_settings_is_used(vosk_model: LoadedModel) -> None:
    """A model that a person names is given our phrases as a grammar, whatever it is."""
    named = chosen_model(Settings(model=str(vosk_model.about.folder)))
    assert named == SpeechModel(
        vosk_model.about.folder.name, vosk_model.about.folder, vosk_model.about.size_bytes, knows_our_phrases=False
    )
    assert chosen_model(Settings()) == vosk_model.about
