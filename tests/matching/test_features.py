"""What the matcher sees of a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from voice_skill.matching.features import DIMENSIONS, FeatureSpace, Floats

CONCEPTS = {"warm": ("heat", "warmth"), "icy": ("cold", "ice")}
SENTENCES = [
    "how do i stop a hamstring cramp",
    "should i use heat",
    "should i use ice or cold",
    "the violin string is fine",
]


@pytest.fixture(scope="module")
def space() -> FeatureSpace:
    """Rarities of four sentences."""
    return FeatureSpace.learn(CONCEPTS, SENTENCES * 3)


def likeness(one: str, other: str, space: FeatureSpace) -> float:
    """The cosine of the angle between two sentences."""
    a, b = space.row(one).dense(), space.row(other).dense()
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def norm(row: Floats) -> float:
    """Length of a row."""
    return float(np.linalg.norm(row))


def test_a_row_is_the_same_every_time(space: FeatureSpace) -> None:
    """No chance, and no hash that differs between processes."""
    again = FeatureSpace.learn(CONCEPTS, SENTENCES * 3)
    for sentence in SENTENCES:
        assert np.array_equal(space.row(sentence).dense(), again.row(sentence).dense())


def test_columns_lie_inside_of_the_space(space: FeatureSpace) -> None:
    """Whatever the sentence."""
    row = space.row("a wholly unheard sentence of strange wörds 123")
    assert row.columns.min() >= 0
    assert row.columns.max() < DIMENSIONS
    assert row.dense().shape == (DIMENSIONS,)


def test_an_empty_sentence_has_hardly_any_features(space: FeatureSpace) -> None:
    """Nothing is divided by nothing."""
    assert np.isfinite(space.row("").dense()).all()


def test_a_long_sentence_weighs_no_more_than_a_short_one(space: FeatureSpace) -> None:
    """Each block of features has unit length."""
    short, long = space.row("should i use heat"), space.row(" ".join(SENTENCES * 3))
    assert norm(long.dense()) == pytest.approx(norm(short.dense()), rel=0.15)


def test_words_of_one_concept_are_alike(space: FeatureSpace) -> None:
    """A word that no phrase holds is understood by its class."""
    assert likeness("use ice", "use cold", space) > likeness("use ice", "use heat", space)


def test_a_word_that_was_split_still_looks_like_itself(space: FeatureSpace) -> None:
    """Recognisers write "ham string"; the sounds run across the gap."""
    whole = likeness("stop a hamstring cramp", "stop a ham string cramp", space)
    other = likeness("stop a hamstring cramp", "stop a violin string cramp", space)
    assert whole > other
