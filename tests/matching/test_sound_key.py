"""Words that sound alike fall together."""

from __future__ import annotations

import pytest

from voice_skill.matching.sound_key import sound_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("knee", "nee"),
        ("knead", "need"),
        ("wrap", "rap"),
        ("phone", "fone"),
        ("which", "witch"),
        ("cell", "sell"),
        ("quick", "kwik"),
        ("leg", "lek"),
        ("pad", "bat"),
        ("massage", "masaj"),
        ("thumb", "thum"),
        ("stretch", "strech"),
        ("cramp", "gramp"),
        ("hamstring", "hamsterring"),
    ],
)
def test_words_that_sound_alike_share_a_key(one: str, other: str) -> None:
    """Spelling, voicing and vowels are what recognisers confuse."""
    assert sound_key(one) == sound_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("heat", "cold"), ("cramp", "clamp"), ("thigh", "tie"), ("chest", "rest"), ("stop", "step up")]
)
def test_words_that_sound_different_do_not(one: str, other: str) -> None:
    """The skeleton of consonants is enough to tell these apart."""
    assert sound_key(one) != sound_key(other)


@pytest.mark.parametrize("word", ["ache", "ice", "east"])
def test_a_leading_vowel_counts_as_one(word: str) -> None:
    """Which vowel it is does not matter, that there is one does."""
    assert sound_key(word).startswith("A")


@pytest.mark.parametrize("word", ["", "'", "3"])
def test_a_word_without_letters_has_no_sound(word: str) -> None:
    """Nothing is made up."""
    assert sound_key(word) == ""
