"""What the tests of the sound edge share: the virtual sound card, the speech engine, and measures of sound."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.sound_card import MISSING, SoundCard, is_installed
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine


@pytest.fixture(scope="session")
def _card() -> Iterator[SoundCard]:
    if not is_installed():
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with SoundCard() as card:
        yield card


@pytest.fixture
def sound_card(_card: SoundCard) -> SoundCard:
    """The virtual sound card, running; it is the only one that PortAudio sees."""
    if not _card.is_running:
        _card.restart()
    return _card


@pytest.fixture(scope="session")
def engine() -> Iterator[Pyttsx3Engine]:
    """The real speech engine."""
    engine = Pyttsx3Engine()
    yield engine
    engine.close()
