"""The small language of phrases and red-flag signs, in the manner of Rhasspy and hassil sentences.

    (a|b c)   one of these            [x|y]   one of these, or nothing
    <name>    a rule defined once     a b     one after the other

A phrase is *expanded* into every sentence it stands for. A sign is *compiled* into a pattern that is looked
for anywhere in an utterance; it may also use `..` (up to four other words, in this order) and ` & `
(both sides, anywhere, in any order).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache

_TOKEN = re.compile(r"\s*(\.\.|\([a-z0-9' |]+\)|\[[a-z0-9' |]+\]|[()\[\]|&]|<[a-z0-9_]+>|[a-z0-9']+|\S)")
"""A choice between plain words is one token: most of a sign are such choices, and the same ones come again."""
_WORD = re.compile(r"[a-z0-9']+")
_PLAIN = re.compile(r"[a-z0-9' ]+")
"""A template that is just a sentence, as most are; nothing in it need be parsed."""
_GAP_WORDS = 4
_BLANK = "|"
"""Stands where words were passed over: no sign asks for it and no gap leaps over it."""
_GOLDEN = (math.sqrt(5) - 1) / 2
_CLOSERS = frozenset(")]|&")


class TemplateError(ValueError):
    """A template that cannot be read; the message is one sentence for its author."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    anchors: frozenset[str]
    """Words of which every match holds at least one; empty where a match may hold none. So for every node."""


@dataclass(frozen=True, slots=True)
class _Gap:
    anchors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple[_Node, ...]
    anchors: frozenset[str]

    @classmethod
    def of(cls, parts: Iterable[_Node]) -> _Sequence:
        parts = tuple(parts)
        return cls(parts, min((part.anchors for part in parts if part.anchors), key=len, default=frozenset()))


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[_Sequence, ...]
    optional: bool
    anchors: frozenset[str]

    @classmethod
    def of(cls, options: Iterable[_Sequence], *, optional: bool) -> _Choice:
        options = tuple(options)
        each = [option.anchors for option in options]
        can_be_empty = optional or not all(each)
        return cls(options, optional, frozenset() if can_be_empty else frozenset().union(*each))


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    sequence: _Sequence

    @property
    def anchors(self) -> frozenset[str]:
        return self.sequence.anchors


_Node = _Word | _Gap | _Sequence | _Choice | _Rule


class Rules(Mapping[str, str]):
    """Named templates, each parsed only once however often it is used; as is each sign that uses them."""

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self._definitions = dict(definitions)
        self._parsed: dict[str, _Sequence] = {}
        self._signs: dict[str, Sign] = {}

    def __getitem__(self, name: str) -> str:
        return self._definitions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def parsed(self, name: str, within: tuple[str, ...]) -> _Sequence:
        """The rule `name`, used inside of the rules `within`.

        Raises:
            TemplateError: there is no such rule, it uses itself, or it cannot be read.
        """
        if name in within:
            raise TemplateError(f"the rule <{name}> uses itself")
        if name not in self._definitions:
            raise TemplateError(f"the rule <{name}> is not defined in the file of shared words")
        if name not in self._parsed:
            sides = _Parser(self._definitions[name], self, (*within, name)).parse()
            if len(sides) > 1:
                raise TemplateError(f"the rule <{name}> may not use '&'")
            self._parsed[name] = sides[0]
        return self._parsed[name]

    def sign(self, template: str) -> Sign:
        """See `compile_sign`."""
        if template not in self._signs:
            sides = _Parser(template, self).parse()
            if not all(side.anchors for side in sides):
                raise TemplateError(f'a side of "{template}" may be empty, so it would match every utterance')
            self._signs[template] = Sign(sides)
        return self._signs[template]


class _Parser:
    """Recursive descent over one template."""

    def __init__(self, template: str, rules: Mapping[str, str], within: tuple[str, ...] = ()) -> None:
        self._template = template
        self._rules = rules if isinstance(rules, Rules) else Rules(rules)
        self._within = within
        self._tokens: list[str] = []
        self._at = 0

    def parse(self) -> list[_Sequence]:
        """The sides of ` & `, one sequence each."""
        if _PLAIN.fullmatch(self._template):
            return [_plain_sequence(self._template)]
        self._tokens = _TOKEN.findall(self._template.rstrip())
        sides = [self._sequence()]
        while self._take("&"):
            sides.append(self._sequence())
        if self._at < len(self._tokens):
            raise TemplateError(f"'{self._tokens[self._at]}' has no partner in \"{self._template}\"")
        return sides

    def _take(self, token: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False

    def _sequence(self) -> _Sequence:
        parts: list[_Node] = []
        while self._at < len(self._tokens) and self._tokens[self._at] not in _CLOSERS:
            parts.append(self._part())
        return _Sequence.of(parts)

    def _part(self) -> _Node:
        token = self._tokens[self._at]
        self._at += 1
        if token == "(":
            return self._choice(")", optional=False)
        if token == "[":
            return self._choice("]", optional=True)
        if token[0] in "([":
            return _plain_choice(token)
        if token == "..":
            return _Gap()
        if token.startswith("<") and token != "<":
            return _Rule(token[1:-1], self._rules.parsed(token[1:-1], self._within))
        word = _word(token)
        if word is None:
            where = f"'{token}' is not allowed in \"{self._template}\""
            raise TemplateError(f"{where}: write small letters and no punctuation")
        return word

    def _choice(self, closing: str, *, optional: bool) -> _Choice:
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        if not self._take(closing):
            raise TemplateError(f"a '{closing}' is missing in \"{self._template}\"")
        return _Choice.of(options, optional=optional)


@cache
def _word(token: str) -> _Word | None:
    """None if it is none. The same few words come thousands of times."""
    return _Word(token, frozenset({token})) if _WORD.fullmatch(token) else None


@cache
def _plain_sequence(words: str) -> _Sequence:
    return _Sequence.of(filter(None, map(_word, words.split())))


@cache
def _plain_choice(token: str) -> _Choice:
    return _Choice.of(map(_plain_sequence, token[1:-1].split("|")), optional=token[0] == "[")


def expand(template: str, rules: Mapping[str, str]) -> Iterator[str]:
    """Every sentence of a phrase template, in a fixed order.

    Raises:
        TemplateError: the template cannot be read, or uses `..` or `&`, which only signs may.
    """
    sides = _Parser(template, rules).parse()
    if len(sides) > 1:
        raise TemplateError(f"'&' may stand in red-flag signs only, not in \"{template}\"")
    for parts in _expand(sides[0], template):
        yield " ".join(parts)


def sample(template: str, rules: Mapping[str, str], most: int) -> Iterator[str]:
    """At most `most` of the sentences of a phrase template, spread over all of them; always the same ones.

    Unlike `expand` it never makes the others, so a template may stand for millions.

    Raises:
        TemplateError: as `expand`.
    """
    sides = _Parser(template, rules).parse()
    if len(sides) > 1:
        raise TemplateError(f"'&' may stand in red-flag signs only, not in \"{template}\"")
    total = _count(sides[0], template)
    for number in range(min(total, most)):
        # Multiples of the golden ratio, modulo one, fill an interval more evenly than chance would.
        place = number if total <= most else int(number * _GOLDEN % 1 * total)
        yield " ".join(_pick(sides[0], place))


def _count(node: _Node, template: str) -> int:
    """How many sentences `node` stands for."""
    match node:
        case _Word():
            return 1
        case _Gap():
            raise TemplateError(f"'..' may stand in red-flag signs only, not in \"{template}\"")
        case _Rule(_, sequence):
            return _count(sequence, template)
        case _Sequence(parts):
            return math.prod(_count(part, template) for part in parts)
        case _Choice(options, optional):
            return sum(_count(option, template) for option in options) + optional


def _pick(node: _Node, place: int) -> Iterator[str]:
    """The words of the sentence at `place`, from 0 up to the count."""
    match node:
        case _Word(text):
            yield text
        case _Rule(_, sequence):
            yield from _pick(sequence, place)
        case _Sequence(parts):
            for part in parts:
                place, here = divmod(place, _count(part, ""))
                yield from _pick(part, here)
        case _Choice(options, _):
            for option in options:
                if place < (size := _count(option, "")):
                    yield from _pick(option, place)
                    return
                place -= size


def _expand(node: _Node, template: str) -> Iterator[tuple[str, ...]]:
    match node:
        case _Word(text):
            yield (text,)
        case _Gap():
            raise TemplateError(f"'..' may stand in red-flag signs only, not in \"{template}\"")
        case _Rule(_, sequence):
            yield from _expand(sequence, template)
        case _Sequence(parts):
            for combination in itertools.product(*(tuple(_expand(part, template)) for part in parts)):
                yield tuple(itertools.chain.from_iterable(combination))
        case _Choice(options, optional):
            for option in options:
                yield from _expand(option, template)
            if optional:
                yield ()


class Sign:
    """A red-flag sign, ready to be looked for.

    Each side has anchors, words of which one must be there before the side can be found. They make a search nearly
    free, and a pattern is compiled only when its anchors are met for the first time: compiling all of them would take
    longer than the program may take to start.
    """

    def __init__(self, sides: Sequence[_Sequence]) -> None:
        self._sides = tuple(sides)
        self._patterns: tuple[re.Pattern[str], ...] | None = None

    @property
    def anchors(self) -> frozenset[str]:
        """Words of which every utterance with this sign holds at least one."""
        return min((side.anchors for side in self._sides), key=len)

    def prepare(self) -> None:
        """Compile now what would be compiled when an anchor is met."""
        self._ready()

    def found_in(self, utterance: str, words: Set[str]) -> bool:
        """Whether every side occurs in `utterance`: its words joined by single spaces, and as a set."""
        if any(side.anchors.isdisjoint(words) for side in self._sides):
            return False
        padded = f" {utterance} "
        return all(pattern.search(padded) for pattern in self._ready())

    def blanked(self, utterance: str, words: Set[str]) -> str:
        """`utterance` with every stretch that the sign covers replaced by a mark that is no word."""
        if any(side.anchors.isdisjoint(words) for side in self._sides):
            return utterance
        for pattern in self._ready():
            utterance = pattern.sub(f" {_BLANK}", f" {utterance} ").strip()
        return utterance

    def _ready(self) -> tuple[re.Pattern[str], ...]:
        if self._patterns is None:
            self._patterns = self._compiled()
        return self._patterns

    def _compiled(self) -> tuple[re.Pattern[str], ...]:
        # Each word consumes the space before it, so a pattern always starts and ends between words.
        return tuple(re.compile(_regex(side) + "(?= )") for side in self._sides)


def compile_sign(template: str, rules: Mapping[str, str]) -> Sign:
    """A sign ready to be looked for.

    Raises:
        TemplateError: the template cannot be read or one of its sides would match any utterance.
    """
    return (rules if isinstance(rules, Rules) else Rules(rules)).sign(template)


def _regex(node: _Node) -> str:
    match node:
        case _Word(text):
            return " " + re.escape(text)
        case _Gap():
            return rf"(?: [^ |]+){{0,{_GAP_WORDS}}}?"
        case _Rule(_, sequence):
            return _regex(sequence)
        case _Sequence(parts):
            return "".join(_regex(part) for part in parts)
        case _Choice(options, optional):
            return f"(?:{'|'.join(_regex(option) for option in options)}){'?' if optional else ''}"
