"""Ways to hold a conversation: in real time with whatever produces events, or scripted with a virtual clock."""

from __future__ import annotations

import queue
import re
import time
from collections.abc import Iterable

from voice_skill.conversation import Conversation
from voice_skill.domain import EarconKind, Event, Heard, SpeechEnded, Started, TimePassed, Utterance, Voice
from voice_skill.errors import SkillError
from voice_skill.ports import Clock, Mouth


class SessionClock:
    """Seconds since the session began, by a clock that cannot be set back."""

    def __init__(self) -> None:
        self._start_s = time.monotonic()

    def now_s(self) -> float:
        """Seconds since this clock was made."""
        return time.monotonic() - self._start_s


class RealTimeSession:
    """Runs a conversation in real time; other threads report to it what was heard and when speech has ended."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def heard(self, utterance: Utterance) -> None:
        """Something was said. Safe from any thread."""
        self._events.put(Heard(self._clock.now_s(), utterance))

    def speech_ended(self) -> None:
        """The mouth has fallen silent. Safe from any thread."""
        self._events.put(SpeechEnded(self._clock.now_s()))

    def leave(self) -> None:
        """Nothing more will be heard. Safe from any thread."""
        self._events.put(None)

    def run(self, conversation: Conversation, mouth: Mouth) -> None:
        """From the welcome to the end of the session."""
        conversation.handle(Started(self._clock.now_s()))
        while not (conversation.state.ended and not mouth.speaking):
            event = self._next(conversation.wake_at_s)
            if event is None:
                return
            # A report that speech ended is stale when more has been said since.
            if not (isinstance(event, SpeechEnded) and mouth.speaking):
                conversation.handle(event)

    def _next(self, wake_at_s: float | None) -> Event | None:
        timeout = None if wake_at_s is None else max(0.0, wake_at_s - self._clock.now_s())
        try:
            return self._events.get(timeout=timeout)
        except queue.Empty:
            return TimePassed(self._clock.now_s())


class TimedMouth:
    """A mouth without sound: speech takes the time that its words would, on a clock that others move."""

    def __init__(self) -> None:
        self.left_s = 0.0
        """Seconds of speech that are still to come."""

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Take as long as `text` at the voice's rate."""
        self.left_s += pause_s + speech_s(text, voice.rate_wpm)

    def earcon(self, kind: EarconKind) -> None:
        """Takes no time."""

    def hush(self) -> None:
        """Nothing is left to be said."""
        self.left_s = 0.0

    @property
    def speaking(self) -> bool:
        """Whether speech is still to come."""
        return self.left_s > 0

    @property
    def current_text(self) -> str:
        """Nothing can be heard."""
        return ""

    def close(self) -> None:
        """There is nothing to give back."""


REACTION_S = 2.0
"""What follows by itself so soon after speech comes before anybody would answer."""


class ScriptedSession:
    """A conversation on a virtual clock, led by lines: what is said, or `@wait SECONDS`, or `@cut WORDS`.

    Speech takes its time on that clock, and a line is said once speech has ended and nothing more follows at once;
    `@cut` is said into the speech.
    """

    def __init__(self, conversation: Conversation, mouth: TimedMouth) -> None:
        self._conversation = conversation
        self._mouth = mouth
        self.now_s = 0.0

    def start(self) -> None:
        """The welcome."""
        self._conversation.handle(Started(self.now_s))

    def run(self, lines: Iterable[str]) -> None:
        """Each line in turn, until the session ends.

        Raises:
            SkillError: an `@` line cannot be read.
        """
        for line in lines:
            self.line(line.strip())
            if self._conversation.state.ended:
                return
        self.settle()

    def line(self, line: str) -> None:
        """One line; an empty one is nothing said.

        Raises:
            SkillError: an `@` line cannot be read.
        """
        if cut := re.fullmatch(r"@cut\s+(.+)", line):
            self._conversation.handle(Heard(self.now_s, Utterance.typed(cut[1])))
            return
        self.settle()
        if wait := re.fullmatch(r"@wait\s+(\d+(?:\.\d+)?)", line):
            self.wait(float(wait[1]))
        elif line.startswith("@"):
            raise SkillError(f"'{line}' is not understood; write '@wait 12.5', '@cut WORDS', or what is said.")
        elif line:
            self._conversation.handle(Heard(self.now_s, Utterance.typed(line)))

    def wait(self, seconds: float) -> None:
        """Let time pass, and everything that happens by itself in it."""
        self._end_speech()
        end_s = self.now_s + seconds
        while (wake_s := self._conversation.wake_at_s) is not None and wake_s <= end_s:
            self.now_s = max(self.now_s, wake_s)
            self._conversation.handle(TimePassed(self.now_s))
            self._end_speech()
        self.now_s = max(self.now_s, end_s)

    def settle(self) -> None:
        """Let speech end, and what follows it within `REACTION_S`."""
        self._end_speech()
        while (at_s := self._conversation.state.timers.go_on_s) is not None and at_s - self.now_s <= REACTION_S:
            self.now_s = max(self.now_s, at_s)
            self._conversation.handle(TimePassed(self.now_s))
            self._end_speech()

    def _end_speech(self) -> None:
        while self._mouth.speaking:
            self.now_s += self._mouth.left_s
            self._mouth.left_s = 0.0
            self._conversation.handle(SpeechEnded(self.now_s))


def speech_s(text: str, rate_wpm: int) -> float:
    """Seconds that speaking takes, by the number of words."""
    return len(text.split()) * 60.0 / rate_wpm
