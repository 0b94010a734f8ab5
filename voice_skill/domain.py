"""The nouns of the skill: what is heard, what is understood, what happens, what is done about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum


class Urgency(IntEnum):
    """How soon a person should be seen; the worst one of a session holds."""

    SELF_CARE = 1
    SEE_DOCTOR = 2
    """In the next days."""
    TODAY = 3
    EMERGENCY = 4
    """The emergency number, now."""


# --- heard ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One recognised word with its place in the recording."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    """0 to 1, as the recogniser sees it; never a reason to drop an emergency."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of what was said."""

    text: str
    confidence: float = 1.0
    """The recogniser's own score; only the order among alternatives means something."""
    words: tuple[SpokenWord, ...] = ()


class Quality(str, Enum):
    """What the sound of an utterance was like."""

    CLEAR = "clear"
    NOISE = "noise"
    CLIPPED = "clipped"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said once, from its first word to the endpoint: the n-best list, best first."""

    hypotheses: tuple[Hypothesis, ...]
    quality: Quality = Quality.CLEAR
    as_answer: str | None = None
    """What a second recogniser heard that knows only short answers to the open question; empty for other speech.

    None where nobody listened for answers. It is too easily wrong to be acted on: it only confirms or casts doubt.
    """

    @property
    def text(self) -> str:
        """The best transcript; empty when nothing was heard."""
        return self.hypotheses[0].text if self.hypotheses else ""

    @classmethod
    def typed(cls, text: str) -> Utterance:
        """An utterance that came from the keyboard."""
        return cls((Hypothesis(text),))


# --- understood ----------------------------------------------------------------------------------------------------


class Refusal(str, Enum):
    """Why an utterance was not acted on."""

    SILENCE = "silence"
    NOISE = "noise"
    OUT_OF_SCOPE = "out_of_scope"
    AMBIGUOUS = "ambiguous"
    DOUBTFUL = "doubtful"
    """A short answer to the open question that was not heard as the same one by whoever listens for answers alone."""


DANGER = "danger."
"""Begins the name of what people say of a danger, where an intent might stand; the id of the red flag follows."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a matcher makes of one utterance: an intent, or the reason to refuse it."""

    reading: str
    """The reading that was decided on, normalised."""
    intent: str | None
    score: float
    """Probability of the best intent, 0 to 1."""
    refusal: Refusal | None = None
    rivals: tuple[str, ...] = ()
    """When ambiguous: the intents it may be, most probable first."""

    @property
    def danger(self) -> str | None:
        """The id of the red flag that the words point to, if that is what they mean."""
        return self.intent[len(DANGER) :] if self.intent and self.intent.startswith(DANGER) else None


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A sign of danger that the skill listens for before anything else."""

    id: str
    urgency: Urgency
    row: int
    """Its row in the table of red flags that the content was written from."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What an utterance means to the skill. Either `intent` or `refusal` is set, unless only red flags were found."""

    text: str
    """The transcript that was understood, normalised."""
    intent: str | None = None
    score: float = 0.0
    """Probability of the intent, 0 to 1."""
    refusal: Refusal | None = None
    red_flags: tuple[RedFlag, ...] = ()
    """Worst first."""
    rivals: tuple[str, ...] = ()
    """When ambiguous: the intents it may be, most probable first."""

    @property
    def urgency(self) -> Urgency:
        """The worst urgency of the red flags; self-care when there is none."""
        return max((flag.urgency for flag in self.red_flags), default=Urgency.SELF_CARE)


# --- what happens: events, each at a number of seconds since the session began ---------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The session begins."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The person said something."""

    at_s: float
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Everything that was to be said has been said, or was cut off."""

    at_s: float


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The moment that the state asked to be woken at has come."""

    at_s: float


Event = Started | Heard | SpeechEnded | TimePassed


# --- what is done about it: actions --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Speak one sentence or two."""

    text: str
    reply: str
    """The id of the reply in the content, so that tests and logs need not compare sentences."""
    urgency: Urgency = Urgency.SELF_CARE
    pause_s: float = 0.0
    """Silence to leave before it, in seconds."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Stop speaking at once and forget what was still to be said."""


class EarconKind(str, Enum):
    """The short sounds that stand for words."""

    UNDERSTOOD = "understood"
    NOT_UNDERSTOOD = "not_understood"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Earcon:
    """Play a short sound."""

    kind: EarconKind


@dataclass(frozen=True, slots=True)
class Voice:
    """How the assistant speaks; also the action that changes it for the session."""

    rate_wpm: int = 150
    volume: float = 0.8
    """0 to 1."""


class Expectation(str, Enum):
    """What the open turn expects; the recogniser may prepare for it."""

    ANYTHING = "anything"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Listen:
    """From now on expect this kind of answer."""

    expectation: Expectation


@dataclass(frozen=True, slots=True)
class End:
    """The session is over once everything has been said."""


Action = Say | Hush | Earcon | Voice | Listen | End


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event led to, for those who show or log a conversation."""

    event: Event
    understanding: Understanding | None
    actions: tuple[Action, ...] = field(default=())
