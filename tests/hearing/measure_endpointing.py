"""Measures where sentences are ended: too early, so that they are cut, or late, so that the person waits.

    python -m tests.hearing.measure_endpointing FOLDER [--every 3]

The sentences of `sentences.yaml` in voices kept apart, and the recordings of `tests/recordings`, are played to the ear
as by a microphone, as spoken and with a pause of hesitation put in between two words, in silence and in a kitchen. A
sentence is cut when more than one utterance is made of it or the first comes before its end. The delay is from the last
loud sample until the utterance is handed on; decoding is not in it. Beside it, Vosk's own endpoints alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
import yaml

from tests.hearing.spoken_files import in_noise, spoken_file
from voice_skill.building import build_catalog
from voice_skill.catalog import Catalog
from voice_skill.domain import EarconKind, Utterance, Voice
from voice_skill.ear import Ear
from voice_skill.evaluation import read_cases
from voice_skill.hearing import load_model, open_recogniser
from voice_skill.ports import BLOCK_S, Recogniser
from voice_skill.settings import Settings
from voice_skill.sound import SPEECH_RATE_HZ, Samples, Sound, read_sound

HERE = Path(__file__).parent
VOICES = ("piper-joe", "flite-kal16", "festival-kal")
PAUSES_S = (0.0, 0.4, 0.8)
NOISES = ("none", "kitchen")
_SILENCE_S = 2.0
"""After each sentence."""
_BLOCK = round(BLOCK_S * SPEECH_RATE_HZ)
_FRAME = SPEECH_RATE_HZ // 100
_LOUD = 0.02
"""Of the loudest frame: the level from which a frame is speech."""


class SilentMouth:
    """Never speaks."""

    speaking = False
    current_text = ""

    def say(self, text: str, voice: Voice, pause_s: float = 0.0) -> None:
        """Says nothing."""

    def earcon(self, kind: EarconKind) -> None:
        """Plays nothing."""

    def hush(self) -> None:
        """Is silent already."""

    def close(self) -> None:
        """Holds nothing."""


Listen = Callable[[Recogniser, Catalog, Samples], list[float]]
"""The seconds after which utterances are handed on."""


def by_the_ear(recogniser: Recogniser, catalog: Catalog, samples: Samples) -> list[float]:
    """As in a session."""
    heard: list[Utterance] = []
    ear, ends = Ear(recogniser, SilentMouth(), catalog, heard.append), list[float]()
    for number, block in enumerate(_blocks(samples), 1):
        ear.take(block)
        ends += [number * BLOCK_S] * (len(heard) - len(ends))
    return ends


def by_vosk(recogniser: Recogniser, _: Catalog, samples: Samples) -> list[float]:
    """As Vosk's microphone example does it."""
    numbered = enumerate(_blocks(samples), 1)
    return [number * BLOCK_S for number, block in numbered if recogniser.accept(block) is not None]


def with_pause(clean: Samples, pause_s: float) -> Samples:
    """The speech with silence put in where its middle half is quietest."""
    if not pause_s:
        return clean
    levels = _levels(clean)
    first, last = np.flatnonzero(levels > _LOUD * levels.max())[[0, -1]]
    quarter = (last - first) // 4
    quietest = first + quarter + int(np.argmin(levels[first + quarter : last - quarter + 1]))
    return np.insert(clean, quietest * _FRAME, _room(pause_s))


def speech_end_s(clean: Samples) -> float:
    """The end of the last loud frame."""
    levels = _levels(clean)
    return float(np.flatnonzero(levels > _LOUD * levels.max())[-1] + 1) * _FRAME / SPEECH_RATE_HZ


def sentences(folder: Path, every: int) -> Iterator[Samples]:
    """The recordings, each followed by silence."""
    said = yaml.safe_load((HERE / "sentences.yaml").read_text("utf-8"))[::every]
    files = [spoken_file(voice, each, folder) for voice in VOICES for each in said]
    files += [case.recording for case in read_cases(HERE.parent / "recordings")[::every] if case.recording]
    for file in files:
        if file.parent.name != "noise":
            yield np.concatenate([read_sound(file).at_rate(SPEECH_RATE_HZ).samples, _room(_SILENCE_S)])


def _levels(samples: Samples) -> np.ndarray:
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(float)
    return np.asarray(np.sqrt(np.mean(frames**2, axis=1)))


def _room(length_s: float) -> Samples:
    noise = np.random.default_rng(1).standard_normal(round(length_s * SPEECH_RATE_HZ))
    return np.asarray(np.rint(1.5 * noise), np.int16)


def _blocks(samples: Samples) -> Iterator[bytes]:
    for start in range(0, len(samples) - _BLOCK + 1, _BLOCK):
        yield samples[start : start + _BLOCK].tobytes()


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--every", default=3, show_default=True, help="Take each so manieth recording.")
def main(folder: Path, every: int) -> None:
    settings = Settings()
    catalog, model = build_catalog(settings), load_model(settings)
    spoken = list(sentences(folder, every))
    click.echo(f"{len(spoken)} sentences{'':<24}cut  not ended  delay p50_s  p95_s")
    for noise in NOISES:
        for pause_s in PAUSES_S:
            for name, listen in {"the ear": by_the_ear, "Vosk alone": by_vosk}.items():
                cut, unended, delays = 0, 0, list[float]()
                for sound in spoken:
                    clean = with_pause(sound, pause_s)
                    heard = in_noise(Sound(clean, SPEECH_RATE_HZ), noise).samples
                    ends = listen(open_recogniser(model, settings), catalog, heard)
                    late_s = ends[0] - speech_end_s(clean) if ends else 0.0
                    unended += not ends
                    cut += bool(ends) and (late_s < 0 or len(ends) > 1)
                    delays += [late_s] if ends and late_s >= 0 else []
                p50_s, p95_s = np.percentile(delays, [50, 95])
                what = f"{name}, {noise}, pause {pause_s} s"
                click.echo(f"{what:<36} {cut:>3} {unended:>10} {p50_s:>12.2f} {p95_s:>6.2f}")


if __name__ == "__main__":
    main()
