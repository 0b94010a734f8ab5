"""Intents and content as data: read, checked, and made ready for a conversation."""

from voice_skill.catalog.authored import Authored, data_folder, read_authored
from voice_skill.catalog.catalog import Catalog, Matcher

__all__ = ["Authored", "Catalog", "Matcher", "data_folder", "read_authored"]
