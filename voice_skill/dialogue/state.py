"""Where a conversation stands. Nothing here ever changes; every turn makes a new state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voice_skill.domain import RedFlag, Say, Urgency, Voice


@dataclass(frozen=True, slots=True)
class Place:
    """The step of the routine that is being done."""

    routine: str
    step: int = 0
    """Index into the routine's steps."""
    trail: tuple[int, ...] = ()
    """The steps that led here, the first one first; "back" follows it."""
    unclear: int = 0
    """Answers to the step's question that could not be read."""

    @property
    def furthest(self) -> int:
        """The furthest step reached on the way here, so that going back and forth does not count as skipping."""
        return max(self.step, *self.trail) if self.trail else self.step


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to say at a moment of a hold."""

    left_s: float
    """Seconds of the hold that are still to come."""
    reply: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A stretch being held and counted."""

    left_s: float
    """Seconds left when the count last started or was paused."""
    running_since_s: float | None = None
    """When the count started; None while it is paused or has not begun."""
    cues: tuple[Cue, ...] = ()
    """What is still to be said, the next first."""
    talked_over: bool = False
    """Something else is being said just now: cues that fall due meanwhile are left out, the time runs on."""
    reassure: bool = False
    """Once that has been said, the person is told to keep holding."""

    def left_at(self, now_s: float) -> float:
        """Seconds left at a moment."""
        return self.left_s if self.running_since_s is None else self.left_s - (now_s - self.running_since_s)


@dataclass(frozen=True, slots=True)
class Timers:
    """Moments at which the conversation goes on by itself, in seconds of the session; None is never."""

    go_on_s: float | None = None
    """When the next step follows."""
    silence_s: float | None = None
    """When silence is taken for an answer that did not come."""


@dataclass(frozen=True, slots=True)
class State:
    """The whole memory of a session."""

    now_s: float = 0.0
    place: Place | None = None
    hold: Hold | None = None
    timers: Timers = Timers()
    paused_since_s: float | None = None
    left_alone: bool = False
    """The pause began because nobody answered: who comes back soon may go on, and nothing more is said of itself."""
    speaking: bool = False
    """From the first thing said until `SpeechEnded`, or until it was cut off."""
    offer: str = ""
    """The intent that a plain "yes" stands for."""
    last_said: tuple[Say, ...] = ()
    """What "repeat" says again."""
    last_text: str = ""
    """The very last thing said, so that no sentence follows itself."""
    last_reply: str = ""
    """The reply or step that "more" is about."""
    points_told: int = 0
    """Further points of `last_reply` that were told."""
    misses: int = 0
    """Utterances in a row that were not understood."""
    silences: int = 0
    """Times in a row that nobody spoke when it was their turn."""
    flags: tuple[RedFlag, ...] = ()
    """Every red flag of the session, in the order they were raised."""
    cramp_since_s: float | None = None
    """When the cramp of the session was first spoken of; None once it has eased."""
    rounds: Mapping[str, int] = field(default_factory=dict)
    """How often an answer with a limit was given in this cramp."""
    position: str = ""
    """lying, sitting or standing, once the person has said so."""
    voice: Voice = Voice()
    times_said: Mapping[str, int] = field(default_factory=dict)
    """How often each reply was used, so that its variants take turns."""
    ended: bool = False

    @property
    def paused(self) -> bool:
        """Whether the routine waits for the person to say "resume"."""
        return self.paused_since_s is not None

    @property
    def urgency(self) -> Urgency:
        """The worst urgency of the session; it never falls."""
        return max((flag.urgency for flag in self.flags), default=Urgency.SELF_CARE)

    @property
    def worst_flag(self) -> RedFlag | None:
        """The flag whose advice holds: of the most urgent the latest."""
        return max(reversed(self.flags), key=lambda flag: flag.urgency, default=None)
