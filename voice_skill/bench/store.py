"""Keeps every result as one line of JSON as soon as it is known, so that an interrupted run can go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from voice_skill.errors import SkillError

Record = dict[str, Any]


class ResultStore:
    """Results by the key of what was measured."""

    def __init__(self, file: Path) -> None:
        """Read what an earlier run left in `file`; a last line that was cut short is measured again.

        Raises:
            SkillError: the file cannot be made.
        """
        self._file = file
        self._records: dict[str, Record] = {}
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            lines = file.read_bytes().split(b"\n")
        except OSError as exc:
            raise SkillError(f"Results cannot be kept in {file} ({exc.strerror}); choose another --results.") from exc
        whole = [line for line in lines[:-1] if line]
        if lines[-1]:
            file.write_bytes(b"".join(line + b"\n" for line in whole))
        for line in whole:
            record = json.loads(line)
            self._records[record["key"]] = record

    def __contains__(self, key: str) -> bool:
        return key in self._records

    def __getitem__(self, key: str) -> Record:
        return self._records[key]

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.values())

    def add(self, key: str, record: Record) -> None:
        """Keep a result."""
        kept = {"key": key, **record}
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(kept) + "\n")
        self._records[key] = kept

    def clear(self) -> None:
        """Forget all."""
        self._file.write_bytes(b"")
        self._records.clear()
