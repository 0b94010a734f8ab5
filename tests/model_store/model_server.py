"""A web server on this machine that hands out an archive, rightly or in all the wrong ways."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ModelServer(ThreadingHTTPServer):
    """Serves one archive under `/<manner>/<any name>`; the manners are the methods of `_Handler`."""

    daemon_threads = True

    def __init__(self, archive: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.archive = archive
        self.closing = threading.Event()
        self.stalled = threading.Event()
        self.requests: list[str] = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def base(self, manner: str) -> str:
        """The address of the folder with that manner, to be used as a mirror."""
        return f"http://127.0.0.1:{self.server_port}/{manner}/"

    def stop(self) -> None:
        """End, and let go of everyone who waits."""
        self.closing.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are expected."""


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        _, manner, *_ = self.path.split("/")
        method: Callable[[bytes], None] = getattr(self, manner.replace("-", "_"))
        method(self.server.archive)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _head(self, length: int | None) -> None:
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def right(self, archive: bytes) -> None:
        """As a server should."""
        self._head(len(archive))
        self.wfile.write(archive)

    def without_length(self, archive: bytes) -> None:
        """Right, but nobody knows beforehand how much will come."""
        self._head(None)
        self.wfile.write(archive)

    def cut(self, archive: bytes) -> None:
        """Hang up in the middle."""
        self._head(len(archive))
        self.wfile.write(archive[: len(archive) // 2])

    def cut_without_length(self, archive: bytes) -> None:
        """Hang up in the middle of what only the expected size can show to be half."""
        self._head(None)
        self.wfile.write(archive[: len(archive) // 2])

    def stall(self, archive: bytes) -> None:
        """Fall silent in the middle."""
        self._head(len(archive))
        self.wfile.write(archive[: len(archive) // 2])
        self.wfile.flush()
        self.server.stalled.set()
        self.server.closing.wait()

    def mute(self, _: bytes) -> None:
        """Take the question and never answer."""
        self.server.closing.wait()

    def too_long(self, archive: bytes) -> None:
        """Announce and send more than the archive."""
        self._head(len(archive) + 1000)
        self.wfile.write(archive + bytes(1000))

    def too_short(self, archive: bytes) -> None:
        """Announce and send less than the archive."""
        self._head(len(archive) - 1000)
        self.wfile.write(archive[:-1000])

    def endless(self, _: bytes) -> None:
        """Never stop sending."""
        self._head(None)
        while not self.server.closing.is_set():
            self.wfile.write(bytes(1 << 20))

    def changed(self, archive: bytes) -> None:
        """Another archive of the same size."""
        self._head(len(archive))
        self.wfile.write(archive[:-1] + bytes([archive[-1] ^ 1]))

    def missing(self, _: bytes) -> None:
        """Nothing is here."""
        self.send_error(404)

    def moved(self, _: bytes) -> None:
        """It is elsewhere."""
        self._redirect(self.server.base("right"))

    def circle(self, _: bytes) -> None:
        """It is always elsewhere."""
        self._redirect(self.server.base("circle"))

    def _redirect(self, base: str) -> None:
        self.send_response(302)
        self.send_header("Location", base + "archive.zip")
        self.send_header("Content-Length", "0")
        self.end_headers()
