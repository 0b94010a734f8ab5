"""Words as the program sees them."""

from __future__ import annotations

import pytest

from voice_skill.text import content_words, normalise, words


def test_punctuation_and_capitals_are_left_out() -> None:
    """What is typed and what is recognised must look the same."""
    assert words("Ow! My LEG: it's cramping...") == ("ow", "my", "leg", "it's", "cramping")


@pytest.mark.parametrize("apostrophe", "'’‘`")
def test_every_apostrophe_is_the_same(apostrophe: str) -> None:
    """Phones and keyboards write "can't" with different characters; the contraction stays one word."""
    assert words(f"I can{apostrophe}t breathe") == ("i", "can't", "breathe")


@pytest.mark.parametrize("dash", "-–—")
def test_a_dash_separates_words(dash: str) -> None:
    """A recogniser writes no dashes."""
    assert words(f"warm{dash}up") == ("warm", "up")


def test_quotes_around_a_word_are_no_part_of_it() -> None:
    """Only an apostrophe inside of a word belongs to it."""
    assert words("say 'stop' 'cause it hurts") == ("say", "stop", "cause", "it", "hurts")


def test_words_keeps_what_the_recogniser_could_not_read() -> None:
    """Fillers and `[unk]` are heard, so they are words."""
    assert words("um [unk] stop") == ("um", "[unk]", "stop")


def test_fillers_carry_no_meaning() -> None:
    """Hesitation must not change what is understood."""
    assert content_words("um erm my hmm leg uh [unk] hurts") == ("my", "leg", "hurts")


@pytest.mark.parametrize("text", ["", "   ", "...", "um, er... hmm", "[unk] [unk]", "¿?"])
def test_nothing_said_is_empty(text: str) -> None:
    """Silence, fillers and signs alone normalise to nothing."""
    assert normalise(text) == ""


def test_normalise_is_stable() -> None:
    """Normalising what was normalised changes nothing."""
    once = normalise("  Um, how do I stop a Ham-String cramp?  ")
    assert once == "how do i stop a ham string cramp"
    assert normalise(once) == once
