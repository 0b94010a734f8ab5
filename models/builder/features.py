"""Features: Kaldi's settings that give Sphinx's cepstra, and the mean that a fresh recogniser starts from."""

from __future__ import annotations

from collections.abc import Sequence

MFCC_CONF = """\
--window-type=hamming
--frame-length=25.625
--use-energy=false
--num-mel-bins=25
--num-ceps=13
--low-freq=130
--high-freq=6800
--cepstral-lifter=22
--sample-frequency=16000
--dither=2.0
"""
"""Sphinx's `feat.params` in Kaldi's words; frames are 410 samples long.

The correlation with Sphinx's own cepstra is 0.996 or more on each coefficient. Kaldi's filters differ in height, which
is a constant that mean normalisation removes. Without dither, digital silence would spoil the running mean.
"""

NOISE_REMOVED = """\
The acoustic model was trained on sound without its noise (Sphinx: -remove_noise yes), and hears best without it.
"""
"""What the assistant looks for; Kaldi passes the file over."""

START_MEAN = (67.9, -13.19, 0.18, 2.79, 2.48, -5.17, -1.27, -2.48, -5.28, -2.35, -6.75, -1.82, 1.57)
"""Sphinx's `-cmninit` for this model, moved by that constant."""
_FRAMES = 200.0
_VARIANCE = 100.0
"""Of no effect: only means are normalised, but Kaldi's format asks for it."""


def cmvn_stats(mean: Sequence[float] = START_MEAN) -> str:
    """The text of `global_cmvn.stats`: sums and squares over a number of frames."""
    sums = [*(value * _FRAMES for value in mean), _FRAMES]
    squares = [*((value**2 + _VARIANCE) * _FRAMES for value in mean), 0.0]
    rows = (" ".join(f"{value:.6g}" for value in row) for row in (sums, squares))
    return " [\n  " + "\n  ".join(rows) + " ]\n"
