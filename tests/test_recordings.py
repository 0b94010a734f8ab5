"""Recorded questions through the real recogniser to what they mean. The voices are no part of what was learnt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from voice_skill.adapters.vosk_recogniser import utterances_in
from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, understand
from voice_skill.domain import Hypothesis, Understanding, Urgency, Utterance
from voice_skill.hearing import LoadedModel, open_recogniser
from voice_skill.settings import Settings
from voice_skill.sound import read_sound

RECORDINGS = Path(__file__).parent / "recordings"
KNOWN_FAILURES = RECORDINGS / "known_failures.yaml"


@dataclass(frozen=True)
class Meaning:
    """What a recording should be taken for; off-topic where both are empty."""

    intent: str = ""
    flag: str = ""


def meanings() -> dict[str, Meaning]:
    """Every recording, as `voice/file name`, with its meaning."""
    listed = yaml.safe_load((RECORDINGS / "sentences.yaml").read_text(encoding="utf-8"))
    found = {f"noise/{path.name}": Meaning() for path in sorted((RECORDINGS / "noise").glob("*.flac"))}
    for voice, entries in listed.items():
        for entry in entries:
            off_topic = entry.get("intent") == "off_topic"
            name = f"{voice}/{'oov_' if off_topic else ''}{entry['say']}.flac"
            found[name] = Meaning() if off_topic else Meaning(entry.get("intent", ""), entry.get("flag", ""))
    return found


def cases() -> list[Any]:
    """Every recording as a test case; those known to fail must fail, or be taken off the list."""
    failing = yaml.safe_load(KNOWN_FAILURES.read_text(encoding="utf-8")) or {}
    return [
        pytest.param(
            name,
            meaning,
            id=name,
            marks=[pytest.mark.xfail(reason=failing[name], strict=True)] if name in failing else (),
        )
        for name, meaning in meanings().items()
    ]


def understood(recording: Path, model: LoadedModel, catalog: Catalog) -> Understanding:
    """What the assistant makes of a recording at the beginning of a session."""
    utterances = list(utterances_in(read_sound(recording), open_recogniser(model, Settings())))
    whole = Utterance((Hypothesis(" ".join(each.text for each in utterances)),)) if utterances else Utterance(())
    return understand(utterances[0] if len(utterances) == 1 else whole, State(), catalog)


@pytest.mark.parametrize(("name", "meaning"), cases())
def test_recording(name: str, meaning: Meaning, vosk_model: LoadedModel, catalog: Catalog) -> None:
    """The right intent, or a flag at least as urgent as the right one; other speech and noise get no answer."""
    result = understood(RECORDINGS / name, vosk_model, catalog)
    if meaning.flag:
        wanted = catalog.spotter[meaning.flag].urgency
        assert any(flag.id == meaning.flag or flag.urgency >= wanted for flag in result.red_flags), result
    else:
        assert result.urgency < Urgency.TODAY, result
        assert result.intent == (meaning.intent or None), result


def test_every_recording_is_listened_to() -> None:
    """None is left out because it fails, and none that is listed is missing."""
    there = {f"{path.parent.name}/{path.name}" for path in RECORDINGS.glob("*/*.flac")}
    assert there == set(meanings())


def test_there_are_voices_and_questions_enough() -> None:
    """At least forty questions in at least four voices, and some speech that must get no answer."""
    asked = [name for name, meaning in meanings().items() if meaning.intent or meaning.flag]
    assert len(asked) >= 40
    assert len({name.partition("/")[0] for name in asked}) >= 4
    assert len(meanings()) - len(asked) >= 5
