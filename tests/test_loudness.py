from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_skill.domain import Quality
from voice_skill.loudness import TOO_LOUD, TOO_QUIET, LevelWatch, QualityMeter, loudness_dbfs
from voice_skill.sound import Samples, read_sound

RECORDINGS = Path(__file__).parent / "recordings"
VOICES = sorted(RECORDINGS.glob("[!n]*/*.flac"))
RATE_HZ = 16_000


def noise(level_dbfs: float, seconds: float = 0.1) -> Samples:
    """White noise of that loudness."""
    raw = np.random.default_rng(0).standard_normal(round(seconds * RATE_HZ))
    return np.asarray(raw / raw.std() * 32_768 * 10 ** (level_dbfs / 20), np.int16)


def quality_of(samples: Samples) -> Quality:
    """What a meter makes of a whole recording."""
    meter = QualityMeter(RATE_HZ)
    meter.add(samples)
    return meter.quality


@pytest.mark.parametrize("level_dbfs", [-20.0, -40.0, -60.0])
def test_loudness_is_relative_to_full_scale(level_dbfs: float) -> None:
    """Noise of a known power is measured as such."""
    assert loudness_dbfs(noise(level_dbfs)) == pytest.approx(level_dbfs, abs=0.5)


def test_digital_silence_has_the_lowest_loudness() -> None:
    """Zeros and nothing at all are as quiet as 16 bits can be."""
    assert loudness_dbfs(np.zeros(10, np.int16)) == loudness_dbfs(np.zeros(0, np.int16)) == -96.0


@pytest.mark.parametrize("name", ["white noise", "pink noise", "mains hum", "digital silence"])
def test_steady_noise_is_not_speech(name: str) -> None:
    """What neither rises nor falls is marked as noise."""
    assert quality_of(read_sound(RECORDINGS / "noise" / f"oov_{name}.flac").samples) is Quality.NOISE


@pytest.mark.parametrize("path", VOICES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_speech_is_not_taken_for_noise(path: Path) -> None:
    """Every recorded voice is clear, even cut to its loud part."""
    samples = read_sound(path).samples
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 600)
    assert quality_of(samples[loud[0] : loud[-1]]) is Quality.CLEAR


def test_distorted_speech_is_marked_as_clipped() -> None:
    """Many samples at full scale mean that the microphone is too loud."""
    samples = read_sound(next(RECORDINGS.glob("flite-slt/*.flac"))).samples
    assert quality_of(np.clip(samples.astype(int) * 40, -32_768, 32_767).astype(np.int16)) is Quality.CLIPPED


def test_each_utterance_is_judged_by_itself() -> None:
    """A loud utterance does not make the noise after it speech."""
    meter = QualityMeter(RATE_HZ)
    meter.add(noise(-40))
    meter.add(noise(-10))
    loud = meter.quality
    meter.restart()
    meter.add(noise(-40))
    assert (loud, meter.quality) == (Quality.CLEAR, Quality.NOISE)


def test_too_loud_and_too_quiet_are_each_told_once() -> None:
    """Advice that is repeated after every sentence would be in the way."""
    watch = LevelWatch()
    told: list[str | None] = []
    for level_dbfs, quality in [
        (-60, Quality.CLEAR),
        (-60, Quality.CLEAR),
        (-20, Quality.CLEAR),
        (-5, Quality.CLIPPED),
    ]:
        watch.add(noise(level_dbfs))
        told.append(watch.advice(quality))
    assert told == [TOO_QUIET, None, None, TOO_LOUD]
