# ruff: noqa: E402  (the builder is imported only where its tools and packages are installed)
"""A model of thirty words, built by the real tools, loaded by the real Vosk, and heard a real recording."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("pocketsphinx")
vosk = pytest.importorskip("vosk")
soundfile = pytest.importorskip("soundfile")
if shutil.which("fstconvert") is None:
    pytest.skip("needs the tools of OpenFst (libfst-tools, libfst22-plugins-base)", allow_module_level=True)

from models.builder.archive import pack
from models.builder.model_folder import Ingredients, build, gather
from models.builder.phrases import Phrases, Utterance
from models.builder.settings import Settings

RECORDING = Path(__file__).parent / "stop-a-cramp.flac"
SAID = "how do i stop a cramp in my leg"
OTHERS = (
    "yes it is",
    "no it is not",
    "the pain is better now",
    "what should we drink",
    "go to the next step",
)
SETTINGS = replace(Settings(), language=replace(Settings().language, vocabulary_size=0))


@pytest.fixture(scope="module")
def ingredients(tmp_path_factory: pytest.TempPathFactory) -> Ingredients:
    utterances = tuple(Utterance(tuple(sentence.split()), 1.0, whole=True) for sentence in (SAID, *OTHERS))
    extra = tmp_path_factory.mktemp("data") / "extra.dict"
    extra.write_text("")
    return gather(Phrases("", utterances), extra, "A test.\n", SETTINGS)


@pytest.fixture(scope="module")
def model_folder(ingredients: Ingredients, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "model"
    build(ingredients, SETTINGS, folder)
    return folder


def heard(folder: Path, grammar: list[str] | None = None) -> str:
    vosk.SetLogLevel(-1)
    options = [json.dumps(grammar)] if grammar else []
    recogniser = vosk.KaldiRecognizer(vosk.Model(str(folder)), 16000, *options)
    samples, rate_hz = soundfile.read(RECORDING, dtype="int16")
    assert rate_hz == 16000
    recogniser.AcceptWaveform(samples.tobytes())
    return str(json.loads(recogniser.FinalResult())["text"])


def test_vosk_hears_the_recording(model_folder: Path) -> None:
    assert heard(model_folder) == SAID


def test_a_grammar_set_at_run_time_uses_the_same_word_numbers(model_folder: Path) -> None:
    assert heard(model_folder, [SAID, "yes it is", "[unk]"]) == SAID


def test_other_speech_is_no_answer_in_a_narrow_grammar(model_folder: Path) -> None:
    assert not {"yes", "no"} & set(heard(model_folder, ["yes", "no", "[unk]"]).split())


def test_the_same_input_gives_the_same_bytes(ingredients: Ingredients, model_folder: Path, tmp_path: Path) -> None:
    build(ingredients, SETTINGS, tmp_path / "again")
    first = pack(model_folder, tmp_path / "one" / "model.zip")
    assert pack(tmp_path / "again", tmp_path / "two" / "model.zip") == first
    assert (tmp_path / "one" / "model.zip.sha256").read_text() == f"{first}  model.zip\n"
