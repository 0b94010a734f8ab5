"""Intervals and percentiles against values worked out elsewhere."""

from __future__ import annotations

import pytest

from voice_skill.bench.figures import Share, events_per_hour, share_of, spread_of


def test_wilson_interval_of_nine_in_ten() -> None:
    """Wilson's formula by hand: 0.596 to 0.982."""
    assert Share(9, 10).interval == pytest.approx((0.5958, 0.9821), abs=0.0005)


def test_none_of_ten_still_allows_for_more_than_nothing() -> None:
    low, high = Share(0, 10).interval
    assert low == pytest.approx(0.0, abs=1e-9)
    assert high == pytest.approx(0.2775, abs=0.0005)


def test_nothing_measured_is_known_to_be_unknown() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)


def test_a_share_counts_what_is_right() -> None:
    assert share_of([True, False, True]) == Share(2, 3)


def test_percentiles_are_measured_values() -> None:
    spread = spread_of([float(value) for value in range(100, 0, -1)])
    assert (spread.p50, spread.p95, spread.p99, spread.runs) == (50.0, 95.0, 99.0, 100)


@pytest.mark.parametrize(("count", "upper"), [(0, 3.689), (1, 5.572), (10, 18.39)])
def test_upper_bound_of_a_rate_is_poissons(count: int, upper: float) -> None:
    """Garwood's table of 95 % limits of a Poisson count."""
    rate, most = events_per_hour(count, 2.0)
    assert rate == count / 2
    assert most == pytest.approx(upper / 2, rel=0.01)
