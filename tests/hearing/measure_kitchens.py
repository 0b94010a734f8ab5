"""Measures what the dishes of a kitchen are taken for, alone and beside a command.

    python -m tests.hearing.measure_kitchens FOLDER [--kitchens 24] [--voice VOICE]

FOLDER keeps the recordings. Every kitchen has a seed of its own, none of them that of the test recording: one kitchen
shows too little. The gate is heard as shipped, then as if anything loud for a syllable might be speech.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

import voice_skill.speech_gate as gate
from tests.hearing.measure_rooms import COMMANDS, VOICES
from tests.hearing.spoken_files import spoken_file
from tests.recordings import make_recordings as maker
from voice_skill.adapters.vosk_recogniser import utterances_in
from voice_skill.building import build_catalog
from voice_skill.dialogue import State, understand
from voice_skill.domain import Utterance
from voice_skill.hearing import load_model, open_recogniser
from voice_skill.settings import Settings
from voice_skill.sound import SPEECH_RATE_HZ, Samples, Sound, read_sound

SNR_DB = 12.0
"""Of the commands: power of the speech over that of fan, water and dishes."""
_FIRST_SEED = 101
_ALONE_S = 5.0
_LEAD_S, _END_S = 2.0, 1.0
_FULL_SCALE = 32_767


def kitchens_alone(count: int) -> Iterator[Sound]:
    """Kitchens in which nobody speaks."""
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        made = maker.kitchen(np.random.default_rng(seed), round(_ALONE_S * SPEECH_RATE_HZ))
        yield Sound((np.clip(made, -1, 1) * _FULL_SCALE).astype(np.int16), SPEECH_RATE_HZ)


def said_in_a_kitchen(speech: Samples, seed: int) -> Sound:
    """A command with a kitchen before, under and after it."""
    lead, end = (np.zeros(round(each * SPEECH_RATE_HZ)) for each in (_LEAD_S, _END_S))
    sound = np.concatenate([lead, speech, end])
    loud = speech[np.abs(speech.astype(int)) > 300].astype(float)
    level = float(np.sqrt(np.mean(loud**2))) * 10 ** (-SNR_DB / 20)
    made = maker.levelled(maker.kitchen(np.random.default_rng(seed), len(sound)), level)
    return Sound(np.clip(sound + made, -32768, _FULL_SCALE).astype(np.int16), SPEECH_RATE_HZ)


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--kitchens", default=24, show_default=True)
@click.option("--voice", "voices", multiple=True, default=VOICES)
def main(folder: Path, kitchens: int, voices: tuple[str, ...]) -> None:
    catalog, model = build_catalog(Settings()), load_model(Settings())
    said = [(command, read_sound(spoken_file(voice, command, folder))) for voice in voices for command in COMMANDS]
    mixed = [(said_in_a_kitchen(sound.samples, _FIRST_SEED + at), command) for at, (command, sound) in enumerate(said)]

    def heard(sound: Sound) -> list[Utterance]:
        return list(utterances_in(sound, open_recogniser(model, Settings())))

    def is_acted_on(utterance: Utterance) -> bool:
        found = understand(utterance, State(), catalog)
        return bool(found.intent or found.red_flags)

    click.echo("| gate | kitchens acted on | commands heard word by word | utterances beside them |\n|---|---|---|---|")
    for name, over_floor_db in (("as shipped", gate._VOICED_OVER_FLOOR_DB), ("by loudness alone", -np.inf)):
        gate._VOICED_OVER_FLOOR_DB = over_floor_db
        fooled = sum(any(map(is_acted_on, heard(sound))) for sound in kitchens_alone(kitchens))
        results = [(command, [utterance.text for utterance in heard(sound)]) for sound, command in mixed]
        exact = sum(command in texts for command, texts in results)
        beside = sum(len([text for text in texts if text != command]) for command, texts in results)
        click.echo(f"| {name} | {fooled}/{kitchens} | {exact}/{len(results)} | {beside} |")


if __name__ == "__main__":
    main()
