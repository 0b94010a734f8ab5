"""Learns the matcher's weights from the phrases authors wrote: ridge regression, one column an intent.

A sentence is seen in two ways side by side: its hashed words, letters and sounds, and its meaning as the sentence
encoder gives it. Mis-heard words need the first. On sentences in words that no author used, the second raised the
share understood from 53 to 65 of 100, with the same share of off-topic talk refused.

A closed-form solution: no iterations, no random numbers, the same weights from the same YAML on every machine up to
rounding. Off-topic sentences are one more class, so that refusing is learnt and not only a threshold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np

from voice_skill.matching.features import DIMENSIONS, FeatureSpace, Floats
from voice_skill.matching.repair import Wording
from voice_skill.text import normalise

OFF_TOPIC = "off_topic"
"""The class of everything that must be refused."""
_METHOD = "ridge over hashed word, concept, letter and sound features, and the encoder's meaning, 6"
"""Part of the digest: change it whenever the features, the sampling or the solution change."""
_SENTENCES_A_PHRASE = 20
_EXPANSION_LIMIT = 2_000
_REGULARISATION = 0.3
_ROWS_AT_ONCE = 1_024


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
    text = repr((_METHOD, DIMENSIONS, _REGULARISATION, sources))
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
    """The ridge solution, each class weighted by the square root of its size; without `encoder`, by words alone."""
    examples = data.examples + data.misheard
    sentences = [sentence for sentence, _ in examples]
    space = FeatureSpace.learn(data.concepts, sentences)
    vectors = _vectors(sentences, encoder)
    classes = tuple(sorted({name for _, name in examples}))
    place = {name: index for index, name in enumerate(classes)}
    labels = np.array([place[name] for _, name in examples])
    root = np.bincount(labels)[labels] ** -0.25  # the square root of each row's weight
    root = (root / np.sqrt(np.mean(root**2))).astype(np.float32)[:, None]

    width = DIMENSIONS + vectors.shape[1] + 1
    gram = np.zeros((width, width), np.float32)
    target = np.zeros((width, len(classes)), np.float32)
    for start in range(0, len(labels), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        rows = _dense_rows(space, sentences[part], vectors[part])
        signs = np.full((len(rows), len(classes)), -1.0, np.float32)
        signs[np.arange(len(rows)), labels[part]] = 1.0
        rows *= root[part]
        gram += rows.T @ rows  # one array twice: BLAS then computes half of it
        target += rows.T @ (signs * root[part])
    gram[np.diag_indices(width - 1)] += _REGULARISATION
    gram[-1, -1] += 1e-3  # the bias is all but free
    solution = np.linalg.solve(gram, target).astype(np.float32)
    ours = [sentence for sentence, name in data.examples if name != OFF_TOPIC]
    others = [sentence for sentence, name in data.examples if name == OFF_TOPIC]
    weights, meaning, bias = solution[:DIMENSIONS], solution[DIMENSIONS:-1], solution[-1]
    return LinearModel(classes, weights, meaning, bias, space.rarity, Wording.learn(ours, others))


def _vectors(sentences: Sequence[str], encoder: Encoder | None) -> Floats:
    """Shape (sentences, numbers in a vector)."""
    if encoder is None:
        return np.zeros((len(sentences), 0), np.float32)
    vectors = np.zeros((len(sentences), encoder.encode([""]).shape[1]), np.float32)
    for place, vector in encoder.encode_all(sentences):
        vectors[place] = vector
    return vectors


def _dense_rows(space: FeatureSpace, sentences: Sequence[str], vectors: Floats) -> Floats:
    """Shape (sentences, DIMENSIONS + numbers in a vector + 1); the last column is the constant of the bias."""
    rows = np.zeros((len(sentences), DIMENSIONS + vectors.shape[1] + 1), np.float32)
    rows[:, DIMENSIONS:-1] = vectors
    rows[:, -1] = 1.0
    for index, sentence in enumerate(sentences):
        row = space.row(sentence)
        np.add.at(rows[index], row.columns, row.values)
    return rows
