"""Where a run finds its sentences and keeps its results, and what there is to say about it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from voice_skill import version
from voice_skill.bench.running import Plan, missing_peers
from voice_skill.bench.voices import SPEAKERS, not_installed
from voice_skill.catalog import data_folder
from voice_skill.errors import SkillError
from voice_skill.hearing import chosen_model

_EDITION = 1
"""Raised when the same case comes to be measured in another way."""
_PACKAGE = Path(__file__).resolve().parents[1]
_UNMEASURED = ("bench", "cli")
"""Parts of the package whose change leaves every result as it was."""
_NAMED = "vosk pocketsphinx faster-whisper hassil rapidfuzz numpy pyttsx3 piper-tts".split()


@dataclass(frozen=True, slots=True)
class About:
    """What a reader of the figures has to know about the run."""

    day: date
    machine: str
    versions: tuple[str, ...]
    model: str
    plain_model: str
    voices: tuple[tuple[str, bool], ...]
    """Each with whether it was tuned on."""
    left_out: tuple[str, ...]
    quick: bool


def test_sentences(chosen: Path | None) -> Path:
    """The folder of test sentences.

    Raises:
        SkillError: none was named and there is no checkout around the package.
    """
    folder = chosen or _PACKAGE.parent / "tests" / "utterances"
    if not folder.is_dir():
        raise SkillError(f"There are no test sentences at {folder}; give their folder with --sentences.")
    return folder


def results_file(folder: Path, plan: Plan) -> Path:
    """The file for results of this very program with these data: after a change another one is used."""
    digest = hashlib.sha256(f"{_EDITION} {chosen_model(plan.settings).folder.name} {plan.plain_model}".encode())
    for file in sorted(_measured(plan)):
        digest.update(file.name.encode() + file.read_bytes())
    return folder / f"{digest.hexdigest()[:12]}-{'-'.join(map(str, (plan.size.paraphrases, plan.size.segments)))}.jsonl"


def about_run(plan: Plan, quick: bool) -> About:
    """Machine, day and versions."""
    tuned_on = {speaker.name: speaker.tuned_on for speaker in SPEAKERS}
    return About(
        day=date.today(),
        machine=f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        versions=(f"voice-skill {version()}", *_versions()),
        model=chosen_model(plan.settings).name,
        plain_model=Path(plan.plain_model).name,
        voices=tuple((voice, tuned_on[voice]) for voice in plan.voices),
        left_out=(*not_installed(), *(f"{name}: {lacks} is not installed." for name, lacks in missing_peers().items())),
        quick=quick,
    )


def _measured(plan: Plan) -> list[Path]:
    code = [file for file in _PACKAGE.rglob("*.py") if file.relative_to(_PACKAGE).parts[0] not in _UNMEASURED]
    data = [file for name in ("intents", "content") for file in data_folder(name).rglob("*.yaml")]
    return code + data + list(plan.sentences.glob("*.yaml"))


def _versions() -> list[str]:
    found: list[str] = []
    for name in _NAMED:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
