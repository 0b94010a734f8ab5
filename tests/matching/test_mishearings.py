"""Phrases as a recogniser might write them."""

from __future__ import annotations

from voice_skill.matching.mishearings import mishearings

ALIKE = {"cramp": ["crab", "grab"], "leg cramp": ["lay gramp"], "calf": ["cough"]}
OTHERS = {"calf": ["carve"]}
PHRASES = [(f"a leg cramp in my calf on day {number}", "relief.start") for number in range(400)]


def test_words_become_what_sounds_alike() -> None:
    """Of all tables, two words that are heard as others together included."""
    heard = " ".join(sentence for sentence, _ in mishearings(PHRASES, (ALIKE, OTHERS)))
    assert all(word in heard for word in ("lay gramp", "cough", "carve"))
    assert " day " in heard


def test_the_class_stays_and_about_half_of_the_sentences_are_taken() -> None:
    """And nothing is given that was not changed."""
    changed = list(mishearings(PHRASES, (ALIKE,)))
    assert {name for _, name in changed} == {"relief.start"}
    assert not {sentence for sentence, _ in changed} & {sentence for sentence, _ in PHRASES}
    assert 0.15 * len(PHRASES) < len(changed) < 0.5 * len(PHRASES)


def test_the_same_sentences_are_misheard_the_same_way_each_time() -> None:
    """So that the same weights are learnt on every machine."""
    assert list(mishearings(PHRASES, (ALIKE,))) == list(mishearings(PHRASES, (ALIKE,)))


def test_without_sound_alikes_nothing_is_misheard() -> None:
    """A language may have no table."""
    assert list(mishearings(PHRASES, ())) == []
