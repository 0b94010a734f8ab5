"""The catalog that conversations are held with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voice_skill.catalog import Authored, Catalog


@pytest.fixture(scope="session")
def uk(authored: Authored, catalog: Catalog) -> Catalog:
    """The real catalog with the numbers of the United Kingdom."""
    return replace(catalog, region=authored.regions["uk"])
