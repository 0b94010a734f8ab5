"""The network of sounds: every word of the lexicon as context-dependent phones, across word boundaries too.

Between words stand the states `junction(left, right)`: the last phone spoken and the first phone of what follows,
which is silence or a word. A word of two phones or more leaves a junction by its first phone, goes through a tree of
inner phones, puts out its label, and says its last phone once for each phone that may follow. Garbage speech, `[unk]`,
is a loop of phones without context.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.builder.phones import PhoneTable
from models.builder.sphinx_files import ModelDefinition, Position
from models.builder.transitions import HmmState

EPSILON = 0
Pronunciation = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PathCosts:
    """Costs (minus natural logarithms of probabilities) of what no language model prices."""

    silence: float
    noise: float
    word: float
    """For every word: above 0 it prefers few long words, below 0 many short ones."""
    garbage_phone: float
    """For every phone of garbage speech."""
    garbage: float
    """Once for a stretch of garbage speech."""


@dataclass(frozen=True, slots=True)
class Arc:
    """Goes through some HMM states (perhaps none) and may put out a word."""

    source: int
    target: int
    states: tuple[HmmState, ...] = ()
    word: int = EPSILON
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Network:
    """The finished network."""

    start: int
    finals: tuple[int, ...]
    arcs: tuple[Arc, ...]
    state_count: int


class _Builder:
    def __init__(self, definition: ModelDefinition, phones: PhoneTable, costs: PathCosts) -> None:
        self._definition = definition
        self._phones = phones
        self._costs = costs
        self._silence = definition.silence
        self.arcs: list[Arc] = []
        self.state_count = 0
        self._named: dict[tuple[object, ...], int] = {}
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def build(self, entries: Sequence[tuple[int, Pronunciation]], unknown: int) -> Network:
        """The whole network for (word, pronunciation) pairs."""
        self._firsts = sorted({phones[0] for _, phones in entries})
        self._lasts = sorted({phones[-1] for _, phones in entries})
        start = self._new()
        self._add_first_phones({phones[:2] for _, phones in entries if len(phones) > 1})
        self._add_inner_and_last_phones([entry for entry in entries if len(entry[1]) > 1])
        self._add_one_phone_words([entry for entry in entries if len(entry[1]) == 1])
        before, after = self._add_silence()
        self._add_garbage(before, after, unknown)
        self._arc(start, before)
        self._arc(start, after, cost=self._costs.silence)
        return Network(start, (before, after), tuple(self.arcs), self.state_count)

    def _new(self) -> int:
        self.state_count += 1
        return self.state_count - 1

    def _state(self, *name: object) -> int:
        if name not in self._named:
            self._named[name] = self._new()
        return self._named[name]

    def _junction(self, left: int, right: int) -> int:
        return self._state("junction", left, right)

    def _arc(
        self,
        source: int,
        target: int,
        states: tuple[HmmState, ...] = (),
        word: int = EPSILON,
        cost: float = 0.0,
    ) -> None:
        self.arcs.append(Arc(source, target, states, word, cost))

    def _sound(self, base: int, left: int, right: int, position: Position) -> tuple[HmmState, ...]:
        number = self._phones.number(base, position)
        senones = self._definition.senones(base, left, right, position)
        return tuple(HmmState(number, index, senone) for index, senone in enumerate(senones))

    def _add_first_phones(self, beginnings: Iterable[Pronunciation]) -> None:
        for first, second in sorted(beginnings):
            for left in (*self._lasts, self._silence):
                sound = self._sound(first, left, second, Position.BEGIN)
                self._arc(self._junction(left, first), self._state("tree", (first, second)), sound)

    def _add_inner_and_last_phones(self, entries: Sequence[tuple[int, Pronunciation]]) -> None:
        seen: set[Pronunciation] = set()
        for word, phones in entries:
            for end in range(3, len(phones) + 1):
                if phones[:end] not in seen:
                    seen.add(phones[:end])
                    left, base, right = phones[end - 3 : end]
                    source, target = self._state("tree", phones[: end - 1]), self._state("tree", phones[:end])
                    self._arc(source, target, self._sound(base, left, right, Position.INTERNAL))
            ending = self._state("ending", *phones[-2:])
            self._arc(self._state("tree", phones), ending, word=word, cost=self._costs.word)
        for left, last in sorted({phones[-2:] for _, phones in entries}):
            self._fan_out(self._state("ending", left, last), last, left, Position.END)

    def _fan_out(self, source: int, base: int, left: int, position: Position) -> None:
        """The last phone of a word before each possible next one; contexts that sound alike share an arc."""
        alike: Mapping[tuple[HmmState, ...], list[int]] = defaultdict(list)
        for right in (*self._firsts, self._silence):
            alike[self._sound(base, left, right, position)].append(right)
        for sound, rights in alike.items():
            said = self._new()
            self._arc(source, said, sound)
            for right in rights:
                self._arc(said, self._junction(base, right))

    def _add_one_phone_words(self, entries: Sequence[tuple[int, Pronunciation]]) -> None:
        words: Mapping[int, list[int]] = defaultdict(list)
        for word, (phone,) in entries:
            words[phone].append(word)
        for phone, labels in sorted(words.items()):
            for left in (*self._lasts, self._silence):
                labelled = self._new()
                for word in labels:
                    self._arc(self._junction(left, phone), labelled, word=word, cost=self._costs.word)
                self._fan_out(labelled, phone, left, Position.SINGLE)

    def _add_silence(self) -> tuple[int, int]:
        """Silence or noise, any number of times; returns the states before and after it."""
        before, after = self._new(), self._new()
        for left in self._lasts:
            self._arc(self._junction(left, self._silence), before)
        for right in self._firsts:
            self._arc(after, self._junction(self._silence, right))
        for filler in self._phones.fillers:
            cost = self._costs.silence if filler == self._silence else self._costs.noise
            if math.isfinite(cost):
                self._arc(before, after, self._sound(filler, filler, filler, Position.SINGLE), cost=cost)
        self._arc(after, before)
        return before, after

    def _add_garbage(self, before: int, after: int, unknown: int) -> None:
        """Any phones in a row, put out as one word.

        The phones keep their positions in a word: Kaldi finds the word's boundaries by them.
        """
        entry, loop = self._new(), self._new()
        self._arc(before, entry, word=unknown, cost=self._costs.garbage)
        cost = self._costs.garbage_phone
        for base in range(len(self._definition.phones)):
            if base in self._definition.fillers:
                continue
            for source, target, position in (
                (entry, loop, Position.BEGIN),
                (loop, loop, Position.INTERNAL),
                (loop, after, Position.END),
            ):
                number = self._phones.garbage(position)
                senones = enumerate(self._definition.base_senones[base])
                states = tuple(HmmState(number, i, senone) for i, senone in senones)
                self._arc(source, target, states, cost=cost)


def build_network(
    definition: ModelDefinition,
    phones: PhoneTable,
    entries: Sequence[tuple[int, Pronunciation]],
    costs: PathCosts,
    unknown: int,
) -> Network:
    """The network of all (word number, base phones) entries; `unknown` is the number of the garbage word."""
    return _Builder(definition, phones, costs).build(entries, unknown)
