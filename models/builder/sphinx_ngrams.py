"""Reads the trigram model `en-us.lm.bin` of the `pocketsphinx` package and cuts it down to our words.

The format is that of pocketsphinx's `ngram_model_trie.c` (after KenLM's trie): packed bits, logarithms quantised to
2^16 bins. The trie runs backwards: below a word stand the words before it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.builder.ngrams import BackoffModel, Doubles, Ints, NGrams, normalised
from models.builder.sphinx_files import SphinxFileError

_MAGIC = b"Trie Language Model"
_BINS = 1 << 16
_QUANTISED_BITS = 16
_LOG_BASE = np.log(1.0001)
_UNIGRAM = np.dtype([("log", "<f4"), ("backoff", "<f4"), ("next", "<u4")])
SENTENCE_START = "<s>"
SENTENCE_END = "</s>"


@dataclass(frozen=True, slots=True)
class SphinxTrigrams:
    """The model as stored: natural logarithms, words by number, n-grams by their words in spoken order."""

    words: tuple[str, ...]
    unigram_logs: Doubles
    unigram_backoffs: Doubles
    bigrams: Ints
    """[n-gram, 2]."""
    bigram_logs: Doubles
    bigram_backoffs: Doubles
    trigrams: Ints
    """[n-gram, 3]."""
    trigram_logs: Doubles
    suffixes: Ints
    """By trigram: the bigram of its last two words."""


class _Bits:
    """A packed array of equal records; fields are read for all records at once."""

    def __init__(self, content: NDArray[np.uint8], start: int, record_bits: int) -> None:
        self._content = content
        self._start = start
        self._record_bits = record_bits

    def field(self, count: int, offset: int, width: int) -> Ints:
        at = np.arange(count, dtype=np.int64) * self._record_bits + offset
        first = self._start + (at >> 3)
        value = np.zeros(count, np.uint64)
        for byte in range((width + 14) // 8):
            value |= self._content[first + byte].astype(np.uint64) << np.uint64(8 * byte)
        value >>= (at & 7).astype(np.uint64)
        masked: Ints = (value & np.uint64((1 << width) - 1)).astype(np.int64)
        return masked


def read_trigrams(path: Path) -> SphinxTrigrams:
    """Reads the whole model."""
    content = np.fromfile(path, np.uint8)
    raw = content.tobytes()
    at = len(_MAGIC) + 1
    if raw[: at - 1] != _MAGIC or raw[at - 1] != 3:
        raise SphinxFileError(f"{path} is not a trie of order 3")
    counts = struct.unpack_from("<3I", raw, at)
    at += 12 + 4  # the counts and the kind of quantisation
    bins = np.frombuffer(raw, "<f4", 3 * _BINS, at).astype(np.float64).reshape(3, _BINS) * _LOG_BASE
    at += 3 * _BINS * 4
    unigrams = np.frombuffer(raw, _UNIGRAM, counts[0] + 1, at)  # the last only ends the range of the one before
    at += (counts[0] + 1) * _UNIGRAM.itemsize
    return _unpack(content, at, counts, unigrams, bins)


def _unpack(
    content: NDArray[np.uint8], at: int, counts: Sequence[int], unigrams: NDArray[np.void], bins: Doubles
) -> SphinxTrigrams:
    word_bits, next_bits = counts[0].bit_length(), counts[2].bit_length()
    middle_bits = word_bits + 2 * _QUANTISED_BITS + next_bits
    middle = _Bits(content, at, middle_bits)
    ranges: Ints = unigrams["next"].astype(np.int64)
    bigram_count = int(ranges[-1])
    before = middle.field(bigram_count, 0, word_bits)
    after = np.repeat(np.arange(counts[0]), np.diff(ranges))
    nexts = middle.field(bigram_count + 1, word_bits + 2 * _QUANTISED_BITS, next_bits)
    at += ((counts[1] + 1) * middle_bits + 7) // 8 + 8  # eight spare bytes for reading words at a time
    last = _Bits(content, at, word_bits + _QUANTISED_BITS)
    trigram_count = int(nexts[-1])
    parent = np.repeat(np.arange(bigram_count), np.diff(nexts))
    first = last.field(trigram_count, 0, word_bits)
    return SphinxTrigrams(
        words=_words(content, counts[0]),
        unigram_logs=unigrams["log"][:-1].astype(np.float64) * _LOG_BASE,
        unigram_backoffs=unigrams["backoff"][:-1].astype(np.float64) * _LOG_BASE,
        bigrams=np.stack([before, after], axis=1),
        bigram_logs=bins[0][middle.field(bigram_count, word_bits + _QUANTISED_BITS, _QUANTISED_BITS)],
        bigram_backoffs=bins[1][middle.field(bigram_count, word_bits, _QUANTISED_BITS)],
        trigrams=np.stack([first, before[parent], after[parent]], axis=1),
        suffixes=parent,
        trigram_logs=bins[2][last.field(trigram_count, word_bits, _QUANTISED_BITS)],
    )


def _words(content: NDArray[np.uint8], count: int) -> tuple[str, ...]:
    """The word list ends the file: its length in bytes, then each word and a zero."""
    tail = content[-(1 << 22) :].tobytes()
    size = len(tail)
    while struct.unpack_from("<i", tail, size - 4)[0] != len(tail) - size:
        size -= 1
    words = tail[size:].decode("utf-8").split("\0")[:-1]
    if len(words) != count:
        raise SphinxFileError("the word list of the language model has another length than it says")
    return tuple(words)


def cut_down(model: SphinxTrigrams, words: Sequence[str], rare: Mapping[str, float]) -> BackoffModel:
    """The model over `words` alone, the probabilities after each history divided by what is left of their sum.

    Words the model lacks get the unigram probability that `rare` gives them.
    """
    number = {word: i for i, word in enumerate(words)}
    ours = np.array([number.get(word, -1) for word in model.words])
    known = ours >= 0
    unigrams = np.array([rare.get(word, 0.0) for word in words])
    is_start = np.array(model.words) == SENTENCE_START
    logs = np.where(is_start, -np.inf, model.unigram_logs)  # the start is never put out
    unigrams[ours[known]] = np.exp(logs[known]) / np.exp(logs[known]).sum()
    left = _mass_after_words(model, known, np.exp(np.where(known, logs, -np.inf)))
    bigrams = _kept(model.bigrams, np.exp(model.bigram_logs) / left[model.bigrams[:, 0]], ours, len(words))
    trigram_values = np.exp(model.trigram_logs) / _mass_after_pairs(model, known, left)
    return normalised(unigrams, bigrams, _kept(model.trigrams, trigram_values, ours, len(words)))


def _mass_after_words(model: SphinxTrigrams, known: NDArray[np.bool_], unigrams: Doubles) -> Doubles:
    """By history word: how much of the probability falls on known words."""
    history, word = model.bigrams.T
    count = len(model.words)
    explicit = np.bincount(history, np.exp(model.bigram_logs) * known[word], count)
    lower = unigrams.sum() - np.bincount(history, unigrams[word], count)
    mass: Doubles = explicit + np.exp(model.unigram_backoffs) * lower
    return mass


def _mass_after_pairs(model: SphinxTrigrams, known: NDArray[np.bool_], after_words: Doubles) -> Doubles:
    """By trigram: how much of the probability after its first two words falls on known words."""
    count = len(model.words)
    pairs, group = np.unique(model.trigrams[:, 0] * count + model.trigrams[:, 1], return_inverse=True)
    word = model.trigrams[:, 2]
    explicit = np.bincount(group, np.exp(model.trigram_logs) * known[word])
    suffix = np.exp(model.bigram_logs[model.suffixes])
    lower = after_words[pairs % count] - np.bincount(group, suffix * known[word])
    backoffs = NGrams.of(model.bigrams[:, 0] * count + model.bigrams[:, 1], np.exp(model.bigram_backoffs))
    mass: Doubles = explicit + backoffs.values(pairs, np.ones(len(pairs))) * lower
    return mass[group]


def _kept(ngrams: Ints, values: Doubles, ours: Ints, words: int) -> NGrams:
    """The n-grams of known words alone, under our numbers."""
    numbers = ours[ngrams]
    kept = (numbers >= 0).all(axis=1)
    keys = np.zeros(int(kept.sum()), np.int64)
    for column in numbers[kept].T:
        keys = keys * words + column
    return NGrams.of(keys, values[kept])
