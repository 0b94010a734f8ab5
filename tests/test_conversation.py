"""One session: events in, speech out."""

from __future__ import annotations

import pytest

from voice_skill.catalog import Catalog
from voice_skill.conversation import Conversation
from voice_skill.domain import (
    Action,
    Earcon,
    EarconKind,
    End,
    Expectation,
    Heard,
    Hush,
    Listen,
    Say,
    SpeechEnded,
    Started,
    Turn,
    Utterance,
    Voice,
)


class Diary:
    """A mouth, a recogniser and a screen that write down what they are told, in order."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.turns: list[Turn] = []
        self.rates: list[int] = []
        self.expected: list[Expectation] = []
        self.speaking = False
        self.current_text = ""

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Write it down."""
        self.entries.append(f"say {text}")
        self.rates.append(voice.rate_wpm)

    def earcon(self, kind: EarconKind) -> None:
        """Write it down."""
        self.entries.append(f"earcon {kind.value}")

    def hush(self) -> None:
        """Write it down."""
        self.entries.append("hush")

    def close(self) -> None:
        """There is nothing to close."""

    def show(self, turn: Turn) -> None:
        """Write down that a turn was shown."""
        self.turns.append(turn)
        self.entries.append("show")

    def accept(self, block: bytes) -> Utterance | None:
        """Hears nothing."""
        return None

    def partial(self) -> str:
        """Hears nothing."""
        return ""

    def finish(self) -> Utterance | None:
        """Hears nothing."""
        return None

    def forget(self) -> None:
        """Has heard nothing."""

    def expect(self, expectation: Expectation) -> None:
        """Write it down."""
        self.expected.append(expectation)


@pytest.fixture
def diary() -> Diary:
    """An empty one."""
    return Diary()


def heard(text: str, at_s: float = 1.0) -> Heard:
    """The person says `text`."""
    return Heard(at_s, Utterance.typed(text))


def said(actions: tuple[Action, ...]) -> list[str]:
    """The texts of what is to be said."""
    return [action.text for action in actions if isinstance(action, Say)]


def test_a_turn_is_shown_before_it_is_spoken(catalog: Catalog, diary: Diary) -> None:
    """Where speech fails, what was to be said can still be read."""
    turn = Conversation(catalog, diary, diary.show, Voice()).handle(Started(0.0))
    assert diary.entries == ["show", *(f"say {text}" for text in said(turn.actions))]
    assert diary.turns == [turn]


def test_a_turn_tells_what_was_understood(catalog: Catalog, diary: Diary) -> None:
    """Only what was heard is understood; other events have no meaning of their own."""
    conversation = Conversation(catalog, diary, diary.show, Voice())
    assert conversation.handle(Started(0.0)).understanding is None
    understanding = conversation.handle(heard("should i use heat or cold")).understanding
    assert understanding is not None
    assert understanding.intent == "relief.heat_or_cold"


def test_speech_follows_the_voice_of_the_session(catalog: Catalog, diary: Diary) -> None:
    """ "slower" changes the rate from that very answer on."""
    conversation = Conversation(catalog, diary, diary.show, Voice(150, 0.8))
    conversation.handle(Started(0.0))
    conversation.handle(SpeechEnded(1.0))
    conversation.handle(heard("speak slower", 2.0))
    assert diary.rates[0] == 150
    assert diary.rates[-1] < 150


def test_speech_is_cut_off_before_the_answer(catalog: Catalog, diary: Diary) -> None:
    """A person who speaks into speech is answered, not talked over."""
    conversation = Conversation(catalog, diary, diary.show, Voice())
    conversation.handle(Started(0.0))
    diary.entries.clear()
    turn = conversation.handle(heard("should i use heat or cold"))
    assert Hush() in turn.actions
    assert diary.entries[:2] == ["show", "hush"]


def test_tones_can_be_turned_off(catalog: Catalog) -> None:
    """Whoever dislikes them loses nothing but them."""
    for earcons in (True, False):
        diary = Diary()
        conversation = Conversation(catalog, diary, diary.show, Voice(), earcons=earcons)
        conversation.handle(Started(0.0))
        turn = conversation.handle(heard("stop"))
        assert any(isinstance(action, Earcon) for action in turn.actions)
        assert any(entry.startswith("earcon") for entry in diary.entries) is earcons


def test_the_recogniser_is_told_what_is_expected(catalog: Catalog, diary: Diary) -> None:
    """Once there is one; a conversation by keyboard has none."""
    conversation = Conversation(catalog, diary, diary.show, Voice())
    conversation.heard_by(diary)
    conversation.handle(Started(0.0))
    turn = conversation.handle(heard("how do i stop a hamstring cramp"))
    while not any(isinstance(action, Listen) for action in turn.actions):
        turn = conversation.handle(SpeechEnded((conversation.wake_at_s or 0.0) + 1))
        if not any(isinstance(action, Listen) for action in turn.actions):
            turn = conversation.handle(heard("next", 100.0))
    assert diary.expected == [Expectation.YES_OR_NO]


def test_a_conversation_ends_and_stays_ended(catalog: Catalog, diary: Diary) -> None:
    """After goodbye nothing is answered and nothing is waited for."""
    conversation = Conversation(catalog, diary, diary.show, Voice())
    conversation.handle(Started(0.0))
    assert End() in conversation.handle(heard("goodbye")).actions
    assert conversation.state.ended
    assert conversation.wake_at_s is None
    assert conversation.handle(heard("my leg is cramping", 2.0)).actions == ()


def test_an_unanswered_question_wakes_the_conversation(catalog: Catalog, diary: Diary) -> None:
    """Only silence after speech is waited for, never silence while it speaks."""
    conversation = Conversation(catalog, diary, diary.show, Voice())
    conversation.handle(Started(0.0))
    conversation.handle(SpeechEnded(3.0))
    assert conversation.wake_at_s is None
    conversation.handle(heard("how do i stop a hamstring cramp", 4.0))
    conversation.handle(SpeechEnded(8.0))
    assert conversation.wake_at_s is not None
    assert conversation.wake_at_s > 8.0
