"""`match` and `recognise`: one stage of the chain at a time, for other programs and for measuring."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from voice_skill.adapters.terminal import meaning, understanding_fields
from voice_skill.cli.options import (
    chosen_settings,
    json_option,
    model_option,
    ready_catalog,
    region_option,
    settings_option,
)
from voice_skill.domain import SpokenWord, Utterance


@click.command()
@json_option
@settings_option
@region_option
def match(as_json: bool, settings_path: Path | None, region: str | None) -> None:
    """Tell what each utterance on standard input means, one a line."""
    from voice_skill.dialogue import State, understand

    catalog = ready_catalog(chosen_settings(settings_path, region=region))
    for line in sys.stdin:
        understanding = understand(Utterance.typed(line.rstrip("\r\n")), State(), catalog)
        if as_json:
            click.echo(json.dumps({**understanding_fields(understanding), "text": line.rstrip("\r\n")}))
        else:
            click.echo(f"{line.strip()}  [{meaning(understanding)}]")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@settings_option
@model_option
def recognise(files: tuple[Path, ...], as_json: bool, settings_path: Path | None, model: Path | None) -> None:
    """Write down what is said in recordings of any common format."""
    from voice_skill.hearing import load_model, open_recogniser

    settings = chosen_settings(settings_path, model=model)
    speech_model = load_model(settings)
    for file in files:
        recogniser = open_recogniser(speech_model, settings)
        fields = _recognised(file, recogniser)
        if as_json:
            click.echo(json.dumps(fields))
        else:
            click.echo(f"{file}: {fields['text']}")


def _recognised(file: Path, recogniser: Any) -> dict[str, Any]:
    from voice_skill.adapters.vosk_recogniser import utterances_in
    from voice_skill.sound import read_sound

    sound = read_sound(file)
    start_s = time.process_time()
    utterances = list(utterances_in(sound, recogniser))
    cpu_s = time.process_time() - start_s
    best = [utterance.hypotheses[0] for utterance in utterances]
    alternatives = utterances[0].hypotheses if len(utterances) == 1 else ()
    return {
        "file": str(file),
        "text": " ".join(hypothesis.text for hypothesis in best),
        "alternatives": [{"text": each.text, "confidence": round(each.confidence, 3)} for each in alternatives],
        "words": [_word_fields(word) for hypothesis in best for word in hypothesis.words],
        "rtf": round(cpu_s / sound.duration_s, 4),
    }


def _word_fields(word: SpokenWord) -> dict[str, Any]:
    start_s, end_s = round(word.start_s, 2), round(word.end_s, 2)
    return {"word": word.text, "start": start_s, "end": end_s, "confidence": word.confidence}
