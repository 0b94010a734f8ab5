"""What of the sound around is meant for the assistant."""

from __future__ import annotations

import numpy as np
import pytest

from voice_skill.catalog import Catalog
from voice_skill.domain import EarconKind, Expectation, Hypothesis, Utterance, Voice
from voice_skill.ear import Ear
from voice_skill.ports import BLOCK_S

_NOISE = np.random.default_rng(3)
_BLOCKS_EACH = round(0.1 / BLOCK_S)
_SENTENCE = "Put your sore leg out in front of you."


class FakeRecogniser:
    """Hears whatever the test puts into it."""

    def __init__(self) -> None:
        self.hearing = ""
        self.endpoint = False
        self.blocks = 0

    def accept(self, block: bytes) -> Utterance | None:
        """Take a block; the utterance where the test wants an endpoint."""
        self.blocks += 1
        return self.finish() if self.endpoint else None

    def partial(self) -> str:
        """What the test lets be heard."""
        return self.hearing

    def finish(self) -> Utterance | None:
        """What was heard."""
        heard, self.hearing, self.endpoint = self.hearing, "", False
        return Utterance.typed(heard) if heard else None

    def forget(self) -> None:
        """Drop it."""
        self.finish()

    def expect(self, expectation: Expectation) -> None:
        """Expects nothing."""


class FakeMouth:
    """Speaks when the test says so."""

    def __init__(self) -> None:
        self.speaking = False
        self.current_text = ""

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Says nothing."""

    def earcon(self, kind: EarconKind) -> None:
        """Plays nothing."""

    def hush(self) -> None:
        """Is silent already."""

    def close(self) -> None:
        """Holds nothing."""


class Room:
    """An ear, with a mouth and a recogniser that the test moves block by block."""

    def __init__(self, catalog: Catalog) -> None:
        self.recogniser = FakeRecogniser()
        self.mouth = FakeMouth()
        self.heard: list[str] = []
        self.ear = Ear(self.recogniser, self.mouth, catalog, lambda utterance: self.heard.append(utterance.text))

    def speak(self, text: str = _SENTENCE) -> None:
        """The assistant begins to say `text`."""
        self.mouth.speaking, self.mouth.current_text = True, text

    def fall_silent(self) -> None:
        """The assistant has said everything."""
        self.mouth.speaking, self.mouth.current_text = False, ""

    def hear(self, *partials: str, endpoint: bool = False) -> None:
        """A tenth of a second for each of `partials`, loud where there are words; then an endpoint if wanted."""
        for number, partial in enumerate(partials, 1):
            self.recogniser.hearing = partial
            loudest = 9_000 if partial else 30
            for block in range(_BLOCKS_EACH):
                self.recogniser.endpoint = endpoint and number == len(partials) and block == _BLOCKS_EACH - 1
                self.ear.take(_NOISE.integers(-loudest, loudest, 800).astype(np.int16).tobytes())

    def pause_after(self, words: str, tenths: int) -> None:
        """`words` for half a second, then silence for so many tenths of a second, in which they may still go on."""
        self.hear("", "", *[words] * 5)
        for _ in range(tenths * _BLOCKS_EACH):
            if not self.heard:
                self.recogniser.hearing = words
                self.ear.take(_NOISE.integers(-30, 30, 800).astype(np.int16).tobytes())


@pytest.fixture
def room(catalog: Catalog) -> Room:
    """A quiet room."""
    return Room(catalog)


def test_what_is_said_in_silence_is_heard(room: Room) -> None:
    """From the first word to the endpoint."""
    room.hear("", "how", "how do i", "how do i stop a cramp", endpoint=True)
    assert room.heard == ["how do i stop a cramp"]


def test_silence_is_not_heard(room: Room) -> None:
    """An endpoint without words is nothing."""
    room.hear("", "", "", endpoint=True)
    assert room.heard == []


@pytest.mark.parametrize("said", ["no", "stop", "next", "i have a cramp", "should i see a doctor"])
def test_known_words_end_soon_where_more_would_mean_the_same(said: str, room: Room) -> None:
    """A command or an answer is not kept waiting because longer sentences begin with it."""
    room.pause_after(said, tenths=4)
    assert room.heard == [said]


@pytest.mark.parametrize("said", ["i can't", "what", "what can i do", "i haven't"])
def test_known_words_that_may_become_anything_are_waited_for(said: str, room: Room) -> None:
    """ "I can't" is a no; "I can't ... feel my toes" is none, and people in pain pause."""
    room.pause_after(said, tenths=5)
    assert room.heard == []
    room.pause_after(said, tenths=8)
    assert room.heard == [said]


def test_the_assistant_does_not_answer_itself(room: Room) -> None:
    """What begins while it speaks is its own voice."""
    room.speak()
    room.hear("put", "put your", "put your sore leg", endpoint=True)
    assert room.heard == []


def test_an_echo_that_outlasts_the_speech_is_dropped(room: Room) -> None:
    """The endpoint of the echo comes after the last word; the words before it are not the person's."""
    room.speak()
    room.hear("put", "put your sore")
    room.fall_silent()
    room.hear(*["put your sore leg"] * 3)
    room.hear("", "", "next", endpoint=True)
    assert room.heard == ["next"]


def test_the_tail_of_speech_is_not_listened_to(room: Room) -> None:
    """The room and the devices still carry it for three tenths of a second."""
    room.speak()
    room.hear("", "")
    room.fall_silent()
    before = room.recogniser.blocks
    room.hear("leg", "leg", "leg")
    assert room.recogniser.blocks == before
    room.hear("")
    assert room.recogniser.blocks == before + _BLOCKS_EACH
    assert room.heard == []


def test_echo_that_still_waits_at_the_microphone_is_not_listened_to(room: Room) -> None:
    """On a busy machine it is taken long after the speech has ended."""
    room.speak()
    room.hear("", "")
    room.fall_silent()
    before = room.recogniser.blocks
    room.ear.take(bytes(1600), waiting_s=0.5)
    room.hear(*["sore leg"] * 7)
    assert room.recogniser.blocks == before
    room.hear(*[""] * 2)
    assert room.recogniser.blocks > before
    assert room.heard == []


def test_a_command_interrupts_without_waiting_for_its_end(room: Room) -> None:
    """ "stop" must work at once: it stands alone for three tenths of a second."""
    room.speak()
    room.hear("", "stop", "stop")
    assert room.heard == []
    room.hear("stop")
    assert room.heard == ["stop"]


def test_a_command_is_handed_on_before_its_last_decoding(room: Room) -> None:
    """The final words take a while to make, and the assistant would speak on meanwhile; they are not heard twice."""
    order: list[str] = []
    finish = room.recogniser.finish
    room.recogniser.finish = lambda: order.append("decoded") or finish()  # type: ignore[method-assign, func-returns-value]
    room.heard = order
    room.speak()
    room.hear("", *["stop"] * 3)
    assert order == ["stop", "decoded"]


@pytest.mark.parametrize("command", ["stop", "pause", "repeat", "next", "help", "goodbye"])
def test_every_short_command_may_interrupt(command: str, room: Room) -> None:
    """These are what a person says into speech."""
    room.speak("Your sore leg goes out in front.")
    room.hear("", command, endpoint=True)
    assert room.heard == [command]


def test_a_command_among_the_further_readings_does_not_interrupt(room: Room) -> None:
    """Those of an echo hold a short command sooner or later."""
    readings = Utterance((Hypothesis("cold"), Hypothesis("go on")))
    room.recogniser.finish = lambda: readings  # type: ignore[method-assign]
    room.speak("Good. Gently rub the sore muscle.")
    room.hear("", "cold", endpoint=True)
    assert room.heard == []


@pytest.mark.parametrize(
    ("spoken", "interrupts"), [("It grips against your will.", False), ("It grips at once.", True)]
)
def test_the_beginning_of_a_spoken_word_does_not_interrupt(spoken: str, interrupts: bool, room: Room) -> None:
    """The echo of "against" is heard as "again"."""
    room.speak(spoken)
    room.hear("", "again", endpoint=True)
    assert room.heard == (["again"] if interrupts else [])


def test_an_emergency_interrupts_even_if_it_begins_a_spoken_word(room: Room) -> None:
    """Being deaf to danger is worse than hearing an echo."""
    room.speak("Breathless people should rest.")
    room.hear("", "i can't breath", endpoint=True)
    assert room.heard == ["i can't breath"]


@pytest.mark.parametrize("heard", ["what", "what what", "got it", "done that", "go", "ta ra"])
def test_what_an_echo_is_taken_for_does_not_interrupt(heard: str, room: Room) -> None:
    """In silence it repeats the last reply or goes on to the next step."""
    room.speak("Good. Gently rub the sore muscle.")
    room.hear("", heard, endpoint=True)
    assert room.heard == []
    room.fall_silent()
    room.hear(*[""] * 6, heard, endpoint=True)
    assert room.heard == [heard]


@pytest.mark.parametrize(("best", "second"), [("job", "stop"), ("it helped", "help")])
def test_stop_and_help_interrupt_as_the_second_reading_too(best: str, second: str, room: Room) -> None:
    """Who needs them needs them at once; they are then all that was heard."""
    readings = Utterance((Hypothesis(best), Hypothesis(second), Hypothesis("shut down")))
    room.recogniser.finish = lambda: readings  # type: ignore[method-assign]
    room.speak("Good. Gently rub the sore muscle.")
    room.hear("", best, endpoint=True)
    assert room.heard == [second]


def test_a_command_beside_a_reading_that_is_being_said_is_an_echo(room: Room) -> None:
    """A spoken word misheard as a command has itself among its readings."""
    readings = Utterance((Hypothesis("shut up"), Hypothesis("you stop")))
    room.recogniser.finish = lambda: readings  # type: ignore[method-assign]
    room.speak("Stop. Sit or lie down somewhere safe.")
    room.hear("", "shut up", endpoint=True)
    assert room.heard == []


def test_a_command_beside_itself_with_a_spoken_word_interrupts(room: Room) -> None:
    """Nearly every sentence has a short word that may be heard at the end of a command."""
    readings = Utterance((Hypothesis("help"), Hypothesis("help me"), Hypothesis("held up")))
    room.recogniser.finish = lambda: readings  # type: ignore[method-assign]
    room.speak("Tell me when your hamstring cramps.")
    room.hear("", "help", endpoint=True)
    assert room.heard == ["help"]


def test_a_command_that_is_being_said_does_not_interrupt(room: Room) -> None:
    """ "Stop. Sit down" must not stop itself."""
    room.speak("Stop. Sit or lie down somewhere safe.")
    room.hear(*["stop"] * 6)
    room.hear("stop", endpoint=True)
    assert room.heard == []


def test_what_was_just_said_still_counts_between_two_sentences(room: Room) -> None:
    """The echo of one sentence arrives while the next is being made."""
    room.speak("Stop. Sit or lie down somewhere safe.")
    room.hear("")
    room.speak("")
    room.hear(*["stop"] * 6)
    assert room.heard == []


def test_a_sentence_whose_echo_still_waits_at_the_microphone_counts(room: Room) -> None:
    """On a busy machine its echo is taken while the sentence after it sounds, and no longer than that."""
    room.speak("Stop. Sit or lie down somewhere safe.")
    room.ear.take(bytes(1600), waiting_s=1.0)
    room.speak("Your sore leg goes out in front.")
    room.hear(*["stop"] * 6)
    assert room.heard == []
    room.hear(*[""] * 8, *["stop"] * 4)
    assert room.heard == ["stop"]


def test_growing_words_are_no_command(room: Room) -> None:
    """An echo of other words may begin like a command, but it goes on."""
    room.speak()
    room.hear("stop", "stop", "stop what", "stop what you", "stop what you are doing", endpoint=True)
    assert room.heard == []


def test_a_question_does_not_interrupt(room: Room) -> None:
    """Only short commands and dangers are told apart from the echo for certain."""
    room.speak()
    room.hear("how", "how do i massage", "how do i massage it", endpoint=True)
    assert room.heard == []


def test_an_emergency_interrupts(room: Room) -> None:
    """Whatever is being said, unless it says the same."""
    room.speak()
    room.hear("i", "i can't", "i can't breathe", endpoint=True)
    assert room.heard == ["i can't breathe"]


def test_an_emergency_that_is_being_asked_about_does_not_interrupt(room: Room) -> None:
    """The question about danger signs must not answer itself."""
    room.speak("Any chest pain, trouble breathing, or a swollen hot leg?")
    room.hear("chest", "chest pain", "chest pain", "chest pain", "chest pain", endpoint=True)
    assert room.heard == []


def test_what_was_begun_before_speech_survives_it(room: Room) -> None:
    """A person who speaks first is heard to the end."""
    room.hear("", "my", "my leg")
    room.speak("Shall I go on?")
    room.hear("my leg is", "my leg is swollen")
    room.fall_silent()
    room.hear("my leg is swollen and red", endpoint=True)
    assert room.heard == ["my leg is swollen and red"]


def test_a_breath_before_speech_does_not_make_the_speech_an_utterance(room: Room) -> None:
    """One short word is no beginning of a sentence; the echo that goes on from it is dropped, a command is not."""
    room.hear("", "the")
    room.speak("Any chest pain, trouble breathing, or a swollen hot leg?")
    room.hear("the", "the trouble breathing", endpoint=True)
    assert room.heard == []
    room.hear("", "next", endpoint=True)
    assert room.heard == ["next"]


def test_an_utterance_is_handed_on_once(room: Room) -> None:
    """After an utterance the next one begins."""
    room.hear("next", endpoint=True)
    room.hear("", "")
    room.hear("repeat", endpoint=True)
    assert room.heard == ["next", "repeat"]


def test_after_a_command_the_ear_is_as_before(room: Room) -> None:
    """An interruption leaves nothing behind that could swallow the next words."""
    room.speak()
    room.hear("", "stop", "stop", "stop")
    room.fall_silent()
    room.hear("", "", "", "")
    room.hear("next", endpoint=True)
    assert room.heard == ["stop", "next"]
