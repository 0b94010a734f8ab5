"""Sound in memory and in files: mono samples with their rate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice_skill.errors import RecordingError

Samples = npt.NDArray[np.int16]
SPEECH_RATE_HZ = 16_000
"""The rate that speech recognisers are trained on."""
SPEECH_BAND_HZ = (130.0, 6_800.0)
"""The frequencies that acoustic models listen to."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono 16-bit samples, shape (n,), with their rate in Hz."""

    samples: Samples
    rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz

    def at_rate(self, rate_hz: int) -> Sound:
        """The same sound at another rate."""
        if rate_hz == self.rate_hz:
            return self
        import soxr

        return Sound(np.asarray(soxr.resample(self.samples, self.rate_hz, rate_hz), np.int16), rate_hz)


def silence(duration_s: float, rate_hz: int) -> Sound:
    """Digital silence of that many seconds."""
    return Sound(np.zeros(round(duration_s * rate_hz), np.int16), rate_hz)


def read_sound(path: Path) -> Sound:
    """A sound file of any format that libsndfile knows (WAV, AIFF, FLAC, OGG), its channels mixed to one.

    Raises:
        RecordingError: the file is missing, is not audio, or holds no samples.
    """
    import soundfile

    if not path.is_file():
        raise RecordingError(f"There is no recording at {path}; check the path.")
    try:
        frames, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as exc:
        reason = f"{path} is not a recording that can be read; give a WAV, FLAC, OGG or AIFF file."
        raise RecordingError(reason) from exc
    if not len(frames):
        raise RecordingError(f"{path} is empty; record it again.")
    # Broken files hold samples that are no numbers, and full scale is the most that 16 bits can tell.
    mono = np.clip(np.nan_to_num(frames, posinf=1.0, neginf=-1.0).mean(axis=1) * 32768.0, -32768, 32767)
    return Sound(mono.astype(np.int16), int(rate_hz))


def write_wav(path: Path, sound: Sound) -> None:
    """Write `sound` as a 16-bit WAV file.

    Raises:
        RecordingError: the file cannot be written there.
    """
    import soundfile

    try:
        soundfile.write(path, sound.samples, sound.rate_hz, subtype="PCM_16", format="WAV")
    except (OSError, soundfile.LibsndfileError) as exc:
        raise RecordingError(f"{path} cannot be written; choose a file in a folder that exists and is yours.") from exc
