from __future__ import annotations

from voice_skill.catalog import Catalog
from voice_skill.catalog.entries import StepEntry
from voice_skill.dialogue import State, routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.here import Here
from voice_skill.dialogue.holds import cue_due_s, fresh_hold
from voice_skill.dialogue.state import Hold, Place
from voice_skill.dialogue.times import CRAMP_LIMIT_S


def _here(catalog: Catalog, step_id: str, *trail: int) -> Here:
    relief = catalog.routine("relief")
    return Here(Place("relief", [step.id for step in relief.steps].index(step_id), trail), relief)


def test_questions_of_safety_cannot_be_passed_over(uk: Catalog) -> None:
    """From before, from at, and from behind them after going back."""
    settle, danger_signs, flex = (_here(uk, name) for name in ("settle", "danger-signs", "flex"))
    assert settle.skipped_question(3) == 1
    assert danger_signs.skipped_question(3) == 1
    assert flex.skipped_question(8) is None
    assert flex.moved(0).skipped_question(4) is None


def test_back_follows_the_way_that_was_taken(uk: Catalog) -> None:
    """ "Cold" is reached from the choice, not from "warmth" that stands above it."""
    draft = Draft(State(), uk)
    choice = _here(uk, "warm-or-cold")
    routine.go_to(draft, choice, "cold")
    there = draft.here
    assert there is not None
    routine.step_back(draft, there)
    assert draft.state.place == choice.place


def test_the_same_cramp_keeps_its_clock_and_rounds(uk: Catalog) -> None:
    state = State(now_s=CRAMP_LIMIT_S - 1, cramp_since_s=0.0, rounds={"x": 2})
    draft = Draft(state, uk)
    routine.start(draft, "relief")
    assert (draft.state.cramp_since_s, draft.state.rounds) == (0.0, {"x": 2})


def test_another_cramp_begins_anew(uk: Catalog) -> None:
    draft = Draft(State(now_s=CRAMP_LIMIT_S, cramp_since_s=0.0, rounds={"x": 2}), uk)
    routine.start(draft, "relief")
    assert (draft.state.cramp_since_s, draft.state.rounds) == (CRAMP_LIMIT_S, {})


def test_only_a_cramp_has_a_clock(uk: Catalog) -> None:
    """A long talk about prevention is no cramp that lasts too long."""
    draft = Draft(State(now_s=5.0), uk)
    routine.start(draft, "prevention")
    assert draft.state.cramp_since_s is None


def test_a_short_hold_has_no_half_way() -> None:
    short, long = fresh_hold(StepEntry("a", hold_s=5.0)), fresh_hold(StepEntry("b", hold_s=15.0))
    assert short is not None
    assert long is not None
    assert [cue.left_s for cue in short.cues] == [3.0, 2.0, 1.0]
    assert [cue.left_s for cue in long.cues] == [7.5, 3.0, 2.0, 1.0]
    assert fresh_hold(StepEntry("c")) is None


def test_a_hold_that_is_talked_over_wakes_nobody() -> None:
    """Its cues would only queue up behind the answer."""
    assert cue_due_s(Hold(15.0, running_since_s=10.0)) == 25.0
    assert cue_due_s(Hold(15.0, running_since_s=10.0, talked_over=True)) is None
    assert cue_due_s(Hold(15.0)) is None
    assert cue_due_s(None) is None
