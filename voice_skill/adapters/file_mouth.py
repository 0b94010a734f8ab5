"""A mouth that speaks into a WAV file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from voice_skill.adapters.earcons import earcon_sound
from voice_skill.domain import EarconKind, Voice
from voice_skill.ports import SpeechEngine
from voice_skill.sound import Sound, silence, write_wav

BETWEEN_S = 0.3
"""Silence between two texts that ask for no pause of their own."""


class FileMouth:
    """Collects everything that is said; `close` writes it to one WAV file. Takes no time in between.

    Nothing sounds while it is being written, so hushing it changes nothing, and `on_idle` is called, if given, before
    each text or tone returns.
    """

    def __init__(self, engine: SpeechEngine, path: Path, on_idle: Callable[[], None] | None = None) -> None:
        self._engine = engine
        self._path = path
        self._on_idle = on_idle
        self._volume = Voice().volume
        self._parts: list[Sound] = []

    @property
    def speaking(self) -> bool:
        """Never: what is said is in the file at once."""
        return False

    @property
    def current_text(self) -> str:
        """Always empty, see `speaking`."""
        return ""

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Add `text` after `pause_s` seconds of silence.

        Raises:
            SpeechError: it cannot be spoken.
        """
        self._volume = voice.volume
        self._add(self._engine.synthesise(text, voice), pause_s)

    def earcon(self, kind: EarconKind) -> None:
        """Add a short sound."""
        self._add(earcon_sound(kind, self._volume), 0.0)

    def hush(self) -> None:
        """Nothing sounds, so there is nothing to hush."""

    def close(self) -> None:
        """Write the file, unless nothing was said, and give the engine back.

        Raises:
            RecordingError: the file cannot be written there.
        """
        self._engine.close()
        if self._parts:
            rate_hz = self._parts[0].rate_hz
            samples = np.concatenate([part.at_rate(rate_hz).samples for part in self._parts])
            write_wav(self._path, Sound(samples, rate_hz))
            self._parts = []

    def _add(self, sound: Sound, pause_s: float) -> None:
        gap_s = max(pause_s, BETWEEN_S) if self._parts else pause_s
        self._parts += [silence(gap_s, sound.rate_hz), sound]
        if self._on_idle:
            self._on_idle()
