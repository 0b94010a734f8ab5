"""Options that several commands share, and the settings they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from voice_skill.settings import Settings, read_settings

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
