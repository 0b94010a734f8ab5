"""Learning from phrases."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from voice_skill.matching.features import DIMENSIONS, FeatureSpace
from voice_skill.matching.near_misses import near_misses
from voice_skill.matching.training import OFF_TOPIC, LinearModel, TrainingSet, digest_of, train, training_set


def test_a_small_set_is_learnt(toy: TrainingSet, toy_model: LinearModel) -> None:
    """Each sentence scores highest for the class it stands under."""
    space = FeatureSpace(toy.concepts, toy_model.rarity)
    for sentence, name in toy.examples:
        scores = space.row(sentence).dense() @ toy_model.weights + toy_model.bias
        assert toy_model.classes[int(np.argmax(scores))] == name, sentence


def test_the_shape_is_one_column_a_class(toy_model: LinearModel) -> None:
    """Classes stand in alphabetical order, off-topic among them."""
    assert toy_model.classes == ("cold", "heat", "massage", "no", OFF_TOPIC, "yes")
    assert toy_model.weights.shape == (DIMENSIONS, 6)
    assert toy_model.bias.shape == (6,)
    assert toy_model.weights.dtype == np.float32


def test_learning_is_the_same_every_time(toy: TrainingSet, toy_model: LinearModel) -> None:
    """No random numbers: what was tested is what runs."""
    again = train(toy)
    assert again.classes == toy_model.classes
    assert np.allclose(again.weights, toy_model.weights, atol=1e-5)
    assert np.allclose(again.bias, toy_model.bias, atol=1e-4)


def test_sentences_are_normalised_and_taken_once() -> None:
    """Authors may write as they like; empty expansions teach nothing."""
    data = training_set({"stop": [["Stop!", "stop", ""], ["STOP", "please stop"]]}, {})
    assert data.examples == (("stop", "stop"), ("please stop", "stop"))


def test_one_phrase_cannot_drown_the_others() -> None:
    """A phrase that stands for hundreds of sentences gives a few, spread evenly over them."""
    data = training_set({"many": [(f"word{number}" for number in range(1200))], "few": [["one", "two"]]}, {})
    many = [int(sentence.removeprefix("word")) for sentence, name in data.examples if name == "many"]
    steps = {later - earlier for earlier, later in pairwise(many)}
    assert 2 <= len(many) <= 20
    assert many[0] == 0
    assert max(steps) - min(steps) <= 1
    assert 1200 - many[-1] <= max(steps)
    assert len(data.examples) == len(many) + 2


def test_a_phrase_without_end_is_cut_off() -> None:
    """However much a template stands for, learning begins."""
    endless = (f"word{number}" for number in iter(int, 1))
    assert len(training_set({"endless": [endless]}, {}).examples) == 1


def test_the_digest_changes_with_what_is_learnt() -> None:
    """Old weights are never used for new phrases."""
    sources = ({"stop": ("stop",)}, {"stop": ("stop", "halt")}, {"halt": ("stop",)})
    assert len({digest_of(source, {}) for source in sources} | {digest_of(sources[0], {"leg": ("thigh",)})}) == 4
    assert digest_of(sources[0], {}) == digest_of(dict(sources[0]), {})


def test_near_misses_keep_the_frame_and_change_the_subject() -> None:
    """Each sentence about us gives one about something else."""
    ours = ["how long does a cramp last", "hold on", "my leg cramp hurts"]
    made = list(near_misses(ours, {"cramp", "leg"}, ["battery"]))
    assert made == ["how long does a battery last", "my battery hurts"]
