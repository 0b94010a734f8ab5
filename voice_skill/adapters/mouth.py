"""Speaks a queue of texts aloud: makes the next sound while the last one plays, and can be hushed at once."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from voice_skill.adapters.earcons import earcon_sound
from voice_skill.adapters.play_queue import Ticket
from voice_skill.adapters.player import Player
from voice_skill.domain import EarconKind, Voice
from voice_skill.errors import DeviceError, PlaybackError, SpeechError
from voice_skill.ports import SpeechEngine
from voice_skill.sound import Sound, silence

_CHECK_S = 0.5
"""How often the player is checked while something plays."""
_LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class _Item:
    """One text or tone on its way from the queue to the ear."""

    text: str
    sound: Sound | None = None
    """Known for tones; texts get theirs from the engine."""
    voice: Voice = field(default_factory=Voice)
    pause_s: float = 0.0
    sounds: bool = False
    """It can be heard right now."""


class SpokenMouth:
    """A `Mouth` with a loudspeaker. Its own thread calls `on_idle` and `on_trouble`."""

    def __init__(
        self,
        engine: SpeechEngine,
        player: Player,
        on_idle: Callable[[], None],
        on_trouble: Callable[[str, DeviceError], None],
    ) -> None:
        """
        Args:
            engine: makes the speech.
            player: plays it.
            on_idle: called once each time that everything queued has ended, was hushed or failed.
            on_trouble: called with a text that was not heard to its end, and why; empty for a tone.
        """
        self._engine = engine
        self._player = player
        self._on_idle = on_idle
        self._on_trouble = on_trouble
        self._inbox: queue.SimpleQueue[_Item | tuple[_Item, Ticket] | None] = queue.SimpleQueue()
        self._open: list[_Item] = []
        """Everything queued that has not ended, in its order."""
        self._hushed: set[_Item] = set()
        self._lock = threading.Lock()
        self._volume = Voice().volume
        self._ended_at_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="mouth", daemon=True)
        self._thread.start()

    @property
    def speaking(self) -> bool:
        """Something is queued, being made into sound, or sounding."""
        with self._lock:
            return bool(self._open)

    @property
    def current_text(self) -> str:
        """The text that can be heard right now; empty between texts, in pauses and during tones."""
        with self._lock:
            return next((item.text for item in self._open if item.sounds), "")

    @property
    def ended_at_s(self) -> float | None:
        """When the last sound was over, in seconds of `time.monotonic()`; None before the first."""
        return self._ended_at_s

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Queue `text` after `pause_s` seconds of silence."""
        self._volume = voice.volume
        self._queue(_Item(text, None, voice, pause_s))

    def earcon(self, kind: EarconKind) -> None:
        """Queue a short sound, as loud as the last voice."""
        self._queue(_Item("", earcon_sound(kind, self._volume)))

    def hush(self) -> None:
        """Fade out at once and forget what is queued; `on_idle` follows if anything was queued."""
        with self._lock:
            self._hushed.update(self._open)
            self._player.stop()

    def close(self) -> None:
        """Let the queue end, then give the loudspeaker and the engine back; hush first to end at once."""
        self._inbox.put(None)
        self._thread.join()
        self._player.close()
        self._engine.close()

    def _queue(self, item: _Item) -> None:
        with self._lock:
            self._open.append(item)
            self._inbox.put(item)

    def _run(self) -> None:
        closing = False
        while not (closing and not self.speaking):
            try:
                message = self._inbox.get(timeout=_CHECK_S if self._player.waiting else None)
            except queue.Empty:
                self._player.check()
                continue
            if message is None:
                closing = True
            elif isinstance(message, _Item):
                self._start(message)
            else:
                self._finish(*message)

    def _start(self, item: _Item) -> None:
        try:
            sound = item.sound or self._engine.synthesise(item.text, item.voice)
            if not self._play(item, sound):
                self._end(item)
        except (SpeechError, PlaybackError) as exc:
            self._trouble(item, exc)
            self._end(item)

    def _play(self, item: _Item, sound: Sound) -> bool:
        """Hand `sound` to the player, unless it was hushed meanwhile."""
        self._player.open()  # may take a while, so not under the lock
        with self._lock:
            if item in self._hushed:
                return False
            if item.pause_s > 0:
                self._player.play(silence(item.pause_s, sound.rate_hz))
            self._player.play(
                sound,
                on_started=lambda ticket: self._mark(item),
                on_ended=lambda ticket: self._unmark(item, ticket),
            )
        return True

    def _mark(self, item: _Item) -> None:
        """Called on the sound thread."""
        item.sounds = True

    def _unmark(self, item: _Item, ticket: Ticket) -> None:
        """Called on the sound thread, or by `hush`."""
        item.sounds = False
        if ticket.started_at_s is not None:
            self._ended_at_s = ticket.ended_at_s
        self._inbox.put((item, ticket))

    def _finish(self, item: _Item, ticket: Ticket) -> None:
        if ticket.fault is not None:
            self._trouble(item, ticket.fault)
        self._end(item)

    def _trouble(self, item: _Item, error: DeviceError) -> None:
        _LOG.warning("mouth.trouble %s", error)
        if item not in self._hushed:
            self._on_trouble(item.text, error)

    def _end(self, item: _Item) -> None:
        with self._lock:
            self._open.remove(item)
            self._hushed.discard(item)
            idle = not self._open
        if idle:
            self._on_idle()
