"""What a check-up finds, one finding a line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(str, Enum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; the assistant works."""
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check-up."""

    level: Level
    subject: str
    text: str
