"""Fetching an official model, from servers that do it right and from all others."""

from __future__ import annotations

import socket

import pytest

from tests.model_store.conftest import NAME, Shop
from voice_skill.errors import ModelError
from voice_skill.hearing import chosen_model
from voice_skill.model_store import DownloadSettings, Installer
from voice_skill.settings import Settings

EMBEDDED = "en-us-embedded"


@pytest.mark.parametrize("manner", ["right", "without-length", "moved"])
def test_an_official_model_is_fetched(manner: str, shop: Shop) -> None:
    """Also where the size is not announced, and where the mirror sends us elsewhere."""
    done = shop.installer(manner).install(NAME)
    assert (done.model.name, done.already) == (NAME, False)
    assert shop.left() == [NAME]
    assert done.model.folder == shop.store.folder / NAME


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("cut", "the connection was cut"),
        ("stall", r"the server kept silent for 0\.3 seconds"),
        ("mute", r"the server kept silent for 0\.3 seconds"),
        ("missing", "the server answered 404"),
        ("circle", "its address leads in a circle"),
    ],
)
def test_a_failing_server_is_one_sentence(manner: str, reason: str, shop: Shop) -> None:
    """It says where, why, and that the assistant can be used all the same; nothing half-done is left."""
    with pytest.raises(
        ModelError, match=rf"could not be downloaded from http://127.*zip \({reason}\); the model in use "
    ):
        shop.install(manner, timeout_s=0.3)
    assert shop.left() == []
    assert chosen_model(Settings()).name == EMBEDDED


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("too-long", r"\d+ bytes instead of \d+"),
        ("too-short", r"\d+ bytes instead of \d+"),
        ("endless", r"more than \d+ bytes"),
        ("cut-without-length", "its checksum is wrong"),
        ("changed", "its checksum is wrong"),
    ],
)
def test_a_lying_server_is_one_sentence(manner: str, reason: str, shop: Shop) -> None:
    """What it sends is never unpacked, and a server that never stops cannot fill the disk."""
    with pytest.raises(
        ModelError, match=rf"is not the speech model that was expected \({reason}\); nothing was installed"
    ):
        shop.install(manner)
    assert shop.left() == []
    assert chosen_model(Settings()).name == EMBEDDED


def test_after_a_cut_it_can_simply_be_tried_again(shop: Shop) -> None:
    """The second try starts from nothing."""
    with pytest.raises(ModelError):
        shop.install("cut")
    shop.install()
    assert shop.left() == [NAME]


def test_without_a_network_it_is_one_sentence(shop: Shop) -> None:
    """The embedded model goes on working."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening: nobody answers there
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        installer = Installer(shop.store, shop.official, DownloadSettings(nowhere, 5.0, False))
        with pytest.raises(ModelError, match=r"\(there is no connection\); the model in use goes on working"):
            installer.install(NAME)
    assert shop.left() == []
    assert chosen_model(Settings()).name == EMBEDDED


@pytest.mark.parametrize("base", ["ftp://127.0.0.1/", "file:///etc/", "models.example.org", "https://"])
def test_a_mirror_must_be_a_web_address(base: str, shop: Shop) -> None:
    """The setting is named."""
    installer = Installer(shop.store, shop.official, DownloadSettings(base, 1.0, False))
    with pytest.raises(ModelError, match=rf"The model_mirror '{base}' of the settings is no web address; .*https://\."):
        installer.install(NAME)


def test_a_password_in_the_address_is_not_repeated(shop: Shop) -> None:
    """Neither in a fault nor in the record beside the model."""
    base = shop.server.base("missing").replace("http://", "http://me:secret@")
    installer = Installer(shop.store, shop.official, DownloadSettings(base, 5.0, False))
    with pytest.raises(ModelError) as caught:
        installer.install(NAME)
    assert "secret" not in str(caught.value)
    base = base.replace("missing", "right")
    Installer(shop.store, shop.official, DownloadSettings(base, 5.0, False)).install(NAME)
    assert "secret" not in (shop.store.folder / NAME / "installed.json").read_text()


def test_the_address_may_end_with_a_slash_or_not(shop: Shop) -> None:
    """The name of the archive is put below it."""
    for base in ("https://example.org/models", "https://example.org/models/"):
        settings = DownloadSettings(base, 1.0, False)
        address = settings.address_of(shop.official.models[NAME])
        assert address == "https://example.org/models/vosk-model-tiny-en-us.zip"


def test_a_bar_is_drawn_only_where_it_is_wanted(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Not into files and pipes: there is no terminal here, so nothing is printed even when asked for."""
    Installer(shop.store, shop.official, DownloadSettings(shop.server.base("right"), 5.0, True)).install(NAME)
    assert capsys.readouterr() == ("", "")
