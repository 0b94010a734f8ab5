"""Checks that need more than one entry: every name that is used exists, every template can be read."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping

from voice_skill.catalog.authored import Authored
from voice_skill.catalog.entries import AnswerEntry, ReplyEntry, RoutineEntry, StepEntry
from voice_skill.catalog.needs import CONTROLS, POSITIONS, PROMPTS, UNSET_REGION
from voice_skill.domain import Urgency
from voice_skill.errors import Fault
from voice_skill.templates import TemplateError, compile_sign, sample
from voice_skill.text import normalise

FACTS = frozenset(f"F{number}" for number in range(1, 25))
"""The facts that the content must be able to tell."""
_PLACEHOLDERS = frozenset({"emergency", "advice_line", "seconds", "steps"})


def faults_between_files(authored: Authored) -> Iterator[Fault]:
    """Every fault that shows only when all files are seen together."""
    yield from _all_phrase_faults(authored)
    yield from _all_sign_faults(authored)
    yield from _intent_faults(authored)
    yield from _reply_faults(authored)
    yield from _fact_faults(authored)
    for name, routine in authored.routines.items():
        yield from _routine_faults(name, routine, authored)


def _all_phrase_faults(authored: Authored) -> Iterator[Fault]:
    folder = f"intents/{authored.language}"
    for intent, entry in authored.intents.items():
        file = f"{folder}/{authored.intent_files[intent]}.yaml"
        yield from _phrase_faults(file, f"{intent}.phrases", entry.phrases, authored.words)
    yield from _phrase_faults(f"{folder}/off_topic.yaml", "phrases", authored.off_topic, authored.words)
    for flag, phrases in authored.danger_phrases.items():
        yield from _phrase_faults(f"{folder}/danger_phrases.yaml", flag, phrases, authored.words)
    yield from _misheard_faults(f"{folder}/misheard.yaml", authored)


def _misheard_faults(file: str, authored: Authored) -> Iterator[Fault]:
    for intent, sentences in authored.misheard.items():
        if intent not in authored.intents:
            yield Fault(file, intent, "is no intent; take it off, or define it in a file of intents")
        for index, sentence in enumerate(sentences):
            if sentence != normalise(sentence) or not sentence:
                yield Fault(file, f"{intent}[{index}]", "must be plain words in lower case, as they are heard")


def _all_sign_faults(authored: Authored) -> Iterator[Fault]:
    folder = f"intents/{authored.language}"
    yield from _sign_faults(f"{folder}/calm.yaml", "calm", authored.calm, authored.sign_words)
    for flag, rule in authored.red_flags.items():
        if rule.urgency is Urgency.SELF_CARE:
            yield Fault(f"{folder}/red_flags.yaml", f"{flag}.urgency", "must be 2, 3 or 4: 1 is no red flag")
        yield from _sign_faults(f"{folder}/red_flags.yaml", f"{flag}.signs", rule.signs, authored.sign_words)
    for flag in sorted(authored.danger_phrases.keys() - authored.red_flags.keys()):
        yield Fault(f"{folder}/danger_phrases.yaml", flag, "is not in red_flags.yaml")


def _sign_faults(file: str, key: str, signs: tuple[str, ...], rules: Mapping[str, str]) -> Iterator[Fault]:
    for index, sign in enumerate(signs):
        try:
            compile_sign(sign, rules)
        except TemplateError as exc:
            yield Fault(file, f"{key}[{index}]", str(exc))


def _phrase_faults(file: str, key: str, phrases: tuple[str, ...], rules: Mapping[str, str]) -> Iterator[Fault]:
    if not phrases:
        yield Fault(file, key, "is empty; write at least one phrase")
    for index, phrase in enumerate(phrases):
        try:
            if not next(sample(phrase, rules, 1), ""):
                yield Fault(file, f"{key}[{index}]", "may be empty; put at least one word outside of [ ]")
        except TemplateError as exc:
            yield Fault(file, f"{key}[{index}]", str(exc))


def _intent_faults(authored: Authored) -> Iterator[Fault]:
    starters = {routine.started_by for routine in authored.routines.values()}
    for intent, stem in authored.intent_files.items():
        file = f"intents/{authored.language}/{stem}.yaml"
        if "." in intent and intent not in authored.replies and intent not in starters:
            yield Fault(file, intent, "has no reply; write one under the same id in content, or start a routine by it")
        if "." not in intent and intent not in CONTROLS:
            yield Fault(file, intent, f"is no control the program knows; it knows {', '.join(sorted(CONTROLS))}")
    for control in sorted(CONTROLS - authored.intents.keys()):
        yield Fault(f"intents/{authored.language}/control.yaml", control, "is missing; the program needs it")


def _reply_faults(authored: Authored) -> Iterator[Fault]:
    folder = f"content/{authored.language}/replies"
    for reply, entry in authored.replies.items():
        file = f"{folder}/{reply.partition('.')[0]}.yaml"
        yield from _text_faults(file, reply, entry)
        yield from _unknown_sources(file, reply, entry.sources, authored)
        if entry.offers and entry.offers not in authored.intents:
            yield Fault(file, f"{reply}.offers", f"'{entry.offers}' is no intent")
    for prompt in sorted(PROMPTS - authored.replies.keys()):
        yield Fault(f"{folder}/prompt.yaml", prompt, "is missing; the program says it")
    for flag in sorted(f"red_flag.{name}" for name in authored.red_flags):
        if flag not in authored.replies:
            yield Fault(f"{folder}/red_flag.yaml", flag, "is missing; every red flag needs its advice")
    if UNSET_REGION not in authored.regions:
        regions = f"content/{authored.language}/_regions.yaml"
        yield Fault(regions, UNSET_REGION, "is missing; it is used until one is set")


def _text_faults(file: str, key: str, entry: ReplyEntry | StepEntry) -> Iterator[Fault]:
    texts = (*entry.say, *entry.more, *(entry.ask if isinstance(entry, StepEntry) else ()))
    if not texts:
        yield Fault(file, key, "says nothing; write at least one sentence")
    for text in texts:
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:
            names = {text}
        for name in sorted(names - _PLACEHOLDERS):
            yield Fault(file, key, f"'{{{name}}}' is no placeholder; there are {', '.join(sorted(_PLACEHOLDERS))}")


def _unknown_sources(file: str, key: str, sources: tuple[str, ...], authored: Authored) -> Iterator[Fault]:
    for source in sources:
        if source not in authored.sources:
            yield Fault(file, f"{key}.sources", f"'{source}' is not in content/_sources.yaml")


def _fact_faults(authored: Authored) -> Iterator[Fault]:
    steps = [step for routine in authored.routines.values() for step in routine.steps]
    entries: list[ReplyEntry | StepEntry] = [*authored.replies.values(), *steps]
    told = {fact for entry in entries for fact in entry.facts}
    for fact in sorted(FACTS - told):
        yield Fault(f"content/{authored.language}", "facts", f"no reply tells {fact}")
    for fact in sorted(told - FACTS):
        yield Fault(f"content/{authored.language}", "facts", f"'{fact}' is no fact; there are F1 to F24")


def _routine_faults(name: str, routine: RoutineEntry, authored: Authored) -> Iterator[Fault]:
    file = f"content/{authored.language}/routines/{name}.yaml"
    if routine.started_by not in authored.intents:
        yield Fault(file, "started_by", f"'{routine.started_by}' is no intent")
    yield from _unknown_sources(file, "sources", routine.sources, authored)
    ids = [step.id for step in routine.steps]
    for twice in sorted({each for each in ids if ids.count(each) > 1}):
        yield Fault(file, f"steps.{twice}", "stands twice; give each step its own id")
    for step in routine.steps:
        yield from _step_faults(file, step, set(ids), authored)


def _step_faults(file: str, step: StepEntry, ids: set[str], authored: Authored) -> Iterator[Fault]:
    key = f"steps.{step.id}"
    yield from _text_faults(file, key, step)
    yield from _unknown_sources(file, key, step.sources, authored)
    if bool(step.say) == bool(step.ask):
        yield Fault(file, key, "must have either say or ask")
    if bool(step.ask) != bool(step.answers):
        yield Fault(file, key, "a question needs answers, and answers need a question")
    if step.then_go_to and step.then_go_to not in ids:
        yield Fault(file, f"{key}.then_go_to", f"'{step.then_go_to}' is no step")
    if step.unclear_twice and step.unclear_twice not in (step.answers or {}):
        yield Fault(file, f"{key}.unclear_twice", f"'{step.unclear_twice}' is none of the answers")
    for position in sorted((step.positions or {}).keys() - POSITIONS):
        yield Fault(file, f"{key}.positions", f"'{position}' is none of {', '.join(sorted(POSITIONS))}")
    for said, answer in (step.answers or {}).items():
        if said not in CONTROLS:
            yield Fault(file, f"{key}.answers.{said}", "is no control intent")
        yield from _answer_faults(file, f"{key}.answers.{said}", answer, ids, authored)


def _answer_faults(file: str, key: str, answer: AnswerEntry, ids: set[str], authored: Authored) -> Iterator[Fault]:
    if answer.go_to and answer.go_to not in ids:
        yield Fault(file, f"{key}.go_to", f"'{answer.go_to}' is no step")
    if answer.red_flag and answer.red_flag not in authored.red_flags:
        yield Fault(file, f"{key}.red_flag", f"'{answer.red_flag}' is no red flag")
    if answer.say and answer.say not in authored.replies:
        yield Fault(file, f"{key}.say", f"'{answer.say}' is no reply")
    if bool(answer.at_most) != (answer.then is not None):
        yield Fault(file, key, "at_most and then go together")
    if answer.then:
        yield from _answer_faults(file, f"{key}.then", answer.then, ids, authored)
