"""The assistant in real time: microphone or keyboard in, loudspeaker out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType

import numpy as np

from voice_skill.adapters.echo_canceller import AdaptiveEchoCanceller
from voice_skill.adapters.memory import give_back_free_memory
from voice_skill.adapters.microphone import Microphone
from voice_skill.adapters.mouth import SpokenMouth
from voice_skill.adapters.played_sound import PlayedSound
from voice_skill.adapters.player import Player
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine, probe
from voice_skill.adapters.speech_cache import CachedSpeech
from voice_skill.adapters.supervised_engine import SupervisedEngine
from voice_skill.building import LEARNING, build_catalog
from voice_skill.catalog import Catalog
from voice_skill.conversation import Conversation
from voice_skill.domain import Turn, Utterance, Voice
from voice_skill.ear import Ear
from voice_skill.echo import ECHO_HEARD, SelfHearing
from voice_skill.errors import DeviceError, MicrophoneError
from voice_skill.frontends import RealTimeSession, SessionClock
from voice_skill.hearing import begin_to_load, open_recogniser
from voice_skill.loudness import LevelWatch
from voice_skill.settings import Settings


class LiveSession:
    """One conversation on real devices; a context manager that gives them back."""

    def __init__(
        self,
        settings: Settings,
        show: Callable[[Turn], None],
        note: Callable[[str], None],
        show_level: Callable[[float], None] | None = None,
    ) -> None:
        """
        Args:
            settings: what the person chose.
            show: gets every turn.
            note: gets one sentence about each thing that goes wrong, once.
            show_level: gets the loudness at the microphone in dBFS, many times a second, on the sound thread.
        """
        self._settings = settings
        self._note = note
        self._noted: set[str] = set()
        self._model = begin_to_load(settings)
        self._catalog = build_catalog(settings, on_learning=lambda: note(LEARNING))
        self._session = RealTimeSession(SessionClock())
        self._voice = Voice(settings.rate_wpm, settings.volume)
        self._speech = CachedSpeech(SupervisedEngine(Pyttsx3Engine(), probe, self._speech_back))
        self._played = PlayedSound()
        player = Player(settings.speaker or None, on_played=self._played.add)
        self._mouth = SpokenMouth(self._speech, player, self._session.speech_ended, self._speech_trouble)
        self._conversation = Conversation(self._catalog, self._mouth, show, self._voice, earcons=settings.earcons)
        self._microphone: Microphone | None = None
        self._show_level = show_level
        self._levels = LevelWatch()
        self._self_hearing: SelfHearing | None = None
        self._ear: Ear | None = None

    def __enter__(self) -> LiveSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        if self._microphone is not None:
            self._microphone.close()
            self._tell_overflows(self._microphone.overflows)
        if kind is not None:
            self._mouth.hush()
        self._mouth.close()

    def open_microphone(self) -> None:
        """Begin to hear.

        Raises:
            MicrophoneError: there is none, or not the one that was named.
            ModelError: the speech model is missing or broken.
        """
        microphone = Microphone(
            self._settings.microphone or None,
            self._take,
            self._microphone_trouble,
            lambda: self._note("The microphone is back; listening."),
        )
        microphone.open()
        self._microphone = microphone
        recogniser = open_recogniser(self._model.result(), self._settings, microphone.rate_hz, self._catalog.authored)
        self._conversation.heard_by(recogniser)
        canceller = AdaptiveEchoCanceller(microphone.rate_hz) if self._settings.echo_cancellation else None
        self._self_hearing = SelfHearing(microphone.rate_hz, canceller, lambda: self._note_once(ECHO_HEARD))
        self._catalog.matcher.prepare()
        self._ear = Ear(recogniser, self._mouth, self._catalog, self._heard)
        give_back_free_memory()

    def read_lines(self, lines: Iterable[str]) -> None:
        """Take what is said from `lines`, on a thread of its own, until they end."""

        def read() -> None:
            for line in lines:
                if line.strip():
                    self._session.heard(Utterance.typed(line.strip()))
            self._session.leave()

        threading.Thread(target=read, name="keyboard", daemon=True).start()

    def run(self) -> None:
        """Converse until the person says goodbye or there is nothing more to hear."""
        self._speech.prepare(spoken_texts(self._catalog), self._voice)
        threading.Thread(target=self._catalog.spotter.prepare, name="signs", daemon=True).start()
        self._session.run(self._conversation, self._mouth)

    def _take(self, block: bytes) -> None:
        # Blocks that come while the model still loads carry nothing meant for the assistant.
        if self._ear is None or self._self_hearing is None or self._microphone is None:
            return
        recorded = np.frombuffer(block, np.int16)
        level_dbfs = self._levels.add(recorded)
        if self._show_level is not None:
            self._show_level(level_dbfs)
        captured_at_s = self._microphone.captured_at_s
        played = self._played.next(len(recorded), self._microphone.rate_hz, captured_at_s)
        heard = self._self_hearing.clean(played, recorded)
        self._ear.take(heard.tobytes(), waiting_s=time.monotonic() - captured_at_s)

    def _heard(self, utterance: Utterance) -> None:
        if advice := self._levels.advice(utterance.quality):
            self._note(advice)
        self._session.heard(utterance)

    def _tell_overflows(self, count: int) -> None:
        if count:
            times = "once" if count == 1 else f"{count} times"
            self._note(f"Sound from the microphone was lost {times}; close other programs that keep the computer busy.")

    def _speech_trouble(self, text: str, error: DeviceError) -> None:
        self._note_once(f"{error} What is said can be read here.")

    def _speech_back(self) -> None:
        self._noted &= {ECHO_HEARD}  # should it fail again, that is to be said again
        self._note("The speech engine works again.")
        self._speech.prepare(spoken_texts(self._catalog), self._conversation.state.voice)

    def _microphone_trouble(self, error: MicrophoneError) -> None:
        self._note(str(error))

    def _note_once(self, sentence: str) -> None:
        if sentence not in self._noted:
            self._noted.add(sentence)
            self._note(sentence)


def spoken_texts(catalog: Catalog) -> list[str]:
    """Every sentence that is the same each time, in the order in which they are likely to be needed."""
    authored, region = catalog.authored, catalog.region
    steps = [step for routine in authored.routines.values() for step in routine.steps]
    texts = [text for step in steps for text in (*step.say, *step.ask)]
    texts += [text for entry in authored.replies.values() for text in (*entry.say, *entry.more)]
    fixed = (text for text in texts if "{seconds}" not in text and "{steps}" not in text)
    return [text.format(emergency=region.emergency, advice_line=region.advice_line) for text in fixed]
