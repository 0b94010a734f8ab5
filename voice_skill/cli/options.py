"""Options that several commands share, and the settings they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from voice_skill.settings import Settings, read_settings

if TYPE_CHECKING:
    from voice_skill.catalog import Catalog

F = TypeVar("F", bound=Callable[..., Any])

settings_option = click.option(
    "--settings", "settings_path", type=click.Path(path_type=Path), help="Settings file to use instead of your own."
)
region_option = click.option("--region", help="uk, us, eu, or the emergency number of your country.")
model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="Name of an installed model, or folder of any Vosk model, to use this time.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")


def ready_catalog(settings: Settings) -> Catalog:
    """The catalog of the chosen language; says so where that takes some seconds.

    Raises:
        DataError: intents or content have faults.
        SkillError: the region is not known.
    """
    from voice_skill.building import LEARNING, build_catalog

    return build_catalog(settings, on_learning=lambda: click.echo(LEARNING, err=True))


def chosen_settings(
    settings_path: Path | None, *, region: str | None = None, model: Path | None = None, **devices: str | None
) -> Settings:
    """The settings file with what was given on the command line laid over it.

    Raises:
        DataError: the settings file has faults.
    """
    given: dict[str, Any] = {"region": region, "model": str(model) if model else None, **devices}
    settings = read_settings(settings_path)
    return replace(settings, **{name: value for name, value in given.items() if value is not None})
