"""Learns the matcher's weights from the phrases authors wrote: softmax regression, one column a class.

A sentence is seen in two ways side by side: its hashed words, letters and sounds, and its meaning as the sentence
encoder gives it. Mis-heard words need the first, words that no author used the second. Off-topic sentences are one
more class, so that refusing is learnt and not only a threshold, and so is each danger.

Of sentences by writers who had not seen the phrases, with 97 of 100 off-topic ones refused, ridge regression over the
same features understood 87 of 100, and this 97. The same YAML gives the same weights on every machine up to rounding.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voice_skill.matching.features import DIMENSIONS, FeatureSpace, Floats, SparseRow
from voice_skill.matching.repair import Wording
from voice_skill.text import normalise

OFF_TOPIC = "off_topic"
"""The class of everything that must be refused."""
_METHOD = "softmax regression over hashed word, concept, letter and sound features, and the encoder's meaning, 2"
"""Part of the digest: change it whenever the features, the sampling or the solution change."""
_SENTENCES_A_PHRASE = 20
_EXPANSION_LIMIT = 2_000
_MEANING_SCALE = 1.5
"""How much the meaning counts beside the words; words alone carry more numbers. Chosen on development sentences."""
_DECAY = 4e-6
_LEFT_OUT = 0.2
"""Share of an example's numbers left out at each step. Chosen on development sentences."""
_RATE = 0.02
_MEMORY, _SQUARE_MEMORY = 0.9, 0.99
_ROUNDS = 10
_LEAST_STEPS = 300
_ROWS_A_STEP = 512
_SEED = 0


class Encoder(Protocol):
    """Sentences to vectors; see `SentenceEncoder`."""

    def encode(self, sentences: Sequence[str]) -> Floats:
        """The unit vectors of a few normalised sentences, in their order; shape (sentences, size)."""
        ...

    def encode_all(self, sentences: Sequence[str]) -> Iterator[tuple[int, Floats]]:
        """The place and the vector of each sentence, in any order."""
        ...


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What there is to learn from."""

    examples: tuple[tuple[str, str], ...]
    """(normalised sentence, class), without repeats."""
    concepts: Mapping[str, tuple[str, ...]]
    others: tuple[tuple[str, str], ...] = ()
    """Further sentences that the phrases stand for: not learnt from, but known when they are heard."""
    misheard: tuple[tuple[str, str], ...] = ()
    """Examples as they might be heard: learnt from, but never taken for what was authored."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of all classes: the score for class c is `row @ weights[:, c] + vector @ meaning[:, c] + bias[c]`."""

    classes: tuple[str, ...]
    weights: Floats
    """Shape (DIMENSIONS, classes)."""
    meaning: Floats
    """Shape (numbers in a sentence's vector, classes); no rows where nothing encoded the sentences."""
    bias: Floats
    """Shape (classes,)."""
    rarity: Floats
    """See `FeatureSpace.rarity`."""
    wording: Wording
    """What repair knows of the sentences."""


def digest_of(*sources: object) -> str:
    """Changes whenever something learnt from `sources`, which print what they hold, would."""
    text = repr((_METHOD, DIMENSIONS, sources))
    return hashlib.sha256(text.encode()).hexdigest()


def training_set(
    phrases: Mapping[str, Iterable[Iterable[str]]], concepts: Mapping[str, tuple[str, ...]]
) -> TrainingSet:
    """The set for class -> phrases -> sentences each phrase stands for; long expansions are thinned out evenly."""
    examples = dict.fromkeys(
        (normalise(sentence), name)
        for name, group in phrases.items()
        for sentences in group
        for sentence in _thinned(list(islice(sentences, _EXPANSION_LIMIT)))
    )
    return TrainingSet(tuple(example for example in examples if example[0]), concepts)


def _thinned(sentences: Sequence[str]) -> Iterator[str]:
    step = max(1.0, len(sentences) / _SENTENCES_A_PHRASE)
    return (sentences[int(index * step)] for index in range(min(len(sentences), _SENTENCES_A_PHRASE)))


def train(data: TrainingSet, encoder: Encoder | None = None) -> LinearModel:
    """Softmax regression over words, sounds and meaning at once; without `encoder`, by words and sounds alone.

    Solved by small steps (Adam; Kingma and Ba 2015) that stop early, which keeps rare features from being trusted.
    """
    examples = data.examples + data.misheard
    sentences = [sentence for sentence, _ in examples]
    space = FeatureSpace.learn(data.concepts, sentences)
    classes = tuple(sorted({name for _, name in examples}))
    place = {name: index for index, name in enumerate(classes)}
    labels = np.array([place[name] for _, name in examples])
    inputs = _Inputs.of(map(space.row, sentences), _MEANING_SCALE * _vectors(sentences, encoder))
    solution = _softmax_regression(inputs, labels, len(classes))
    ours = [sentence for sentence, name in data.examples if name != OFF_TOPIC]
    others = [sentence for sentence, name in data.examples if name == OFF_TOPIC]
    weights, meaning, bias = solution[:DIMENSIONS], _MEANING_SCALE * solution[DIMENSIONS:-1], solution[-1]
    return LinearModel(classes, weights, meaning, bias, space.rarity, Wording.learn(ours, others))


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What is known of each example; the features of all of them in one row after another, to be spread quickly."""

    columns: npt.NDArray[np.int64]
    values: Floats
    ends: npt.NDArray[np.int64]
    """Where the features of each example end, shape (examples + 1,): the first is 0."""
    vectors: Floats
    """Shape (examples, numbers in a vector)."""

    @classmethod
    def of(cls, rows: Iterable[SparseRow], vectors: Floats) -> _Inputs:
        """The inputs for sentences given by their features and their meanings."""
        rows = tuple(rows)
        ends = np.cumsum([0, *(len(row.columns) for row in rows)])
        return cls(
            np.concatenate([row.columns for row in rows]), np.concatenate([row.values for row in rows]), ends, vectors
        )

    @property
    def width(self) -> int:
        """Numbers an example has in all; the last is the constant of the bias."""
        return DIMENSIONS + int(self.vectors.shape[1]) + 1

    def dense(self, chosen: npt.NDArray[np.int64], rng: np.random.Generator) -> Floats:
        """The chosen examples, shape (chosen, width), each without some of its numbers.

        They are left out at random (Srivastava et al. 2014), so that none is relied on alone.
        """
        dense = np.zeros((len(chosen), self.width), np.float32)
        vectors = self.vectors[chosen]
        dense[:, DIMENSIONS:-1] = vectors * (rng.random(vectors.shape) >= _LEFT_OUT) / np.float32(1 - _LEFT_OUT)
        dense[:, -1] = 1.0
        lengths = self.ends[chosen + 1] - self.ends[chosen]
        starts = np.cumsum(lengths) - lengths
        taken = np.repeat(self.ends[chosen] - starts, lengths) + np.arange(lengths.sum())
        taken_rows = np.repeat(np.arange(len(chosen)), lengths)
        kept = rng.random(len(taken)) >= _LEFT_OUT
        taken, taken_rows = taken[kept], taken_rows[kept]
        values = self.values[taken] / np.float32(1 - _LEFT_OUT)
        np.add.at(dense.reshape(-1), taken_rows * self.width + self.columns[taken], values)
        return dense


def _softmax_regression(inputs: _Inputs, labels: npt.NDArray[np.int64], classes: int) -> Floats:
    """Weights of shape (inputs.width, classes)."""
    weights, mean, square = (np.zeros((inputs.width, classes), np.float32) for _ in range(3))
    rng = np.random.default_rng(_SEED)
    rounds = max(_ROUNDS, math.ceil(_LEAST_STEPS * _ROWS_A_STEP / len(labels)))
    order = np.concatenate([rng.permutation(len(labels)) for _ in range(rounds)])
    steps = math.ceil(len(order) / _ROWS_A_STEP)
    for step in range(steps):
        chosen = order[step * _ROWS_A_STEP : (step + 1) * _ROWS_A_STEP]
        rows = inputs.dense(chosen, rng)
        odds = softmax(rows @ weights)
        odds[np.arange(len(chosen)), labels[chosen]] -= 1.0
        slope = rows.T @ odds / len(chosen) + _DECAY * weights
        mean += (1 - _MEMORY) * (slope - mean)
        square += (1 - _SQUARE_MEMORY) * (slope**2 - square)
        rate = _RATE * (1 - step / steps) * math.sqrt(1 - _SQUARE_MEMORY ** (step + 1)) / (1 - _MEMORY ** (step + 1))
        weights -= rate * mean / (np.sqrt(square) + 1e-8)
    return weights


def softmax(scores: Floats) -> Floats:
    """Probabilities of shape (sentences, classes) from scores of that shape."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _vectors(sentences: Sequence[str], encoder: Encoder | None) -> Floats:
    """Shape (sentences, numbers in a vector)."""
    if encoder is None:
        return np.zeros((len(sentences), 0), np.float32)
    vectors = np.zeros((len(sentences), encoder.encode([""]).shape[1]), np.float32)
    for place, vector in encoder.encode_all(sentences):
        vectors[place] = vector
    return vectors
