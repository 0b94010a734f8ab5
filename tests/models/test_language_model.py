# ruff: noqa: E402  (the builder is imported only where its tools and packages are installed)
"""Language models: probabilities after any history sum to one, whatever was cut, mixed or left out."""

from __future__ import annotations

import numpy as np
import pytest

pocketsphinx = pytest.importorskip("pocketsphinx")

from models.builder.language_model import train
from models.builder.ngrams import BackoffModel, mix, pruned
from models.builder.phrases import Utterance
from models.builder.sphinx_files import package_folder
from models.builder.sphinx_ngrams import SphinxTrigrams, cut_down, read_trigrams

WORDS = [*"a cramp do have how i in is leg my of pain stop the to what".split(), "<s>", "</s>"]
SAID = [
    Utterance(("i", "have", "a", "cramp"), 1.0, whole=True),
    Utterance(("how", "do", "i", "stop", "a", "cramp"), 0.5, whole=True),
    Utterance(("pain", "in", "my", "leg"), 0.3, whole=False),
]


@pytest.fixture(scope="module")
def stored() -> SphinxTrigrams:
    return read_trigrams(package_folder() / "en-us.lm.bin")


@pytest.fixture(scope="module")
def background(stored: SphinxTrigrams) -> BackoffModel:
    return cut_down(stored, WORDS, {})


def assert_sums_to_one(model: BackoffModel) -> None:
    every_word = np.arange(model.words)
    assert model.unigrams.sum() == pytest.approx(1)
    for history in range(model.words - 1):  # nothing follows the end of a sentence
        assert model.bigram(np.full(model.words, history), every_word).sum() == pytest.approx(1, abs=1e-6)
    for pair in model.trigram_backoff.keys[::7]:
        assert model.trigram(np.full(model.words, pair), every_word).sum() == pytest.approx(1, abs=1e-6)


def test_the_reader_agrees_with_pocketsphinx(stored: SphinxTrigrams) -> None:
    log_math = pocketsphinx.LogMath()
    theirs = pocketsphinx.NGramModel(pocketsphinx.Config(lmctl=None), log_math, str(package_folder() / "en-us.lm.bin"))
    for row in range(0, len(stored.trigrams), 200_000):
        words = [stored.words[number] for number in stored.trigrams[row]]
        expected = theirs.prob(words[::-1]) * np.log(1.0001)
        assert stored.trigram_logs[row] == pytest.approx(expected, abs=1e-3)


def test_the_cut_down_background_sums_to_one(background: BackoffModel) -> None:
    assert len(background.trigrams.keys) > 100
    assert_sums_to_one(background)


def test_the_phrases_alone_sum_to_one_and_prefer_what_was_said(background: BackoffModel) -> None:
    model = train(SAID, WORDS, background)
    assert_sums_to_one(model)
    history, cramp, leg = (np.array([WORDS.index(word)]) for word in ("a", "cramp", "leg"))
    assert model.bigram(history, cramp)[0] > 10 * model.bigram(history, leg)[0]


def test_mixing_and_pruning_keep_the_sums(background: BackoffModel) -> None:
    mixed = mix(train(SAID, WORDS, background), background, weight=0.5, unseen_weight=0.1)
    assert_sums_to_one(mixed)
    smaller = pruned(mixed, mixed.unigrams, bigram_threshold=1e-4, trigram_threshold=1e-4)
    assert len(smaller.trigrams.keys) < len(mixed.trigrams.keys)
    assert_sums_to_one(smaller)
