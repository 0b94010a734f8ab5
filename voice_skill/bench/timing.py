"""How long things take and how much memory they need. Run alone: other work on the machine would be measured too."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from voice_skill.adapters.earcons import earcon_sound
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
from voice_skill.adapters.speech_cache import CachedSpeech
from voice_skill.bench.cases import Case
from voice_skill.bench.listening import Listener, SilentMouth
from voice_skill.bench.sounds import Sounds
from voice_skill.building import build_catalog
from voice_skill.conversation import Conversation
from voice_skill.dialogue import State, understand
from voice_skill.domain import EarconKind, Heard, Utterance, Voice
from voice_skill.errors import SkillError
from voice_skill.settings import Settings
from voice_skill.sound import SPEECH_RATE_HZ, Sound

QUIET_S = 30.0
_LOUD = 300
"""Of a 16-bit sample: speech can be heard."""
_START_LIMIT_S = 120.0


class Parts(TypedDict):
    """From the end of speech to the first sound of the answer, in seconds. Together they are the whole."""

    silence: float
    """Waited for, to be sure that the utterance has ended."""
    recogniser: float
    """Its last work, and what it was behind."""
    understanding: float
    """Intent, danger and answer."""
    earcon: float
    """The tone that says "understood"."""
    speech: float
    """From the text to its first loud sample, spoken ahead of time as in a live session."""


def start_up_s() -> float:
    """Seconds from the start of a new process until it would hear, devices aside."""
    began_s = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-m", "voice_skill.bench.start_up"], capture_output=True, text=True, timeout=_START_LIMIT_S
    )
    if child.returncode:
        raise SkillError(f"A new process could not start; run 'voice-skill check'. ({child.stderr.strip()[-200:]})")
    return time.perf_counter() - began_s


def match_times_s(settings: Settings, sentences: Sequence[str]) -> list[float]:
    """Seconds from each text to its meaning, by a matcher that has seen none of them before."""
    catalog = build_catalog(settings)
    catalog.matcher.prepare()
    times: list[float] = []
    for said in sentences:
        began_s = time.perf_counter()
        understand(Utterance.typed(said), State(), catalog)
        times.append(time.perf_counter() - began_s)
    return times


class AnswerTimer:
    """Puts questions to the whole chain and takes the time of each part."""

    def __init__(self, listener: Listener, sounds: Sounds) -> None:
        self._listener = listener
        self._sounds = sounds
        self._speech = CachedSpeech(Pyttsx3Engine())

    def close(self) -> None:
        """Give the engine back."""
        self._speech.close()

    def parts(self, case: Case) -> Parts | None:
        """The parts of one wait; None when there was no answer to the end of the question."""
        sound, _ = self._sounds.of(case)
        ended_s = self._sounds.end_of_speech_s(case)
        # What was cut off in the middle is no answer that anybody waited for; accuracy counts it.
        heard = [each for each in self._listener.hear(sound) if each.ended_s >= ended_s]
        if not heard:
            return None
        mouth = _NotingMouth()
        conversation = Conversation(self._listener.catalog, mouth, lambda turn: None, Voice())
        began_s = time.perf_counter()
        conversation.handle(Heard(heard[0].ready_s, heard[0].utterance))
        if mouth.said_at_s is None:
            return None
        return Parts(
            silence=heard[0].ended_s - ended_s,
            recogniser=heard[0].ready_s - heard[0].ended_s,
            understanding=mouth.said_at_s - began_s,
            earcon=mouth.before_s,
            speech=self._first_sound_s(mouth.text),
        )

    def _first_sound_s(self, text: str) -> float:
        self._speech.synthesise(text, Voice())
        began_s = time.perf_counter()
        sound = self._speech.synthesise(text, Voice())
        took_s = time.perf_counter() - began_s
        loud = np.flatnonzero(np.abs(sound.samples.astype(np.int32)) > _LOUD)
        return took_s + (int(loud[0]) / sound.rate_hz if len(loud) else 0.0)


def quiet_cpu_share(listener: Listener) -> float:
    """Seconds of processor time for a second of a quiet room."""
    samples = np.random.default_rng(0).normal(0.0, 1.5, round(QUIET_S * SPEECH_RATE_HZ))
    began_s = time.process_time()
    listener.hear(Sound(np.asarray(samples, np.int16), SPEECH_RATE_HZ))
    return (time.process_time() - began_s) / QUIET_S


def memory_mb() -> float | None:
    """Resident memory of this process, in millions of bytes; None where psutil is not installed."""
    try:
        import psutil
    except ImportError:
        return None
    return float(psutil.Process().memory_info().rss / 1e6)


class _NotingMouth(SilentMouth):
    """Notes when the first text came, and what sounds before it."""

    def __init__(self) -> None:
        self.said_at_s: float | None = None
        self.text = ""
        self.before_s = 0.0

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        if self.said_at_s is None:
            self.said_at_s, self.text = time.perf_counter(), text
            self.before_s += pause_s

    def earcon(self, kind: EarconKind) -> None:
        if self.said_at_s is None:
            self.before_s += earcon_sound(kind).duration_s
