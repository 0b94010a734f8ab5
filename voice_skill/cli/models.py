"""`models`: the speech models that can be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_skill.cli.options import chosen_settings, json_option, settings_option
from voice_skill.errors import ModelError

if TYPE_CHECKING:
    from voice_skill.adapters.speech_models import SpeechModel
    from voice_skill.model_store import ModelStore
    from voice_skill.settings import Settings

_SHOWN = 3
"""How many of a model's faults are told."""


@click.group()
def models() -> None:
    """Speech models on this machine, and how to get better ones.

    The one in use is that of --model or of the settings, else the one chosen by `use`, else the best official one
    that is installed, else the embedded one. Only `install NAME` ever uses the network.
    """


@models.command("list")
@json_option
@settings_option
def list_models(as_json: bool, settings_path: Path | None) -> None:
    """List the models at hand and those that can be installed; a star marks the one in use."""
    from voice_skill.hearing import chosen_model
    from voice_skill.model_store import read_official

    settings = chosen_settings(settings_path)
    used = chosen_model(settings)
    at_hand = list(dict.fromkeys((*_at_hand(), used)))
    for model in at_hand:
        _show(as_json, model.name, model.folder, model.size_bytes, model == used)
    for name, official in read_official().models.items():
        if name not in {model.name for model in at_hand}:
            _show(as_json, name, None, official.bytes, False)


@models.command()
@click.argument("source", metavar="NAME|FILE|FOLDER")
@click.option("--name", default="", help="Name for a model that is installed from a file or a folder.")
@json_option
@settings_option
def install(source: str, name: str, as_json: bool, settings_path: Path | None) -> None:
    """Install an official model by NAME from the network, or any Vosk model from a zip FILE or a FOLDER.

    The archive must have the size and the checksum of the official one. `model_mirror` in the settings fetches it from
    another address.
    """
    from voice_skill.model_store import DownloadSettings, Installer, read_official

    settings = chosen_settings(settings_path)
    official = read_official()
    downloads = DownloadSettings(settings.model_mirror or official.publisher, settings.download_timeout_s, not as_json)
    done = Installer(_store(), official, downloads).install(source, name)
    what = "was installed already" if done.already else f"is installed in {done.model.folder}"
    _tell(as_json, f"{done.model.name} {what}.{_use_hint(done.model, settings)}", done.model, already=done.already)


@models.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@json_option
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Check every file of the models, all at hand unless names are given, against what was installed."""
    from voice_skill.model_store.verifying import faults_of

    damaged: list[str] = []
    for model in [_model(name) for name in names] or list(_at_hand()):
        faults = faults_of(model)
        if as_json:
            click.echo(json.dumps({"name": model.name, "whole": not faults, "faults": faults}))
        elif not faults:
            click.echo(f"{model.name} is whole.")
        if faults:
            more = f", and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
            damaged.append(f"{model.name} in {model.folder} ({', '.join(faults[:_SHOWN])}{more})")
    if damaged:
        raise ModelError(f"Damaged: {'; '.join(damaged)}; delete each damaged folder and install its model again.")


@models.command()
@click.argument("name")
@json_option
def remove(name: str, as_json: bool) -> None:
    """Remove an installed model from this machine, at once."""
    from voice_skill.adapters.speech_models import EMBEDDED_NAME

    if name == EMBEDDED_NAME:
        raise ModelError(f"{EMBEDDED_NAME} is the embedded model, which belongs to the skill and cannot be removed.")
    model, store = _model(name), _store()
    with store.unfinished() as scratch:
        store.take_away(name, scratch)
    _tell(as_json, f"{name} is removed; {model.size_bytes / 1e6:.0f} MB are free again.", model)


@models.command()
@click.argument("name")
@json_option
@settings_option
def use(name: str, as_json: bool, settings_path: Path | None) -> None:
    """Use an installed model, or the embedded one, from now on."""
    settings = chosen_settings(settings_path)
    model = _model(name)
    _store().choose(name)
    held = (
        f" But the settings name {settings.model}, which goes before; take 'model' out there." if settings.model else ""
    )
    _tell(as_json, f"{name} is used from now on.{held}", model)


def _store() -> ModelStore:
    from voice_skill.model_store import ModelStore
    from voice_skill.settings import models_folder

    return ModelStore(models_folder())


def _at_hand() -> Iterator[SpeechModel]:
    from voice_skill.model_store.choosing import embedded_model

    yield embedded_model()
    yield from _store().installed()


def _model(name: str) -> SpeechModel:
    """The model of that name.

    Raises:
        ModelError: it is not at hand.
    """
    from voice_skill.model_store.choosing import not_installed

    at_hand = {model.name: model for model in _at_hand()}
    if name not in at_hand:
        raise not_installed(name)
    return at_hand[name]


def _show(as_json: bool, name: str, folder: Path | None, size_bytes: int, used: bool) -> None:
    if as_json:
        place = str(folder) if folder else None
        click.echo(json.dumps({"name": name, "folder": place, "bytes": size_bytes, "in_use": used}))
    else:
        place = str(folder) if folder else f"not installed; voice-skill models install {name}"
        click.echo(f"{'*' if used else ' '} {name:<16} {size_bytes / 1e6:4.0f} MB  {place}")


def _tell(as_json: bool, text: str, model: SpeechModel, **more: bool) -> None:
    if as_json:
        fields = {"name": model.name, "folder": str(model.folder), "bytes": model.size_bytes, **more}
        click.echo(json.dumps(fields))
    else:
        click.echo(text)


def _use_hint(model: SpeechModel, settings: Settings) -> str:
    from voice_skill.hearing import chosen_model

    in_use = chosen_model(settings) == model
    return " It is used from now on." if in_use else f" To use it: voice-skill models use {model.name}"
