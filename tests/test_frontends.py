"""Holding a conversation: in real time, and on a clock that stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from voice_skill.catalog import Catalog
from voice_skill.conversation import Conversation
from voice_skill.domain import EarconKind, Event, Heard, Say, SpeechEnded, Started, TimePassed, Turn, Utterance, Voice
from voice_skill.errors import SkillError
from voice_skill.frontends import RealTimeSession, ScriptedSession, SessionClock, TimedMouth, speech_s

CRAMP = "how do i stop a hamstring cramp"


class Script:
    """A scripted session and everything that happened in it."""

    def __init__(self, catalog: Catalog) -> None:
        self.turns: list[Turn] = []
        self.mouth = TimedMouth()
        self.conversation = Conversation(catalog, self.mouth, self.turns.append, Voice())
        self.session = ScriptedSession(self.conversation, self.mouth)

    @property
    def replies(self) -> list[str]:
        """The ids of everything said."""
        return [action.reply for turn in self.turns for action in turn.actions if isinstance(action, Say)]

    @property
    def events(self) -> list[Event]:
        """Everything that happened."""
        return [turn.event for turn in self.turns]


@pytest.fixture
def script(catalog: Catalog) -> Script:
    """A session that has begun."""
    script = Script(catalog)
    script.session.start()
    return script


# --- on a virtual clock ----------------------------------------------------------------------------------------------


def test_speech_takes_the_time_of_its_words() -> None:
    """As many words a minute as the voice says, and the pause before them."""
    mouth = TimedMouth()
    assert not mouth.speaking
    mouth.say("one two three four five", Voice(rate_wpm=150), pause_s=0.5)
    assert mouth.left_s == pytest.approx(2.5)
    mouth.say("one two", Voice(rate_wpm=120))
    assert mouth.left_s == pytest.approx(3.5)
    mouth.earcon(EarconKind.STOPPED)
    assert mouth.speaking
    mouth.hush()
    assert not mouth.speaking
    assert mouth.current_text == ""
    mouth.close()


def test_half_the_rate_takes_twice_the_time() -> None:
    """Seconds are words by the rate."""
    assert speech_s("a b c", 90) == 2 * speech_s("a b c", 180) == 2.0


def test_a_line_is_said_when_speech_has_ended(script: Script) -> None:
    """The welcome is heard to its end first."""
    script.session.line("should i use heat or cold")
    kinds = [type(event) for event in script.events]
    assert kinds == [Started, SpeechEnded, Heard]
    assert script.events[1].at_s > 0
    assert script.events[2].at_s == script.events[1].at_s


def test_a_cut_is_said_into_the_speech(script: Script) -> None:
    """The clock does not move, and what was being said is not waited for."""
    script.session.line("@cut should i use heat or cold")
    assert [type(event) for event in script.events] == [Started, Heard]
    assert script.session.now_s == 0.0


def test_waiting_moves_the_clock_by_its_seconds(script: Script) -> None:
    """Counted from the end of speech."""
    script.session.settle()
    before_s = script.session.now_s
    script.session.line("@wait 12.5")
    assert script.session.now_s == pytest.approx(before_s + 12.5)
    script.session.line("@wait 3")
    assert script.session.now_s == pytest.approx(before_s + 15.5)


def test_what_is_due_while_waiting_happens_at_its_moment(script: Script) -> None:
    """An open question is asked again, each time when silence has lasted long enough."""
    script.session.line(CRAMP)
    script.session.line("@wait 60")
    passed = [event.at_s for event in script.events if isinstance(event, TimePassed)]
    assert passed
    assert passed == sorted(passed)
    assert script.replies.count("relief/danger-signs") >= 2


def test_nothing_happens_while_it_is_waited_too_short(script: Script) -> None:
    """Silence is left alone until its time has come."""
    script.session.line(CRAMP)
    script.session.settle()
    before = len(script.turns)
    script.session.line("@wait 2")
    assert len(script.turns) == before


def test_steps_that_follow_at_once_are_not_waited_for(script: Script) -> None:
    """A reaction takes longer: by the time anybody answers, the question has been asked."""
    script.session.line(CRAMP)
    script.session.line("")
    assert "relief/settle" in script.replies
    assert "relief/danger-signs" in script.replies


def test_an_empty_line_says_nothing(script: Script) -> None:
    """Not even silence is heard."""
    script.session.line("")
    assert not any(isinstance(event, Heard) for event in script.events)


@pytest.mark.parametrize("line", ["@wait", "@wait soon", "@wait -3", "@wait 1.", "@", "@say hello", "@cut"])
def test_a_faulty_line_is_told_in_one_sentence(line: str, script: Script) -> None:
    """It is quoted, and what can be written stands beside it."""
    with pytest.raises(SkillError) as caught:
        script.session.line(line)
    assert str(caught.value) == f"'{line}' is not understood; write '@wait 12.5', '@cut WORDS', or what is said."


def test_a_script_ends_with_goodbye(script: Script) -> None:
    """Lines after it are not read."""
    script.session.run(["goodbye\n", "@nonsense\n"])
    assert script.conversation.state.ended


def test_a_script_without_goodbye_is_heard_to_its_end(script: Script) -> None:
    """The last answer is spoken."""
    script.session.run(["should i use heat or cold\n"])
    assert isinstance(script.events[-1], SpeechEnded)
    assert not script.mouth.speaking


def test_the_clock_never_runs_backwards(script: Script) -> None:
    """Whatever is said and waited for."""
    script.session.run([CRAMP, "no", "no", "@wait 5", "@cut stop", "resume", "@wait 30", "yes", "next", "goodbye"])
    moments = [event.at_s for event in script.events]
    assert moments == sorted(moments)


# --- in real time ----------------------------------------------------------------------------------------------------


class StoppedClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time_s = 0.0

    def now_s(self) -> float:
        """Where it stands."""
        return self.time_s


class QuietMouth(TimedMouth):
    """Has said everything at once."""

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Takes no time."""


class Live:
    """A session in real time on a clock that stands still."""

    def __init__(self, catalog: Catalog, mouth: TimedMouth) -> None:
        self.clock = StoppedClock()
        self.mouth = mouth
        self.turns: list[Turn] = []
        self.then: dict[int, Callable[[], None]] = {}
        """Turn number, to what happens when it is shown."""
        self.session = RealTimeSession(self.clock)
        self.conversation = Conversation(catalog, mouth, self._show, Voice())

    def run(self) -> list[type[Event]]:
        """Everything that happened, to the end."""
        watch = threading.Timer(60.0, self.session.leave)
        watch.daemon = True
        watch.start()
        self.session.run(self.conversation, self.mouth)
        watch.cancel()
        return [type(turn.event) for turn in self.turns]

    def _show(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.then.get(len(self.turns), lambda: None)()


@pytest.fixture
def quiet(catalog: Catalog) -> Live:
    """A session whose speech is over as soon as it begins."""
    return Live(catalog, QuietMouth())


@pytest.fixture
def speaking(catalog: Catalog) -> Live:
    """A session whose speech does not end by itself."""
    return Live(catalog, TimedMouth())


def test_a_session_goes_from_the_welcome_to_goodbye(quiet: Live) -> None:
    """Nothing that is heard later is answered."""
    quiet.session.heard(Utterance.typed("goodbye"))
    quiet.session.heard(Utterance.typed("are you there"))
    assert quiet.run() == [Started, Heard]


def test_a_session_lets_the_last_word_be_said(speaking: Live) -> None:
    """It ends when the goodbye was spoken, and not before."""
    speaking.then[3] = speaking.mouth.hush
    for said in ("goodbye", "are you there", "hello"):
        speaking.session.heard(Utterance.typed(said))
    assert speaking.run() == [Started, Heard, Heard]


def test_a_stale_report_that_speech_ended_is_ignored(speaking: Live) -> None:
    """More has been said since: silence must not be counted while it speaks."""
    speaking.session.speech_ended()
    speaking.session.leave()
    assert speaking.run() == [Started]
    assert speaking.conversation.state.speaking


def test_a_report_that_speech_ended_counts_in_silence(quiet: Live) -> None:
    """From now on silence is measured."""
    quiet.session.speech_ended()
    quiet.session.leave()
    assert quiet.run() == [Started, SpeechEnded]
    assert not quiet.conversation.state.speaking


def test_what_is_due_happens_without_a_word(quiet: Live) -> None:
    """The session wakes when the conversation asked to be woken."""

    def move_the_clock() -> None:
        wake_s = quiet.conversation.wake_at_s
        assert wake_s is not None
        quiet.clock.time_s = wake_s

    quiet.session.heard(Utterance.typed(CRAMP))
    quiet.session.speech_ended()
    quiet.then[3] = move_the_clock
    quiet.then[4] = quiet.session.leave
    assert quiet.run() == [Started, Heard, SpeechEnded, TimePassed]


def test_a_session_can_be_left_at_any_time(quiet: Live) -> None:
    """The keyboard's input has ended, or the program is to close."""
    quiet.session.leave()
    assert quiet.run() == [Started]


def test_events_carry_the_moment_they_were_reported(quiet: Live) -> None:
    """A slow turn must not make what came meanwhile look late."""
    quiet.clock.time_s = 5.0
    quiet.session.heard(Utterance.typed("next"))
    quiet.clock.time_s = 9.0
    quiet.session.leave()
    quiet.run()
    assert [turn.event.at_s for turn in quiet.turns] == [9.0, 5.0]


def test_the_clock_of_a_session_begins_at_nought_and_grows() -> None:
    """Seconds since it was made."""
    clock = SessionClock()
    first_s = clock.now_s()
    assert 0.0 <= first_s <= clock.now_s() < 60.0
