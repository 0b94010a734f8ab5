"""The file of what was learnt: one ships with the program, and one is kept once the phrases were changed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from voice_skill.matching.repair import Wording
from voice_skill.matching.training import LinearModel, TrainingSet

_BROKEN = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)


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


def store(digest: str, data: TrainingSet, model: LinearModel, file: IO[bytes]) -> None:
    """Write what `load` reads.

    Raises:
        OSError: it cannot be written.
    """
    place = {name: index for index, name in enumerate(model.classes)}
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


def _text(lines: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Lines as one block of bytes: far faster to read than an array of strings."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def _lines(block: npt.NDArray[np.uint8]) -> list[str]:
    return block.tobytes().decode().split("\n")
