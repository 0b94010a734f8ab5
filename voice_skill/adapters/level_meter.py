"""A one-line level meter at the foot of the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FLOOR_DBFS = -60.0


class LevelMeter:
    """Shows how loud the microphone hears; a context manager that wipes its line away. For a terminal only."""

    def __init__(self) -> None:
        from tqdm import tqdm

        form = "{desc} {bar:30} {postfix}"
        self._bar = tqdm(total=-_FLOOR_DBFS, desc="level", bar_format=form, file=sys.stderr, leave=False)

    def show(self, level_dbfs: float) -> None:
        """Show a loudness in dBFS."""
        self._bar.n = min(max(level_dbfs, _FLOOR_DBFS) - _FLOOR_DBFS, -_FLOOR_DBFS)
        self._bar.set_postfix_str(f"{level_dbfs:.0f} dBFS")

    @contextmanager
    def standing_aside(self) -> Iterator[None]:
        """Leave the terminal to others while the block runs."""
        with self._bar.external_write_mode():
            yield

    def close(self) -> None:
        """Wipe the line away."""
        self._bar.close()
