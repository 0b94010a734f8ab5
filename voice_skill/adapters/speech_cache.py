"""Remembers what was spoken, and speaks ahead of time what will probably be asked for."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable
from types import TracebackType

from voice_skill.domain import Voice
from voice_skill.errors import SpeechError
from voice_skill.ports import SpeechEngine
from voice_skill.sound import Sound

CAPACITY_S = 300.0
"""Seconds of speech that are kept; five minutes take 13 MB."""
_Key = tuple[Voice, str]
_LOG = logging.getLogger(__name__)


class CachedSpeech:
    """A `SpeechEngine` in front of another one; what it has spoken before, or ahead of time, comes at once."""

    def __init__(self, engine: SpeechEngine, capacity_s: float = CAPACITY_S) -> None:
        self._engine = engine
        self._capacity_s = capacity_s
        self._sounds: OrderedDict[_Key, Sound] = OrderedDict()
        """The one that was not asked for longest comes first."""
        self._kept_s = 0.0
        self._changed = threading.Condition()
        self._under_way: set[_Key] = set()
        self._asking = 0
        """Callers of `synthesise` that wait for the engine; preparation gives way to them."""
        self._ahead: list[_Key] = []
        """What is still to be prepared, the last one first."""
        self._preparing = False
        self._closed = False
        self._preparer: threading.Thread | None = None

    def synthesise(self, text: str, voice: Voice) -> Sound:
        """The sound of `text`, from memory if it is there.

        Raises:
            SpeechError: no speech could be made in time.
        """
        with self._changed:
            self._asking += 1
        try:
            return self._get((voice, text))
        finally:
            with self._changed:
                self._asking -= 1
                self._changed.notify_all()

    def prepare(self, texts: Iterable[str], voice: Voice) -> None:
        """Speak these ahead of time in the background, in their order; what an earlier call still had to do is dropped.

        A text that cannot be spoken is left out; `synthesise` will say why. Once the memory is full, the rest is left
        until it is asked for: what is needed first must not be forgotten for what may never be.
        """
        with self._changed:
            if self._closed:
                return
            self._ahead = [(voice, text) for text in dict.fromkeys(texts)][::-1]
            if self._preparer is None:
                self._preparer = threading.Thread(target=self._prepare, name="speech-ahead", daemon=True)
                self._preparer.start()
            self._changed.notify_all()

    def wait_prepared(self, limit_s: float) -> bool:
        """Wait until everything is prepared; False when that took longer than `limit_s` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._ahead and not self._preparing, limit_s)

    def has(self, text: str, voice: Voice) -> bool:
        """Whether `text` would come from memory."""
        with self._changed:
            return (voice, text) in self._sounds

    def close(self) -> None:
        """Stop preparing, then give the engine back."""
        with self._changed:
            self._closed = True
            self._ahead = []
            self._changed.notify_all()
        if self._preparer is not None:
            self._preparer.join()
        self._engine.close()

    def __enter__(self) -> CachedSpeech:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _get(self, key: _Key) -> Sound:
        with self._changed:
            self._changed.wait_for(lambda: key not in self._under_way)
            sound = self._sounds.get(key)
            if sound is not None:
                self._sounds.move_to_end(key)
                return sound
            self._under_way.add(key)
        try:
            sound = self._engine.synthesise(key[1], key[0])
            self._keep(key, sound)
            return sound
        finally:
            with self._changed:
                self._under_way.discard(key)
                self._changed.notify_all()

    def _keep(self, key: _Key, sound: Sound) -> None:
        with self._changed:
            self._sounds[key] = sound
            self._kept_s += sound.duration_s
            while self._kept_s > self._capacity_s and self._sounds:
                _, oldest = self._sounds.popitem(last=False)
                self._kept_s -= oldest.duration_s

    def _prepare(self) -> None:
        while (key := self._next_ahead()) is not None:
            try:
                self._get(key)
            except SpeechError as exc:
                _LOG.debug("speech.not_prepared %s", exc)

    def _next_ahead(self) -> _Key | None:
        """The next text to prepare, once nobody waits for the engine; None at the end of the session."""
        with self._changed:
            self._preparing = False
            if self._kept_s >= self._capacity_s:
                self._ahead = []
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or (self._ahead and not self._asking))
            self._preparing = not self._closed
            return None if self._closed else self._ahead.pop()
