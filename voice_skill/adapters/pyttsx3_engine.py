"""Speech by pyttsx3 for callers on any thread.

pyttsx3 takes one text at a time and must stay on one thread. So one thread owns the engine, requests wait for it in a
queue, and a thread that does not come back is abandoned and replaced.
"""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from voice_skill.adapters.pyttsx3_driver import ADVICE, SpeakingDriver, start_pyttsx3
from voice_skill.domain import Voice
from voice_skill.errors import SpeechError
from voice_skill.sound import Sound

LIMIT_S = 8.0
"""How long one text may take."""
SILENT_RATE_HZ = 22_050
"""The rate of the empty sound."""
PROBE_LIMIT_S = 10.0
"""Twenty times what the engine takes to start and to say a word."""
_LOOK_S = 0.1
_PROBE = "from voice_skill.adapters.pyttsx3_engine import speak_once; speak_once()"
_LOG = logging.getLogger(__name__)
_library_in_use = threading.Lock()
"""espeak-ng is one per process: it serves one engine at a time."""


@dataclass(eq=False)
class _Request:
    """One text for the engine thread, and what became of it."""

    text: str
    voice: Voice
    sound: Sound | None = None
    fault: SpeechError | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Pyttsx3Engine:
    """A `SpeechEngine` that may be called from any thread; the engine starts with the first text."""

    def __init__(
        self,
        voice_id: str | None = None,
        limit_s: float = LIMIT_S,
        start_engine: Callable[[], Any] | None = None,
    ) -> None:
        """
        Args:
            voice_id: a voice as pyttsx3 names it; None for the default one, or the first English one of the system.
            limit_s: seconds that one text may take.
            start_engine: makes the pyttsx3 engine on the thread that will own it.
        """
        self._start_engine = start_engine or (lambda: start_pyttsx3(voice_id))
        self._limit_s = limit_s
        self._requests: queue.Queue[_Request | None] = queue.Queue()
        self._lock = threading.Lock()
        self._owner: _Owner | None = None

    def synthesise(self, text: str, voice: Voice) -> Sound:
        """The sound of `text`; of length 0 when there is nothing in it to speak.

        Raises:
            SpeechError: no speech could be made in time.
        """
        if not any(character.isalnum() for character in text):
            return Sound(np.zeros(0, np.int16), SILENT_RATE_HZ)
        request = _Request(text, voice)
        owner = self._put(request)
        if not request.done.wait(self._limit_s):
            request.done.set()  # nobody waits for it any more
            self._abandon(owner)
            raise SpeechError(f"The speech engine gave no answer within {self._limit_s:g} seconds; {ADVICE}.")
        if request.sound is None:
            raise request.fault or SpeechError(f"The speech engine made no sound; {ADVICE}.")
        return request.sound

    def close(self) -> None:
        """Let the engine thread end; the next text would start a new one."""
        with self._lock:
            owner, self._owner = self._owner, None
            self._requests.put(None)
            self._requests = queue.Queue()
        if owner is not None:
            owner.thread.join(self._limit_s)

    def _put(self, request: _Request) -> _Owner:
        with self._lock:
            if self._owner is None or not self._owner.thread.is_alive():
                self._owner = _Owner(self._start_engine, self._requests)
            self._requests.put(request)
            return self._owner

    def _abandon(self, owner: _Owner) -> None:
        with self._lock:
            if self._owner is owner:
                owner.abandon()
                self._owner = None if self._requests.empty() else _Owner(self._start_engine, self._requests)
                _LOG.warning("speech.engine_abandoned")


class _Owner:
    """The thread that owns one pyttsx3 engine."""

    def __init__(self, start_engine: Callable[[], Any], requests: queue.Queue[_Request | None]) -> None:
        self._start_engine = start_engine
        self._requests = requests
        self._abandoned = False
        self._turn: threading.Lock | None = None
        self.thread = threading.Thread(target=self._run, name="speech-engine", daemon=True)
        self.thread.start()

    def abandon(self) -> None:
        """Serve nobody any more; if the thread hangs, its successor gets the library."""
        self._abandoned = True
        turn = self._turn
        if turn is not None and turn.acquire(blocking=False):
            _library_in_use.release()

    def _run(self) -> None:
        engine: SpeakingDriver | None = None
        while not self._abandoned:
            request = self._requests.get()
            if request is None:
                break
            if self._abandoned:
                self._requests.put(request)
                break
            if not request.done.is_set():
                engine = self._serve(request, engine)
        with self._library():
            del engine  # its end takes the library's callback away, so nobody may be speaking

    def _serve(self, request: _Request, engine: SpeakingDriver | None) -> SpeakingDriver | None:
        try:
            with self._library():
                engine = engine or SpeakingDriver(self._start_engine())
                request.sound = engine.speak(request.text, request.voice)
        except SpeechError as exc:
            request.fault = exc
        except Exception as exc:  # the drivers of three systems raise whatever they like
            request.fault = SpeechError(f"The speech engine failed ({exc}); {ADVICE}.")
            request.fault.__cause__ = exc
            engine = None
        request.done.set()
        return engine

    @contextmanager
    def _library(self) -> Iterator[None]:
        _library_in_use.acquire()
        turn = self._turn = threading.Lock()
        try:
            yield
        finally:
            if turn.acquire(blocking=False):  # else it was taken from us
                _library_in_use.release()


def probe(given_up: threading.Event | None = None) -> None:
    """Check that the engine starts and speaks, in a process of its own: espeak-ng may end the one it fails in.

    Returns early once `given_up` is set.

    Raises:
        SpeechError: it does not; one sentence that says what to do.
    """
    root = str(Path(__file__).resolve().parents[2])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])}
    command = [sys.executable, "-c", _PROBE]
    try:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as exc:
        raise SpeechError(f"The speech engine does not start; {ADVICE}.") from exc
    with process:
        complaint = _complaint_of(process, given_up or threading.Event())
    if process.returncode and complaint is not None:
        last = (complaint.strip().splitlines() or ["it ended without a word"])[-1]
        raise SpeechError(f"The speech engine does not work ({last}); {ADVICE}.")


def _complaint_of(process: subprocess.Popen[bytes], given_up: threading.Event) -> str | None:
    """What `process` complained of until its end; None when it was ended because nobody waits for it.

    Raises:
        SpeechError: it hangs; it was ended.
    """
    end_s = time.monotonic() + PROBE_LIMIT_S
    while not given_up.is_set():
        try:
            return process.communicate(timeout=_LOOK_S)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            if time.monotonic() > end_s:
                process.kill()
                raise SpeechError(f"The speech engine hangs; {ADVICE}.") from None
    process.kill()
    return None


def speak_once() -> None:
    """Start the engine, speak one word to nobody, and end; what `probe` runs."""
    engine = Pyttsx3Engine()
    engine.synthesise("Ready.", Voice())
    engine.close()
