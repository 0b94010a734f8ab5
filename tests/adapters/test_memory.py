"""Giving memory back."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from voice_skill.adapters.memory import give_back_free_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library keeps free memory")
def test_freed_memory_goes_back_to_the_system() -> None:
    """What lies below something still in use is not held for ever."""
    pieces = [bytes(1000) for _ in range(100_000)]
    last = pieces.pop()
    pieces.clear()
    before_mb = resident_mb()
    give_back_free_memory()
    assert resident_mb() < before_mb - 50
    assert len(last) == 1000


def resident_mb() -> float:
    """Of this process."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
