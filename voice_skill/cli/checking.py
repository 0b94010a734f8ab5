"""`check`: whether everything is in order."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from voice_skill.cli.options import chosen_settings, json_option, model_option, region_option, settings_option


@click.command()
@click.option("--audio", is_flag=True, help="Test microphone and loudspeaker with your voice instead.")
@click.option("--microphone", help="Name or number of the input device to test.")
@click.option("--speaker", help="Name or number of the output device to test.")
@json_option
@settings_option
@region_option
@model_option
def check(
    audio: bool,
    microphone: str | None,
    speaker: str | None,
    as_json: bool,
    settings_path: Path | None,
    region: str | None,
    model: Path | None,
) -> int:
    """Look over intents, content, speech model, speech engine and devices; exit code 1 on a fault."""
    from voice_skill.audio_checkup import audio_check_up
    from voice_skill.checkup import check_up
    from voice_skill.findings import Level

    settings = chosen_settings(settings_path, region=region, model=model, microphone=microphone, speaker=speaker)
    found = audio_check_up(settings, _ask) if audio else check_up(settings, date.today())
    colours = {Level.OK: "green", Level.NOTE: "yellow", Level.FAULT: "red"}
    faults = 0
    for finding in found:
        faults += finding.level is Level.FAULT
        if as_json:
            fields = {"level": finding.level.value, "subject": finding.subject, "text": finding.text}
            click.echo(json.dumps(fields))
        else:
            level = click.style(f"{finding.level.value:<5}", fg=colours[finding.level])
            click.echo(f"{level} {finding.subject}: {finding.text}")
    return 1 if faults else 0


def _ask(sentence: str) -> None:
    """Tell the person what to do now; not among the findings."""
    click.echo(click.style(sentence, bold=True), err=True)
