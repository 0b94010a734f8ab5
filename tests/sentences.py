"""The sentences that the tests ask the assistant to understand, and the ones it is known to fail on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

UTTERANCES = Path(__file__).parent / "utterances"
KNOWN_FAILURES = UTTERANCES / "known_failures.yaml"
"""The stem of a file of sentences -> the sentences in it that fail; each must go on failing, or be taken off."""


def sentences(stem: str) -> dict[str, tuple[str, ...]]:
    """What should be understood -> the sentences that say it; under "" where the file is one plain list."""
    data = _read(UTTERANCES / f"{stem}.yaml")
    groups = data if isinstance(data, dict) else {"": data}
    return {name: tuple(group) for name, group in groups.items()}


def known_failures(stem: str) -> frozenset[str]:
    """The sentences of a file that are known to fail."""
    return frozenset((_read(KNOWN_FAILURES) or {}).get(stem, ())) if KNOWN_FAILURES.is_file() else frozenset()


def each_sentence(stem: str) -> list[Any]:
    """Every (meaning, sentence) of a file as a test case; those known to fail must fail."""
    must_fail = [pytest.mark.xfail(reason="known failure", strict=True)]
    failing = known_failures(stem)
    return [
        pytest.param(meaning, said, marks=must_fail if said in failing else (), id=f"{meaning}: {said}")
        for meaning, group in sentences(stem).items()
        for said in group
    ]


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
