"""The one place where the parts are put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from voice_skill.authored_cache import read_once
from voice_skill.catalog import Authored, Catalog, data_folder
from voice_skill.domain import DANGER
from voice_skill.kept_files import kept_or_made, write_whole
from voice_skill.matching.matcher import IntentMatcher
from voice_skill.matching.mishearings import mishearings
from voice_skill.matching.near_misses import near_misses
from voice_skill.matching.sentence_encoder import SentenceEncoder
from voice_skill.matching.training import OFF_TOPIC, LinearModel, TrainingSet, digest_of, train, training_set
from voice_skill.matching.weights_file import load, store
from voice_skill.redflags import compile_rules
from voice_skill.settings import Settings, cache_folder, region_of
from voice_skill.templates import expand, sample
from voice_skill.text import normalise

LEARNING = "Learning the phrases, once after each change of them; this takes a few minutes ..."
"""For `on_learning` to show."""
_SENTENCES = 3
"""Sentences that a phrase gives the matcher."""
_CONTROL_SENTENCES = 10
_OFF_TOPIC_SENTENCES = 12
"""Another sentence of the same phrase adds little, and each takes three milliseconds to encode."""
_ENCODER = "sentence-encoder.npz"
_LEARNT = "understanding.npz"


def build_catalog(
    settings: Settings, cache: Path | None = None, on_learning: Callable[[], None] = lambda: None
) -> Catalog:
    """Intents and content of the chosen language, with a matcher that has learnt them.

    `on_learning` is told before phrases are learnt, which takes a few minutes; what was learnt before is not told.

    Raises:
        DataError: intents or content have faults.
        SkillError: the region is not known.
    """
    cache = cache or cache_folder()
    authored = read_once(settings.language, cache)
    return catalog_of(authored, settings.region, cache, on_learning)


def catalog_of(authored: Authored, region: str, cache: Path, on_learning: Callable[[], None] = lambda: None) -> Catalog:
    """A catalog of `authored`; `cache` keeps what the matcher learnt."""
    matcher = build_matcher(authored, cache, on_learning)
    flags = {name: (entry.row, entry.urgency, entry.signs) for name, entry in authored.red_flags.items()}
    spotter = compile_rules(flags, authored.sign_words, authored.calm)
    return Catalog(authored, spotter, matcher, region_of(region, dict(authored.regions)))


def build_matcher(authored: Authored, cache: Path, on_learning: Callable[[], None] = lambda: None) -> IntentMatcher:
    """A matcher that has learnt the phrases of `authored`; `cache` keeps what it learnt."""
    data, model = _learnt(authored, cache, on_learning)
    return IntentMatcher(model, data, authored.sounds_like, authored.sound_alikes, sentence_encoder)


def sentence_encoder() -> SentenceEncoder:
    """The encoder that ships with the program; takes a tenth of a second to load.

    Raises:
        DataError: it is missing or broken.
    """
    return SentenceEncoder.load(_encoder_file())


def _encoder_file() -> Path:
    return data_folder("models") / _ENCODER


def store_learnt(authored: Authored, path: Path | None = None) -> Path:
    """Learn `authored` and write what the program ships with; the path of the file."""
    path = path or data_folder("models") / _LEARNT
    data = training_data(authored)
    model = train(data, sentence_encoder())
    write_whole(path, lambda file: store(_digest(authored), data, model, file))
    return path


def training_data(authored: Authored) -> TrainingSet:
    """What the matcher learns: every intent's sentences, and the off-topic ones as a class of their own."""
    words = authored.words
    phrases = {
        intent: [tuple(sample(phrase, words, _most(intent))) for phrase in entry.phrases]
        for intent, entry in authored.intents.items()
    }
    ours = {sentence for group in phrases.values() for sentences in group for sentence in sentences}
    others = [sentence for phrase in authored.off_topic for sentence in sample(phrase, words, _OFF_TOPIC_SENTENCES)]
    one_each = [group[0] for intent in phrases if "." in intent for group in phrases[intent]]
    subject, strangers = (list(expand(words.get(rule, ""), words)) for rule in ("subject", "stranger"))
    if strangers:
        others.extend(near_misses(one_each, frozenset(subject), strangers))
    for flag, group in authored.danger_phrases.items():
        said = {sentence for phrase in group for sentence in sample(phrase, words, _SENTENCES)} - ours
        phrases[DANGER + flag] = [(sentence,) for sentence in sorted(said)]
        ours |= said
    phrases[OFF_TOPIC] = [(sentence,) for sentence in others if sentence not in ours]
    data = training_set(phrases, dict(authored.concepts))
    ours_only = [example for example in data.examples if example[1] != OFF_TOPIC]
    known = {sentence for sentence, _ in data.examples}
    misheard = dict(mishearings(ours_only, (authored.sounds_like, authored.sound_alikes)))
    misheard |= {normalise(heard): intent for intent, group in authored.misheard.items() for heard in group}
    unknown = tuple(example for example in misheard.items() if example[0] not in known)
    return replace(data, others=_every_sentence(authored), misheard=unknown)


def _every_sentence(authored: Authored) -> tuple[tuple[str, str], ...]:
    """Each sentence of each intent; the first intent that has it keeps it."""
    sentences: dict[str, str] = {}
    for intent in authored.intents:
        for sentence in authored.sentences(intent):
            sentences.setdefault(normalise(sentence), intent)
    return tuple(sentences.items())


def _most(intent: str) -> int:
    """Sentences a phrase gives; controls must match exactly to interrupt speech, so they give all they have."""
    return _SENTENCES if "." in intent else _CONTROL_SENTENCES


def _learnt(authored: Authored, cache: Path, on_learning: Callable[[], None]) -> tuple[TrainingSet, LinearModel]:
    """What ships, or was learnt before, if it was learnt from these phrases; else it is learnt now and kept."""
    digest, concepts = _digest(authored), dict(authored.concepts)

    def learn() -> tuple[TrainingSet, LinearModel]:
        on_learning()
        data = training_data(authored)
        return data, train(data, sentence_encoder())

    shipped = load(data_folder("models") / _LEARNT, digest, concepts)
    return shipped or kept_or_made(
        cache / f"matcher-{digest[:16]}.npz",
        lambda path: load(path, digest, concepts),
        learn,
        lambda learnt, file: store(digest, *learnt, file),
    )


def _digest(authored: Authored) -> str:
    """Names what is learnt from: the phrases, and the encoder that turns them into numbers."""
    phrases = [(intent, entry.phrases) for intent, entry in authored.intents.items()]
    tables = (authored.words, authored.concepts, authored.sounds_like, authored.sound_alikes)
    others = (list(authored.danger_phrases.items()), list(authored.misheard.items()), authored.off_topic)
    encoder = SentenceEncoder.checksums(_encoder_file())
    return digest_of(encoder, phrases, *others, *(sorted(dict(table).items()) for table in tables))


def demo_recordings(language: str) -> tuple[Path, ...]:
    """The bundled recorded questions, in their order."""
    return tuple(sorted((data_folder("content") / language / "demo").glob("*.flac")))
