"""Keeps a speech engine that hangs or dies from holding up the conversation: it is tried out apart from it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from voice_skill.domain import Voice
from voice_skill.errors import SpeechError
from voice_skill.ports import SpeechEngine
from voice_skill.sound import Sound

PAUSE_S = 30.0
"""From one trial of a broken engine to the next."""
_LOG = logging.getLogger(__name__)


class SupervisedEngine:
    """A `SpeechEngine` in front of another one, which is tried at the start and after each of its failures.

    Texts wait for the outcome of such a trial. While the engine is broken they fail at once, so that nobody waits for
    what will not be heard.
    """

    def __init__(
        self,
        engine: SpeechEngine,
        probe: Callable[[threading.Event], None],
        on_back: Callable[[], None],
        pause_s: float = PAUSE_S,
    ) -> None:
        """
        Args:
            engine: makes the speech.
            probe: raises SpeechError if the engine does not work; returns early once the event is set. It is called on
                a thread of its own.
            on_back: called on that thread when an engine that was found broken works again.
            pause_s: from one trial of a broken engine to the next.
        """
        self._engine = engine
        self._probe = probe
        self._on_back = on_back
        self._pause_s = pause_s
        self._closed = threading.Event()
        self._changed = threading.Condition()
        self._trying = True
        """Texts wait for the outcome."""
        self._fault: SpeechError | None = None
        """Why the last trial failed."""
        self._thread = threading.Thread(target=self._supervise, name="speech-probe", daemon=True)
        self._thread.start()

    def synthesise(self, text: str, voice: Voice) -> Sound:
        """The sound of `text`.

        Raises:
            SpeechError: the engine is broken, or made no speech in time.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._trying or self._closed.is_set())
            if self._fault is not None:
                raise SpeechError(str(self._fault)) from self._fault
        try:
            return self._engine.synthesise(text, voice)
        except SpeechError:
            with self._changed:
                self._trying = not self._closed.is_set()
                self._changed.notify_all()
            raise

    def close(self) -> None:
        """End a trial that is under way, then give the engine back."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()
        self._engine.close()

    def _supervise(self) -> None:
        while not self._closed.is_set():
            fault = self._trial()
            with self._changed:
                is_back = self._fault is not None and fault is None
                self._fault, self._trying = fault, False
                self._changed.notify_all()
            if is_back and not self._closed.is_set():
                self._on_back()
            self._wait_for_reason()

    def _trial(self) -> SpeechError | None:
        try:
            self._probe(self._closed)
        except SpeechError as exc:
            _LOG.warning("speech.engine_broken %s", exc)
            return exc
        return None

    def _wait_for_reason(self) -> None:
        """Until the next trial is due, or the end."""
        with self._changed:
            if self._fault is not None:
                self._changed.wait_for(self._closed.is_set, self._pause_s)
            else:
                self._changed.wait_for(lambda: self._trying or self._closed.is_set())
