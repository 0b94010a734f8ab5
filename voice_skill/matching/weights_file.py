"""Keeps what was learnt in the user's cache folder, so that only a change of the phrases costs a training."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice_skill.matching.repair import Wording
from voice_skill.matching.training import LinearModel, TrainingSet, train


def learnt(
    digest: str, concepts: Mapping[str, tuple[str, ...]], examples: Callable[[], TrainingSet], folder: Path
) -> tuple[TrainingSet, LinearModel]:
    """The training set and its model: from `folder` when they were learnt before, else made now and kept there.

    `digest` names what they are made from. A folder that cannot be written costs the training again next time and
    nothing else.
    """
    path = folder / f"matcher-{digest[:16]}.npz"
    stored = _load(path, concepts)
    if stored is not None:
        return stored
    data = examples()
    model = train(data)
    _store(data, model, path)
    return data, model


def _load(path: Path, concepts: Mapping[str, tuple[str, ...]]) -> tuple[TrainingSet, LinearModel] | None:
    try:
        with path.open("rb") as file, np.load(file) as stored:
            classes = tuple(_lines(stored["classes"]))
            labels = stored["labels"].tolist()
            sentences = _lines(stored["sentences"])
            others = _labelled(_lines(stored["others"]), stored["other_labels"].tolist(), classes)
            pairs = (pair.partition(" ")[::2] for pair in _lines(stored["pairs"]))
            counts = stored["counts"].tolist()
            wording = Wording(dict(zip(pairs, counts, strict=True)), tuple(_lines(stored["vocabulary"])))
            model = LinearModel(classes, stored["weights"], stored["bias"], stored["rarity"], wording)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    return TrainingSet(_labelled(sentences, labels, classes), concepts, others), model


def _labelled(sentences: list[str], labels: list[int], classes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((sentence, classes[label]) for sentence, label in zip(sentences, labels, strict=False) if sentence)


def _store(data: TrainingSet, model: LinearModel, path: Path) -> None:
    """Write beside and rename, so that nobody ever reads half a file; older models are dropped."""
    place = {name: index for index, name in enumerate(model.classes)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            np.savez(
                file,
                classes=_text(model.classes),
                weights=model.weights,
                bias=model.bias,
                rarity=model.rarity,
                sentences=_text(sentence for sentence, _ in data.examples),
                labels=np.array([place[name] for _, name in data.examples], np.int32),
                others=_text(sentence for sentence, _ in data.others),
                other_labels=np.array([place[name] for _, name in data.others], np.int32),
                pairs=_text(" ".join(pair) for pair in model.wording.pairs),
                counts=np.array(list(model.wording.pairs.values()), np.int32),
                vocabulary=_text(model.wording.vocabulary),
            )
        os.replace(name, path)
        for old in path.parent.glob("matcher-*.npz"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        return


def _text(lines: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Lines as one block of bytes: far faster to read than an array of strings."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def _lines(block: npt.NDArray[np.uint8]) -> list[str]:
    return block.tobytes().decode().split("\n")
