"""Back-off language models of up to three words, in sorted arrays of numpy.

    P(w | g h) = explicit probability, else back-off(g h) * P(w | h);   P(w | h) likewise from P(w)

Word numbers index a fixed word list. An n-gram is one integer, so a model is a few sorted arrays and looking up
is a binary search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]
_SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class NGrams:
    """All explicit n-grams of one order: `keys` are sorted, history * word count + word."""

    keys: Ints
    probabilities: Doubles

    @staticmethod
    def of(keys: Ints, probabilities: Doubles) -> NGrams:
        """Sorts what may come in any order; keys must be distinct."""
        order = np.argsort(keys, kind="stable")
        return NGrams(keys[order], probabilities[order])

    @staticmethod
    def none() -> NGrams:
        """No n-grams at all."""
        return NGrams(np.zeros(0, np.int64), np.zeros(0))

    def values(self, keys: Ints, otherwise: Doubles) -> Doubles:
        """The probability of each key, or what is given for those that are not explicit."""
        if len(self.keys) == 0:
            return otherwise
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.probabilities[at], otherwise)

    def only(self, wanted: NDArray[np.bool_]) -> NGrams:
        """The n-grams marked as wanted."""
        return NGrams(self.keys[wanted], self.probabilities[wanted])


@dataclass(frozen=True, slots=True)
class BackoffModel:
    """A normalised language model; make one with `normalised`."""

    words: int
    """Size of the word list; the histories of bigrams are its numbers."""
    unigrams: Doubles
    bigrams: NGrams
    bigram_backoff: Doubles
    """By history word."""
    trigrams: NGrams
    trigram_backoff: NGrams
    """Keyed by the two words of each history that has trigrams."""

    def bigram(self, history: Ints, word: Ints) -> Doubles:
        """P(word | history)."""
        backed_off = self.bigram_backoff[history] * self.unigrams[word]
        return self.bigrams.values(history * self.words + word, backed_off)

    def trigram(self, pair: Ints, word: Ints) -> Doubles:
        """P(word | pair), the pair being first * word count + second."""
        backed_off = self.backoff_of(pair) * self.bigram(pair % self.words, word)
        return self.trigrams.values(pair * self.words + word, backed_off)

    def backoff_of(self, pair: Ints) -> Doubles:
        """The back-off weight of two-word histories: 1 for one without trigrams."""
        return self.trigram_backoff.values(pair, np.ones(len(pair)))


def normalised(unigrams: Doubles, bigrams: NGrams, trigrams: NGrams) -> BackoffModel:
    """A model with the back-off weights that make all probabilities after every history sum to one."""
    words = len(unigrams)
    unigrams = unigrams / unigrams.sum()
    history, word = np.divmod(bigrams.keys, words)
    backoff = _left_over(bigrams.probabilities, unigrams[word], history, words)
    lower = BackoffModel(words, unigrams, bigrams, backoff, NGrams.none(), NGrams.none())
    pair, word = np.divmod(trigrams.keys, words)
    pairs, group = np.unique(pair, return_inverse=True)
    weights = _left_over(trigrams.probabilities, lower.bigram(pair % words, word), group, len(pairs))
    return replace(lower, trigrams=trigrams, trigram_backoff=NGrams(pairs, weights))


def _left_over(explicit: Doubles, lower: Doubles, group: Ints, groups: int) -> Doubles:
    """(1 - sum of explicit) / (1 - sum of the same by the lower order), by history."""
    free = 1 - np.bincount(group, explicit, groups)
    return np.maximum(free, _SMALLEST) / np.maximum(1 - np.bincount(group, lower, groups), _SMALLEST)


def mix(domain: BackoffModel, background: BackoffModel, weight: float, unseen_weight: float) -> BackoffModel:
    """Interpolates two models over one word list.

    After a history that the domain model knows the domain counts for `weight`, after any other for `unseen_weight`.
    """
    words = domain.words
    unigrams = unseen_weight * domain.unigrams + (1 - unseen_weight) * background.unigrams
    keys = np.union1d(domain.bigrams.keys, background.bigrams.keys)
    history, word = np.divmod(keys, words)
    share = _share(history, np.unique(domain.bigrams.keys // words), weight, unseen_weight)
    values = share * domain.bigram(history, word) + (1 - share) * background.bigram(history, word)
    bigrams = NGrams(keys, values)
    keys = np.union1d(domain.trigrams.keys, background.trigrams.keys)
    pair, word = np.divmod(keys, words)
    share = _share(pair, domain.trigram_backoff.keys, weight, unseen_weight)
    values = share * domain.trigram(pair, word) + (1 - share) * background.trigram(pair, word)
    return normalised(unigrams, bigrams, NGrams(keys, values))


def _share(histories: Ints, known: Ints, weight: float, unseen_weight: float) -> Doubles:
    return np.where(np.isin(histories, known), weight, unseen_weight)


def pruned(model: BackoffModel, histories: Doubles, bigram_threshold: float, trigram_threshold: float) -> BackoffModel:
    """Leaves out the n-grams whose loss costs less than a threshold (in nats).

    `histories` says how often each word is the one before: its unigram probability, but for the sentence start,
    which is never predicted and yet stands before every first word. See A. Stolcke, "Entropy-based pruning of backoff
    language models", 1998.
    """
    words = model.words
    pair, word = np.divmod(model.trigrams.keys, words)
    first, second = np.divmod(pair, words)
    pairs, group = np.unique(pair, return_inverse=True)
    weight = histories[first] * model.bigram(first, second)
    loss = _loss(model.trigrams.probabilities, model.bigram(second, word), weight, group, len(pairs))
    trigrams = model.trigrams.only(loss >= trigram_threshold)
    history, word = np.divmod(model.bigrams.keys, words)
    loss = _loss(model.bigrams.probabilities, model.unigrams[word], histories[history], history, words)
    needed = np.isin(model.bigrams.keys, trigrams.keys // words)  # a trigram is reached through its history
    return normalised(model.unigrams, model.bigrams.only(needed | (loss >= bigram_threshold)), trigrams)


def _loss(explicit: Doubles, lower: Doubles, weight: Doubles, group: Ints, groups: int) -> Doubles:
    """Relative entropy (natural logarithms) that leaving out each n-gram alone would cost, weighted by its history."""
    mass = np.maximum(1 - np.bincount(group, explicit, groups), _SMALLEST)[group]
    lower_mass = np.maximum(1 - np.bincount(group, lower, groups), _SMALLEST)[group]
    backoff, new_backoff = mass / lower_mass, (mass + explicit) / (lower_mass + lower)
    own = explicit * (np.log(explicit) - np.log(new_backoff * lower))
    loss: Doubles = weight * (own + mass * (np.log(backoff) - np.log(new_backoff)))
    return loss
