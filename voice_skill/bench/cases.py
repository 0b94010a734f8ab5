"""What is measured: which sentence, in which voice, in which sound. The same choice each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from voice_skill.catalog import Authored
from voice_skill.errors import SkillError
from voice_skill.evaluation import Case as Sentence
from voice_skill.evaluation import Kind, read_cases
from voice_skill.templates import sample

KITCHEN, BABBLE, ROOM, CLEAN = "kitchen", "babble", "room echo", "clean"
LEVELS_DB = (6, 9, 12, 15, 18, 21, 24)
PHRASE, PARAPHRASE = "phrase", "paraphrase"
"""A sentence that the authors wrote, and one that nothing was learnt from."""
PEERS_DB = (12, 6)
RED_FLAGS_DB = 12
_IN_SCOPE = "relief prevention causes about aftercare escalation control".split()
_SEED = 20
_UNRELATED = Path(__file__).with_name("unrelated.yaml")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    paraphrases: int
    """For each voice; as are the phrases. The others are spread over the voices."""
    phrases: int
    off_topic: int
    ordinary: int
    red_flags: int
    levels_db: tuple[int, ...]
    noises: tuple[str, ...]
    segments: int
    """Stretches of continuous unrelated speech."""
    segment_sentences: int
    rounds: int
    """How often a start and the like are timed."""
    timed: int
    """Answers of each voice that are timed, in quiet and in noise."""
    peer_share: int
    """Each so-many-th sentence is given to the peers too, and half as many to refuse."""


FULL = Size(6, 2, 400, 120, 300, LEVELS_DB, (KITCHEN, BABBLE), 10, 172, 5, 5, 4)
QUICK = Size(2, 1, 16, 8, 8, (6, 12, 18), (KITCHEN,), 1, 30, 3, 1, 6)


@dataclass(frozen=True, slots=True)
class Condition:
    """The sound around an utterance."""

    noise: str
    level_db: int | None = None
    """Wanted SNR by mean power."""

    def __str__(self) -> str:
        return self.noise if self.level_db is None else f"{self.noise} {self.level_db} dB"


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence in one voice and one sound."""

    group: str
    """`PHRASE` or `PARAPHRASE`; else the kind of the sentence."""
    sentence: Sentence
    voice: str
    condition: Condition
    for_peers: bool = False

    @property
    def key(self) -> str:
        """The name of its result."""
        return f"{self.group}/{self.voice}/{self.condition}/{self.sentence.said}"


def speech_cases(folder: Path, authored: Authored, voices: Sequence[str], size: Size) -> list[Case]:
    """All cases of one utterance.

    Raises:
        SkillError: `folder` does not hold the sentences.
    """
    in_scope = [*_conditions(size)]
    paraphrases = [case for stem in _IN_SCOPE for case in _sentences(folder, stem)]
    chosen = {PARAPHRASE: (paraphrases, size.paraphrases), PHRASE: (list(_authored(authored)), size.phrases)}
    cases = [
        Case(group, sentence, voice, condition)
        for group, (pool, each) in chosen.items()
        for voice, sentences in _dealt(pool, voices, each).items()
        for sentence in sentences
        for condition in in_scope
    ]
    cases += _spread(_sentences(folder, "off_topic")[: size.off_topic], voices, Kind.OFF_TOPIC)
    cases += _spread(_sentences(folder, "ordinary")[: size.ordinary], voices, Kind.ORDINARY)
    flags = _spread(_shuffled(_sentences(folder, "red_flags"))[: size.red_flags], voices, Kind.RED_FLAG)
    cases += flags
    cases += [replace(case, condition=Condition(KITCHEN, RED_FLAGS_DB)) for case in flags[::2]]
    return list(_marked(cases, size))


def development_sentences(folder: Path) -> list[Sentence]:
    """Typed sentences on which peers choose their thresholds; none where the folder has none."""
    stems = (*_IN_SCOPE, "off_topic")
    return [
        case
        for stem in stems
        if (folder / "dev" / f"{stem}.yaml").is_file()
        for case in _sentences(folder / "dev", stem)
    ]


def unrelated_sentences() -> list[str]:
    """Everyday talk that has nothing to do with cramps, in a mixed order; always the same."""
    data = yaml.safe_load(_UNRELATED.read_text(encoding="utf-8"))
    made = [each for pattern in data["patterns"] for each in sample(pattern, data["words"], data["each"])]
    sentences = list(dict.fromkeys(made))
    return [sentences[index] for index in np.random.default_rng(_SEED).permutation(len(sentences))]


def segment(number: int, size: Size) -> list[str]:
    """The sentences of one stretch of continuous speech."""
    sentences = unrelated_sentences()
    start = number * size.segment_sentences
    return [sentences[index % len(sentences)] for index in range(start, start + size.segment_sentences)]


def _conditions(size: Size) -> Iterator[Condition]:
    yield Condition(CLEAN)
    yield Condition(ROOM)
    for noise in size.noises:
        yield from (Condition(noise, level_db) for level_db in size.levels_db)


def _sentences(folder: Path, stem: str) -> list[Sentence]:
    file = folder / f"{stem}.yaml"
    if not file.is_file():
        raise SkillError(f"There are no test sentences at {file}; give their folder with --sentences.")
    return list(read_cases(file))


def _authored(authored: Authored) -> Iterator[Sentence]:
    """One sentence of each intent."""
    for intent, entry in authored.intents.items():
        for phrase in entry.phrases[len(entry.phrases) // 2 :][:1]:
            for said in sample(phrase, authored.words, 1):
                yield Sentence(Kind.IN_SCOPE, said, intent)


def _dealt(pool: Sequence[Sentence], voices: Sequence[str], each: int) -> dict[str, list[Sentence]]:
    """Other sentences for each voice, as far as they last."""
    mixed = _shuffled(pool)
    return {
        voice: [mixed[(place * each + number) % len(mixed)] for number in range(each)]
        for place, voice in enumerate(voices)
    }


def _spread(sentences: Sequence[Sentence], voices: Sequence[str], kind: Kind) -> list[Case]:
    return [
        Case(kind.value, sentence, voices[number % len(voices)], Condition(CLEAN))
        for number, sentence in enumerate(sentences)
    ]


def _shuffled(pool: Sequence[Sentence]) -> list[Sentence]:
    return [pool[index] for index in np.random.default_rng(_SEED).permutation(len(pool))]


def _marked(cases: Sequence[Case], size: Size) -> Iterator[Case]:
    """The cases, those marked that peers are given: some sentences, clean and in the kitchen."""
    conditions = {Condition(CLEAN), *(Condition(KITCHEN, level_db) for level_db in PEERS_DB)}
    groups = {PARAPHRASE: 1, PHRASE: 1, Kind.OFF_TOPIC.value: 2}
    seen: dict[str, dict[tuple[str, str], int]] = {}
    for case in cases:
        numbers = seen.setdefault(case.group, {})
        number = numbers.setdefault((case.voice, case.sentence.said), len(numbers))
        chosen = case.group in groups and number % (size.peer_share * groups[case.group]) == 0
        yield replace(case, for_peers=chosen and case.condition in conditions)
