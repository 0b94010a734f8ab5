"""`check`: whether everything is in order."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from voice_skill.cli.options import chosen_settings, json_option, model_option, region_option, settings_option


@click.command()
@json_option
@settings_option
@region_option
@model_option
def check(as_json: bool, settings_path: Path | None, region: str | None, model: Path | None) -> int:
    """Look over intents, content, speech model, speech engine and devices; exit code 1 on a fault."""
    from voice_skill.checkup import Level, check_up

    colours = {Level.OK: "green", Level.NOTE: "yellow", Level.FAULT: "red"}
    faults = 0
    for finding in check_up(chosen_settings(settings_path, region=region, model=model), date.today()):
        faults += finding.level is Level.FAULT
        if as_json:
            fields = {"level": finding.level.value, "subject": finding.subject, "text": finding.text}
            click.echo(json.dumps(fields))
        else:
            level = click.style(f"{finding.level.value:<5}", fg=colours[finding.level])
            click.echo(f"{level} {finding.subject}: {finding.text}")
    return 1 if faults else 0
