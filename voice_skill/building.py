"""The one place where the parts are put together."""

from __future__ import annotations

from pathlib import Path

from voice_skill.catalog import Authored, Catalog, data_folder, read_authored
from voice_skill.matching.matcher import IntentMatcher
from voice_skill.matching.training import OFF_TOPIC, TrainingSet, training_set
from voice_skill.matching.weights_file import learnt
from voice_skill.redflags import compile_rules
from voice_skill.settings import Settings, cache_folder, region_of
from voice_skill.templates import expand


def build_catalog(settings: Settings, cache: Path | None = None) -> Catalog:
    """Intents and content of the chosen language, with a matcher that has learnt them.

    Raises:
        DataError: intents or content have faults.
        SkillError: the region is not known.
    """
    authored = read_authored(settings.language)
    return catalog_of(authored, settings.region, cache or cache_folder())


def catalog_of(authored: Authored, region: str, cache: Path) -> Catalog:
    """A catalog of `authored`; `cache` keeps what the matcher learnt."""
    data = training_data(authored)
    matcher = IntentMatcher(learnt(data, cache), data, authored.sounds_like)
    flags = {name: (entry.row, entry.urgency, entry.signs) for name, entry in authored.red_flags.items()}
    spotter = compile_rules(flags, authored.sign_words)
    return Catalog(authored, spotter, matcher, region_of(region, dict(authored.regions)))


def training_data(authored: Authored) -> TrainingSet:
    """What the matcher learns: every intent's sentences, and the off-topic ones as a class of their own."""
    phrases = {
        intent: [expand(phrase, authored.words) for phrase in entry.phrases]
        for intent, entry in authored.intents.items()
    }
    phrases[OFF_TOPIC] = [expand(phrase, authored.words) for phrase in authored.off_topic]
    return training_set(phrases, dict(authored.concepts))


def demo_recordings(language: str) -> tuple[Path, ...]:
    """The bundled recorded questions, in their order."""
    return tuple(sorted((data_folder("content") / language / "demo").glob("*.flac")))
