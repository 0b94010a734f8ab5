"""Measures, on the virtual sound card, how often a spoken command interrupts the assistant, and how soon it is silent.

    python -m tests.live.measure_barge_in [--without-echo]

The loudspeaker is fed back into the microphone at several levels, with and without echo cancellation. A command is
spoken into the welcome, about as loud as the assistant itself; it has interrupted when the assistant shows that it was
heard before the welcome has ended.

The time to silence begins when the command is recognised, that is when the recogniser's words have stood still and are
taken as a command, and ends with the last sample of the sound that was cut off. It is measured twice: by the player's
own account of when that sample was heard, and on the recording of the loudspeaker, where the sound is found by
correlation, so that whatever is played after it does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click
import numpy as np

from tests.live.noted import Event, first, percentiles, read_events
from tests.live.rooms import Room, listening
from tests.sound_card import RATE_HZ, Recording, SoundCard, wait_until
from voice_skill.sound import Samples

COMMANDS = (
    ("flite-rms/stop", "[stop]"),
    ("festival-kal/pause", "[pause]"),
    ("flite-rms/help", "[help]"),
    ("flite-slt/next", "[next]"),
    ("flite-slt/repeat that", "[repeat]"),
)
LEVELS_DB = (0.0, -10.0, -20.0)
GOAL_S = 0.15
"""From the recognised word to silence, and still felt as at once."""
INTO_SPEECH_S = 1.0
ANSWER_LIMIT_S = 4.0
_AFTER_S = 0.5
_LEAST_LIKENESS = 0.7
"""Correlation from which the sound counts as found; the fade at its end takes away a little."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Seconds from the recognised command; None where it could not be told."""

    hushed_s: float
    """Until the player was told to be silent."""
    played_s: float
    """Until the last sample was heard, as the player says."""
    recorded_s: float | None
    """Until the last sample was recorded."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one command."""

    heard: bool
    silence: Silence | None = None


def attempt(card: SoundCard, room: Room, command: str, meaning: str) -> Attempt:
    """Speak one command into the welcome of a fresh assistant."""
    events = card.folder / "events.jsonl"
    events.unlink(missing_ok=True)
    with card.recorded_speaker() as speaker, listening(card, room, events) as assistant:
        wait_until(assistant.speaks, 20, "the welcome")
        speaker.wait(INTO_SPEECH_S)
        assistant.interrupt(command)
        try:
            assistant.wait_for(meaning, ANSWER_LIMIT_S)
        except TimeoutError:
            return Attempt(heard=False)
        speaker.wait(_AFTER_S)
        return Attempt(heard=True, silence=silence_in(read_events(events, 0.0), speaker))


def silence_in(events: Sequence[Event], speaker: Recording) -> Silence | None:
    """How soon the speech was over; None where none was cut off."""
    recognised_s = first(events, ("recognised",), 0.0)
    if recognised_s is None:
        return None
    hushed_s = first(events, ("hush",), recognised_s)
    cut = next((event for event in events if event.name == "cut" and event.at_s > recognised_s), None)
    if hushed_s is None or cut is None or cut.last is None:
        return None
    end = end_of(cut.last.at_rate(RATE_HZ).samples, speaker.heard.samples)
    recorded_s = None if end is None else speaker.moment_s(end) - recognised_s
    return Silence(hushed_s - recognised_s, cut.at_s - recognised_s, recorded_s)


def end_of(sound: Samples, recorded: Samples) -> int | None:
    """The sample of `recorded` with which `sound` ends; None when it is not in there."""
    size = 1 << (len(sound) + len(recorded)).bit_length()
    wanted, heard = sound.astype(float), recorded.astype(float)
    correlation = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    start = int(np.argmax(correlation[: len(recorded)]))
    power = np.sqrt(np.sum(wanted**2) * np.sum(heard[start : start + len(sound)] ** 2))
    return start + len(sound) if power and correlation[start] / power > _LEAST_LIKENESS else None


@click.command()
@click.option("--rounds", default=2, show_default=True, help="How often each command is tried.")
@click.option("--without-echo", is_flag=True, help="Only as with a headset, which is soon done.")
def main(rounds: int, without_echo: bool) -> None:
    """Print how often each command was heard, row by row, then the times to silence of all rows together."""
    rooms = [Room(level, cancelling) for level in (None, *LEVELS_DB) for cancelling in (False, True)]
    names = [meaning for _, meaning in COMMANDS]
    silences: list[Silence] = []
    click.echo(f"{'':33s} {' '.join(f'{name:>8s}' for name in names)}")
    with SoundCard() as card:
        for room in rooms[:1] if without_echo else rooms:
            attempts = [[attempt(card, room, *command) for _ in range(rounds)] for command in COMMANDS]
            counts = [f"{sum(each.heard for each in row)}/{rounds}" for row in attempts]
            silences += [each.silence for row in attempts for each in row if each.silence]
            click.echo(f"{room!s:33s} {' '.join(f'{count:>8s}' for count in counts)}")
    click.echo(f"\nSeconds from the recognised command (goal: {GOAL_S} to silence)")
    for name, lengths in (
        ("until the player is told", [each.hushed_s for each in silences]),
        ("until silence, by the player", [each.played_s for each in silences]),
        ("until silence, as recorded", [each.recorded_s for each in silences if each.recorded_s is not None]),
    ):
        told = "   ".join(f"{key} {value}" for key, value in percentiles(lengths).items())
        click.echo(f"{name:30s} {told}")


if __name__ == "__main__":
    main()
