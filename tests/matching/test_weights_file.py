"""What was learnt is kept, and nothing but time depends on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voice_skill.matching import weights_file
from voice_skill.matching.training import LinearModel, TrainingSet, train

DIGEST = "0123456789abcdef" * 4


def learnt(data: TrainingSet, folder: Path, digest: str = DIGEST, shipped: Path | None = None) -> LinearModel:
    """The model that is kept for `data`, or learnt from it."""
    examples, model = weights_file.learnt(digest, data.concepts, lambda: (data, train(data)), folder, shipped)
    assert examples == data
    return model


@pytest.fixture
def kept(toy: TrainingSet, tmp_path: Path) -> Path:
    """The file in which the weights of the small set were kept."""
    learnt(toy, tmp_path)
    (path,) = tmp_path.iterdir()
    return path


def same(one: LinearModel, other: LinearModel) -> bool:
    """Whether two models decide alike."""
    alike = np.allclose(one.weights, other.weights, atol=2e-3) and np.allclose(one.rarity, other.rarity, rtol=1e-3)
    return one.classes == other.classes and one.wording == other.wording and alike


def test_what_was_learnt_is_not_learnt_again(toy: TrainingSet, kept: Path) -> None:
    """The second start reads the file: a weight changed in it shows in the model."""
    with np.load(kept) as stored:
        arrays = dict(stored)
    arrays["bias"] = arrays["bias"] + 100
    np.savez(kept.with_suffix(""), **arrays)
    assert float(learnt(toy, kept.parent).bias.min()) > 50


def test_the_kept_model_is_the_learnt_one(toy: TrainingSet, toy_model: LinearModel, kept: Path) -> None:
    """Nothing but the fourth digit is lost in the file."""
    assert same(learnt(toy, kept.parent), toy_model)


@pytest.mark.parametrize("damage", ["empty", "cut", "noise", "zeros", "other", "folder"])
def test_a_damaged_file_is_learnt_anew(damage: str, toy: TrainingSet, toy_model: LinearModel, kept: Path) -> None:
    """A broken cache costs one training and no start."""
    whole = kept.read_bytes()
    kept.unlink()
    match damage:
        case "empty":
            kept.write_bytes(b"")
        case "cut":
            kept.write_bytes(whole[: len(whole) // 2])
        case "noise":
            kept.write_bytes(b"not a file of weights")
        case "zeros":
            kept.write_bytes(whole[:2_000] + bytes(2_000) + whole[4_000:])
        case "other":
            np.savez(kept.with_suffix(""), something=np.zeros(3))
        case "folder":
            kept.mkdir()
    assert same(learnt(toy, kept.parent), toy_model)


def test_weights_of_older_phrases_are_dropped(toy: TrainingSet, kept: Path) -> None:
    """The cache holds one model, however often authors change a phrase."""
    learnt(replace(toy, examples=toy.examples[:-1]), kept.parent, DIGEST[::-1])
    (only,) = kept.parent.iterdir()
    assert only != kept


def test_a_folder_that_cannot_be_written_costs_only_time(
    toy: TrainingSet, toy_model: LinearModel, tmp_path: Path
) -> None:
    """Where nothing can be kept, the assistant still starts."""
    (tmp_path / "file").write_text("in the way")
    assert same(learnt(toy, tmp_path / "file" / "cache"), toy_model)


def test_everybody_may_read_what_was_learnt(kept: Path) -> None:
    """A package made of it works for users other than the one who built it."""
    assert kept.stat().st_mode & 0o777 == 0o644


def test_what_ships_is_not_learnt(toy: TrainingSet, kept: Path, tmp_path: Path) -> None:
    """A first start with the phrases as they ship learns nothing and keeps nothing."""
    folder = tmp_path / "cache"
    learnt(toy, folder, shipped=kept)
    assert not folder.exists()


def test_what_ships_is_passed_over_once_the_phrases_were_changed(toy: TrainingSet, kept: Path, tmp_path: Path) -> None:
    """A changed phrase counts at once."""
    changed = replace(toy, examples=toy.examples[:-1])
    learnt(changed, tmp_path / "cache", DIGEST[::-1], shipped=kept)
    assert len(list((tmp_path / "cache").iterdir())) == 1
