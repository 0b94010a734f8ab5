"""Measures, on the virtual sound card, how often a spoken command interrupts the assistant, and how often it does so
itself.

    python -m tests.live.measure_barge_in

The loudspeaker is fed back into the microphone at several levels, with and without echo cancellation. A command is
spoken into the welcome, about as loud as the assistant itself; it has interrupted when the assistant shows that it was
heard before the welcome has ended. Interrupting itself is counted while the assistant answers questions that are asked
into silence: every utterance that nobody spoke.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import click

from tests.live.assistant import Assistant
from tests.sound_card import Recording, SoundCard, wait_until

COMMANDS = (
    ("flite-rms/stop", "[stop]"),
    ("festival-kal/pause", "[pause]"),
    ("flite-rms/help", "[help]"),
)
QUESTIONS = (
    "flite-slt/should i see a doctor",
    "flite-awb/what is a hamstring cramp",
    "festival-slt-hts/is a hamstring cramp dangerous",
    "flite-awb/how do i stop cramps at night",
)
LEVELS_DB = (0.0, -10.0, -20.0)
INTO_SPEECH_S = 1.0
ANSWER_LIMIT_S = 4.0
RATE_WPM = 150
"""As people hear it: the welcome lasts twelve seconds."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the table."""

    level_db: float | None
    """Of the echo, relative to what is played; None for a headset."""
    cancelling: bool

    def __str__(self) -> str:
        echo = "no echo" if self.level_db is None else f"echo {self.level_db:+.0f} dB"
        return f"{echo:12s} {'with' if self.cancelling else 'without'} cancellation"


@contextmanager
def listening(card: SoundCard, condition: Condition) -> Iterator[Assistant]:
    """A fresh assistant in a room with that echo."""
    settings = card.folder / "barge-in.yaml"
    settings.write_text(f"rate_wpm: {RATE_WPM}\necho_cancellation: {str(condition.cancelling).lower()}\n")
    echo = nullcontext() if condition.level_db is None else card.speaker_to_microphone(level_db=condition.level_db)
    with echo, Assistant(card, "--settings", str(settings)) as assistant:
        yield assistant


def interrupts(card: SoundCard, condition: Condition, command: str, meaning: str) -> bool:
    """Whether one command, spoken into the welcome, is heard at once."""
    speaker = Recording("speaker.monitor")
    try:
        with listening(card, condition) as assistant:
            wait_until(assistant.speaks, 20, "the welcome")
            speaker.wait(INTO_SPEECH_S)
            assistant.interrupt(command)
            try:
                assistant.wait_for(meaning, ANSWER_LIMIT_S)
            except TimeoutError:
                return False
            return True
    finally:
        speaker.stop()


def own_utterances(card: SoundCard, condition: Condition, questions: int) -> int:
    """How many utterances were heard beyond the questions that were asked."""
    extra = 0
    with listening(card, condition) as assistant:
        for number in range(questions):
            assistant.wait_until_silent()
            before = len(assistant.heard)
            assistant.ask(QUESTIONS[number % len(QUESTIONS)])
            extra += max(0, len(assistant.heard) - before - 1)
        return extra


@click.command()
@click.option("--rounds", default=2, show_default=True, help="How often each command is tried.")
@click.option("--questions", default=8, show_default=True, help="How many answers are listened to in each row.")
def main(rounds: int, questions: int) -> None:
    """Print the table, row by row."""
    rows = [Condition(level, cancelling) for level in (None, *LEVELS_DB) for cancelling in (False, True)]
    names = [meaning for _, meaning in COMMANDS]
    click.echo(f"{'':33s} {' '.join(f'{name:>8s}' for name in names)}   interrupted itself in {questions} answers")
    with SoundCard() as card:
        for row in rows:
            done = [sum(interrupts(card, row, *command) for _ in range(rounds)) for command in COMMANDS]
            counts = " ".join(f"{f'{count}/{rounds}':>8s}" for count in done)
            click.echo(f"{row!s:33s} {counts}   {own_utterances(card, row, questions)}")


if __name__ == "__main__":
    main()
