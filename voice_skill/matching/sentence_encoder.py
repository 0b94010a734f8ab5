"""The meaning of a sentence as a vector, so that words nobody wrote into a phrase still point the right way.

The first layers of a transformer (MiniLM, Wang et al. 2020, as trained by the sentence-transformers project),
computed with numpy alone: one sentence is ten or twenty pieces, so nothing is gained by a framework. The file is made
by `models/make_sentence_encoder.py`: tuned on the phrases, weights in eight bits with a scale for each row, vocabulary
cut down to English as it is spoken.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice_skill.errors import DataError, Fault
from voice_skill.matching.word_pieces import WordPieces

Floats = npt.NDArray[np.float32]

SIZE = 384
"""Numbers in a sentence's vector."""
LAYERS = 2
"""Of the six that were published; tuned on the phrases, two understand more than all six as they were."""
HEADS = 12
"""Of the attention, in each layer."""
MOST_PIECES = 64
"""Nobody speaks a longer sentence; what follows is left out."""
_AT_ONCE = 32
"""Sentences, of nearly one length, that are computed together."""
_REMEMBERED = 512
"""While somebody speaks, the same words come again and again."""
_TINY = 1e-12
_NONE = -1e9
"""Affinity to what is not there."""


class SentenceEncoder:
    """Sentences to unit vectors of shape (SIZE,)."""

    def __init__(self, pieces: Sequence[str], weights: Mapping[str, Floats]) -> None:
        """`weights` by name; matrices have shape (in, out)."""
        self._pieces = WordPieces(pieces)
        self._weights = dict(weights)
        self._layers = [_Layer(self._weights, f"layer{number}.") for number in range(LAYERS)]
        self._remembered: dict[str, Floats] = {}

    @classmethod
    def load(cls, path: Path) -> SentenceEncoder:
        """Read the file at `path`.

        Raises:
            DataError: it is missing or broken.
        """
        try:
            with np.load(path) as stored:
                pieces = stored["pieces"].tobytes().decode().split("\n")
                names = [name for name in stored.files if name != "pieces" and not name.endswith(".scale")]
                weights = {name: _restored(stored, name) for name in names}
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as exc:
            raise _unreadable(path) from exc
        return cls(pieces, weights)

    @staticmethod
    def checksums(path: Path) -> tuple[int, ...]:
        """What tells the file at `path` from other encoders, without reading all of it.

        Raises:
            DataError: it is missing or broken.
        """
        try:
            with zipfile.ZipFile(path) as stored:
                return tuple(part.CRC for part in stored.infolist())
        except (OSError, zipfile.BadZipFile) as exc:
            raise _unreadable(path) from exc

    def encode_all(self, sentences: Sequence[str]) -> Iterator[tuple[int, Floats]]:
        """The place and the vector of each sentence; the shortest come first."""
        in_order = sorted(((self._numbers(each), place) for place, each in enumerate(sentences)), key=_length)
        for start in range(0, len(in_order), _AT_ONCE):
            part = in_order[start : start + _AT_ONCE]
            vectors = self._vectors([numbers for numbers, _ in part])
            yield from ((place, vector) for (_, place), vector in zip(part, vectors, strict=True))

    def encode(self, sentences: Sequence[str]) -> Floats:
        """The vectors of a few normalised sentences, in their order; shape (sentences, SIZE)."""
        remembered = self._remembered
        found = {each: remembered[each] for each in sentences if each in remembered}
        if new := [each for each in dict.fromkeys(sentences) if each not in found]:
            found.update(zip(new, self._vectors([self._numbers(each) for each in new]), strict=True))
            # Replaced and never emptied: the ear and the conversation ask from two threads.
            self._remembered = found if len(remembered) > _REMEMBERED else remembered | found
        return np.stack([found[each] for each in sentences])

    def _numbers(self, sentence: str) -> list[int]:
        return self._pieces.numbers(sentence)[:MOST_PIECES]

    def _vectors(self, sentences: Sequence[list[int]]) -> Floats:
        """Unit vectors, shape (sentences, SIZE), of sentences given as numbers of pieces.

        All are computed at once: most of the time goes into fetching the weights from memory.
        """
        longest = max(map(len, sentences))
        numbers = np.array([each + [0] * (longest - len(each)) for each in sentences])
        present = np.arange(longest) < np.array([[len(each)] for each in sentences])
        places = self._weights["places"][:longest]
        state = _normed(self._weights["words"][numbers] + places, self._weights, "norm")
        for layer in self._layers:
            state = layer(state, present)
        mean = np.mean(state, axis=1, where=present[..., None])
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)


class _Layer:
    """Self-attention and a feed-forward step, each added to what came in and brought to a common scale."""

    def __init__(self, weights: Mapping[str, Floats], prefix: str) -> None:
        self._weights = {name.removeprefix(prefix): each for name, each in weights.items() if name.startswith(prefix)}

    def __call__(self, state: Floats, present: npt.NDArray[np.bool_]) -> Floats:
        """`present`, shape (sentences, length), is false where a shorter sentence is filled up."""
        state = _normed(state + self._linear(self._attended(state, present), "out"), self._weights, "norm1")
        return _normed(state + self._linear(_gelu(self._linear(state, "up")), "down"), self._weights, "norm2")

    def _attended(self, state: Floats, present: npt.NDArray[np.bool_]) -> Floats:
        sentences, length, _ = state.shape
        heads = self._linear(state, "query_key_value").reshape(sentences, length, 3, HEADS, SIZE // HEADS)
        query, key, value = heads.transpose(2, 0, 3, 1, 4)
        affinity = query @ key.swapaxes(-1, -2) * np.float32((SIZE // HEADS) ** -0.5)
        affinity = np.where(present[:, None, None, :], affinity, np.float32(_NONE))
        affinity = np.exp(affinity - affinity.max(axis=-1, keepdims=True))
        mixed = affinity / affinity.sum(axis=-1, keepdims=True) @ value
        return np.asarray(mixed.transpose(0, 2, 1, 3).reshape(sentences, length, SIZE), np.float32)

    def _linear(self, state: Floats, name: str) -> Floats:
        rows = state.reshape(-1, state.shape[-1])  # one product of two matrices is far faster than one a sentence
        product = rows @ self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return np.asarray(product.reshape(*state.shape[:-1], -1), np.float32)


def _normed(state: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    centred = state - state.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _TINY)
    return np.asarray(centred / deviation * weights[f"{name}.weight"] + weights[f"{name}.bias"], np.float32)


def _gelu(x: Floats) -> Floats:
    """By the hyperbolic tangent (Hendrycks and Gimpel 2016); the error is below that of the eight-bit weights."""
    inner = np.float32(0.7978846) * (x + np.float32(0.044715) * x * x * x)
    return np.asarray(np.float32(0.5) * x * (1 + np.tanh(inner)), np.float32)


def _unreadable(path: Path) -> DataError:
    return DataError((Fault(str(path), "", "is missing or broken; install the program again, or run 'make encoder'"),))


def _restored(stored: Mapping[str, Floats], name: str) -> Floats:
    """A matrix from its eight-bit rows, or a vector as it is."""
    values = stored[name].astype(np.float32)
    scale = f"{name}.scale"
    return np.asarray(values * stored[scale][:, None] if scale in stored else values, np.float32)


def _length(numbered: tuple[list[int], int]) -> int:
    return len(numbered[0])
