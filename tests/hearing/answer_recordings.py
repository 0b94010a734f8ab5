"""Speaks the sentences of `answers.yaml`, clean and in noise, into a folder that is kept for the next time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.hearing.spoken_files import in_noise, spoken_file
from voice_skill.domain import Expectation
from voice_skill.sound import Sound, read_sound

NOISES = ("none", "kitchen", "pink")


@dataclass(frozen=True)
class Spoken:
    """One recording of what is said while a question waits."""

    expectation: Expectation
    said: str
    answer: str | None
    """The intent; None for speech that answers nothing."""
    voice: str
    noise: str
    sound: Sound


def recordings(voices: Sequence[str], folder: Path) -> Iterator[Spoken]:
    """Every sentence in every voice and every noise; speech that answers nothing is put to both kinds of question.

    Raises:
        make_recordings.NotInstalledError: a voice's program is missing.
    """
    listed = yaml.safe_load(Path(__file__).with_name("answers.yaml").read_text("utf-8"))
    other = listed.pop("other")
    wanted = [
        (Expectation(kind), said, answer)
        for kind, answers in listed.items()
        for answer, group in answers.items()
        for said in group
    ]
    wanted += [(list(Expectation)[1 + i % 2], said, None) for i, said in enumerate(other)]
    for voice in voices:
        for number, (expectation, said, answer) in enumerate(wanted):
            noise = NOISES[number % len(NOISES)]
            yield from (
                Spoken(
                    expectation,
                    said,
                    answer,
                    voice,
                    each,
                    in_noise(read_sound(spoken_file(voice, said, folder)), each),
                )
                for each in dict.fromkeys(("none", noise if noise != "none" else "kitchen"))
            )
