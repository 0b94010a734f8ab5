"""Measures, on the virtual sound card, how often the assistant answers itself when the microphone hears it.

    python -m tests.live.measure_self_answers [--minutes 10] [--level 0 --level -20]

The loudspeaker is fed back into the microphone at several levels, without echo cancellation, where the assistant is
deaf to all but commands while it speaks, and with it. A relief routine and long replies are led in a loop for some
minutes in each row. Everything said to the assistant is said into silence, so an utterance counts as the person's own
if it came while it was said or in the pause that ended it; every other one is a self-answer and is shown. The time
counts during which the loudspeaker sounded, and the whole.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import click
import numpy as np

from tests.live.assistant import READY, SPEECH_LEVEL, Assistant
from tests.live.rooms import Room, listening
from tests.sound_card import SoundCard, wait_until
from voice_skill.sound import Sound

LEVELS_DB = (0.0, -10.0, -20.0, -30.0)
ROUTINE = ("flite-slt/how do i stop a hamstring cramp", *("festival-kal/no",) * 2, *("flite-slt/next",) * 4)
LONG_REPLIES = (
    "flite-slt/should i see a doctor",
    "flite-awb/what is a hamstring cramp",
    "festival-slt-hts/is a hamstring cramp dangerous",
    "flite-awb/how do i stop cramps at night",
    "flite-slt/repeat that",
)
OWN_WORDS_S = 2.0
"""So soon after its end, at the latest, the words of the person have been taken for an utterance."""
_LINES_BEFORE = 3
_FRAME_S = 0.05
_HOUR_S = 3600.0


@dataclass
class Talk:
    """What happened in one row."""

    whole_s: float = 0.0
    sounding_s: float = 0.0
    asked: int = 0
    heard: int = 0
    self_answers: list[str] = field(default_factory=list)

    def add_unasked(self, assistant: Assistant, known: int) -> None:
        """Every utterance after the first `known` ones was said by nobody; it is kept with what came before it."""
        for line in assistant.heard[known:]:
            at = len(assistant.lines) - 1 - assistant.lines[::-1].index(line)
            self.self_answers.append("\n    ".join([*assistant.lines[max(0, at - _LINES_BEFORE) : at], f"-> {line}"]))

    def __str__(self) -> str:
        each_hour = len(self.self_answers) * _HOUR_S / self.whole_s
        return (
            f"{len(self.self_answers):12d} {each_hour:9.1f} {self.heard:5d}/{self.asked:<5d}"
            f" {self.whole_s / 60:6.1f} min, sounding {self.sounding_s / 60:.1f} min"
        )


def talk(card: SoundCard, room: Room, minutes: float) -> Talk:
    """Let the assistant speak for so long, in as many sessions as it takes."""
    done = Talk()
    says = itertools.cycle([*ROUTINE, *LONG_REPLIES])
    end_s = time.monotonic() + 60 * minutes
    while time.monotonic() < end_s:
        with card.recorded_speaker() as speaker, listening(card, room) as assistant:
            start_s, before = time.monotonic(), len(speaker.heard.samples)
            converse(assistant, says, end_s, done)
            done.whole_s += time.monotonic() - start_s
            done.sounding_s += sounding_s(Sound(speaker.heard.samples[before:], speaker.heard.rate_hz))
    return done


def converse(assistant: Assistant, says: Iterator[str], end_s: float, done: Talk) -> None:
    """One session, until it is over or the time is up."""
    wait_until(lambda: READY in assistant.transcript)
    known = 0
    while time.monotonic() < end_s and not assistant.has_ended:
        assistant.wait_until_silent()
        done.add_unasked(assistant, known)
        known = len(assistant.heard)
        assistant.interrupt(next(says))
        done.asked += 1
        limit_s = time.monotonic() + OWN_WORDS_S
        while len(assistant.heard) == known and time.monotonic() < limit_s:
            time.sleep(0.02)
        own = len(assistant.heard[known : known + 1])
        done.heard += own
        known += own
    assistant.wait_until_silent()
    done.add_unasked(assistant, known)


def sounding_s(played: Sound) -> float:
    """Seconds of the frames that are loud."""
    frame = round(_FRAME_S * played.rate_hz)
    frames = np.abs(played.samples.astype(int))[: len(played.samples) // frame * frame].reshape(-1, frame)
    return float(np.count_nonzero(frames.max(axis=1, initial=0) > SPEECH_LEVEL) * _FRAME_S)


@click.command()
@click.option("--minutes", default=10.0, show_default=True, help="How long the assistant is listened to in each row.")
@click.option("--level", "levels", type=float, multiple=True, default=LEVELS_DB, show_default=True, help="In dB.")
def main(minutes: float, levels: tuple[float, ...]) -> None:
    """Print the table, row by row, and every self-answer."""
    click.echo(f"{'':33s} {'self-answers':>12s} {'each hour':>9s} {'heard/asked':>11s}")
    with SoundCard() as card:
        for level, cancelling in itertools.product(levels, (False, True)):
            room = Room(level, cancelling)
            done = talk(card, room, minutes)
            click.echo(f"{room!s:33s} {done}")
            for line in done.self_answers:
                click.echo(f"    {line}")


if __name__ == "__main__":
    main()
