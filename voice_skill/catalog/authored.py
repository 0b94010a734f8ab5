"""Everything authors wrote for one language, as one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from voice_skill.catalog.entries import (
    HazardEntry,
    IntentEntry,
    RedFlagEntry,
    RegionEntry,
    ReplyEntry,
    RoutineEntry,
    SourceEntry,
)
from voice_skill.templates import Rules, expand


@dataclass(frozen=True, slots=True)
class Authored:
    """All intents and content of one language, valid as a whole."""

    language: str
    words: Rules
    """Template rules that phrases use."""
    sign_words: Rules
    """Template rules that red-flag signs use."""
    intents: Mapping[str, IntentEntry]
    intent_files: Mapping[str, str]
    """Intent id to the stem of the file it stands in."""
    misheard: Mapping[str, tuple[str, ...]]
    """Intent id to what a recogniser made of its sentences: learnt, and never taken for a phrase."""
    off_topic: tuple[str, ...]
    noise_words: frozenset[str]
    """Words that a recogniser makes of noise, and that nobody says alone."""
    concepts: Mapping[str, tuple[str, ...]]
    """Classes of words that mean the same to the matcher."""
    sounds_like: Mapping[str, tuple[str, ...]]
    """A word of the domain, to what a recogniser writes for it and nobody says in such talk."""
    sound_alikes: Mapping[str, tuple[str, ...]]
    """Any word of the phrases, to what a recogniser may write for it."""
    red_flags: Mapping[str, RedFlagEntry]
    danger_phrases: Mapping[str, tuple[str, ...]]
    """A red flag to phrases in which people say it: what the recogniser expects and the matcher learns."""
    calm: tuple[str, ...]
    """Turns of phrase that sound like danger and are not."""
    replies: Mapping[str, ReplyEntry]
    routines: Mapping[str, RoutineEntry]
    regions: Mapping[str, RegionEntry]
    sources: Mapping[str, SourceEntry]
    hazards: Mapping[str, HazardEntry]

    def sentences(self, intent: str) -> Iterator[str]:
        """Every sentence that the phrases of an intent stand for."""
        for phrase in self.intents[intent].phrases:
            yield from expand(phrase, self.words)
