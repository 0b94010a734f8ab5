"""Reads what `timed_listen` has noted, and puts times together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice_skill.sound import Sound


@dataclass(frozen=True)
class Event:
    """What the assistant noted."""

    name: str
    at_s: float
    """In seconds of the monotonic clock."""
    last: Sound | None = None
    """Of a sound that was cut off, the last second as it was made."""


def read_events(path: Path, after_s: float) -> list[Event]:
    """What was noted after a moment, in the order of time."""
    noted = [json.loads(line) for line in path.read_text().splitlines()]
    events = [Event(each["event"], each["at_s"], _sound(each)) for each in noted if each["at_s"] >= after_s]
    return sorted(events, key=lambda event: event.at_s)


def first(events: Sequence[Event], names: Sequence[str], after_s: float) -> float | None:
    """When the first event of one of these names came."""
    return next((event.at_s for event in events if event.name in names and event.at_s >= after_s), None)


def percentiles(lengths: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in seconds, with how many there were."""
    if not lengths:
        return {"count": 0}
    p50, p95 = np.percentile(lengths, [50, 95])
    return {"p50_s": round(float(p50), 3), "p95_s": round(float(p95), 3), "count": len(lengths)}


def _sound(noted: dict[str, object]) -> Sound | None:
    if "samples" not in noted:
        return None
    return Sound(np.array(noted["samples"], np.int16), int(str(noted["rate_hz"])))
