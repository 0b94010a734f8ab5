"""Sentences spoken by synthetic voices into a folder that is kept for the next time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from tests.recordings import make_recordings as maker

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
