"""A whole run, small: the real recogniser, the assistant's own voice, every peer that is installed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sentences import UTTERANCES
from voice_skill.bench import tables
from voice_skill.bench.cases import KITCHEN, Size
from voice_skill.bench.figures import Share
from voice_skill.bench.page import write_page
from voice_skill.bench.peers import PEERS, PeerEntry, jsgf, vosk_recipe
from voice_skill.bench.plots import NOISE, write_plots
from voice_skill.bench.running import OURS, Plan, run
from voice_skill.bench.session import about_run
from voice_skill.bench.store import ResultStore
from voice_skill.bench.tables import Report, report
from voice_skill.catalog import Catalog
from voice_skill.settings import Settings, cache_folder

TINY = Size(2, 0, 2, 1, 1, (12,), (KITCHEN,), 1, 4, 1, 2, 2)
Step = Callable[[], None]


def unwatched(stage: str, steps: int) -> Step:
    return lambda: None


@pytest.fixture(scope="module")
def plan(catalog: Catalog) -> Plan:
    """The catalog is learnt before processes start."""
    return Plan(Settings(), TINY, UTTERANCES, ("own-espeak",), cache_folder() / "bench")


@pytest.fixture(scope="module")
def interrupted(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run that was interrupted once its first utterances were measured."""
    file = tmp_path_factory.mktemp("results") / "results.jsonl"

    def interrupt(stage: str, steps: int) -> Step:
        def step() -> None:
            if stage == "speech in noise":
                raise KeyboardInterrupt

        return step

    with pytest.raises(KeyboardInterrupt):
        run(plan, ResultStore(file), interrupt, jobs=1)
    return file


@pytest.fixture(scope="module")
def kept(interrupted: Path) -> str:
    """What was in the file when the run was interrupted."""
    return interrupted.read_text()


@pytest.fixture(scope="module")
def store(plan: Plan, interrupted: Path, kept: str) -> ResultStore:
    """All results, of the interrupted run and of one that went on from there."""
    run(plan, ResultStore(interrupted), unwatched, jobs=1)
    return ResultStore(interrupted)


@pytest.fixture(scope="module")
def found(plan: Plan, store: ResultStore) -> Report:
    return report(plan, store)


@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_it_stopped(interrupted: Path, kept: str, store: ResultStore) -> None:
    assert f'"{OURS}/' in kept
    assert interrupted.read_text().startswith(kept)
    assert len(list(store)) > kept.count("\n")


@pytest.mark.slow
def test_a_finished_run_measures_nothing_again(plan: Plan, interrupted: Path, store: ResultStore) -> None:
    before, steps = interrupted.read_text(), dict[str, int]()

    def watch(stage: str, count: int) -> Step:
        steps[stage] = count
        return lambda: None

    run(plan, ResultStore(interrupted), watch, jobs=1)
    assert interrupted.read_text() == before
    assert {stage for stage, count in steps.items() if count} == {"making speech"}


@pytest.mark.slow
def test_every_installed_peer_hears_the_recordings_that_we_hear(store: ResultStore) -> None:
    def heard(name: str) -> set[str]:
        return {r["key"].removeprefix(f"{name}/") for r in store if r["key"].startswith(f"{name}/") and r["for_peers"]}

    assert heard(OURS)
    assert all(heard(entry.name) == heard(OURS) for entry in PEERS if not entry.missing)


@pytest.mark.slow
def test_the_parts_of_a_wait_are_measured(found: Report) -> None:
    """Some silence after the question, some work of each part, and less than a slow reader."""
    times = {row[0]: row[1] for row in found["times"].rows}
    silence = times["  of it silence (s)"]
    assert isinstance(silence, float)
    assert 0.0 < silence < 2.0
    assert all(isinstance(times[f"  of it {part} (s)"], float) for part in tables.PARTS)


@pytest.mark.slow
def test_every_table_can_be_read_by_programs(found: Report) -> None:
    for table in found.tables:
        for fields in table.fields():
            assert set(json.loads(json.dumps(fields))) == set(table.columns)


@pytest.mark.slow
def test_the_page_tells_what_a_reader_has_to_know(plan: Plan, found: Report, tmp_path: Path) -> None:
    about = about_run(plan, quick=True)
    write_page(tmp_path, found, about)
    page = (tmp_path / "README.md").read_text()
    for needed in (about.day.isoformat(), about.machine, "vosk 0.", "All speech is synthetic", "own-espeak", "weakest"):
        assert needed in page
    assert "not figures to quote" in page
    assert page.count("\n- ") >= len(found.weakest)


@pytest.mark.slow
def test_plots_are_the_same_for_the_same_figures(found: Report, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for folder in ("one", "two"):
        write_plots(tmp_path / folder, found)
    assert (tmp_path / "one" / NOISE).read_bytes() == (tmp_path / "two" / NOISE).read_bytes()
    assert "authored phrases, kitchen" in (tmp_path / "one" / NOISE).read_text()


@pytest.mark.slow
def test_a_missing_peer_is_said_and_not_counted(
    plan: Plan, store: ResultStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = PeerEntry("absent", ("no_such_module_here",), vosk_recipe)
    monkeypatch.setattr(tables, "PEERS", (*PEERS, absent))
    peers = report(plan, store)["peers"]
    (row,) = (row for row in peers.rows if row[0] == "absent")
    assert row[1] == "not installed"
    assert not any(isinstance(cell, Share | float) for cell in row)


@pytest.mark.slow
def test_a_better_peer_is_named(plan: Plan, store: ResultStore, tmp_path: Path) -> None:
    """With every answer of ours made wrong, whoever was right once is better."""
    spoilt = ResultStore(tmp_path / "spoilt.jsonl")
    for record in store:
        fields = {name: value for name, value in record.items() if name != "key"}
        wrong = {"right": False} if record["key"].startswith(f"{OURS}/") else {}
        right = {"right": True} if record["key"].startswith("Vosk closed") else {}
        spoilt.add(record["key"], {**fields, **wrong, **right})
    better = report(replace(plan), spoilt).better_peers
    assert any(sentence.startswith("Vosk closed grammar, exact phrase is better at") for sentence in better)


def test_phrases_become_a_grammar_without_unknown_words(catalog: Catalog) -> None:
    grammar = jsgf(catalog, lambda word: word != "hamstring")
    assert grammar.startswith("#JSGF V1.0;")
    assert "hamstring " not in grammar
    assert "<VOID>" in grammar
