"""Shares with their uncertainty, and percentiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Wilson (1927), which holds at the ends of the scale too."""
        if not self.of:
            return 0.0, 1.0
        spread = _Z**2 / self.of
        centre = (self.value + spread / 2) / (1 + spread)
        half = _Z / (1 + spread) * math.sqrt(self.value * (1 - self.value) / self.of + spread / (4 * self.of))
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.1%} ({self.count}/{self.of}, {low:.1%} to {high:.1%})"


def share_of(right: Sequence[bool]) -> Share:
    """The share that is right."""
    return Share(sum(right), len(right))


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure over repeated runs."""

    p50: float
    p95: float
    p99: float
    runs: int


def spread_of(values: Sequence[float]) -> Spread:
    """Percentiles by the nearest rank."""
    ordered = sorted(values)

    def at(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan

    return Spread(at(0.50), at(0.95), at(0.99), len(ordered))


def events_per_hour(count: int, hours: float) -> tuple[float, float]:
    """Events an hour, and the upper end of its 95 % interval, by the chi-squared bounds of a Poisson count.

    The bound uses Wilson and Hilferty's (1931) approximation of the chi-squared quantile.
    """
    half = count + 1
    upper = half * (1 - 1 / (9 * half) + _Z / (3 * math.sqrt(half))) ** 3
    return count / hours, upper / hours
