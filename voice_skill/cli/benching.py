"""`bench`: the figures, alone and beside others."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_skill.cli.options import chosen_settings, json_option, model_option, settings_option

if TYPE_CHECKING:
    from voice_skill.bench.tables import Table


@click.command()
@json_option
@settings_option
@model_option
@click.option("--quick", is_flag=True, help="A few cases of each kind, in some minutes instead of half an hour.")
@click.option("--sentences", type=click.Path(path_type=Path), help="Folder of test sentences; that of the checkout.")
@click.option("--results", type=click.Path(path_type=Path), help="Folder that keeps results; one in the cache.")
@click.option("--fresh", is_flag=True, help="Measure everything anew.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True, help="Processes.")
@click.option("--plain-model", default="", help="Folder of another Vosk model for the peers that use Vosk.")
@click.option("--plots", type=click.Path(path_type=Path, file_okay=False), help="Write the plots (SVG) to this folder.")
@click.option("--page", type=click.Path(path_type=Path, file_okay=False), help="Write README.md and plots here.")
def bench(
    as_json: bool,
    settings_path: Path | None,
    model: Path | None,
    quick: bool,
    sentences: Path | None,
    results: Path | None,
    fresh: bool,
    jobs: int,
    plain_model: str,
    plots: Path | None,
    page: Path | None,
) -> None:
    """Measure accuracy in noise, refusals, waiting times and needs, beside other recognisers and matchers.

    Speech is made by the synthetic voices that are installed. A run that was interrupted goes on where it stopped.
    """
    from voice_skill.bench.cases import FULL, QUICK
    from voice_skill.bench.running import Plan, run
    from voice_skill.bench.session import about_run, results_file, test_sentences
    from voice_skill.bench.store import ResultStore
    from voice_skill.bench.tables import report
    from voice_skill.bench.voices import installed_speakers, not_installed
    from voice_skill.settings import cache_folder

    settings = chosen_settings(settings_path, model=model)
    speakers = installed_speakers()
    for sentence in not_installed():
        click.echo(sentence, err=True)
    cache = cache_folder() / "bench"
    plan = Plan(
        settings=settings,
        size=QUICK if quick else FULL,
        sentences=test_sentences(sentences),
        voices=tuple(speaker.name for speaker in speakers),
        cache=cache,
        plain_model=plain_model,
    )
    file = results_file(results or cache / "results", plan)
    store = ResultStore(file)
    if fresh:
        store.clear()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no process is left behind at work
    try:
        run(plan, store, _watch, jobs)
    except KeyboardInterrupt:
        click.echo("\nWhat was measured is kept; the same command goes on from here.", err=True)
        raise
    found = report(plan, store)
    for table in found.tables:
        for line in _json_lines(table) if as_json else _table(table):
            click.echo(line)
    _write(plots, page, found, about_run(plan, quick))


def _write(plots: Path | None, page: Path | None, found: object, about: object) -> None:
    from voice_skill.bench.page import write_page
    from voice_skill.bench.plots import write_plots
    from voice_skill.bench.session import About
    from voice_skill.bench.tables import Report

    assert isinstance(found, Report)
    assert isinstance(about, About)
    for folder in dict.fromkeys(each for each in (plots, page) if each is not None):
        write_plots(folder, found)
    if page is not None:
        write_page(page, found, about)


def _watch(stage: str, steps: int) -> Callable[[], None]:
    from tqdm import tqdm

    bar = tqdm(total=steps, desc=f"{stage:<24}", disable=not steps or None, unit="")

    def step() -> None:
        bar.update()
        if bar.n >= steps:
            bar.close()

    return step


def _table(table: Table) -> list[str]:
    rows = [table.columns, *([table.shown(cell) for cell in row] for row in table.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    lines = ["", click.style(table.title, bold=True)]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return lines + ([table.note] if table.note else [])


def _json_lines(table: Table) -> list[str]:
    return [json.dumps({"table": table.id, **fields}) for fields in table.fields()]
