"""Transition ids: Kaldi's numbers for 'stay in' and 'leave' one HMM state of one phone with one density."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from models.builder.phones import PhoneTable
from models.builder.sphinx_files import Floats

STATES_PER_PHONE = 3
_MARGIN = 1e-4


class HmmState(NamedTuple):
    """A state of the network (`position` in its phone); the order of the fields is the order Kaldi sorts them in."""

    phone: int
    position: int
    senone: int


class TransitionIds:
    """Numbers the states as Kaldi's TransitionModel does: sorted, two ids each, staying before leaving."""

    def __init__(self, states: Iterable[HmmState], phones: PhoneTable, counts: Floats) -> None:
        self.states = tuple(sorted(set(states)))
        self._rank = {state: i for i, state in enumerate(self.states)}
        self._stay = [self._stay_probability(state, phones, counts) for state in self.states]

    @staticmethod
    def _stay_probability(state: HmmState, phones: PhoneTable, counts: Floats) -> float:
        row = counts[phones.phones[state.phone - 1].base, state.position]
        return min(max(float(row[state.position]) / float(row.sum()), _MARGIN), 1 - _MARGIN)

    def stay(self, state: HmmState) -> tuple[int, float]:
        """The id of the self-loop and its cost (minus the natural logarithm of its probability)."""
        rank = self._rank[state]
        return 2 * rank + 1, -math.log(self._stay[rank])

    def leave(self, state: HmmState) -> tuple[int, float]:
        """The id of the forward transition and its cost."""
        rank = self._rank[state]
        return 2 * rank + 2, -math.log(1 - self._stay[rank])

    def log_probabilities(self) -> list[float]:
        """By transition id; the entry for id 0, which does not exist, is 0."""
        return [0.0, *(math.log(p) for stay in self._stay for p in (stay, 1 - stay))]

    def senones(self) -> list[int]:
        """The senones in use, sorted."""
        return sorted({state.senone for state in self.states})
