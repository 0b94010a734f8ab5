"""`models`: the speech models that can be used."""

from __future__ import annotations

import json
from pathlib import Path

import click

from voice_skill.cli.options import chosen_settings, json_option, settings_option


@click.group()
def models() -> None:
    """Speech models on this machine."""


@models.command("list")
@json_option
@settings_option
def list_models(as_json: bool, settings_path: Path | None) -> None:
    """List the embedded model and the one the settings name; a star marks the one in use."""
    from voice_skill.adapters.speech_models import model_in, unpack_embedded
    from voice_skill.catalog import data_folder
    from voice_skill.settings import cache_folder

    settings = chosen_settings(settings_path)
    found = [unpack_embedded(data_folder("models"), cache_folder())]
    if settings.model:
        found.append(model_in(Path(settings.model).expanduser()))
    for model in found:
        used = model is found[-1]
        if as_json:
            fields = {"name": model.name, "folder": str(model.folder), "bytes": model.size_bytes, "in_use": used}
            click.echo(json.dumps(fields))
        else:
            click.echo(f"{'*' if used else ' '} {model.name}  {model.size_bytes / 1e6:.0f} MB  {model.folder}")
