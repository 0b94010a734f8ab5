"""Puts the recogniser together: which model, and whether it needs a grammar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from voice_skill.adapters.speech_models import SpeechModel
from voice_skill.adapters.vosk_recogniser import VoskModel, VoskRecogniser
from voice_skill.building import demo_recordings, training_data
from voice_skill.catalog import Authored, read_authored
from voice_skill.domain import Expectation
from voice_skill.grammar import biased_grammar, phrases_digest, short_answers
from voice_skill.matching.training import OFF_TOPIC
from voice_skill.model_store import choose_model
from voice_skill.settings import Settings
from voice_skill.sound import SPEECH_RATE_HZ, Samples, read_sound

_LEAST_KNOWN = 0.5
"""Share of the words of our phrases; English models know nearly all, those for other languages nearly none."""


class LoadedModel:
    """A speech model in memory, with what is known about it."""

    def __init__(self, about: SpeechModel) -> None:
        self.about = about
        self.vosk = VoskModel(about.folder)


def chosen_model(settings: Settings) -> SpeechModel:
    """The model the person chose, else the best installed one, else the embedded one.

    Raises:
        ModelError: it is missing or broken.
    """
    return choose_model(settings)


def load_model(settings: Settings) -> LoadedModel:
    """The chosen model in memory.

    Raises:
        ModelError: it is missing or broken.
    """
    return LoadedModel(chosen_model(settings))


def begin_to_load(settings: Settings) -> Future[LoadedModel]:
    """`load_model` on a thread of its own, beside other work; what it raises comes with the result."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="speech-model")
    loading = pool.submit(load_model, settings)
    pool.shutdown(wait=False)
    return loading


def open_recogniser(
    model: LoadedModel, settings: Settings, rate_hz: int = SPEECH_RATE_HZ, authored: Authored | None = None
) -> VoskRecogniser:
    """A recogniser for blocks at `rate_hz`; a model that does not know our phrases is given them as a grammar.

    A model that lacks most of our words, because it is for another language, keeps its own graph: what is left of the
    grammar would make it deaf. With `authored`, answers are heard a second time while a question waits for them.
    """
    answers = answers_expected(authored, model.vosk.knows) if authored else {}
    if model.about.knows_our_phrases:
        return VoskRecogniser(model.vosk, rate_hz, answers=answers, speech=_some_speech(settings.language, rate_hz))
    phrases, background = _phrases_and_background(authored or read_authored(settings.language))
    grammar = biased_grammar(phrases, background, model.vosk.knows) if suits(phrases, model.vosk.knows) else []
    return VoskRecogniser(model.vosk, rate_hz, grammar, answers)


def answers_expected(authored: Authored, knows: Callable[[str], bool]) -> Mapping[Expectation, Sequence[str]]:
    """The short answers to each kind of question with listed answers, as the phrases of their intents have them."""
    steps = [step for routine in authored.routines.values() for step in routine.steps]
    choice = dict.fromkeys(said for step in steps for said in step.answers or {} if said != "yes")
    intents = {Expectation.YES_OR_NO: ["yes", "no"], Expectation.CHOICE: list(choice)}
    return {
        kind: short_answers((each for name in (*names, "unsure") for each in authored.sentences(name)), knows)
        for kind, names in intents.items()
    }


def spoken_phrases(authored: Authored) -> list[str]:
    """Every sentence that the recogniser should expect."""
    return [sentence for sentence, name in training_data(authored).examples if name != OFF_TOPIC]


def was_built_from(authored: Authored) -> str:
    """The checksum that a speech model carries if its graph was built from these phrases and signs."""
    templates = [phrase for intent in authored.intents.values() for phrase in intent.phrases]
    templates += [sign for flag in authored.red_flags.values() for sign in flag.signs]
    templates += [phrase for group in authored.danger_phrases.values() for phrase in group]
    return phrases_digest([*templates, *authored.off_topic, *authored.sign_words.values()], authored.words)


def suits(phrases: Sequence[str], knows: Callable[[str], bool]) -> bool:
    """Whether a model knows so many of the words that it must be for the language of the phrases."""
    words = {word for phrase in phrases for word in phrase.split()}
    return sum(map(knows, words)) >= _LEAST_KNOWN * len(words)


def _phrases_and_background(authored: Authored) -> tuple[list[str], list[str]]:
    examples = training_data(authored).examples
    phrases = [sentence for sentence, name in examples if name != OFF_TOPIC]
    background = [word for sentence, name in examples if name == OFF_TOPIC for word in sentence.split()]
    return phrases, background


def _some_speech(language: str, rate_hz: int) -> Samples | None:
    """One of the bundled recordings; None if there is none."""
    recordings = demo_recordings(language)
    return read_sound(recordings[1]).at_rate(rate_hz).samples if recordings[1:] else None
