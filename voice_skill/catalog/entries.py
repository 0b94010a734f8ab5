"""What authors write: the shape of every entry in the YAML of `intents/` and `content/`.

These classes are the schema: a key that is not a field here is a fault, a field without a default must be given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voice_skill.domain import Urgency


@dataclass(frozen=True, slots=True)
class IntentEntry:
    """One thing a person may want, with many ways to say it."""

    means: str
    """One line for authors: what the person wants."""
    phrases: tuple[str, ...]
    """Templates; see `voice_skill.templates`."""


@dataclass(frozen=True, slots=True)
class OffTopicFile:
    """What must be refused."""

    phrases: tuple[str, ...]
    noise_words: tuple[str, ...] = ()
    """Words that a recogniser makes of noise, and that nobody says alone."""


@dataclass(frozen=True, slots=True)
class CalmFile:
    """Turns of phrase that sound like danger and are not."""

    calm: tuple[str, ...]
    """Sign templates; what one covers is passed over when red flags are looked for."""


@dataclass(frozen=True, slots=True)
class RedFlagEntry:
    """One danger, with the signs by which it is noticed."""

    means: str
    row: int
    """Its row in the table of red flags that the content was written from."""
    urgency: Urgency
    signs: tuple[str, ...]
    """Sign templates; see `voice_skill.templates`. None for a flag that only an answer can raise."""


@dataclass(frozen=True, slots=True)
class ReplyEntry:
    """What is said to one intent or at one moment."""

    say: tuple[str, ...]
    """Variants, used in turn."""
    more: tuple[str, ...] = ()
    """Further points, one each time the person asks for more."""
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    treats: bool = False
    """It advises stretch, massage or heat, so it is never said while a red flag of urgency 3 or 4 is active."""
    offers: str = ""
    """The intent that a plain "yes" after this reply stands for."""


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """Where an answer leads; empty means: on to the next step."""

    say: str = ""
    """A reply said first."""
    go_to: str = ""
    """The id of a step."""
    at_most: int = 0
    """With `go_to`: how often this may happen before `then`; 0 is as often as wanted."""
    then: AnswerEntry | None = None
    eases: bool = False
    """The cramp is over, so its ten-minute clock stops."""
    red_flag: str = ""
    """The red flag that this answer raises; it ends the routine where its urgency is 3 or 4."""
    end: bool = False


@dataclass(frozen=True, slots=True)
class StepEntry:
    """One step of a routine: something said, a hold, or a question."""

    id: str
    say: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    """The question: first wording, then the rewordings for when it was not answered."""
    more: tuple[str, ...] = ()
    positions: dict[str, tuple[str, ...]] | None = None
    """Other wordings of `say` for `lying`, `sitting` or `standing`."""
    hold_s: float = 0.0
    """Seconds to hold and to count aloud after `say`."""
    go_on_after_s: float | None = None
    """Seconds of silence after which the next step follows by itself; without it the step waits for "next"."""
    answers: dict[str, AnswerEntry] | None = None
    """By control intent: yes, no, warm, cold."""
    must_answer: bool = False
    """The question cannot be skipped."""
    unclear_twice: str = ""
    """The answer that two unclear ones count as."""
    then_go_to: str = ""
    """The step that follows, where it is not the next one."""
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoutineEntry:
    """Steps that lead a person through something, hands free."""

    title: str
    started_by: str
    """The intent that starts it."""
    steps: tuple[StepEntry, ...]
    treats: bool = False
    """It advises stretch, massage or heat; see `ReplyEntry.treats`."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegionEntry:
    """How help is called in one part of the world, as it is spoken."""

    emergency: str
    advice_line: str


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """Where facts come from."""

    title: str
    publisher: str
    checked_on: date
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class HazardEntry:
    """A way in which the skill could harm, and what prevents it."""

    hazard: str
    control: str
    shown_by: str
    """The test file that shows the control at work."""
