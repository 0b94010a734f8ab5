"""One pyttsx3 engine on the thread that started it: espeak-ng on Linux, the system's own voices on macOS and Windows.

pyttsx3 is used to write sound files only: its own playback cannot be interrupted, and may return before the sound has
begun.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from voice_skill.domain import Voice
from voice_skill.errors import RecordingError, SpeechError
from voice_skill.sound import Sound, read_sound

ADVICE = "reinstall it with `pip install --force-reinstall pyttsx3 espeakng-loader`"
"""What a person can do about most faults of the engine."""
_FILE_LIMIT_S = 5.0
"""How long a driver may write after it has said that it is done."""


class SpeakingDriver:
    """Makes sounds of texts with one pyttsx3 engine, one at a time."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._faults: list[BaseException] = []
        faults = self._faults
        engine.connect("error", lambda name, exception: faults.append(exception))
        engine.proxy.setBusy(False)  # else the first runAndWait does not wait
        self._espeak = sys.modules["pyttsx3.drivers._espeak"] if engine.driver_name == "espeak" else None

    def speak(self, text: str, voice: Voice) -> Sound:
        """Synthesise one text through a temporary file."""
        self._faults.clear()
        self._engine.setProperty("rate", int(voice.rate_wpm))
        self._engine.setProperty("volume", min(1.0, max(0.0, float(voice.volume))))
        self._settle()
        with tempfile.TemporaryDirectory(prefix="speech-") as folder:
            path = Path(folder) / "speech.wav"
            self._engine.save_to_file(text, str(path))
            self._engine.runAndWait()
            return self._read(path)

    def _settle(self) -> None:
        if self._espeak is None:
            return
        self._espeak.SetSynthCallback(self._engine.proxy._driver._onSynth)  # another engine may have taken it
        while self._espeak.IsPlaying():  # a text queued now would be cancelled
            time.sleep(0.002)

    def _read(self, path: Path) -> Sound:
        end_s = time.monotonic() + _FILE_LIMIT_S
        while True:
            if self._faults:
                raise SpeechError(f"The speech engine failed ({self._faults[0]}); {ADVICE}.")
            try:
                return read_sound(path)
            except RecordingError as exc:  # some drivers write after their loop has ended
                if time.monotonic() > end_s:
                    raise SpeechError(f"The speech engine wrote no sound; {ADVICE}.") from exc
            time.sleep(0.01)


def start_pyttsx3(voice_id: str | None = None) -> Any:
    """A pyttsx3 engine with its voice chosen, for the calling thread alone.

    Raises:
        SpeechError: pyttsx3 or what it needs is missing.
    """
    _prepare_espeak()
    try:
        from pyttsx3.engine import Engine

        engine = Engine()  # not pyttsx3.init(), which would hand out an engine that hangs a second time
    except (ImportError, OSError, RuntimeError) as exc:
        raise SpeechError(f"The speech engine cannot start; {ADVICE}.") from exc
    if engine.driver_name == "espeak":
        sys.modules["pyttsx3.drivers.espeak"].__dict__["print"] = _say_nothing
    voice_id = voice_id or (None if engine.driver_name == "espeak" else english_voice(engine.getProperty("voices")))
    if voice_id is not None:
        engine.setProperty("voice", voice_id)
    return engine


def english_voice(voices: Iterable[Any]) -> str | None:
    """The id of the first voice that speaks English; None when none says so."""
    for voice in voices:
        languages = " ".join(str(language) for language in voice.languages or ()).casefold()
        name = f"{voice.id} {voice.name}".casefold()
        if languages.startswith("en") or "english" in name or "en-us" in name or "en-gb" in name:
            return str(voice.id)
    return None


def _prepare_espeak() -> None:
    """Load the espeak-ng that came with the package, so that none needs to be installed on the system."""
    if sys.platform != "linux":
        return
    try:
        import espeakng_loader
    except ImportError:
        return  # then the system's own is used
    data = Path(espeakng_loader.__file__).parent / "espeak-ng-data"
    if not (data / "phontab").is_file():  # without it espeak-ng would end the whole process
        raise SpeechError(f"The data of the speech engine are missing; {ADVICE}.")
    try:
        ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)  # pyttsx3 then finds it by its name
    except OSError:
        return
    os.environ["ESPEAK_DATA_PATH"] = str(data.parent)


def _say_nothing(*args: object, **options: object) -> None:
    """In place of `print`, which pyttsx3 calls for every file."""
