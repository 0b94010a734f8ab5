"""The level meter on the terminal."""

from __future__ import annotations

from contextlib import closing

import pytest

from voice_skill.adapters.level_meter import LevelMeter


def test_it_shows_the_level_and_leaves_nothing_behind(capfd: pytest.CaptureFixture[str]) -> None:
    """What others print meanwhile stands on a line of its own."""
    with closing(LevelMeter()) as meter:
        meter.show(-30.0)
        meter._bar.refresh()
        assert "-30 dBFS" in capfd.readouterr().err
        with meter.standing_aside():
            assert capfd.readouterr().err.rstrip(" \r\n\x1b[A") == ""
    assert capfd.readouterr().err.rsplit("\r", 1)[-1].strip() == ""
