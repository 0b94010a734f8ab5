"""The word graph's language model: our phrases mixed into a background of general English."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from models.builder.ngrams import BackoffModel, NGrams, mix, normalised, pruned
from models.builder.phrases import Utterance
from models.builder.settings import LanguageSettings
from models.builder.sphinx_ngrams import SENTENCE_END, SENTENCE_START, SphinxTrigrams, cut_down

_RARE = 1e-7
"""Unigram probability of a word that the background model lacks."""
Counts = Mapping[tuple[int, ...], Mapping[int, float]]


def train(utterances: Iterable[Utterance], words: Sequence[str], background: BackoffModel) -> BackoffModel:
    """A Witten-Bell trigram model of weighted utterances; its unigrams lean a little on the background."""
    counts = _count(utterances, {word: i for i, word in enumerate(words)})
    total = sum(counts[()].values())
    unigrams = np.array([counts[()].get(i, 0.0) / total for i in range(len(words))])
    unigrams = 0.9 * unigrams + 0.1 * background.unigrams
    one = normalised(unigrams, NGrams.none(), NGrams.none())
    two = normalised(unigrams, _smoothed(counts, 1, one), NGrams.none())
    return normalised(unigrams, two.bigrams, _smoothed(counts, 2, two))


def _count(utterances: Iterable[Utterance], number: Mapping[str, int]) -> Counts:
    counts: defaultdict[tuple[int, ...], defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for utterance in utterances:
        sentence = (SENTENCE_START, *utterance.words, SENTENCE_END) if utterance.whole else utterance.words
        numbers = [number[word] for word in sentence]
        for i, word in enumerate(numbers):
            if utterance.whole and i == 0:
                continue
            for order in range(min(i, 2) + 1):
                counts[tuple(numbers[i - order : i])][word] += utterance.weight
    return counts


def _smoothed(counts: Counts, order: int, lower: BackoffModel) -> NGrams:
    """Witten-Bell: (count + kinds * lower probability) / (all + kinds).

    Kinds are the different words seen after a history.
    """
    rows: list[tuple[int, float, int, float]] = []
    words = lower.words
    for history, after in counts.items():
        if len(history) == order:
            base = history[0] if order == 1 else history[0] * words + history[1]
            total = sum(after.values())
            rows += ((base * words + word, seen, len(after), total) for word, seen in after.items())
    keys = np.array([row[0] for row in rows], np.int64)
    seen, kinds, totals = np.array([row[1:] for row in rows], np.float64).reshape(-1, 3).T
    before, word = np.divmod(keys, words)
    below = lower.unigrams[word] if order == 1 else lower.bigram(before % words, word)
    return NGrams.of(keys, (seen + kinds * below) / (totals + kinds))


def make_model(
    lexicon_words: Sequence[str],
    utterances: Iterable[Utterance],
    background: SphinxTrigrams,
    settings: LanguageSettings,
) -> tuple[list[str], BackoffModel]:
    """The finished model and its word list: the lexicon, then sentence start and end."""
    words = [*lexicon_words, SENTENCE_START, SENTENCE_END]
    general = cut_down(background, words, dict.fromkeys(lexicon_words, _RARE))
    domain = train(utterances, words, general)
    mixed = mix(domain, general, settings.phrase_weight, settings.phrase_weight_elsewhere)
    histories = mixed.unigrams.copy()
    histories[words.index(SENTENCE_START)] = histories[words.index(SENTENCE_END)]  # as many starts as ends
    return words, pruned(mixed, histories, settings.bigram_threshold, settings.trigram_threshold)


def graph_lines(words: Sequence[str], model: BackoffModel, labels: Mapping[str, int]) -> Iterator[str]:
    """The model as a word acceptor for `fstcompile`, costs being minus natural logarithms.

    State 0 has no history; a state for each word follows, then one for each pair of words with trigrams.
    """
    count = len(words)
    start, end = words.index(SENTENCE_START), words.index(SENTENCE_END)
    pairs = {int(pair): count + 1 + i for i, pair in enumerate(model.trigram_backoff.keys)}

    def arc(state: int, word: int, target: int, probability: float) -> str:
        if word == end:
            return f"{state} {_cost(probability)}"
        label = labels[words[word]]
        return f"{state} {target} {label} {label} {_cost(probability)}"

    after_start = [(key, p) for key, p in _rows(model.bigrams) if key // count == start]
    others = [(key, p) for key, p in _rows(model.bigrams) if key // count != start]
    for key, probability in (*after_start, *others):  # the first line names the start state
        history, word = divmod(key, count)
        yield arc(history + 1, word, pairs.get(key, word + 1), probability)
    for history, weight in enumerate(model.bigram_backoff):
        if history != end:
            yield f"{history + 1} 0 0 0 {_cost(float(weight))}"
    for word, probability in enumerate(model.unigrams):
        if word != start:
            yield arc(0, word, word + 1, float(probability))
    for key, probability in _rows(model.trigrams):
        pair, word = divmod(key, count)
        yield arc(pairs[pair], word, pairs.get(pair % count * count + word, word + 1), probability)
    for pair, weight in _rows(model.trigram_backoff):
        yield f"{pairs[pair]} {pair % count + 1} 0 0 {_cost(weight)}"


def _rows(ngrams: NGrams) -> Iterator[tuple[int, float]]:
    return zip(ngrams.keys.tolist(), ngrams.probabilities.tolist(), strict=True)


def _cost(probability: float) -> str:
    return f"{-math.log(probability):.3f}"
