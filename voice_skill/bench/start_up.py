"""Does all that a live session does before it hears, devices aside, and ends."""

from __future__ import annotations

import voice_skill.live  # noqa: F401  # what a session imports is part of its start
from voice_skill.bench.listening import Listener
from voice_skill.settings import read_settings


def main() -> None:
    """Load everything and open an ear."""
    Listener(read_settings()).stream()


if __name__ == "__main__":
    main()
