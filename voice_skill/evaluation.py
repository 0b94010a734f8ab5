"""Measures understanding on sentences and recordings that nothing was learnt from.

A file of sentences is a mapping (an intent or a red flag to the sentences that mean it) or a plain list. Its stem
tells what it holds: `red_flags`, `misheard`, `off_topic` (must be refused), `ordinary` (must raise no alarm), anything
else sentences in scope. A folder of recordings holds `sentences.yaml` and a folder for each voice, in which a file is
named by what is said.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from voice_skill.catalog import Catalog
from voice_skill.catalog.yaml_files import read_entries
from voice_skill.dialogue import State, understand
from voice_skill.dialogue.routine import TRIAGE
from voice_skill.domain import Understanding, Urgency, Utterance
from voice_skill.errors import DataError, Fault

OFF_TOPIC = "off_topic"
_RECORDINGS_LIST = "sentences.yaml"
_NOISE = "noise"
"""The folder of recordings in which nothing is said."""
_ALARM = Urgency.TODAY


class Kind(str, Enum):
    """What a sentence is there to show."""

    IN_SCOPE = "in scope"
    MISHEARD = "misheard"
    OFF_TOPIC = "off topic"
    ORDINARY = "ordinary"
    RED_FLAG = "red flag"


_KINDS = {"misheard": Kind.MISHEARD, "off_topic": Kind.OFF_TOPIC, "ordinary": Kind.ORDINARY, "red_flags": Kind.RED_FLAG}


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence and what it means."""

    kind: Kind
    said: str
    meant: str | None
    """An intent or a red flag; None where nothing is to be understood."""
    recording: Path | None = None
    """None for a typed sentence."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recogniser made of a recording."""

    utterances: tuple[Utterance, ...] = ()
    sound_s: float = 0.0
    """Length of the recording."""
    took_s: float = 0.0
    """Processor time to recognise it."""

    @property
    def words(self) -> list[str]:
        """All that was heard."""
        return " ".join(utterance.text for utterance in self.utterances).split()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of a case."""

    case: Case
    understood: Understanding
    took_s: float
    """Time to understand the transcript; without recognising it."""
    transcript: Transcript | None = None
    """None for a typed sentence."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    count: int
    of: int
    goal: float
    """The least share, or the most where `at_most`."""
    at_most: bool = False

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.count / self.of

    @property
    def reached(self) -> bool:
        """Whether the goal is met."""
        return self.share <= self.goal if self.at_most else self.share >= self.goal


@dataclass(frozen=True, slots=True)
class VoiceFigure:
    """How well one voice, or noise, was heard."""

    voice: str
    words_wrong: int
    """Words put in, left out or heard as others."""
    words: int
    """Words said; 0 for noise."""
    right: int
    """Recordings that were understood, or refused, as they should be."""
    recordings: int
    sound_s: float
    took_s: float
    """Processor time for all of its recordings."""

    @property
    def word_error_rate(self) -> float | None:
        """WER: words wrong for each word said; may exceed 1. None where nothing was said."""
        return self.words_wrong / self.words if self.words else None

    @property
    def real_time_factor(self) -> float:
        """RTF: seconds of processor time for a second of sound."""
        return self.took_s / self.sound_s if self.sound_s else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was measured."""

    figures: tuple[Figure, ...]
    voices: tuple[VoiceFigure, ...]
    """Each voice, and at the end all of them together, without the noises; empty without recordings."""
    confusions: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(meant, understood, sentences), the most frequent first."""
    refusals: tuple[tuple[str, int], ...]
    """Reason of a refusal to how often it was given."""
    p50_ms: float
    p99_ms: float


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file of sentences or a folder of recordings.

    Raises:
        DataError: it is missing or has another form.
    """
    if path.is_dir():
        return tuple(_recorded(path))
    groups = _read(path, dict[str, tuple[str, ...]] if _is_mapping(path) else tuple[str, ...])
    kind = _KINDS.get(path.stem, Kind.IN_SCOPE)
    if isinstance(groups, dict):
        return tuple(Case(kind, said, meant) for meant, group in groups.items() for said in group)
    if kind not in (Kind.OFF_TOPIC, Kind.ORDINARY):
        kind = Kind.OFF_TOPIC
    return tuple(Case(kind, said, None) for said in groups)


def evaluate(cases: Iterable[Case], catalog: Catalog, hear: Callable[[Path], Transcript]) -> Evaluation:
    """Understand every case as the opening of a conversation; `hear` recognises recordings.

    Times are those of a session that has got ready, as the live one does while it listens.
    """
    catalog.spotter.prepare()
    catalog.matcher.prepare()
    outcomes = [_outcome(case, catalog, hear) for case in cases]
    times = sorted(outcome.took_s for outcome in outcomes)
    refused = (outcome.understood.refusal for outcome in outcomes)
    return Evaluation(
        figures=tuple(_figures(outcomes, catalog)),
        voices=tuple(_voices(outcomes, catalog)),
        confusions=_confusions(outcomes),
        refusals=tuple(Counter(reason.value for reason in refused if reason).most_common()),
        p50_ms=1000 * _percentile(times, 0.5),
        p99_ms=1000 * _percentile(times, 0.99),
    )


def is_right(outcome: Outcome, catalog: Catalog) -> bool:
    """Whether a case was understood, or refused, as it should be.

    A red flag is caught by itself or by one that is more urgent.
    """
    case, understood = outcome.case, outcome.understood
    match case.kind:
        case Kind.IN_SCOPE | Kind.MISHEARD:
            return understood.intent == case.meant
        case Kind.OFF_TOPIC:
            return understood.intent is None and not understood.red_flags
        case Kind.ORDINARY:
            return understood.urgency < _ALARM
        case Kind.RED_FLAG:
            found = {flag.id for flag in understood.red_flags}
            return case.meant in found or understood.urgency > catalog.spotter[case.meant or ""].urgency


def is_noticed(outcome: Outcome) -> bool:
    """Whether a sentence raised any red flag, or at least made the assistant ask about danger."""
    return bool(outcome.understood.red_flags) or outcome.understood.intent == TRIAGE


def _outcome(case: Case, catalog: Catalog, hear: Callable[[Path], Transcript]) -> Outcome:
    """Of several utterances in a recording the first that was understood counts."""
    transcript = hear(case.recording) if case.recording else None
    utterances = transcript.utterances if transcript else (Utterance.typed(case.said),)
    start_s = time.perf_counter()
    understandings = [understand(utterance, State(), catalog) for utterance in utterances or (Utterance(()),)]
    took_s = (time.perf_counter() - start_s) / len(understandings)
    understood = next((each for each in understandings if each.intent or each.red_flags), understandings[0])
    return Outcome(case, understood, took_s, transcript)


def _voices(outcomes: Iterable[Outcome], catalog: Catalog) -> Iterator[VoiceFigure]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.case.recording:
            groups.setdefault(outcome.case.recording.parent.name, []).append(outcome)
    yield from (_voice_figure(voice, group, catalog) for voice, group in groups.items())
    spoken = [outcome for voice, group in groups.items() if voice != _NOISE for outcome in group]
    if spoken:
        yield _voice_figure("all voices", spoken, catalog)


def _voice_figure(voice: str, outcomes: Sequence[Outcome], catalog: Catalog) -> VoiceFigure:
    said = [[] if voice == _NOISE else outcome.case.said.split() for outcome in outcomes]
    heard = [outcome.transcript or Transcript() for outcome in outcomes]
    return VoiceFigure(
        voice,
        words_wrong=sum(Levenshtein.distance(one, other.words) for one, other in zip(said, heard, strict=True)),
        words=sum(map(len, said)),
        right=sum(is_right(outcome, catalog) for outcome in outcomes),
        recordings=len(outcomes),
        sound_s=sum(each.sound_s for each in heard),
        took_s=sum(each.took_s for each in heard),
    )


def _figures(outcomes: Sequence[Outcome], catalog: Catalog) -> Iterator[Figure]:
    for spoken in (False, True):
        group = [outcome for outcome in outcomes if bool(outcome.case.recording) is spoken]
        by_kind = {kind: [outcome for outcome in group if outcome.case.kind is kind] for kind in Kind}

        def right(kind: Kind, chosen: dict[Kind, list[Outcome]] = by_kind) -> int:
            return sum(is_right(outcome, catalog) for outcome in chosen[kind])

        word = "spoken" if spoken else "typed"
        goal = 0.90 if spoken else 0.95
        calm = [outcome for outcome in group if outcome.case.kind in (Kind.OFF_TOPIC, Kind.ORDINARY)]
        alarms = sum(outcome.understood.urgency >= _ALARM for outcome in calm)
        noticed = sum(map(is_noticed, by_kind[Kind.RED_FLAG]))
        drafts = (
            (f"in scope, {word}", right(Kind.IN_SCOPE), len(by_kind[Kind.IN_SCOPE]), goal, False),
            (f"in scope, {word}, misheard", right(Kind.MISHEARD), len(by_kind[Kind.MISHEARD]), 0.90, False),
            (f"off topic refused, {word}", right(Kind.OFF_TOPIC), len(by_kind[Kind.OFF_TOPIC]), 0.97, False),
            (f"red flags caught, {word}", right(Kind.RED_FLAG), len(by_kind[Kind.RED_FLAG]), 1.0, False),
            (f"red flags noticed, {word}", noticed, len(by_kind[Kind.RED_FLAG]), 1.0, False),
            (f"false alarms (urgency 3 or 4), {word}", alarms, len(calm), 0.0 if spoken else 0.003, True),
        )
        yield from (Figure(*draft) for draft in drafts if draft[2])


def _confusions(outcomes: Iterable[Outcome]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """What was taken for something else: intents for others or for nothing, and nothing for intents."""
    wrong: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        case, understood = outcome.case, outcome.understood
        if case.kind in (Kind.ORDINARY, Kind.RED_FLAG):
            continue
        meant = case.meant or OFF_TOPIC
        flag = understood.red_flags[0].id if understood.red_flags and not case.meant else OFF_TOPIC
        got = understood.intent or flag
        if meant != got:
            wrong.setdefault((meant, got), []).append(case.said)
    ordered = sorted(wrong.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((meant, got, tuple(said)) for (meant, got), said in ordered)


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _recorded(folder: Path) -> Iterator[Case]:
    voices: dict[str, list[dict[str, Any]]] = _read(folder / _RECORDINGS_LIST, dict[str, list[dict[str, Any]]])
    for voice, entries in voices.items():
        for entry in entries:
            said = str(entry.get("say", ""))
            intent = entry.get("intent")
            refused = intent == OFF_TOPIC
            kind = Kind.RED_FLAG if "flag" in entry else Kind.OFF_TOPIC if refused else Kind.IN_SCOPE
            name = f"oov_{said}.flac" if refused else f"{said}.flac"
            yield Case(kind, said, entry.get("flag") or (None if refused else intent), folder / voice / name)
    for noise in sorted(folder.glob(f"{_NOISE}/*.flac")):
        yield Case(Kind.OFF_TOPIC, noise.stem, None, noise)


def _is_mapping(path: Path) -> bool:
    """Whether the first line of content is a key; a list starts with a hyphen."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return not next((line for line in lines if line.strip() and not line.startswith("#")), "-").startswith("-")


def _read(path: Path, kind: Any) -> Any:
    faults: list[Fault] = []
    read = read_entries(path, str(path), kind, faults)
    if faults:
        raise DataError(faults)
    return read
