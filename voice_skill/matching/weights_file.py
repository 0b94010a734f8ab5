"""Keeps what was learnt: shipped with the program, and in the user's cache folder once the phrases were changed."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice_skill.matching.repair import Wording
from voice_skill.matching.training import LinearModel, TrainingSet

_READABLE = 0o644
"""By everybody: a temporary file is its owner's alone."""
_BROKEN = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)


def learnt(
    digest: str,
    concepts: Mapping[str, tuple[str, ...]],
    learn: Callable[[], tuple[TrainingSet, LinearModel]],
    folder: Path,
    shipped: Path | None = None,
) -> tuple[TrainingSet, LinearModel]:
    """The training set and its model: `shipped` or from `folder` when they were learnt before, else learnt and kept.

    `digest` names what they are made from. A folder that cannot be written costs the learning again next time and
    nothing else.
    """
    path = folder / f"matcher-{digest[:16]}.npz"
    stored = (shipped and load(shipped, digest, concepts)) or load(path, digest, concepts)
    if stored is not None:
        return stored
    data, model = learn()
    try:
        store(digest, data, model, path)
    except OSError:
        return data, model
    for old in folder.glob("matcher-*.npz"):
        if old != path:
            old.unlink(missing_ok=True)
    return data, model


def load(path: Path, digest: str, concepts: Mapping[str, tuple[str, ...]]) -> tuple[TrainingSet, LinearModel] | None:
    """What is kept at `path`; None when it was learnt from something else, is missing or is broken."""
    try:
        with path.open("rb") as file, np.load(file) as stored:
            if _lines(stored["digest"]) != [digest]:
                return None
            classes = tuple(_lines(stored["classes"]))
            labels = stored["labels"].tolist()
            sentences = _lines(stored["sentences"])
            others = _labelled(_lines(stored["others"]), stored["other_labels"].tolist(), classes)
            pairs = (pair.partition(" ")[::2] for pair in _lines(stored["pairs"]))
            counts = stored["counts"].tolist()
            wording = Wording(dict(zip(pairs, counts, strict=True)), tuple(_lines(stored["vocabulary"])))
            weights, meaning, bias, rarity = (
                stored[name].astype(np.float32) for name in ("weights", "meaning", "bias", "rarity")
            )
            model = LinearModel(classes, weights, meaning, bias, rarity, wording)
    except _BROKEN:
        return None
    return TrainingSet(_labelled(sentences, labels, classes), concepts, others), model


def _labelled(sentences: list[str], labels: list[int], classes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((sentence, classes[label]) for sentence, label in zip(sentences, labels, strict=False) if sentence)


def store(digest: str, data: TrainingSet, model: LinearModel, path: Path) -> None:
    """Write beside and rename, so that nobody ever reads half a file.

    Raises:
        OSError: the folder cannot be written.
    """
    place = {name: index for index, name in enumerate(model.classes)}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        np.savez_compressed(
            file,
            digest=_text([digest]),
            classes=_text(model.classes),
            weights=model.weights.astype(np.float16),  # three digits are more than the phrases can tell
            meaning=model.meaning.astype(np.float16),
            bias=model.bias,
            rarity=model.rarity.astype(np.float16),
            sentences=_text(sentence for sentence, _ in data.examples),
            labels=np.array([place[name] for _, name in data.examples], np.int32),
            others=_text(sentence for sentence, _ in data.others),
            other_labels=np.array([place[name] for _, name in data.others], np.int32),
            pairs=_text(" ".join(pair) for pair in model.wording.pairs),
            counts=np.array(list(model.wording.pairs.values()), np.int32),
            vocabulary=_text(model.wording.vocabulary),
        )
    Path(name).chmod(_READABLE)
    os.replace(name, path)


def _text(lines: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Lines as one block of bytes: far faster to read than an array of strings."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def _lines(block: npt.NDArray[np.uint8]) -> list[str]:
    return block.tobytes().decode().split("\n")
