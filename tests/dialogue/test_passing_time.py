from __future__ import annotations

from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, respond_to, wake_at_s
from voice_skill.dialogue.state import Hold, Place, Timers
from voice_skill.domain import SpeechEnded, TimePassed


def test_a_late_report_of_cut_speech_changes_nothing(uk: Catalog) -> None:
    state = State(place=Place("causes", 1), timers=Timers(silence_s=8.0))
    after, actions = respond_to(state, SpeechEnded(3.0), None, uk)
    assert after.timers == state.timers
    assert actions == ()


def test_woken_too_early_it_sleeps_on(uk: Catalog) -> None:
    state = State(place=Place("causes", 1), timers=Timers(silence_s=8.0))
    after, actions = respond_to(state, TimePassed(7.0), None, uk)
    assert wake_at_s(after, uk) == 8.0
    assert actions == ()


def test_a_clock_that_goes_back_is_not_believed(uk: Catalog) -> None:
    after, _ = respond_to(State(now_s=50.0), TimePassed(7.0), None, uk)
    assert after.now_s == 50.0


def test_after_the_end_nothing_happens(uk: Catalog) -> None:
    state = State(ended=True, timers=Timers(go_on_s=1.0))
    assert wake_at_s(state, uk) is None
    assert respond_to(state, TimePassed(9.0), None, uk) == (state, ())


def test_the_ten_minutes_run_in_a_pause(uk: Catalog) -> None:
    """Whoever lies there in pain and says "wait" is still told when it has gone on for too long."""
    state = State(place=Place("relief", 5), hold=Hold(9.0), paused_since_s=40.0, cramp_since_s=0.0)
    assert wake_at_s(state, uk) == 600.0
    after, _ = respond_to(state, TimePassed(600.0), None, uk)
    assert [flag.id for flag in after.flags] == ["not-easing"]
    assert after.place is None
