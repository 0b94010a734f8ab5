"""Runs the command line tools of OpenFst 1.7.

Debian has them in libfst-tools, and `olabel_lookahead` in libfst22-plugins-base.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path


class ToolError(RuntimeError):
    """A tool of OpenFst is missing or has failed."""


def run_tool(*command: str) -> None:
    """Runs one tool to its end."""
    if shutil.which(command[0]) is None:
        raise ToolError(f"{command[0]} is missing: install libfst-tools and libfst22-plugins-base")
    result = subprocess.run(command, env=_environment(), capture_output=True, check=False)
    if result.returncode != 0:
        raise ToolError(f"{' '.join(command)} failed: {result.stderr.decode(errors='replace').strip()}")


def chain(source: Path, steps: Sequence[Sequence[str]], target: Path) -> None:
    """Runs tools one after the other, each from file to file; the last result is moved to `target`."""
    current = source
    for number, step in enumerate(steps):
        result = target.with_suffix(f".step{number}")
        run_tool(*step, str(current), str(result))
        if current != source:
            current.unlink()
        current = result
    current.replace(target)


def _environment() -> dict[str, str]:
    """Debian keeps the plugins in a folder of their own, where the loader does not look by itself."""
    folders = sorted(str(folder) for folder in Path("/usr/lib").glob("*/fst/22"))
    return {**os.environ, "LC_ALL": "C", "LD_LIBRARY_PATH": ":".join(folders)}
