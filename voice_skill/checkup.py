"""Looks over everything the assistant needs, one finding a line: data, speech model, speech engine, devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from voice_skill.building import build_matcher, training_data
from voice_skill.catalog import Authored, read_authored
from voice_skill.errors import DataError, SkillError
from voice_skill.findings import Finding, Level
from voice_skill.settings import Settings, cache_folder, settings_file
from voice_skill.templates import sample
from voice_skill.text import normalise

_STALE_AFTER = timedelta(days=365)
_ENOUGH_SENTENCES = 20
_NEWEST_PHRASES = 6
"""Authors add at the end, and looking at every phrase would take a minute."""
_SHOWN = 8
"""How many examples of one kind of finding are shown."""


def check_up(settings: Settings, today: date) -> Iterator[Finding]:
    """Every finding, in the order in which the chain needs the parts."""
    try:
        authored = read_authored(settings.language)
    except DataError as exc:
        yield from (Finding(Level.FAULT, "data", str(fault)) for fault in exc.faults)
        return
    yield from _data(authored, today)
    yield from _guarded("speech model", lambda: _speech_model(settings, authored))
    yield from _guarded("speech engine", _speech_engine)
    yield from _guarded("microphone", _microphones, Level.NOTE)
    yield from _guarded("loudspeaker", _loudspeakers, Level.NOTE)
    yield from _guarded("region", lambda: _region(settings, authored))


def _guarded(subject: str, check: Callable[[], Iterator[Finding]], level: Level = Level.FAULT) -> Iterator[Finding]:
    try:
        yield from check()
    except SkillError as exc:
        yield Finding(level, subject, str(exc))


def _data(authored: Authored, today: date) -> Iterator[Finding]:
    count = sum(len(entry.phrases) for entry in authored.intents.values())
    yield Finding(
        Level.OK,
        "data",
        f"{len(authored.intents)} intents with {count} phrases, {len(authored.red_flags)} red flags, "
        f"{len(authored.replies)} replies, {len(authored.routines)} routines",
    )
    claimed_twice = tuple(_claimed_twice(authored))
    yield from claimed_twice
    yield from _too_few_phrases(authored)
    if not claimed_twice:  # else there is something to mend before it is worth a minute of learning
        yield from _misunderstood(authored)
    for name, source in authored.sources.items():
        if today - source.checked_on > _STALE_AFTER:
            yield Finding(
                Level.NOTE, "sources", f"'{name}' was last checked on {source.checked_on}; read it again and date it"
            )


def _claimed_twice(authored: Authored) -> Iterator[Finding]:
    owners: dict[str, set[str]] = {}
    for sentence, name in training_data(authored).examples:
        owners.setdefault(sentence, set()).add(name)
    for sentence, names in owners.items():
        if len(names) > 1:
            text = f'"{sentence}" is claimed by {" and ".join(sorted(names))}; leave it to one'
            yield Finding(Level.FAULT, "phrases", text)


def _too_few_phrases(authored: Authored) -> Iterator[Finding]:
    for intent, entry in authored.intents.items():
        count = sum(1 for phrase in entry.phrases for _ in sample(phrase, authored.words, _ENOUGH_SENTENCES))
        if count < _ENOUGH_SENTENCES:
            text = f"'{intent}' has {count} sentences; write more ways to say it, {_ENOUGH_SENTENCES} at least"
            yield Finding(Level.NOTE, "phrases", text)


def _misunderstood(authored: Authored) -> Iterator[Finding]:
    """The newest phrases of each intent that stand so near to another's that their words alone point there."""
    matcher = build_matcher(authored, cache_folder())
    wrong: list[str] = []
    for intent, entry in authored.intents.items():
        for phrase in entry.phrases[-_NEWEST_PHRASES:]:
            sentence = normalise(next(sample(phrase, authored.words, 1)))
            found = matcher.likeliest(sentence)
            if found != intent:
                wrong.append(f'"{sentence}" of {intent} looks like {found}')
    if wrong:
        shown = "; ".join(wrong[:_SHOWN]) + ("; ..." if len(wrong) > _SHOWN else "")
        yield Finding(
            Level.NOTE, "phrases", f"{len(wrong)} of the newest are understood only in these very words: {shown}"
        )


def _speech_model(settings: Settings, authored: Authored) -> Iterator[Finding]:
    from voice_skill.grammar import unknown_words
    from voice_skill.hearing import load_model, spoken_phrases, suits, was_built_from

    model = load_model(settings)
    yield Finding(Level.OK, "speech model", f"{model.about.name}, {model.about.size_bytes / 1e6:.0f} MB")
    phrases = spoken_phrases(authored)
    if not suits(phrases, model.vosk.knows):
        text = f"{model.about.name} is for another language; choose another with 'voice-skill models use'"
        yield Finding(Level.FAULT, "speech model", text)
        return
    if model.about.knows_our_phrases and model.about.phrases_digest != was_built_from(authored):
        text = "the phrases have changed since it was built, and new ones are heard less well; run 'make model'"
        yield Finding(Level.NOTE, "speech model", text)
    unknown = unknown_words(phrases, model.vosk.knows)
    if unknown:
        shown = ", ".join(unknown[:_SHOWN]) + (", ..." if len(unknown) > _SHOWN else "")
        yield Finding(
            Level.NOTE, "speech model", f"{len(unknown)} words of the phrases can be typed but not heard: {shown}"
        )


def _speech_engine() -> Iterator[Finding]:
    from voice_skill.adapters.pyttsx3_engine import probe

    probe()
    yield Finding(Level.OK, "speech engine", "pyttsx3 starts and speaks")


def _microphones() -> Iterator[Finding]:
    from voice_skill.adapters.devices import input_devices, listing

    devices = input_devices()
    if devices:
        yield Finding(Level.OK, "microphone", listing(devices))
    else:
        yield Finding(Level.NOTE, "microphone", "none was found; questions can be typed, or given as recordings")


def _loudspeakers() -> Iterator[Finding]:
    from voice_skill.adapters.devices import listing, output_devices

    devices = output_devices()
    if devices:
        yield Finding(Level.OK, "loudspeaker", listing(devices))
    else:
        yield Finding(Level.NOTE, "loudspeaker", "none was found; replies can be read, or saved as recordings")


def _region(settings: Settings, authored: Authored) -> Iterator[Finding]:
    if settings.region:
        from voice_skill.settings import region_of

        region = region_of(settings.region, dict(authored.regions))
        yield Finding(Level.OK, "region", f"{settings.region}: emergency number {region.emergency}")
    else:
        yield Finding(
            Level.NOTE,
            "region",
            "not set, so no emergency number is named; which country are you in? "
            f"Write 'region: \"uk\"' (or us, eu, or the number) into {settings_file()}",
        )
