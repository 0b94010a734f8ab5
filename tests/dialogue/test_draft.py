from __future__ import annotations

import pytest

from voice_skill.catalog import Catalog
from voice_skill.dialogue import State
from voice_skill.dialogue.draft import Draft
from voice_skill.domain import Hush, RedFlag, Say, Urgency


def _texts(draft: Draft) -> list[str]:
    return [action.text for action in draft.actions if isinstance(action, Say)]


def test_variants_take_turns(uk: Catalog) -> None:
    """The same reply is said in its wordings one after the other."""
    draft = Draft(State(), uk)
    for _ in range(3):
        draft.say("about.cramp")
    one, other = uk.reply("about.cramp").say
    assert _texts(draft) == [one, other, one]


def test_a_wording_that_was_just_said_is_passed_over(uk: Catalog) -> None:
    """Even where its number asks for it."""
    draft = Draft(State(last_text="A one."), uk)
    draft.say_one_of(["a one.", "another."], "x", first=0)
    assert _texts(draft) == ["Another."]


def test_numbers_of_the_region_are_put_in(uk: Catalog) -> None:
    draft = Draft(State(), uk)
    draft.say_one_of(["{emergency} or {advice_line}"], "x")
    assert _texts(draft) == ["Nine nine nine or one one one"]


def test_the_first_thing_said_follows_no_silence(uk: Catalog) -> None:
    draft = Draft(State(), uk)
    draft.say_one_of(["One."], "x", pause_s=1.0)
    draft.say_one_of(["Two."], "x", pause_s=1.0)
    assert [action.pause_s for action in draft.actions if isinstance(action, Say)] == [0.0, 1.0]


def test_hush_comes_first_and_once(uk: Catalog) -> None:
    """And only where something was being said; what this turn says itself is not cut off."""
    draft = Draft(State(speaking=True), uk)
    draft.say("about.cramp")
    draft.hush()
    draft.hush()
    assert draft.actions[0] == Hush()
    assert draft.actions.count(Hush()) == 1
    assert draft.state.speaking
    silent = Draft(State(), uk)
    silent.hush()
    assert silent.actions == []


def test_hush_alone_leaves_silence(uk: Catalog) -> None:
    """Nobody has to report the end of speech that was cut off."""
    draft = Draft(State(speaking=True), uk)
    draft.hush()
    assert not draft.state.speaking


@pytest.mark.parametrize(
    ("urgency", "reply"),
    [
        (None, "prompt.goodbye"),
        (Urgency.SEE_DOCTOR, "prompt.goodbye"),
        (Urgency.TODAY, "prompt.goodbye_flagged"),
        (Urgency.EMERGENCY, "prompt.goodbye_emergency"),
    ],
)
def test_a_remark_suits_the_urgency(urgency: Urgency | None, reply: str, uk: Catalog) -> None:
    flags = (RedFlag("x", urgency, 1),) if urgency else ()
    draft = Draft(State(flags=flags), uk)
    draft.remark("goodbye")
    assert isinstance(draft.actions[0], Say)
    assert draft.actions[0].reply == reply


def test_remarks_are_not_repeated(uk: Catalog) -> None:
    """ "Repeat" goes back to what mattered."""
    draft = Draft(State(), uk)
    draft.say("about.cramp")
    draft.remark("thanks")
    state, _ = draft.finished()
    assert [saying.reply for saying in state.last_said] == ["about.cramp"]
