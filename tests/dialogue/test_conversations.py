"""Whole conversations, written down in `tests/dialogues/`, held with the real catalog on a virtual clock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dialogue.scripted import DIALOGUES, Talk, read_dialogues, reply_ids, said
from voice_skill.catalog import Catalog
from voice_skill.domain import Say, Turn, Urgency

_TABLES = frozenset({"controls", "red_flags"})
_WRITTEN = sorted(path.stem for path in DIALOGUES.glob("*.yaml") if path.stem not in _TABLES)
_CONTROLS = read_dialogues("controls")
_RED_FLAGS = read_dialogues("red_flags")
_NEAR_S = 0.06


def _conversations() -> list[Any]:
    return [
        pytest.param(turns, id=f"{stem}: {name}") for stem in _WRITTEN for name, turns in read_dialogues(stem).items()
    ]


@pytest.mark.parametrize("turns", _conversations())
def test_conversation_goes_as_written(turns: list[dict[str, Any]], uk: Catalog) -> None:
    """Every turn says exactly what is written, in that order, at the times that are written."""
    talk = Talk(uk)
    for turn, following in zip(turns, [*turns[1:], {}], strict=True):
        line = next(f"{prefix}{turn[key]}" for key, prefix in _LINES.items() if key in turn)
        begun_s = talk.now_s
        happened = talk.you(line, settle="cut" not in following)
        assert _shown(happened, begun_s, turn["skill"]) == turn["skill"], f"after {line!r} at {begun_s:.1f} s"
        for fragment in turn.get("words", ()):
            assert fragment in " ".join(each.say.text for each in said(happened))
        if "urgency" in turn:
            assert talk.state.urgency is Urgency(turn["urgency"])


_LINES = {"you": "", "cut": "@cut ", "wait": "@wait "}


def _shown(turns: list[Turn], begun_s: float, expected: list[Any]) -> list[Any]:
    """What was said, with its time wherever a time is expected: `{12.0: reply}` is twelve seconds into the turn."""
    ids = reply_ids(turns)
    if not any(isinstance(each, dict) for each in expected):
        return ids
    times = {index: each.at_s - begun_s for index, each in enumerate(said(turns))}
    shown: list[Any] = []
    for index, name in enumerate(ids):
        written = expected[index] if index < len(expected) else None
        at_s = next(iter(written)) if isinstance(written, dict) else None
        shown.append({at_s: name} if at_s is not None and abs(times[index] - at_s) < _NEAR_S else name)
    return shown


@pytest.mark.parametrize("phase", _CONTROLS["phases"])
@pytest.mark.parametrize("control", _CONTROLS["controls"])
def test_every_control_works_in_every_phase(control: str, phase: str, uk: Catalog) -> None:
    """Each control does in each phase what the table says."""
    entry = _CONTROLS["controls"][control]
    talk = Talk(uk).until(_CONTROLS["phases"][phase])
    assert reply_ids(talk.you(entry["said"])) == entry[phase]


def test_the_table_has_every_control(uk: Catalog) -> None:
    """No control intent is left out of the table."""
    assert _CONTROLS["controls"].keys() == {intent for intent in uk.authored.intents if "." not in intent}


def test_every_red_flag_has_a_sentence(uk: Catalog) -> None:
    """No red flag with signs is left out."""
    assert _RED_FLAGS.keys() == {name for name, entry in uk.authored.red_flags.items() if entry.signs}


@pytest.mark.parametrize("flag", _RED_FLAGS)
def test_red_flag_in_the_middle_of_a_hold(flag: str, uk: Catalog) -> None:
    """Advice comes at once; at urgency 3 and 4 the stretch is over, below it goes on."""
    urgency = uk.authored.red_flags[flag].urgency
    talk = Talk(uk).until([*_TO_HOLD, "@wait 4"])
    turns = talk.you(_RED_FLAGS[flag])
    sayings = [each.say for each in said(turns)]
    assert flag in {each.id for each in talk.state.flags}
    assert talk.state.urgency is urgency
    assert talk.state.worst_flag is not None
    assert sayings[0].reply == f"red_flag.{talk.state.worst_flag.id}"
    if urgency is Urgency.EMERGENCY:
        _is_an_emergency(sayings)
    if urgency >= Urgency.TODAY:
        assert talk.state.place is None
        assert talk.you("@wait 700") == []
    elif flag != "for-a-child":
        assert talk.state.hold is not None
        assert "relief/easing" in reply_ids(talk.you("@wait 30"))


def _is_an_emergency(sayings: list[Say]) -> None:
    """The number first and twice, then that nobody was called, then what to do until help comes."""
    first, second, cannot, *_ = sayings
    assert first.text.startswith("Call nine nine nine")
    assert second.text == first.text
    assert cannot.text == "I cannot call for you."
    assert all(saying.urgency is Urgency.EMERGENCY for saying in sayings)


@pytest.mark.parametrize("flag", _RED_FLAGS)
def test_red_flag_cut_into_the_words_of_the_stretch(flag: str, uk: Catalog) -> None:
    """The words stop at once, and the advice is what is said next."""
    talk = Talk(uk).until(_TO_HOLD[:-1])
    talk.you(_TO_HOLD[-1], settle=False)
    happened = reply_ids(talk.you(f"@cut {_RED_FLAGS[flag]}"))
    assert happened[0] == "hush"
    assert happened[1].startswith("red_flag.")
    if uk.authored.red_flags[flag].urgency >= Urgency.TODAY:
        assert talk.state.place is None


_TO_HOLD = ["my hamstring is cramping", "no", "no", "next", "next"]
