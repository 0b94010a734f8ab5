"""Which of the models at hand is used."""

from __future__ import annotations

from pathlib import Path

from voice_skill.adapters.speech_models import EMBEDDED_NAME, SpeechModel, model_in, unpack_embedded
from voice_skill.catalog import data_folder
from voice_skill.errors import ModelError
from voice_skill.model_store.official import read_official
from voice_skill.model_store.store import ModelStore
from voice_skill.settings import Settings, cache_folder, models_folder


def choose_model(settings: Settings) -> SpeechModel:
    """The model of the settings, else of `models use`, else the best installed one, else the embedded one.

    A chosen or installed model that has lost files is passed over: a person in pain must be heard all the same.

    Raises:
        ModelError: the model of the settings is missing or broken, or the embedded one cannot be unpacked.
    """
    store = ModelStore(models_folder())
    if settings.model:
        return named_model(settings.model, store)
    installed = {model.name: model for model in store.installed()}
    chosen = store.chosen()
    if installed and chosen not in (*installed, EMBEDDED_NAME):
        chosen = read_official().best_of(installed, settings.language) or EMBEDDED_NAME
    return installed.get(chosen) or embedded_model()


def named_model(choice: str, store: ModelStore) -> SpeechModel:
    """The model that a person gave as a name or as a folder.

    Raises:
        ModelError: there is none, or it is broken.
    """
    if choice == EMBEDDED_NAME:
        return embedded_model()
    folder = Path(choice).expanduser()
    if model := store.find(choice):
        return model
    if not folder.is_dir() and choice in read_official().models:
        raise not_installed(choice)
    return model_in(folder)


def not_installed(name: str) -> ModelError:
    """The fault of a name without a model, to be raised."""
    if name in read_official().models:
        return ModelError(f"The model {name} is not installed; 'voice-skill models install {name}' fetches it.")
    return ModelError(f"No model called {name} is installed; 'voice-skill models list' names those that are.")


def embedded_model() -> SpeechModel:
    """The model that ships with the skill.

    Raises:
        ModelError: it is damaged or cannot be unpacked.
    """
    return unpack_embedded(data_folder("models"), cache_folder())
