"""A session on real parts, led by the keyboard; faults by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sound_card import wait_until
from voice_skill.adapters import pyttsx3_engine
from voice_skill.catalog import Catalog
from voice_skill.domain import Say, Turn
from voice_skill.live import LiveSession
from voice_skill.settings import Settings


def test_an_engine_that_hangs_at_the_start_is_said_once_and_replies_are_shown(
    monkeypatch: pytest.MonkeyPatch, catalog: Catalog
) -> None:
    """The person reads what would have been spoken, and the session goes on to its goodbye."""
    monkeypatch.setattr(pyttsx3_engine, "PROBE_LIMIT_S", 0.2)
    monkeypatch.setattr(pyttsx3_engine, "_PROBE", "import time; time.sleep(1000)")
    turns: list[Turn] = []
    notes: list[str] = []

    def lines() -> Iterator[str]:
        wait_until(lambda: bool(notes), 10, "a word about the engine")
        yield from ("should i see a doctor", "goodbye")

    with LiveSession(Settings(earcons=False), turns.append, notes.append) as session:
        session.read_lines(lines())
        session.run()
    replies = [action.reply for turn in turns for action in turn.actions if isinstance(action, Say)]
    assert "escalation.doctor" in replies
    assert "prompt.goodbye" in replies
    [note] = notes
    assert note.startswith("The speech engine hangs; reinstall it with `pip")
    assert note.endswith("What is said can be read here.")
