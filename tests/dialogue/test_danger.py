from __future__ import annotations

from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, danger
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.state import Hold, Place
from voice_skill.domain import Hush, Say


def _raised(catalog: Catalog, *names: str, state: State | None = None) -> Draft:
    draft = Draft(state or State(), catalog)
    danger.raise_flags(draft, tuple(catalog.spotter[name] for name in names))
    return draft


def _replies(draft: Draft) -> list[str]:
    return [action.reply for action in draft.actions if isinstance(action, Say)]


def test_an_emergency_is_said_twice_and_that_nobody_was_called(uk: Catalog) -> None:
    flag = "red_flag.heatstroke"
    assert _replies(_raised(uk, "heatstroke")) == [flag, flag, "prompt.cannot_call", f"{flag}/more"]


def test_the_worst_of_one_utterance_is_answered(uk: Catalog) -> None:
    draft = _raised(uk, "chest-or-breathing", "clot")
    assert _replies(draft)[0] == "red_flag.chest-or-breathing"
    assert {flag.id for flag in draft.state.flags} == {"chest-or-breathing", "clot"}


def test_a_lesser_flag_brings_the_worst_advice_again(uk: Catalog) -> None:
    """It is remembered, and takes nothing back."""
    draft = _raised(uk, "recurring", state=State(flags=(uk.spotter["tear"],)))
    assert _replies(draft)[0] == "red_flag.tear"
    assert len(draft.state.flags) == 2


def test_a_flag_is_remembered_once(uk: Catalog) -> None:
    assert len(_raised(uk, "tear", state=State(flags=(uk.spotter["tear"],))).state.flags) == 1


def test_everything_else_is_dropped(uk: Catalog) -> None:
    """Speech, routine, hold, pause, offer and the clock of the cramp."""
    busy = State(
        speaking=True, place=Place("relief", 5), hold=Hold(15.0), paused_since_s=1.0, offer="x", cramp_since_s=0.0
    )
    draft = _raised(uk, "tear", state=busy)
    state = draft.state
    assert draft.actions[0] == Hush()
    assert (state.place, state.hold, state.paused, state.offer, state.cramp_since_s) == (None, None, False, "", None)


def test_what_can_wait_leaves_the_routine_alone(uk: Catalog) -> None:
    assert _raised(uk, "pregnant", state=State(place=Place("relief", 3))).state.place == Place("relief", 3)


def test_a_child_ends_a_routine_that_treats_and_no_other(uk: Catalog) -> None:
    assert _raised(uk, "for-a-child", state=State(place=Place("relief", 3))).state.place is None
    assert _raised(uk, "for-a-child", state=State(place=Place("causes", 1))).state.place == Place("causes", 1)


def test_without_a_flag_there_is_nothing_to_advise(uk: Catalog) -> None:
    draft = Draft(State(), uk)
    danger.advise(draft)
    danger.remind(draft)
    assert draft.actions == []
