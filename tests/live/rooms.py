"""Rooms in which the assistant is measured: how loud its own voice comes back, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.live.assistant import Assistant
from tests.sound_card import SoundCard

RATE_WPM = 150
"""As people hear it: the welcome lasts twelve seconds."""


@dataclass(frozen=True, slots=True)
class Room:
    """One row of a table."""

    level_db: float | None
    """Of the echo, relative to what is played; None for a headset."""
    cancelling: bool

    def __str__(self) -> str:
        echo = "no echo" if self.level_db is None else f"echo {self.level_db:+.0f} dB"
        return f"{echo:12s} {'with' if self.cancelling else 'without'} cancellation"


@contextmanager
def listening(card: SoundCard, room: Room, events: Path | None = None) -> Iterator[Assistant]:
    """A fresh assistant in that room."""
    settings = card.folder / "room.yaml"
    settings.write_text(f"rate_wpm: {RATE_WPM}\necho_cancellation: {str(room.cancelling).lower()}\n")
    echo = nullcontext() if room.level_db is None else card.speaker_to_microphone(level_db=room.level_db)
    with echo, Assistant(card, "--settings", str(settings), events=events) as assistant:
        yield assistant
