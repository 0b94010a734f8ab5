"""Short soft tones that stand for words."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from voice_skill.domain import EarconKind
from voice_skill.sound import Sound

RATE_HZ = 22_050
LEVEL = 0.3
"""Peak of a tone at full volume, of full scale: well below the voice."""
NOTE_S = 0.09
_OVERLAP_S = 0.03
_NOTES_HZ = {
    EarconKind.UNDERSTOOD: (659.3, 880.0),
    EarconKind.NOT_UNDERSTOOD: (523.3, 392.0),
    EarconKind.STOPPED: (261.6,),
}


@cache
def earcon_sound(kind: EarconKind, volume: float = 1.0) -> Sound:
    """The tone of `kind`: rising for understood, falling for not understood, one low note for stopped.

    Args:
        kind: what it stands for.
        volume: 0 to 1, as for speech.
    """
    notes = [_note(pitch_hz) for pitch_hz in _NOTES_HZ[kind]]
    step = round((NOTE_S - _OVERLAP_S) * RATE_HZ)
    whole = np.zeros(step * (len(notes) - 1) + len(notes[0]))
    for place, note in enumerate(notes):
        whole[place * step : place * step + len(note)] += note
    peak = LEVEL * min(1.0, max(0.0, volume)) * 32767
    return Sound(np.asarray(whole / np.abs(whole).max() * peak, np.int16), RATE_HZ)


def _note(pitch_hz: float) -> npt.NDArray[np.float64]:
    """One note with an octave above it, that swells and dies away without a click."""
    times_s = np.arange(round(NOTE_S * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * pitch_hz * times_s) + 0.2 * np.sin(4 * np.pi * pitch_hz * times_s)
    return np.asarray(tone * np.hanning(len(times_s)), np.float64)
