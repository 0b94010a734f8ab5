"""Keeps learnt weights in the user's cache folder, so that only a change of the phrases costs a training."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from voice_skill.matching.training import LinearModel, TrainingSet, train


def learnt(data: TrainingSet, folder: Path) -> LinearModel:
    """The model of `data`: from `folder` when it was learnt before, else trained now and kept there.

    A folder that cannot be written costs the training again next time and nothing else.
    """
    path = folder / f"matcher-{data.digest[:16]}.npz"
    model = _load(path)
    if model is None:
        model = train(data)
        _store(model, path)
    return model


def _load(path: Path) -> LinearModel | None:
    try:
        with np.load(path) as stored:
            return LinearModel(
                tuple(map(str, stored["classes"])), stored["weights"], stored["bias"], stored["rarity"]
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _store(model: LinearModel, path: Path) -> None:
    """Write beside and rename, so that nobody ever reads half a file; older models are dropped."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            np.savez(
                file, classes=np.array(model.classes), weights=model.weights, bias=model.bias, rarity=model.rarity
            )
        os.replace(name, path)
        for old in path.parent.glob("matcher-*.npz"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        return
