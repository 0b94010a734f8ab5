"""The speech models a person has installed: fetching, checking, choosing and removing them."""

from voice_skill.model_store.choosing import choose_model
from voice_skill.model_store.download import DownloadSettings
from voice_skill.model_store.installing import Installed, Installer
from voice_skill.model_store.official import Official, OfficialModel, read_official
from voice_skill.model_store.store import ModelStore

__all__ = [
    "DownloadSettings",
    "Installed",
    "Installer",
    "ModelStore",
    "Official",
    "OfficialModel",
    "choose_model",
    "read_official",
]
