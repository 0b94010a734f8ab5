"""Speech by the real engine, and what happens when it hangs."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voice_skill.adapters.pyttsx3_driver import english_voice, start_pyttsx3
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine, probe
from voice_skill.domain import Voice
from voice_skill.errors import SpeechError
from voice_skill.sound import Sound

TEXT = "Lie on your back and straighten your sore leg slowly."
LONG = " ".join([TEXT] * 20)


def level(sound: Sound) -> float:
    """Root mean square of the samples."""
    return float(np.sqrt(np.mean(sound.samples.astype(float) ** 2)))


def test_speaks_twice(engine: Pyttsx3Engine) -> None:
    """The second text is spoken as the first one was."""
    first, second = (engine.synthesise(TEXT, Voice()) for _ in range(2))
    assert 2.0 < first.duration_s < 6.0
    assert level(first) > 500
    assert second.duration_s == pytest.approx(first.duration_s, rel=0.02)


def test_each_text_gets_its_own_sound(engine: Pyttsx3Engine) -> None:
    """No text is dropped or repeated when many follow each other."""
    short, long = (engine.synthesise(text, Voice()).duration_s for text in ("Yes.", TEXT))
    lengths = [engine.synthesise(text, Voice()).duration_s for text in ("Yes.", TEXT) * 10]
    assert lengths[0::2] == pytest.approx([short] * 10, rel=0.05)
    assert lengths[1::2] == pytest.approx([long] * 10, rel=0.05)


def test_a_slower_rate_takes_longer(engine: Pyttsx3Engine) -> None:
    """Words a minute set the length, from the very next text on."""
    lengths = [engine.synthesise(TEXT, Voice(rate_wpm=rate)).duration_s for rate in (100, 150, 250) * 5]
    slow, middle, fast = lengths[0::3], lengths[1::3], lengths[2::3]
    assert min(slow) > 1.25 * max(middle)
    assert min(middle) > 1.25 * max(fast)


def test_volume_sets_the_level(engine: Pyttsx3Engine) -> None:
    """Half the volume is half the amplitude; above full is full."""
    quiet, loud, most = (level(engine.synthesise(TEXT, Voice(volume=volume))) for volume in (0.4, 0.8, 7.0))
    assert quiet == pytest.approx(loud / 2, rel=0.1)
    assert most == pytest.approx(loud / 0.8, rel=0.1)


def test_a_long_text_is_spoken_whole(engine: Pyttsx3Engine) -> None:
    """A minute of speech is as complete as a sentence."""
    once = engine.synthesise(TEXT, Voice()).duration_s
    assert engine.synthesise(LONG, Voice()).duration_s == pytest.approx(20 * once, rel=0.15)


@pytest.mark.parametrize("text", ["", "  \n", "...", "- !"], ids=["empty", "spaces", "dots", "signs"])
def test_a_text_without_words_is_an_empty_sound(engine: Pyttsx3Engine, text: str) -> None:
    """There is nothing to wait for."""
    assert engine.synthesise(text, Voice()).duration_s == 0.0


@pytest.mark.parametrize(
    "text", ["Café, naïve, Ωmega", "don\u2019t \u2014 wait", "深呼吸", "ok \U0001f642", "<b> & \x00 [[x]]"]
)
def test_any_characters_are_accepted(engine: Pyttsx3Engine, text: str) -> None:
    """Text outside of ASCII neither fails nor silences what follows."""
    assert engine.synthesise(text, Voice()).duration_s > 0.1
    assert engine.synthesise(TEXT, Voice()).duration_s > 2.0


def test_many_threads_get_the_right_sounds(engine: Pyttsx3Engine) -> None:
    """Each caller gets the sound of its own text."""
    texts = [" ".join(["leg"] * count) for count in range(1, 21)]
    alone = [engine.synthesise(text, Voice()).duration_s for text in texts]
    with ThreadPoolExecutor(20) as pool:
        together = list(pool.map(lambda text: engine.synthesise(text, Voice()).duration_s, texts * 2))
    assert together == pytest.approx(alone * 2, rel=0.05)


def test_two_engines_do_not_silence_each_other(engine: Pyttsx3Engine) -> None:
    """The library is one per process, yet a second engine may come and go."""
    other = Pyttsx3Engine()
    with ThreadPoolExecutor(4) as pool:
        lengths = list(pool.map(lambda one: one.synthesise(TEXT, Voice()).duration_s, (engine, other) * 6))
    other.close()
    assert lengths == pytest.approx([lengths[0]] * 12, rel=0.02)
    assert engine.synthesise(TEXT, Voice()).duration_s > 2.0


def test_speaks_again_after_close(engine: Pyttsx3Engine) -> None:
    """A closed engine starts anew when it is needed."""
    other = Pyttsx3Engine()
    for _ in range(3):
        assert other.synthesise(TEXT, Voice()).duration_s > 2.0
        other.close()


def test_nothing_is_printed() -> None:
    """The library's own messages do not reach the person."""
    program = "from voice_skill.adapters.pyttsx3_engine import speak_once; speak_once()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_another_voice_sounds_different(engine: Pyttsx3Engine) -> None:
    """A voice is chosen by its id."""
    other = Pyttsx3Engine("en-us+f3")
    assert other.synthesise(TEXT, Voice()).duration_s > 2.0
    other.close()


class HangingEngine:
    """Stands for a pyttsx3 engine whose loop does not come back until it is let go."""

    driver_name = "fake"
    proxy = SimpleNamespace(setBusy=lambda busy: None)

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def connect(self, topic: str, callback: object) -> None:
        """Takes no notice."""

    def setProperty(self, name: str, value: object) -> None:
        """Takes no notice."""

    def save_to_file(self, text: str, path: str) -> None:
        """Takes no notice."""

    def runAndWait(self) -> None:
        """Hang."""
        self.let_go.wait()


def test_a_hanging_engine_is_replaced() -> None:
    """The text that hangs fails in time, what waits behind it is served by a new engine."""
    hanging = HangingEngine()
    engines: list[Any] = [hanging]
    engine = Pyttsx3Engine(limit_s=0.5, start_engine=lambda: engines.pop() if engines else start_pyttsx3())
    with pytest.raises(SpeechError, match=r"gave no answer within 0\.5 seconds; reinstall"):
        engine.synthesise(TEXT, Voice())
    engine_after = Pyttsx3Engine()
    assert engine_after.synthesise(TEXT, Voice()).duration_s > 2.0
    assert engine.synthesise(TEXT, Voice()).duration_s > 2.0
    hanging.let_go.set()
    assert engine.synthesise(TEXT, Voice()).duration_s > 2.0
    engine_after.close()
    engine.close()


def test_an_engine_that_cannot_start_is_a_speech_error_each_time() -> None:
    """Whatever a driver raises becomes one sentence, and the next text tries again."""
    faults: list[Exception] = [KeyError("driver"), RuntimeError("no voice")]

    def start() -> Any:
        if faults:
            raise faults.pop()
        return start_pyttsx3()

    engine = Pyttsx3Engine(start_engine=start)
    for reason in ("no voice", "driver"):
        with pytest.raises(SpeechError, match=rf"The speech engine failed \(.*{reason}.*\); reinstall it with"):
            engine.synthesise(TEXT, Voice())
    assert engine.synthesise(TEXT, Voice()).duration_s > 2.0
    engine.close()


def test_english_is_chosen_among_the_voices_of_the_system() -> None:
    """A system in another language still speaks English, if it can."""
    german = SimpleNamespace(id="TTS_MS_DE-DE_HEDDA", name="Hedda - German", languages=["de-DE"])
    english = SimpleNamespace(id="TTS_MS_EN-US_ZIRA", name="Zira", languages=None)
    british = SimpleNamespace(id="daniel", name="Daniel", languages=["en_GB"])
    assert english_voice([german, english, british]) == english.id
    assert english_voice([german, british]) == british.id
    assert english_voice([german]) is None


def test_missing_data_of_espeak_do_not_end_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """espeak-ng exits when it finds no data, so they are looked for first."""
    broken = SimpleNamespace(__file__=str(tmp_path / "__init__.py"))
    monkeypatch.setitem(sys.modules, "espeakng_loader", broken)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SpeechError, match=r"^The data of the speech engine are missing; reinstall it with `pip"):
        start_pyttsx3()


def test_probe_is_silent_when_all_is_well() -> None:
    """A working engine passes."""
    probe()


def test_probe_survives_an_engine_that_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exit in the library becomes one sentence."""
    monkeypatch.setattr("voice_skill.adapters.pyttsx3_engine._PROBE", "import os; os._exit(1)")
    with pytest.raises(SpeechError, match=r"does not work \(it ended without a word\); reinstall it with"):
        probe()


def test_probe_ends_an_engine_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that never comes back becomes one sentence."""
    monkeypatch.setattr("voice_skill.adapters.pyttsx3_engine._PROBE", "import time; time.sleep(1000)")
    monkeypatch.setattr("voice_skill.adapters.pyttsx3_engine.PROBE_LIMIT_S", 0.2)
    with pytest.raises(SpeechError, match=r"^The speech engine hangs; reinstall it with"):
        probe()


def test_probe_returns_early_when_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a session need not wait for an engine that hangs."""
    monkeypatch.setattr("voice_skill.adapters.pyttsx3_engine._PROBE", "import time; time.sleep(1000)")
    given_up = threading.Event()
    given_up.set()
    probe(given_up)
