"""Measures what rooms do to hearing: the quiet between utterances, a hissing microphone, a kitchen.

    python -m tests.hearing.measure_rooms FOLDER [--voice VOICE] [--every 4]

FOLDER keeps the recordings. Every voice says its sentences one after the other, with seconds of the room between them,
as one stream into one ear. Each room is heard as shipped, then without the removal of noise, then without the gate too.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import yaml
from rapidfuzz.distance import Levenshtein

from tests.hearing.measure_endpointing import SilentMouth
from tests.hearing.spoken_files import spoken_file
from tests.recordings import make_recordings as maker
from voice_skill.building import build_catalog
from voice_skill.catalog import Catalog
from voice_skill.domain import Utterance
from voice_skill.ear import Ear
from voice_skill.hearing import LoadedModel, load_model, open_recogniser
from voice_skill.ports import BLOCK_S
from voice_skill.settings import Settings
from voice_skill.sound import SPEECH_RATE_HZ, Samples, read_sound

SENTENCES = Path(__file__).parent / "sentences.yaml"
COMMANDS = ("stop", "yes", "no", "help", "repeat", "next", "pause", "go back", "i have a cramp")
VOICES = ("piper-joe", "flite-kal16", "festival-kal")
BETWEEN_S = 4.0
ROOMS = (("quiet", 0.0), ("hiss", 30.0), ("hiss", 20.0), ("kitchen", 15.0))
"""With the decibels by which speech is louder; the quiet one is three steps of a sample loud."""
WAYS = ("as shipped", "noise left in", "and no gate")
_BLOCK = round(BLOCK_S * SPEECH_RATE_HZ)


class NoGate:
    """Everything is heard."""

    may_close = False

    def admit(self, block: bytes, judged: bytes | None = None) -> bytes:
        """All of it."""
        return block

    def close(self) -> None:
        """Never."""


@dataclass
class Score:
    """Counts over the sentences of some voices in one room."""

    sentences: int = 0
    exact: int = 0
    words: int = 0
    wrong: int = 0
    beside: int = 0
    """Utterances heard where nobody spoke."""
    cpu_s: float = 0.0
    sound_s: float = 0.0

    def line(self) -> str:
        """For the table."""
        wer, rtf = self.wrong / self.words, self.cpu_s / self.sound_s
        return f"{self.exact}/{self.sentences} | {wer:.3f} | {self.beside} | {rtf:.3f}"


def stream(speech: Sequence[Samples], room: str, snr_db: float) -> tuple[Samples, list[tuple[int, int]]]:
    """All speech in one sound with the room in it, and where each begins and ends, in samples."""
    pause = np.zeros(round(BETWEEN_S * SPEECH_RATE_HZ), np.int16)
    sound = np.concatenate([pause, *itertools.chain.from_iterable((each, pause) for each in speech)])
    lengths = np.cumsum([0, *(len(each) + len(pause) for each in speech)][: len(speech)])
    places = [
        (int(at) + len(pause), int(at) + len(pause) + len(each)) for at, each in zip(lengths, speech, strict=True)
    ]
    rng = np.random.default_rng(6)
    if room == "quiet":
        return (sound + rng.normal(0.0, 3.0, len(sound))).astype(np.int16), places
    loud = sound[np.abs(sound.astype(int)) > 300].astype(float)
    level = float(np.sqrt(np.mean(loud**2))) * 10 ** (-snr_db / 20)
    made = maker.kitchen(rng, len(sound)) if room == "kitchen" else rng.normal(0.0, 1.0, len(sound))
    return np.clip(sound + maker.levelled(made, level), -32768, 32767).astype(np.int16), places


def heard(sound: Samples, model: LoadedModel, catalog: Catalog, way: str) -> list[tuple[int, str]]:
    """Every utterance with the sample by which it was handed on."""
    found: list[Utterance] = []
    recogniser = open_recogniser(model, Settings())
    if way != WAYS[0]:
        recogniser._noise_removal = None
    if way == WAYS[2]:
        recogniser._gate = NoGate()  # type: ignore[assignment]
    ear = Ear(recogniser, SilentMouth(), catalog, found.append)
    placed: list[tuple[int, str]] = []
    for end in range(_BLOCK, len(sound) + 1, _BLOCK):
        ear.take(sound[end - _BLOCK : end].tobytes())
        placed += [(end, each.text) for each in found]
        found.clear()
    return placed


def add_scores(
    score: Score, said: Sequence[str], places: Sequence[tuple[int, int]], got: list[tuple[int, str]]
) -> None:
    """Compare what was said with what was heard between the beginning of each sentence and that of the next."""
    grace = round(2.0 * SPEECH_RATE_HZ)
    for sentence, (begin, end) in zip(said, places, strict=True):
        text = " ".join(text for at, text in got if begin < at <= end + grace)
        score.sentences += 1
        score.exact += text == sentence
        score.words += len(sentence.split())
        score.wrong += Levenshtein.distance(sentence.split(), text.split())
    score.beside += sum(not any(begin < at <= end + grace for begin, end in places) for at, _ in got)


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--voice", "voices", multiple=True, default=VOICES)
@click.option("--every", default=6, show_default=True, help="Take every so-manieth of the sentences.")
def main(folder: Path, voices: tuple[str, ...], every: int) -> None:
    said = [*COMMANDS, *list(yaml.safe_load(SENTENCES.read_text("utf-8")))[::every]]
    said = [said[at] for at in np.random.default_rng(1).permutation(len(said))]
    catalog, model = build_catalog(Settings()), load_model(Settings())
    click.echo("| room | heard | exact | WER | beside | RTF |\n|---|---|---|---|---|---|")
    for (room, snr_db), way in itertools.product(ROOMS, WAYS):
        score = Score()
        for voice in voices:
            sound, places = stream(
                [read_sound(spoken_file(voice, each, folder)).samples for each in said], room, snr_db
            )
            began_s = time.process_time()
            got = heard(sound, model, catalog, way)
            score.cpu_s += time.process_time() - began_s
            score.sound_s += len(sound) / SPEECH_RATE_HZ
            add_scores(score, said, places, got)
        click.echo(f"| {room}{f', {snr_db:.0f} dB' if snr_db else ''} | {way} | {score.line()} |")


if __name__ == "__main__":
    main()
