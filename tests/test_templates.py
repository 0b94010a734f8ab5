"""The language of phrases and red-flag signs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

import pytest

from voice_skill.catalog import Authored
from voice_skill.templates import Rules, TemplateError, compile_sign, expand

NO_RULES = Rules({})


def found(sign: str, utterance: str, rules: Rules = NO_RULES) -> bool:
    """Whether `sign` is found in `utterance`."""
    return compile_sign(sign, rules).found_in(utterance, frozenset(utterance.split()))


@pytest.mark.parametrize(
    ("template", "sentences"),
    [
        ("stop", ["stop"]),
        ("  my   leg ", ["my leg"]),
        ("(heat|cold pack)", ["heat", "cold pack"]),
        ("[please] stop", ["please stop", "stop"]),
        ("stop [now|at once]", ["stop now", "stop at once", "stop"]),
        ("(a|b) (c|d)", ["a c", "a d", "b c", "b d"]),
        ("(a|b [c|(d|e)])", ["a", "b c", "b d", "b e", "b"]),
        ("(a|) b", ["a b", "b"]),
        ("i can't", ["i can't"]),
        ("step 3", ["step 3"]),
    ],
)
def test_a_phrase_stands_for_every_sentence(template: str, sentences: list[str]) -> None:
    """Every choice is taken once, in the order in which it is written."""
    assert list(expand(template, NO_RULES)) == sentences


def test_a_rule_is_put_in_where_it_is_named() -> None:
    """Rules may use choices and other rules."""
    rules = Rules({"cramp": "(cramp|<spasm>)", "spasm": "[muscle] spasm"})
    assert list(expand("a <cramp>", rules)) == ["a cramp", "a muscle spasm", "a spasm"]


def test_plain_mappings_serve_as_rules() -> None:
    """Callers need not know the class that keeps rules."""
    assert list(expand("a <cramp>", {"cramp": "cramp"})) == ["a cramp"]


def test_rules_are_read_like_a_mapping() -> None:
    """Names lead to the templates as they were written."""
    rules = Rules({"cramp": "(cramp|spasm)", "leg": "leg"})
    assert dict(rules) == {"cramp": "(cramp|spasm)", "leg": "leg"}
    assert len(rules) == 2


def test_expansion_begins_at_once_however_much_a_phrase_stands_for() -> None:
    """A thousand million sentences cost nothing until they are asked for."""
    template = " ".join(["(a|b|c|d|e|f|g|h)"] * 10)
    assert list(islice(expand(template, NO_RULES), 2)) == ["a a a a a a a a a a", "a a a a a a a a a b"]


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("(a|b", "a ')' is missing in \"(a|b\""),
        ("[a", "a ']' is missing in \"[a\""),
        ("(a]", "a ')' is missing in \"(a]\""),
        ("(a & b)", "a ')' is missing in \"(a & b)\""),
        ("a) b", "')' has no partner in \"a) b\""),
        ("a] b", "']' has no partner in \"a] b\""),
        ("a | b", "'|' has no partner in \"a | b\""),
        ("Stop", "'S' is not allowed in \"Stop\": write small letters and no punctuation"),
        ("stop, please", "',' is not allowed in \"stop, please\": write small letters and no punctuation"),
        ("what?", "'?' is not allowed in \"what?\": write small letters and no punctuation"),
        ("a <Cramp>", "'<' is not allowed in \"a <Cramp>\": write small letters and no punctuation"),
        ("a <cramp", "'<' is not allowed in \"a <cramp\": write small letters and no punctuation"),
        ("a <cramp>", "the rule <cramp> is not defined in the file of shared words"),
        ("<loop>", "the rule <loop> uses itself"),
        ("<one>", "the rule <one> uses itself"),
        ("<both>", "the rule <both> may not use '&'"),
        ("<open>", "a ')' is missing in \"(a\""),
        ("a .. b", "'..' may stand in red-flag signs only, not in \"a .. b\""),
        ("a & b", "'&' may stand in red-flag signs only, not in \"a & b\""),
    ],
)
def test_a_phrase_that_cannot_be_read_is_told_in_one_sentence(template: str, sentence: str) -> None:
    """The sentence names what is wrong and the template it stands in."""
    rules = Rules({"loop": "a <loop>", "one": "<two>", "two": "<one>", "both": "a & b", "open": "(a"})
    with pytest.raises(TemplateError) as caught:
        list(expand(template, rules))
    assert str(caught.value) == sentence


@pytest.mark.parametrize("template", ["", "[a]", "..", "(a|)", "[a] & b", "a & [b]", "a &", "(a|[b])", "[a] .. [b]"])
def test_a_sign_that_would_match_everything_is_refused(template: str) -> None:
    """A side that may be empty would raise its flag on every utterance."""
    with pytest.raises(TemplateError) as caught:
        compile_sign(template, NO_RULES)
    assert str(caught.value) == f'a side of "{template}" may be empty, so it would match every utterance'


@pytest.mark.parametrize("template", ["(a", "a)", "Chest", "<none>"])
def test_a_sign_is_read_as_strictly_as_a_phrase(template: str) -> None:
    """A sign with a slip must not be left out in silence."""
    with pytest.raises(TemplateError):
        compile_sign(template, NO_RULES)


@pytest.mark.parametrize(
    ("sign", "utterance", "expected"),
    [
        ("can't breathe", "i can't breathe", True),
        ("can't breathe", "can't breathe at all", True),
        ("can't breathe", "my leg cramps and i can't breathe help", True),
        ("can't breathe", "can't even breathe", False),
        ("pop", "popcorn", False),
        ("pop", "lollipop", False),
        ("pop", "a pop", True),
        ("chest .. pain", "chest pain", True),
        ("chest .. pain", "my chest is in pain", True),
        ("chest .. pain", "chest one two three four pain", True),
        ("chest .. pain", "chest one two three four five pain", False),
        ("chest .. pain", "pain in my chest", False),
        ("chest & pain", "pain in my chest", True),
        ("chest & pain", "chest pain", True),
        ("chest & pain", "chest of drawers", False),
        ("(hot|red) leg", "a red leg", True),
        ("(hot|red) leg", "a blue leg", False),
        ("[very] swollen", "very swollen", True),
        ("[very] swollen", "swollen", True),
        ("felt [a] (pop|snap)", "i felt snap", True),
        ("a .. b & c .. d", "c x d then a b", True),
        ("a .. b & c .. d", "a b then d c", False),
        ("one two", "one one two", True),
        ("one .. three", "one one x x x three", True),
    ],
)
def test_a_sign_is_looked_for_anywhere(sign: str, utterance: str, expected: bool) -> None:
    """Whole words, in order, with at most four others where `..` stands; `&` in any order."""
    assert found(sign, utterance) is expected


def test_signs_use_rules() -> None:
    """The words of signs are shared like those of phrases."""
    rules = Rules({"chest": "(chest|ribs)", "pain": "(pain|hurts)"})
    assert found("<chest> .. <pain>", "my ribs really hurts", rules)
    assert not found("<chest> .. <pain>", "my knee hurts", rules)


def test_signs_are_found_again_and_again() -> None:
    """A compiled sign keeps no memory of what it saw."""
    sign = compile_sign("chest .. pain & help", NO_RULES)
    said, other = "help i have chest pain", "help yourself"
    for utterance, expected in ((said, True), (other, False), (said, True), ("", False)):
        assert sign.found_in(utterance, frozenset(utterance.split())) is expected


@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
def test_every_authored_sign_is_found_in_a_sentence_made_of_it(place: int, authored: Authored) -> None:
    """The words that make a search fast never hide what they should lead to."""
    missed = []
    for flag, entry in authored.red_flags.items():
        for template in entry.signs:
            said = sentence_of(template, authored.sign_words, place)
            if not compile_sign(template, authored.sign_words).found_in(said, frozenset(said.split())):
                missed.append((flag, template, said))
    assert not missed


def sentence_of(sign: str, rules: Mapping[str, str], place: int) -> str:
    """One sentence that a sign stands for: the option at `place` of every choice, nothing in the gaps."""
    text = sign
    while "<" in text:
        text = re.sub(r"<(\w+)>", lambda rule: f"({rules[rule[1]]})", text)
    while choice := re.search(r"[(\[]([^()\[\]]*)[)\]]", text):
        option = choice[1].split("|")[place]
        text = f"{text[: choice.start()]} {option} {text[choice.end() :]}"
    return " ".join(text.replace("..", " ").replace("&", " ").split())
