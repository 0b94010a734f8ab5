"""`eval`: how well held-out sentences are understood and recordings heard."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_skill.cli.options import chosen_settings, json_option, model_option, ready_catalog, settings_option

if TYPE_CHECKING:
    from voice_skill.evaluation import Evaluation, Transcript
    from voice_skill.settings import Settings

_SHOWN = 3
"""Sentences shown for each confusion."""


@click.command("eval")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
@settings_option
@model_option
def evaluate_files(files: tuple[Path, ...], as_json: bool, settings_path: Path | None, model: Path | None) -> None:
    """Measure understanding on files of held-out sentences or folders of recordings, as in `tests/`.

    The stem of a file tells what it holds: red_flags, misheard, off_topic, ordinary; any other, sentences in scope.
    """
    from voice_skill.evaluation import evaluate, read_cases

    settings = chosen_settings(settings_path, model=model)
    cases = [case for file in files for case in read_cases(file)]
    result = evaluate(cases, ready_catalog(settings), _recogniser(settings))
    for line in _json_lines(result) if as_json else _table(result):
        click.echo(line)


def _recogniser(settings: Settings) -> Callable[[Path], Transcript]:
    """Hears recordings; the speech model is loaded for the first one."""
    loaded: list[object] = []

    def hear(recording: Path) -> Transcript:
        from voice_skill.adapters.vosk_recogniser import utterances_in
        from voice_skill.evaluation import Transcript
        from voice_skill.hearing import LoadedModel, load_model, open_recogniser
        from voice_skill.sound import read_sound

        if not loaded:
            loaded.append(load_model(settings))
        (speech_model,) = loaded
        assert isinstance(speech_model, LoadedModel)
        sound, start_s = read_sound(recording), time.process_time()
        utterances = tuple(utterances_in(sound, open_recogniser(speech_model, settings)))
        return Transcript(utterances, sound.duration_s, time.process_time() - start_s)

    return hear


def _table(result: Evaluation) -> list[str]:
    lines = [f"{'figure':<42} {'count':>11} {'share':>8} {'goal':>9}"]
    for figure in result.figures:
        goal = f"{'<=' if figure.at_most else '>='} {figure.goal:.1%}"
        mark = click.style("reached", fg="green") if figure.reached else click.style("missed", fg="red")
        lines.append(f"{figure.name:<42} {figure.count:>5}/{figure.of:<5} {figure.share:>8.1%} {goal:>9}  {mark}")
    if result.voices:
        lines += ["", f"{'voice':<22} {'words wrong':>13} {'WER':>7} {'right':>9} {'RTF':>6}"]
    for voice in result.voices:
        wer = "" if voice.word_error_rate is None else f"{voice.word_error_rate:.3f}"
        wrong, right = f"{voice.words_wrong}/{voice.words}", f"{voice.right}/{voice.recordings}"
        lines.append(f"{voice.voice:<22} {wrong:>13} {wer:>7} {right:>9} {voice.real_time_factor:>6.2f}")
    lines += ["", f"understood in {result.p50_ms:.2f} ms (half of them), {result.p99_ms:.2f} ms (99 of 100)"]
    lines.append("refusals: " + (", ".join(f"{reason} {count}" for reason, count in result.refusals) or "none"))
    for meant, got, said in result.confusions:
        more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
        lines.append(f"  {meant} -> {got}: {'; '.join(said[:_SHOWN])}{more}")
    return lines


def _json_lines(result: Evaluation) -> list[str]:
    figures = [
        {
            "figure": figure.name,
            "count": figure.count,
            "of": figure.of,
            "share": round(figure.share, 4),
            "goal": figure.goal,
            "reached": figure.reached,
        }
        for figure in result.figures
    ]
    voices = [
        {
            "voice": voice.voice,
            "words_wrong": voice.words_wrong,
            "words": voice.words,
            "wer": None if voice.word_error_rate is None else round(voice.word_error_rate, 4),
            "right": voice.right,
            "recordings": voice.recordings,
            "rtf": round(voice.real_time_factor, 3),
        }
        for voice in result.voices
    ]
    confusions = [{"meant": meant, "understood": got, "said": list(said)} for meant, got, said in result.confusions]
    latency = {"p50_ms": round(result.p50_ms, 3), "p99_ms": round(result.p99_ms, 3)}
    rest = {"latency": latency, "refusals": dict(result.refusals)}
    return [json.dumps(each) for each in (*figures, *voices, *confusions, rest)]
