"""What was learnt is in its file as it was, or the file counts for nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voice_skill.matching.training import LinearModel, TrainingSet
from voice_skill.matching.weights_file import load, store

DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def stored(toy: TrainingSet, toy_model: LinearModel, tmp_path: Path) -> Path:
    """The file of what was learnt from the small set."""
    path = tmp_path / "weights.npz"
    with path.open("wb") as file:
        store(DIGEST, toy, toy_model, file)
    return path


def test_what_is_loaded_is_what_was_learnt(toy: TrainingSet, toy_model: LinearModel, stored: Path) -> None:
    """Nothing but the fourth digit is lost in the file."""
    loaded = load(stored, DIGEST, toy.concepts)
    assert loaded is not None
    data, model = loaded
    assert data == replace(toy, misheard=())
    assert (model.classes, model.wording) == (toy_model.classes, toy_model.wording)
    assert np.allclose(model.weights, toy_model.weights, atol=2e-3)
    assert np.allclose(model.bias, toy_model.bias, atol=2e-3)
    assert np.allclose(model.rarity, toy_model.rarity, rtol=1e-3)


def test_what_was_learnt_from_something_else_is_passed_over(toy: TrainingSet, stored: Path) -> None:
    """A changed phrase counts at once."""
    assert load(stored, DIGEST[::-1], toy.concepts) is None


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "noise", "zeros", "other", "folder"])
def test_a_damaged_file_is_passed_over(damage: str, toy: TrainingSet, stored: Path) -> None:
    """It is learnt anew then, and no start fails."""
    whole = stored.read_bytes()
    stored.unlink()
    match damage:
        case "empty":
            stored.write_bytes(b"")
        case "cut":
            stored.write_bytes(whole[: len(whole) // 2])
        case "noise":
            stored.write_bytes(b"not a file of weights")
        case "zeros":
            stored.write_bytes(whole[:2_000] + bytes(2_000) + whole[4_000:])
        case "other":
            np.savez(stored.with_suffix(""), something=np.zeros(3))
        case "folder":
            stored.mkdir()
    assert load(stored, DIGEST, toy.concepts) is None
