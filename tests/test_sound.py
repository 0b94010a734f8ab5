"""Sound in memory and in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_skill.errors import RecordingError
from voice_skill.sound import Sound, read_sound, silence, write_wav


def tone(duration_s: float, rate_hz: int, pitch_hz: float = 440.0) -> Sound:
    """A sine at half of full scale."""
    times = np.arange(round(duration_s * rate_hz)) / rate_hz
    return Sound((16_000 * np.sin(2 * np.pi * pitch_hz * times)).astype(np.int16), rate_hz)


def pitch_hz(sound: Sound) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(sound.samples.astype(float)))
    return float(np.argmax(spectrum)) * sound.rate_hz / len(sound.samples)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Sample by sample, with the same rate."""
    sound = tone(0.5, 22_050)
    write_wav(tmp_path / "a.wav", sound)
    again = read_sound(tmp_path / "a.wav")
    assert again.rate_hz == 22_050
    assert np.array_equal(again.samples, sound.samples)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_is_converted(rate_hz: int) -> None:
    """Length and pitch stay what they were."""
    converted = tone(1.0, rate_hz).at_rate(16_000)
    assert converted.rate_hz == 16_000
    assert converted.duration_s == pytest.approx(1.0, abs=0.002)
    assert pitch_hz(converted) == pytest.approx(440.0, abs=2.0)


def test_a_sound_at_the_wanted_rate_is_left_alone() -> None:
    """No conversion, no loss."""
    sound = tone(0.1, 16_000)
    assert sound.at_rate(16_000) is sound


def test_two_channels_become_one(tmp_path: Path) -> None:
    """The channels are mixed in equal parts, so that neither ear is lost."""
    left, right = np.full(800, 1_000, np.int16), np.full(800, 3_000, np.int16)
    soundfile.write(tmp_path / "stereo.wav", np.stack([left, right], axis=1), 8_000)
    sound = read_sound(tmp_path / "stereo.wav")
    assert sound.rate_hz == 8_000
    assert sound.samples.shape == (800,)
    assert set(sound.samples.tolist()) == {2_000}


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_any_kind_of_sample_is_read(subtype: str, tmp_path: Path) -> None:
    """Recordings of phones, of studios and of telephone lines alike."""
    soundfile.write(tmp_path / "a.wav", tone(0.5, 16_000).samples, 16_000, subtype=subtype)
    assert pitch_hz(read_sound(tmp_path / "a.wav")) == pytest.approx(440.0, abs=2.0)


@pytest.mark.parametrize("suffix", ["flac", "ogg", "aiff"])
def test_other_formats_are_read(suffix: str, tmp_path: Path) -> None:
    """Whatever libsndfile knows."""
    soundfile.write(tmp_path / f"a.{suffix}", tone(0.5, 16_000).samples, 16_000)
    assert pitch_hz(read_sound(tmp_path / f"a.{suffix}")) == pytest.approx(440.0, abs=2.0)


def test_samples_beyond_full_scale_are_clipped(tmp_path: Path) -> None:
    """Too loud is distorted, but never wraps round to the other sign."""
    soundfile.write(tmp_path / "loud.wav", np.array([2.0, -2.0, 0.5], np.float32), 16_000, subtype="FLOAT")
    assert read_sound(tmp_path / "loud.wav").samples.tolist() == [32767, -32768, 16384]


def test_samples_that_are_no_numbers_are_silent(tmp_path: Path) -> None:
    """A broken sample costs itself and not the recording."""
    samples = np.array([np.nan, 0.25, np.inf], np.float32)
    soundfile.write(tmp_path / "broken.wav", samples, 16_000, subtype="FLOAT")
    assert read_sound(tmp_path / "broken.wav").samples.tolist() == [0, 8192, 32767]


def test_a_missing_recording_is_one_sentence(tmp_path: Path) -> None:
    """The sentence names the path."""
    with pytest.raises(RecordingError, match=r"There is no recording at .*none\.wav; check the path\."):
        read_sound(tmp_path / "none.wav")


@pytest.mark.parametrize("content", [b"", b"hello", b"RIFF\x00\x00\x00\x00WAVE", bytes(2_000)])
def test_a_file_that_is_not_audio_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    """The sentence says which formats can be read."""
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"a\.wav is not a recording that can be read; give a WAV"):
        read_sound(path)


def test_a_recording_without_samples_is_one_sentence(tmp_path: Path) -> None:
    """A header alone is no question."""
    soundfile.write(tmp_path / "empty.wav", np.zeros(0, np.int16), 16_000)
    with pytest.raises(RecordingError, match=r"empty\.wav is empty; record it again\."):
        read_sound(tmp_path / "empty.wav")


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """The sentence names the file."""
    with pytest.raises(RecordingError, match=r"a\.wav cannot be written; choose a file in a folder that exists"):
        write_wav(tmp_path / "none" / "a.wav", tone(0.1, 16_000))


def test_silence_has_its_length() -> None:
    """Seconds at a rate, and not a sound in them."""
    quiet = silence(0.25, 8_000)
    assert quiet.duration_s == 0.25
    assert not quiet.samples.any()
