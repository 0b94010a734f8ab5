"""Speaking into a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_skill.adapters.earcons import earcon_sound
from voice_skill.adapters.file_mouth import BETWEEN_S, FileMouth
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
from voice_skill.adapters.speech_cache import CachedSpeech
from voice_skill.domain import EarconKind, Voice
from voice_skill.errors import RecordingError
from voice_skill.sound import read_sound


def test_everything_said_is_in_the_file_in_order(engine: Pyttsx3Engine, tmp_path: Path) -> None:
    """Texts, tones and pauses follow each other; each report of idleness comes at once."""
    path, idle = tmp_path / "reply.wav", []
    speech = CachedSpeech(engine)
    first, second = speech.synthesise("Stop.", Voice()), speech.synthesise("Sit down.", Voice())
    mouth = FileMouth(speech, path, lambda: idle.append(True))
    mouth.say("Stop.", Voice(), pause_s=0.25)
    mouth.earcon(EarconKind.UNDERSTOOD)
    mouth.say("Sit down.", Voice(), pause_s=2.0)
    mouth.hush()
    mouth.close()
    tone = earcon_sound(EarconKind.UNDERSTOOD, Voice().volume)
    parts = [first, tone, second]
    heard = read_sound(path)
    expected_s = 0.25 + BETWEEN_S + 2.0 + sum(part.duration_s for part in parts)
    assert heard.duration_s == pytest.approx(expected_s, abs=0.001)
    assert np.array_equal(heard.samples[-len(second.samples) :], second.samples)
    assert len(idle) == 3
    assert not mouth.speaking
    assert not mouth.current_text


def test_nothing_said_leaves_no_file(engine: Pyttsx3Engine, tmp_path: Path) -> None:
    """No file is better than an empty one."""
    FileMouth(engine, tmp_path / "reply.wav").close()
    assert not (tmp_path / "reply.wav").exists()


def test_a_folder_that_is_not_there_is_one_sentence(engine: Pyttsx3Engine, tmp_path: Path) -> None:
    """The sentence names the file."""
    mouth = FileMouth(engine, tmp_path / "none" / "reply.wav")
    mouth.say("Stop.", Voice())
    with pytest.raises(RecordingError, match=r"reply\.wav cannot be written"):
        mouth.close()
