"""Puts the recogniser together: which model, and whether it needs a grammar."""

from __future__ import annotations

from pathlib import Path

from voice_skill.adapters.speech_models import SpeechModel, model_in, unpack_embedded
from voice_skill.adapters.vosk_recogniser import VoskModel, VoskRecogniser
from voice_skill.building import training_data
from voice_skill.catalog import Authored, data_folder, read_authored
from voice_skill.grammar import biased_grammar
from voice_skill.matching.training import OFF_TOPIC
from voice_skill.settings import Settings, cache_folder
from voice_skill.sound import SPEECH_RATE_HZ


class LoadedModel:
    """A speech model in memory, with what is known about it."""

    def __init__(self, about: SpeechModel) -> None:
        self.about = about
        self.vosk = VoskModel(about.folder)


def chosen_model(settings: Settings) -> SpeechModel:
    """The model the person chose, else the embedded one.

    Raises:
        ModelError: it is missing or broken.
    """
    if settings.model:
        return model_in(Path(settings.model).expanduser())
    return unpack_embedded(data_folder("models"), cache_folder())


def load_model(settings: Settings) -> LoadedModel:
    """The chosen model in memory.

    Raises:
        ModelError: it is missing or broken.
    """
    return LoadedModel(chosen_model(settings))


def open_recogniser(
    model: LoadedModel, settings: Settings, rate_hz: int = SPEECH_RATE_HZ, authored: Authored | None = None
) -> VoskRecogniser:
    """A recogniser for blocks at `rate_hz`; a model that does not know our phrases is given them as a grammar."""
    if model.about.knows_our_phrases:
        return VoskRecogniser(model.vosk, rate_hz)
    phrases, background = _phrases_and_background(authored or read_authored(settings.language))
    return VoskRecogniser(model.vosk, rate_hz, biased_grammar(phrases, background, model.vosk.knows))


def spoken_phrases(authored: Authored) -> list[str]:
    """Every sentence that the recogniser should expect."""
    return [sentence for sentence, name in training_data(authored).examples if name != OFF_TOPIC]


def _phrases_and_background(authored: Authored) -> tuple[list[str], list[str]]:
    examples = training_data(authored).examples
    phrases = [sentence for sentence, name in examples if name != OFF_TOPIC]
    background = [word for sentence, name in examples if name == OFF_TOPIC for word in sentence.split()]
    return phrases, background
