"""The readers, on the real files of the installed `pocketsphinx` package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pocketsphinx")

from models.builder.sphinx_files import (
    Position,
    package_folder,
    read_dictionary,
    read_gaussians,
    read_mixture_weights,
    read_model_definition,
    read_transition_counts,
)

ACOUSTIC = package_folder() / "en-us"


def test_every_state_of_a_triphone_draws_on_the_codebook_of_its_base_phone() -> None:
    definition = read_model_definition(ACOUSTIC / "mdef")
    assert len(definition.phones) == 42
    assert definition.senone_count == 5126
    assert definition.phones[definition.silence] == "SIL"
    for (base, _, _, _), states in list(definition.triphones.items())[::1000]:
        assert {int(definition.codebook_of[state]) for state in states} == {base}


def test_an_unseen_context_falls_back_to_a_sound_of_the_same_phone() -> None:
    definition = read_model_definition(ACOUSTIC / "mdef")
    oy, zh = definition.phones.index("OY"), definition.phones.index("ZH")
    states = definition.senones(zh, oy, zh, Position.SINGLE)
    assert {int(definition.codebook_of[state]) for state in states} == {zh}


def test_mixture_weights_of_a_state_sum_to_about_one() -> None:
    weights = np.exp(read_mixture_weights(ACOUSTIC / "sendump", streams=3))
    assert weights.shape == (3, 128, 5126)
    assert np.abs(weights.sum(axis=1) - 1).mean() < 0.05  # eight bits a weight


def test_gaussians_and_transitions_have_the_shapes_of_the_model() -> None:
    assert read_gaussians(ACOUSTIC / "means").shape == (42, 3, 128, 13)
    assert (read_gaussians(ACOUSTIC / "variances") >= 0).all()
    counts = read_transition_counts(ACOUSTIC / "transition_matrices")
    assert counts.shape == (42, 3, 4)
    assert (np.triu(counts, 2) == 0).all()  # no state is skipped, as the Kaldi topology has it


def test_the_dictionary_keeps_variants_and_drops_comments(tmp_path: Path) -> None:
    path = tmp_path / "words.dict"
    path.write_text("# a comment\nglute G L UW T\neither IY DH ER  # one way\neither(2) AY DH ER\n")
    assert read_dictionary(path) == {
        "glute": (("G", "L", "UW", "T"),),
        "either": (("IY", "DH", "ER"), ("AY", "DH", "ER")),
    }
