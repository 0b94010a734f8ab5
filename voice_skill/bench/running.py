"""Measures case after case on all cores and keeps each result at once; what is kept already is not measured again."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from voice_skill.bench.cases import (
    CLEAN,
    KITCHEN,
    PARAPHRASE,
    Case,
    Condition,
    Size,
    development_sentences,
    speech_cases,
)
from voice_skill.bench.listening import Listener, Stream
from voice_skill.bench.peers import PEERS, READERS, Ground, Peer
from voice_skill.bench.sounds import Sounds
from voice_skill.bench.store import Record, ResultStore
from voice_skill.bench.timing import AnswerTimer, match_times_s, memory_mb, quiet_cpu_share, start_up_s
from voice_skill.dialogue import State, understand
from voice_skill.domain import Understanding, Urgency, Utterance
from voice_skill.evaluation import Outcome, is_right
from voice_skill.settings import Settings

OURS = "voice-skill"
TIMED_DB = 15
_ALARM = Urgency.TODAY


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run is given. The same plan gives the same cases."""

    settings: Settings
    size: Size
    sentences: Path
    """Folder of the test sentences."""
    voices: tuple[str, ...]
    cache: Path
    """Folder for speech, which can be made again."""
    plain_model: str = ""
    """Another Vosk model for the peers; empty for our own."""


Watch = Callable[[str, int], "Step"]
"""Called with the name of a stage and its number of steps; what it gives back is called after each step."""
Step = Callable[[], None]
_Task = Callable[[], Record]


def run(plan: Plan, store: ResultStore, watch: Watch, jobs: int) -> None:
    """Measure what is not in `store` yet.

    Raises:
        SkillError: test sentences are missing or the skill itself cannot start.
    """
    listener = _listener(plan.settings)
    cases = speech_cases(plan.sentences, listener.catalog.authored, plan.voices, plan.size)
    needed = _sounds(plan).needed(cases, plan.size)
    with _pool(jobs) as pool:
        list(_watched(pool.map(_speak, [plan] * len(needed), needed, chunksize=8), watch("making speech", len(needed))))
    _measure_times(plan, cases, store, watch)
    stretches = [number for number in range(plan.size.segments) if f"continuous/{number}" not in store]
    new = [case for case in cases if f"{OURS}/{case.key}" not in store]
    with _pool(jobs) as pool:
        tasks = {pool.submit(_continuous, plan, number): f"continuous/{number}" for number in stretches}
        _collect(tasks, store, watch("unrelated speech", len(tasks)))
        tasks = {pool.submit(_ours, plan, case): f"{OURS}/{case.key}" for case in new}
        _collect(tasks, store, watch("speech in noise", len(tasks)))
    _compare(plan, [case for case in cases if case.for_peers], store, watch, jobs)


def missing_peers() -> dict[str, str]:
    """Peers that cannot run here, and what they lack."""
    return {entry.name: entry.missing for entry in (*PEERS, *READERS) if entry.missing}


def _compare(plan: Plan, cases: Sequence[Case], store: ResultStore, watch: Watch, jobs: int) -> None:
    names = [entry.name for entry in PEERS if not entry.missing]
    new = [(name, case) for name in names for case in cases if f"{name}/{case.key}" not in store]
    with _pool(jobs) as pool:
        tasks = {pool.submit(_peer, plan, name, case): f"{name}/{case.key}" for name, case in new}
        _collect(tasks, store, watch("peers", len(tasks)))
        transcripts = {case: str(store[f"{OURS}/{case.key}"]["heard"]) for case in cases}
        readers = [entry.name for entry in READERS if not entry.missing]
        unread = [(name, case) for name in readers for case in cases if f"{name}/{case.key}" not in store]
        tasks = {pool.submit(_read, plan, name, case, transcripts[case]): f"{name}/{case.key}" for name, case in unread}
        _collect(tasks, store, watch("peers on our transcripts", len(tasks)))


def _measure_times(plan: Plan, cases: Sequence[Case], store: ResultStore, watch: Watch) -> None:
    tasks = {key: task for key, task in _timed(plan, cases) if key not in store}
    step = watch("times", len(tasks))
    for key, task in tasks.items():
        store.add(key, task())
        step()


def _timed(plan: Plan, cases: Sequence[Case]) -> Iterator[tuple[str, _Task]]:
    """Each thing whose time is taken; in this process, while no other works."""
    typed = list(dict.fromkeys(case.sentence.said for case in cases))
    for number in range(plan.size.rounds):
        yield f"time/start/{number}", lambda: {"s": start_up_s()}
        yield f"time/match/{number}", lambda: {"each_s": match_times_s(plan.settings, typed)}
        yield f"time/quiet/{number}", lambda: {"cpu_share": quiet_cpu_share(_listener(plan.settings))}
    for condition in (Condition(CLEAN), Condition(KITCHEN, TIMED_DB)):
        for case in _some_of_each_voice(cases, plan.size.timed):
            timed = Case(case.group, case.sentence, case.voice, condition)
            yield f"time/answer/{timed.key}", lambda timed=timed: _answer_time(plan, timed)  # type: ignore[misc]


def _some_of_each_voice(cases: Sequence[Case], most: int) -> Iterator[Case]:
    of_voice: dict[str, int] = {}
    for case in cases:
        if case.group == PARAPHRASE and case.condition == Condition(CLEAN):
            of_voice[case.voice] = of_voice.get(case.voice, 0) + 1
            if of_voice[case.voice] <= most:
                yield case


def _answer_time(plan: Plan, case: Case) -> Record:
    began_s = time.process_time()
    parts = _timer(plan).parts(case)
    return {"noise": case.condition.noise, "parts": parts, "cpu_s": time.process_time() - began_s}


# --- in the processes that do the work; each loads a thing once ------------------------------------------------------


@cache
def _listener(settings: Settings) -> Listener:
    return Listener(settings)


@cache
def _sounds(plan: Plan) -> Sounds:
    return Sounds(plan.cache / "speech", plan.voices)


@cache
def _timer(plan: Plan) -> AnswerTimer:
    return AnswerTimer(_listener(plan.settings), _sounds(plan))


@cache
def _long_stream(plan: Plan) -> Stream:
    """One ear for all continuous speech of a process, as in a long session."""
    return _listener(plan.settings).stream()


@cache
def _ground(plan: Plan) -> Ground:
    settings = replace(plan.settings, model=plan.plain_model or plan.settings.model)
    catalog = _listener(plan.settings).catalog
    return Ground(settings, catalog, development_sentences(plan.sentences), plan.cache)


@cache
def _peer_named(plan: Plan, name: str) -> Peer:
    return next(entry for entry in PEERS if entry.name == name).make(_ground(plan))


@cache
def _reader_named(plan: Plan, name: str) -> Callable[[str], str | None]:
    return next(entry for entry in READERS if entry.name == name).make(_ground(plan))


_heard_s: dict[str, float] = {}
"""Continuous speech that this process has heard."""


def _speak(plan: Plan, spoken: tuple[str, str]) -> None:
    _sounds(plan).speak(*spoken)


def _ours(plan: Plan, case: Case) -> Record:
    listener = _listener(plan.settings)
    sound, mixed = _sounds(plan).of(case)
    began_s = time.process_time()
    heard = listener.hear(sound)
    understood = listener.understood(heard)
    cpu_s = time.process_time() - began_s
    record = {
        **_case_fields(case),
        "heard": " ".join(each.utterance.text for each in heard),
        "intent": understood.intent,
        "urgency": int(understood.urgency),
        "right": is_right(Outcome(case.sentence, understood, 0.0), listener.catalog),
        "typed": is_right(Outcome(case.sentence, _typed(listener, case.sentence.said), 0.0), listener.catalog),
        "cpu_s": cpu_s,
        "sound_s": sound.duration_s,
    }
    if mixed is not None:
        record |= {"mean_power_db": mixed.mean_power_db, "loudest_frame_db": mixed.loudest_frame_db}
    return record


def _typed(listener: Listener, said: str) -> Understanding:
    return understand(Utterance.typed(said), State(), listener.catalog)


def _continuous(plan: Plan, number: int) -> Record:
    listener, stream = _listener(plan.settings), _long_stream(plan)
    before_mb = memory_mb()
    sound = _sounds(plan).continuous(number, plan.size)
    began_s = time.process_time()
    heard = stream.hear(sound)
    cpu_s = time.process_time() - began_s
    understood = [understand(each.utterance, State(), listener.catalog) for each in heard]
    acted = [each for each in understood if each.intent or each.red_flags]
    _heard_s["continuous"] = _heard_s.get("continuous", 0.0) + sound.duration_s
    return {
        "sound_s": sound.duration_s,
        "cpu_s": cpu_s,
        "utterances": len(heard),
        "actions": [[each.text, each.intent or each.red_flags[0].id] for each in acted],
        "alarms": sum(each.urgency >= _ALARM for each in understood),
        "emergencies": sum(each.urgency is Urgency.EMERGENCY for each in understood),
        "memory_before_mb": before_mb,
        "memory_mb": memory_mb(),
        "heard_s": _heard_s["continuous"],
    }


def _peer(plan: Plan, name: str, case: Case) -> Record:
    peer = _peer_named(plan, name)
    sound, _ = _sounds(plan).of(case)
    began_s = time.process_time()
    answer = peer(sound)
    cpu_s = time.process_time() - began_s
    return {**_judged(case, answer.heard, answer.intent), "cpu_s": cpu_s, "sound_s": sound.duration_s}


def _read(plan: Plan, name: str, case: Case, heard: str) -> Record:
    intent = _reader_named(plan, name)(heard) if heard else None
    return _judged(case, heard, intent)


def _judged(case: Case, heard: str, intent: str | None) -> Record:
    return {**_case_fields(case), "heard": heard, "intent": intent, "right": intent == case.sentence.meant}


def _case_fields(case: Case) -> Record:
    return {
        "group": case.group,
        "voice": case.voice,
        "noise": case.condition.noise,
        "level_db": case.condition.level_db,
        "said": case.sentence.said,
        "meant": case.sentence.meant,
        "for_peers": case.for_peers,
    }


# --- processes -------------------------------------------------------------------------------------------------------


@contextmanager
def _pool(jobs: int) -> Iterator[Executor]:
    """Processes of their own; where the run is interrupted they end at once, whatever they work on.

    A single job needs no process: what this one has loaded serves.
    """
    # One thread each: more would make cores count twice.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    processes = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=processes) if jobs > 1 else ThreadPoolExecutor(1)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    pool.shutdown()


def _collect(tasks: dict[Future[Record], str], store: ResultStore, step: Step) -> None:
    for done in as_completed(tasks):
        store.add(tasks[done], done.result())
        step()


def _watched(results: Iterable[None], step: Step) -> Iterator[None]:
    for result in results:
        step()
        yield result
