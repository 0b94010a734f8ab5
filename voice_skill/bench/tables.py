"""What the results say: tables of shares, times and needs, and the weakest spots among them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from voice_skill.bench.cases import BABBLE, CLEAN, KITCHEN, PARAPHRASE, PHRASE, RED_FLAGS_DB, ROOM, speech_cases
from voice_skill.bench.figures import Share, Spread, events_per_hour, share_of, spread_of
from voice_skill.bench.peers import PEERS, READERS
from voice_skill.bench.running import OURS, Plan
from voice_skill.bench.store import Record, ResultStore
from voice_skill.bench.voices import SPEAKERS
from voice_skill.evaluation import Kind

Cell = str | int | float | Share | None
PARTS = ("silence", "recogniser", "understanding", "earcon", "speech")
HOUR_S = 3600.0
_LEAST_IN_BIN = 12
_BIN_DB = 3
_LEAST_IN_SPOT = 10


@dataclass(frozen=True, slots=True)
class Table:
    """One table, with cells as values."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def shown(self, cell: Cell) -> str:
        """A cell for people."""
        if cell is None:
            return "-"
        if isinstance(cell, float):
            return "-" if math.isnan(cell) else f"{cell:.3g}"
        if isinstance(cell, Share):
            low, high = cell.interval
            return f"{100 * cell.value:.1f} % ({100 * low:.0f} to {100 * high:.0f})" if cell.of else "-"
        return str(cell)

    def fields(self) -> Iterator[dict[str, Any]]:
        """Its rows for programs."""
        for row in self.rows:
            yield {name: _plain(cell) for name, cell in zip(self.columns, row, strict=True)}


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure and how far it is from its goal."""

    subject: str
    text: str
    times_over: float
    """What goes wrong, or how long it takes, as a multiple of what the goal allows; above 1 the goal is missed."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run found."""

    tables: tuple[Table, ...]
    curves: dict[str, list[tuple[float, Share]]]
    """Name to (SNR in dB, share right)."""
    waits: dict[str, dict[str, float]]
    """Clean or noisy, to the median of each part in seconds."""
    better_peers: tuple[str, ...]
    weakest: tuple[Spot, ...]

    def __getitem__(self, name: str) -> Table:
        return next(table for table in self.tables if table.id == name)


def report(plan: Plan, store: ResultStore) -> Report:
    """Everything that can be said of the results of a finished run."""
    from voice_skill.bench.running import _listener

    cases = speech_cases(plan.sentences, _listener(plan.settings).catalog.authored, plan.voices, plan.size)
    ours = [store[f"{OURS}/{case.key}"] for case in cases]
    stretches = [store[f"continuous/{number}"] for number in range(plan.size.segments)]
    peers = {
        entry.name: [store[f"{entry.name}/{case.key}"] for case in cases if case.for_peers]
        for entry in (*PEERS, *READERS)
        if not entry.missing
    }
    times = [record for record in store if record["key"].startswith("time/")]
    compared = [record for record in ours if record["for_peers"]]
    waiting = _waiting(times)
    weakest = _weakest(ours, stretches, waiting)
    tables = (
        _noise_table(ours),
        _loudest_frame_table(ours),
        _voice_table(ours),
        _refusal_table(ours, stretches),
        _time_table(times, waiting, ours, stretches),
        _peer_table(compared, peers),
        Table(
            "weakest",
            "Weakest spots",
            ("subject", "figure", "times over goal"),
            tuple((s.subject, s.text, s.times_over) for s in weakest),
        ),
    )
    waits = {
        noise: {part: median([parts[part] for parts in found]) for part in PARTS}
        for noise, found in waiting.items()
        if found
    }
    return Report(tables, dict(_curves(ours)), waits, tuple(_better(compared, peers)), weakest)


# --- in noise --------------------------------------------------------------------------------------------------------


def _share(records: Iterable[Record], key: str = "right", **wanted: object) -> Share:
    return share_of(
        [bool(record[key]) for record in records if all(record[name] == value for name, value in wanted.items())]
    )


def _noise_table(ours: Sequence[Record]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for noise, level_db in dict.fromkeys((record["noise"], record["level_db"]) for record in ours):
        here = [
            r for r in ours if r["noise"] == noise and r["level_db"] == level_db and r["group"] in (PHRASE, PARAPHRASE)
        ]
        if here:
            loudest = [record["loudest_frame_db"] for record in here if "loudest_frame_db" in record]
            other = median(loudest) if loudest else None
            rows.append((noise, level_db, other, _share(here, group=PHRASE), _share(here, group=PARAPHRASE)))
    quiet = [record for record in ours if record["noise"] == CLEAN]
    rows.append(
        (
            "typed, for comparison",
            None,
            None,
            _share(quiet, "typed", group=PHRASE),
            _share(quiet, "typed", group=PARAPHRASE),
        )
    )
    return Table(
        "noise",
        "Spoken intents right",
        ("sound", "SNR, mean power (dB)", "SNR, loudest frame (dB, median)", "authored phrases", "paraphrases"),
        tuple(rows),
        "In brackets: 95 % interval (Wilson).",
    )


def _loudest_frame_table(ours: Sequence[Record]) -> Table:
    rows = [
        (noise, level_db, share)
        for noise in (KITCHEN, BABBLE)
        for level_db, share in _by_loudest_frame([record for record in ours if record["noise"] == noise])
    ]
    return Table(
        "loudest",
        "The same mixes by the SNR of the loudest frames",
        ("sound", "SNR (dB, to the nearest 3)", "intents right"),
        tuple(rows),
    )


def _by_loudest_frame(records: Iterable[Record]) -> list[tuple[int, Share]]:
    bins: dict[int, list[bool]] = {}
    for record in records:
        if record["group"] in (PHRASE, PARAPHRASE):
            level_db = _BIN_DB * round(record["loudest_frame_db"] / _BIN_DB)
            bins.setdefault(level_db, []).append(record["right"])
    return [(level_db, share_of(right)) for level_db, right in sorted(bins.items()) if len(right) >= _LEAST_IN_BIN]


def _curves(ours: Sequence[Record]) -> Iterator[tuple[str, list[tuple[float, Share]]]]:
    for noise in (KITCHEN, BABBLE):
        here = [record for record in ours if record["noise"] == noise]
        levels = sorted({record["level_db"] for record in here})
        for group, name in ((PHRASE, "authored phrases"), (PARAPHRASE, "paraphrases")):
            if levels:
                yield f"{name}, {noise}", [(level, _share(here, group=group, level_db=level)) for level in levels]
        if found := _by_loudest_frame(here):
            yield f"all, {noise}, by loudest frame", [(float(level), share) for level, share in found]


def _voice_table(ours: Sequence[Record]) -> Table:
    tuned_on = {speaker.name: speaker.tuned_on for speaker in SPEAKERS}
    rows = []
    for voice in dict.fromkeys(record["voice"] for record in ours):
        mine = [record for record in ours if record["voice"] == voice]
        asked = [record for record in mine if record["group"] in (PHRASE, PARAPHRASE)]
        noisy = [record for record in asked if record["level_db"] is not None]
        cells = (_share(asked, noise=CLEAN), _share(noisy), _share(mine, group=Kind.OFF_TOPIC.value))
        rows.append((voice, "yes" if tuned_on[voice] else "no", *cells))
    return Table(
        "voices", "By voice", ("voice", "tuned on", "right, clean", "right, in noise", "off topic refused"), tuple(rows)
    )


# --- refusing --------------------------------------------------------------------------------------------------------


def _refusal_table(ours: Sequence[Record], stretches: Sequence[Record]) -> Table:
    hours = sum(stretch["sound_s"] for stretch in stretches) / HOUR_S
    calm = [r for r in ours if r["group"] in (Kind.OFF_TOPIC.value, Kind.ORDINARY.value)]
    rows: list[tuple[Cell, ...]] = [
        ("off-topic speech refused", _share(ours, group=Kind.OFF_TOPIC.value), ">= 95 %"),
        ("red flags caught, clean", _share(ours, group=Kind.RED_FLAG.value, noise=CLEAN), ">= 99 %"),
        (
            f"red flags caught, kitchen {RED_FLAGS_DB} dB",
            _share(ours, group=Kind.RED_FLAG.value, noise=KITCHEN),
            "none set",
        ),
        ("red flags caught, the same typed", _share(ours, "typed", group=Kind.RED_FLAG.value, noise=CLEAN), "100 %"),
        ("false alarms (today or emergency)", share_of([r["urgency"] >= 3 for r in calm]), "<= 0.5 %"),
        ("false emergencies", share_of([r["urgency"] >= 4 for r in calm]), "<= 0.5 %"),
    ]
    counts = {
        "actions": sum(len(stretch["actions"]) for stretch in stretches),
        "alarms": sum(stretch["alarms"] for stretch in stretches),
        "emergencies": sum(stretch["emergencies"] for stretch in stretches),
    }
    for name, count in counts.items():
        rate, most = events_per_hour(count, hours)
        text = f"{rate:.2f} an hour ({count} in {hours:.2f} h; at most {most:.2f})"
        rows.append(
            (
                f"false {name} in continuous unrelated speech",
                text,
                "<= 0.1 an hour" if name == "actions" else "none set",
            )
        )
    return Table("refusing", "Refusing and warning", ("what", "figure", "goal"), tuple(rows))


# --- times and needs -------------------------------------------------------------------------------------------------


def _waiting(times: Sequence[Record]) -> dict[str, list[dict[str, float]]]:
    answers = [record for record in times if record["key"].startswith("time/answer/") and record["parts"]]
    return {noise: [record["parts"] for record in answers if record["noise"] == noise] for noise in (CLEAN, KITCHEN)}


def _time_table(
    times: Sequence[Record],
    waiting: dict[str, list[dict[str, float]]],
    ours: Sequence[Record],
    stretches: Sequence[Record],
) -> Table:
    def of(prefix: str) -> list[Record]:
        return [record for record in times if record["key"].startswith(prefix)]

    def row(name: str, spread: Spread, goal: str, reached: bool | None, scale: float = 1.0) -> tuple[Cell, ...]:
        cells = (spread.p50 * scale, spread.p95 * scale, spread.p99 * scale, spread.runs)
        return (name, *cells, goal, "-" if reached is None else "yes" if reached else "no")

    rows: list[tuple[Cell, ...]] = []
    for noise, found in waiting.items():
        total = spread_of([sum(parts.values()) for parts in found])
        met = total.p50 <= 0.45 and total.p95 <= 0.8
        rows.append(row(f"end of speech to first sound, {noise} (s)", total, "p50 <= 0.45, p95 <= 0.8", met))
        rows += [row(f"  of it {part} (s)", spread_of([parts[part] for parts in found]), "", None) for part in PARTS]
    start = spread_of([record["s"] for record in of("time/start/")])
    rows.append(row("start of program to listening, devices aside (s)", start, "<= 1.0", start.p50 <= 1.0))
    match = spread_of([each for record in of("time/match/") for each in record["each_s"]])
    rows.append(row("text to intent (ms)", match, "p99 <= 5", match.p99 <= 0.005, 1000))
    factor = spread_of([record["cpu_s"] / record["sound_s"] for record in ours])
    rows.append(row("real-time factor, one core", factor, "<= 0.2", factor.p50 <= 0.2))
    quiet = spread_of([record["cpu_share"] for record in of("time/quiet/")])
    rows.append(row("processor minutes for an hour of a quiet room", quiet, "", None, 60))
    talk = spread_of([stretch["cpu_s"] / stretch["sound_s"] for stretch in stretches])
    rows.append(row("processor minutes for an hour of talk", talk, "", None, 60))
    rows += _memory_rows(stretches, row)
    return Table("times", "Times and needs", ("what", "p50", "p95", "p99", "runs", "goal", "reached"), tuple(rows))


def _memory_rows(stretches: Sequence[Record], row: Callable[..., tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    begin = [s["memory_before_mb"] for s in stretches if s["heard_s"] == s["sound_s"] and s["memory_before_mb"]]
    hour = [s["memory_mb"] for s in stretches if s["heard_s"] >= HOUR_S and s["memory_mb"]]
    for name, found in (("memory before the first sound (MB)", begin), ("memory after an hour of talk (MB)", hour)):
        if found:
            spread = spread_of(found)
            yield row(name, spread, "<= 200", spread.p50 <= 200)
        else:
            yield (name, None, None, None, 0, "<= 200", "not measured")


# --- beside others ---------------------------------------------------------------------------------------------------


def _peer_table(compared: Sequence[Record], peers: dict[str, list[Record]]) -> Table:
    own_cpu = _cpu_share(compared)
    rows: list[tuple[Cell, ...]] = []
    for name, records in {OURS: list(compared), **peers}.items():
        asked = [record for record in records if record["group"] in (PHRASE, PARAPHRASE)]
        shares = [_share(asked, group=group) for group in (PHRASE, PARAPHRASE)]
        levels = [_share(asked, level_db=level_db) for level_db in (None, 12, 6)]
        cpu = _cpu_share(records)
        rows.append(
            (name, *shares, _share(records, group=Kind.OFF_TOPIC.value), *levels, cpu / own_cpu if cpu else None)
        )
    for entry in (*PEERS, *READERS):
        if entry.missing:
            rows.append((entry.name, "not installed", *[None] * 6))
    columns = (
        "system",
        "authored phrases",
        "paraphrases",
        "off topic refused",
        "clean",
        "kitchen 12 dB",
        "kitchen 6 dB",
        "processor time, ours = 1",
    )
    return Table("peers", "Beside others, on the same recordings", columns, tuple(rows))


def _cpu_share(records: Sequence[Record]) -> float:
    timed = [record for record in records if "cpu_s" in record]
    return sum(record["cpu_s"] for record in timed) / sum(record["sound_s"] for record in timed) if timed else 0.0


def _better(compared: Sequence[Record], peers: dict[str, list[Record]]) -> Iterator[str]:
    """One sentence for each figure in which a peer is better."""
    table = _peer_table(compared, peers)
    ours = table.rows[0]
    for row in table.rows[1:]:
        for name, own, other in zip(table.columns[1:], ours[1:], row[1:], strict=True):
            if isinstance(own, Share) and isinstance(other, Share) and other.value > own.value:
                apart = "" if other.interval[0] > own.interval[1] else " (the intervals overlap)"
                shares = f"{100 * other.value:.1f} % against {100 * own.value:.1f} %{apart}"
                yield f"{row[0]} is better at '{name}': {shares}."
            elif isinstance(own, float) and isinstance(other, float) and other < own:
                yield f"{row[0]} needs {100 * (1 - other / own):.0f} % less processor time."


# --- weakest ---------------------------------------------------------------------------------------------------------


def _weakest(
    ours: Sequence[Record], stretches: Sequence[Record], waiting: dict[str, list[dict[str, float]]]
) -> tuple[Spot, ...]:
    """The three figures furthest from their goals, one of each subject."""
    found: dict[str, Spot] = {}
    for spot in sorted(_spots(ours, stretches, waiting), key=lambda spot: -spot.times_over):
        found.setdefault(spot.subject, spot)
    return tuple(found.values())[:3]


def _spots(
    ours: Sequence[Record], stretches: Sequence[Record], waiting: dict[str, list[dict[str, float]]]
) -> Iterator[Spot]:
    asked = [record for record in ours if record["group"] in (PHRASE, PARAPHRASE)]
    for name, key in (("sound", "noise"), ("voice", "voice")):
        for value in dict.fromkeys(record[key] for record in asked):
            yield from _missing(name, f"intents right, {value}", _share(asked, **{key: value}), 0.90)
    for family in dict.fromkeys(map(_family, asked)):
        mine = [r for r in asked if r["noise"] in (CLEAN, ROOM) and _family(r) == family]
        yield from _missing("family", f"intents right in quiet, {family}", _share(mine), 0.90)
    yield from _missing("refusing", "off-topic speech refused", _share(ours, group=Kind.OFF_TOPIC.value), 0.95)
    yield from _missing(
        "red flags", "red flags caught, clean", _share(ours, group=Kind.RED_FLAG.value, noise=CLEAN), 0.99
    )
    hours = sum(stretch["sound_s"] for stretch in stretches) / HOUR_S
    rate = sum(len(stretch["actions"]) for stretch in stretches) / hours
    yield Spot("false actions", f"{rate:.2f} false actions an hour of unrelated speech (goal 0.1)", rate / 0.1)
    for noise, parts in waiting.items():
        total = spread_of([sum(each.values()) for each in parts])
        if total.runs:
            yield Spot(
                "waiting", f"end of speech to first sound, {noise}: p95 {total.p95:.2f} s (goal 0.8)", total.p95 / 0.8
            )


def _family(record: Record) -> str:
    meant = str(record["meant"])
    return meant.partition(".")[0] if "." in meant else "control"


def _missing(subject: str, text: str, share: Share, goal: float) -> Iterator[Spot]:
    if share.of >= _LEAST_IN_SPOT:
        yield Spot(subject, f"{text}: {share} (goal {goal:.0%})", (1 - share.value) / (1 - goal))


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Share):
        low, high = cell.interval
        return {
            "count": cell.count,
            "of": cell.of,
            "share": round(cell.value, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }
    if isinstance(cell, float):
        return None if math.isnan(cell) else round(cell, 4)
    return cell
