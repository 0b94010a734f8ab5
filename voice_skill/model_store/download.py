"""Fetches the archive of an official model. Nothing else in the program opens a connection."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from voice_skill.errors import ModelError
from voice_skill.model_store.official import OfficialModel

_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class DownloadSettings:
    """From where and how."""

    base: str
    """Address of the folder that holds the archives."""
    timeout_s: float
    """How long the server may keep silent."""
    show_progress: bool
    """Whether a bar is drawn on standard error, if that is a terminal."""

    def address_of(self, model: OfficialModel) -> str:
        """Where the archive of `model` is fetched from.

        Raises:
            ModelError: the base is no web address.
        """
        if urlsplit(self.base).scheme not in ("http", "https") or not urlsplit(self.base).netloc:
            raise ModelError(
                f"The model_mirror '{self.base}' of the settings is no web address; let it begin with https://."
            )
        return self.base.rstrip("/") + "/" + model.file


class _WrongFileError(Exception):
    """The server sends something else."""


class _Progress:
    """The bar, in the shape that pooch expects; it stops a server that sends too much."""

    def __init__(self, host: str, expected_bytes: int, shown: bool) -> None:
        from tqdm import tqdm

        self._expected_bytes = expected_bytes
        self._bar = tqdm(
            desc=host, total=expected_bytes, unit="B", unit_scale=True, ncols=79, disable=None if shown else True
        )

    @property
    def total(self) -> int:
        """What the server says it will send, in bytes; 0 when it does not say."""
        return self._expected_bytes

    @total.setter
    def total(self, announced_bytes: int) -> None:
        if announced_bytes not in (0, self._expected_bytes):
            raise _WrongFileError(f"{announced_bytes} bytes instead of {self._expected_bytes}")
        self._received_bytes = 0

    def update(self, count: int) -> None:
        """Another `count` bytes at most have come."""
        self._received_bytes += count
        if self._received_bytes - count > self._expected_bytes:
            raise _WrongFileError(f"more than {self._expected_bytes} bytes")
        self._bar.update(min(count, self._expected_bytes - self._bar.n))

    def reset(self) -> None:
        """All has come; pooch counts it once more, which the bar leaves out."""
        self._received_bytes = 0

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.close()


def download(model: OfficialModel, settings: DownloadSettings, folder: Path) -> Path:
    """Fetch the archive of `model` into `folder`; it is there only if its size and checksum are right.

    Raises:
        ModelError: the network or the server fails, or sends something else.
        OSError: the folder cannot be written.
    """
    import requests

    address = settings.address_of(model)
    shown = _without_password(address)
    try:
        return _retrieve(address, model, settings, folder)
    except requests.RequestException as exc:
        raise ModelError(
            f"The speech model could not be downloaded from {shown} ({_reason(exc, settings.timeout_s)}); the model in "
            "use goes on working, and you can try again or install from a file."
        ) from exc
    except (_WrongFileError, ValueError) as exc:  # pooch raises ValueError for a wrong checksum
        reason = str(exc) if isinstance(exc, _WrongFileError) else "its checksum is wrong"
        raise ModelError(
            f"What {shown} sends is not the speech model that was expected ({reason}); nothing was installed, so try "
            "again or use another mirror."
        ) from exc


def _retrieve(address: str, model: OfficialModel, settings: DownloadSettings, folder: Path) -> Path:
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    host = urlsplit(address).hostname or ""
    with ExitStack() as stack:

        def close_later(response: requests.Response, **_: object) -> None:
            stack.callback(response.close)  # pooch leaves it open

        progress = stack.enter_context(closing(_Progress(host, model.bytes, settings.show_progress)))
        fetch = pooch.HTTPDownloader(
            progressbar=progress,
            chunk_size=_CHUNK_BYTES,
            timeout=settings.timeout_s,
            headers={"Accept-Encoding": "identity", "User-Agent": "voice-skill"},
            hooks={"response": close_later},
        )
        path = pooch.retrieve(address, f"sha256:{model.sha256}", fname=model.file, path=folder, downloader=fetch)
    return Path(path)


def _reason(exc: Exception, timeout_s: float) -> str:
    """A few words for what went wrong on the way."""
    import requests

    if isinstance(exc, requests.HTTPError) and exc.response is not None:
        return f"the server answered {exc.response.status_code}"
    if isinstance(exc, requests.Timeout) or "Read timed out" in str(exc):
        return f"the server kept silent for {timeout_s:g} seconds"
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (requests.TooManyRedirects, "its address leads in a circle"),
        (requests.exceptions.SSLError, "the server could not prove who it is"),
        (requests.exceptions.ChunkedEncodingError, "the connection was cut"),
        (requests.ConnectionError, "there is no connection"),
    )
    return next((text for kind, text in reasons if isinstance(exc, kind)), "the address does not work")


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
