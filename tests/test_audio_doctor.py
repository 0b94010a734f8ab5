"""What the microphone doctor says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_skill.audio_doctor import EchoTest, judge_echo, judge_voice, measure_voice
from voice_skill.echo import Echo
from voice_skill.findings import Finding, Level
from voice_skill.loudness import loudness_dbfs
from voice_skill.sound import Samples, read_sound

RATE_HZ = 16_000
VOICE = read_sound(next((Path(__file__).parent / "recordings" / "flite-slt").glob("*.flac"))).at_rate(RATE_HZ).samples


def room(level_dbfs: float) -> Samples:
    """Three seconds of noise."""
    noise = np.random.default_rng(2).standard_normal(max(3 * RATE_HZ, len(VOICE)))
    return np.asarray(noise * 32_768 * 10 ** (level_dbfs / 20), np.int16)


def diagnosis(noise_dbfs: float, gain_db: float) -> Finding:
    """Of the recorded voice, made louder, in a room with that noise."""
    noise = room(noise_dbfs)
    spoken = noise[: len(VOICE)] + VOICE * 10 ** (gain_db / 20)
    (finding,) = judge_voice(measure_voice(noise, np.clip(spoken, -32_768, 32_767).astype(np.int16), RATE_HZ))
    return finding


def test_a_clear_voice_is_in_order() -> None:
    """With its figures, which count what lies at the frequencies of speech."""
    finding = diagnosis(-60.0, 0.0)
    assert finding.level is Level.OK
    assert "noise floor -61 dBFS" in finding.text


def test_level_and_noise_floor_are_measured() -> None:
    """To a decibel or two."""
    tone = np.asarray(3_277 * np.sin(np.arange(RATE_HZ) * 0.2), np.int16)
    levels = measure_voice(room(-50.0), tone, RATE_HZ)
    assert levels.noise_dbfs == pytest.approx(-50.8, abs=0.5)  # a seventh of white noise is no sound of speech
    assert levels.speech_dbfs == pytest.approx(loudness_dbfs(tone), abs=0.5)
    assert levels.snr_db == pytest.approx(27.0, abs=1.0)


@pytest.mark.parametrize(
    ("noise_dbfs", "gain_db", "advice"),
    [(-60.0, 40.0, "turn the microphone down"), (-85.0, -30.0, "come nearer or turn"), (-35.0, 0.0, "room quieter")],
)
def test_each_fault_has_its_own_advice(noise_dbfs: float, gain_db: float, advice: str) -> None:
    """Too loud, too quiet, too noisy."""
    finding = diagnosis(noise_dbfs, gain_db)
    assert finding.level is Level.NOTE
    assert advice in finding.text


def test_a_dead_microphone_is_a_fault_and_a_silent_person_is_not() -> None:
    """Nothing but zeros means that it is off."""
    zeros = np.zeros(RATE_HZ, np.int16)
    (dead,) = judge_voice(measure_voice(zeros, zeros, RATE_HZ))
    (silent,) = judge_voice(measure_voice(room(-60.0), room(-60.0), RATE_HZ))
    assert (dead.level, silent.level) == (Level.FAULT, Level.NOTE)
    assert "no voice was heard" in silent.text


@pytest.mark.parametrize(
    ("echo_dbfs", "cancelled_db", "level", "text"),
    [
        (None, None, Level.OK, "while it speaks"),
        (-60.0, None, Level.OK, "while it speaks"),
        (-30.0, None, Level.NOTE, "wear a headset, or set 'echo_cancellation: true'"),
        (-30.0, 5.0, Level.NOTE, "takes only 5 dB of the loudspeaker away"),
        (-30.0, 40.0, Level.OK, "takes 40 dB of the loudspeaker away"),
    ],
)
def test_it_says_whether_speech_can_be_interrupted(
    echo_dbfs: float | None, cancelled_db: float | None, level: Level, text: str
) -> None:
    """By the echo against the voice, and by whether it is cancelled."""
    echo = None if echo_dbfs is None else Echo(0.08, echo_dbfs + 25.0, echo_dbfs)
    *_, finding = judge_echo(EchoTest(echo, cancelled_db, speech_dbfs=-28.0))
    assert finding.level is level
    assert text in finding.text
