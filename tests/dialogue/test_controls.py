from __future__ import annotations

import pytest

from tests.dialogue.scripted import Talk, reply_ids
from voice_skill.catalog import Catalog
from voice_skill.dialogue import State
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.voice_controls import change_voice
from voice_skill.domain import Voice

_TO_HOLD = ["my hamstring is cramping", "no", "no", "next", "next"]


def test_a_pause_keeps_what_is_left_of_a_hold(uk: Catalog) -> None:
    talk = Talk(uk).until([*_TO_HOLD, "@wait 6", "pause", "@wait 100"])
    assert talk.state.hold is not None
    assert talk.state.hold.left_s == pytest.approx(9.0)


def test_a_second_pause_does_not_lengthen_the_first(uk: Catalog) -> None:
    talk = Talk(uk).until([*_TO_HOLD, "pause"])
    since_s = talk.state.paused_since_s
    talk.until(["@wait 60", "pause"])
    assert talk.state.paused_since_s == since_s


def test_three_rounds_cannot_be_had_twice_by_starting_over(uk: Catalog) -> None:
    """The rounds belong to the cramp, not to the run of the routine."""
    once_more = ["@wait 16", "no"]
    talk = Talk(uk).until([*_TO_HOLD, *once_more, "next", "next", *once_more, "start over", *_TO_HOLD[1:], "@wait 16"])
    assert reply_ids(talk.you("no"))[0] == "red_flag.not-easing"


def test_nothing_to_repeat_before_the_first_word(uk: Catalog) -> None:
    draft = Draft(State(), uk)
    from voice_skill.dialogue import controls

    controls.repeat(draft)
    assert draft.state.last_text == uk.reply("prompt.nothing_to_repeat").say[0]


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ("slower", Voice(150), Voice(125)),
        ("slower", Voice(140), Voice(125)),
        ("faster", Voice(150), Voice(180)),
        ("louder", Voice(volume=0.8), Voice(volume=1.0)),
        ("quieter", Voice(volume=0.7), Voice(volume=0.6)),
    ],
)
def test_the_voice_moves_to_the_next_mark(change: str, before: Voice, after: Voice, uk: Catalog) -> None:
    draft = Draft(State(voice=before), uk)
    assert change_voice(draft, change)
    assert draft.state.voice == after
    assert draft.actions == [after]


@pytest.mark.parametrize(
    ("change", "voice"), [("slower", Voice(100)), ("faster", Voice(240)), ("louder", Voice(volume=1.0))]
)
def test_the_voice_has_limits(change: str, voice: Voice, uk: Catalog) -> None:
    draft = Draft(State(voice=voice), uk)
    assert not change_voice(draft, change)
    assert draft.actions == []
