"""Sentences spoken by synthetic voices into a folder that is kept for the next time, and noise to go with them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from tests.recordings import make_recordings as maker
from voice_skill.sound import Sound

SNR_DB = 15.0
"""Of the noisy recordings: a kitchen with the fan on."""
_SEED = 7
_speaker = cache(maker.speaker_for)


def spoken_file(voice: str, said: str, folder: Path) -> Path:
    """The recording of a sentence, made if it is not there.

    Raises:
        make_recordings.NotInstalledError: the voice's program is missing.
    """
    file = folder / voice / f"{said}.flac"
    if not file.exists():
        maker.record(maker.Task(voice, said, 1.0, file), _speaker(voice), np.random.default_rng(_SEED))
    return file


def in_noise(sound: Sound, noise: str) -> Sound:
    """The sound with "kitchen" or "pink" noise at `SNR_DB` below the mean level of its speech; "none" adds none."""
    if noise == "none":
        return sound
    rng = np.random.default_rng(_SEED)
    count = len(sound.samples)
    made = maker.kitchen(rng, count) if noise == "kitchen" else maker.coloured(rng, count, power=1.0)
    speech = sound.samples[np.abs(sound.samples.astype(int)) > 300].astype(float)
    level = float(np.sqrt(np.mean(speech**2))) * 10 ** (-SNR_DB / 20)
    mixed = sound.samples + maker.levelled(made, level)
    return Sound(np.clip(mixed, -32768, 32767).astype(np.int16), sound.rate_hz)
