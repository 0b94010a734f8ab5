"""Intents and content as data: read, checked, and made ready for a conversation."""

from voice_skill.catalog.authored import Authored
from voice_skill.catalog.catalog import Catalog, Matcher
from voice_skill.catalog.reading import data_folder, read_authored

__all__ = ["Authored", "Catalog", "Matcher", "data_folder", "read_authored"]
