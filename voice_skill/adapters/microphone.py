"""Listens to a microphone, block by block, and finds it again when it was lost."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from voice_skill.adapters.devices import (
    SoundDevice,
    close_stream,
    find_device,
    input_devices,
    listing,
    open_stream,
    portaudio,
    second_look,
)
from voice_skill.errors import MicrophoneError
from voice_skill.ports import BLOCK_S, BlockHandler
from voice_skill.sound import SPEECH_RATE_HZ

QUEUE_BLOCKS = 200
"""Ten seconds of sound may wait for a slow listener; what comes then is dropped and counted."""
STALL_S = 5.0
"""A microphone that gives nothing for so long is lost."""
FIRST_PAUSE_S = 0.5
"""Before the first try to open a lost microphone again; doubled after each failure."""
LONGEST_PAUSE_S = 8.0
CLOSE_LIMIT_S = 3.0
"""A device that does not answer is left alone after so long."""
_LOG = logging.getLogger(__name__)


class Microphone:
    """One microphone as a context manager: opened on entering, closed on leaving.

    Blocks are mono 16-bit samples at `rate_hz`, `BLOCK_S` long. `on_block`, `on_trouble` and `on_back` are called on
    the microphone's own thread.
    """

    def __init__(
        self,
        device: str | int | None,
        on_block: BlockHandler,
        on_trouble: Callable[[MicrophoneError], None],
        on_back: Callable[[], None] | None = None,
        rate_hz: int = SPEECH_RATE_HZ,
    ) -> None:
        """
        Args:
            device: number, name or part of the name; None for the default microphone.
            on_block: takes each block.
            on_trouble: told once each time that the microphone is lost; it is then looked for until `close`.
            on_back: told when it listens again.
            rate_hz: the rate wanted; a device that refuses it is opened at its own and converted later if it is lost.
        """
        self._device = device
        self._on_block = on_block
        self._on_trouble = on_trouble
        self._on_back = on_back
        self._wanted_rate_hz = rate_hz
        self._rate_hz: int | None = None
        self._capture: _Capture | None = None
        self._lost_overflows = 0
        self._captured_at_s = 0.0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)

    @property
    def rate_hz(self) -> int:
        """The rate of the blocks in Hz; fixed once the microphone was opened."""
        return self._rate_hz or self._wanted_rate_hz

    @property
    def is_open(self) -> bool:
        """Whether it is listening now."""
        return self._capture is not None

    @property
    def overflows(self) -> int:
        """How often sound was dropped because the listener or the machine was too slow."""
        capture = self._capture
        return self._lost_overflows + (capture.overflows if capture else 0)

    @property
    def captured_at_s(self) -> float:
        """When the last sample of the block that is handed on was captured, in seconds of `time.monotonic()`."""
        return self._captured_at_s

    def open(self) -> None:
        """Begin to listen; a microphone is opened once.

        Raises:
            MicrophoneError: there is none, or it cannot be used.
        """
        self._capture = self._opened()
        self._rate_hz = self._capture.rate_hz
        self._thread.start()

    def close(self) -> None:
        """Stop listening and give the device back; no call is made after it returns."""
        self._closing.set()
        capture = self._capture
        if capture is not None:
            capture.end()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(CLOSE_LIMIT_S)

    def __enter__(self) -> Microphone:
        self.open()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _run(self) -> None:
        while (capture := self._capture) is not None:
            self._listen(capture)
            self._capture = None
            self._lost_overflows += capture.overflows
            if not self._closing.is_set():
                self._on_trouble(MicrophoneError("The microphone was lost; connect it again and speak on."))
            capture.close()  # after the word about it, for this takes long on a device that does not answer
            self._find_again()

    def _listen(self, capture: _Capture) -> None:
        """Pass on what is captured until the device is lost or `close` is called."""
        convert = _converter(capture.rate_hz, self.rate_hz)
        while not self._closing.is_set() and (taken := capture.read()) is not None:
            block, self._captured_at_s = taken
            self._on_block(convert(block))

    def _find_again(self) -> None:
        """Try until the microphone is open or `close` is called."""
        pause_s = FIRST_PAUSE_S
        while self._capture is None and not self._closing.wait(pause_s):
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            try:
                self._capture = self._opened()
            except MicrophoneError as exc:
                _LOG.debug("microphone.still_lost %s", exc)
        if self._capture is not None:
            _LOG.info("microphone.back")
            if self._on_back:
                self._on_back()

    def _opened(self) -> _Capture:
        sd = portaudio(MicrophoneError)
        return second_look(sd, lambda: self._opened_once(sd))

    def _opened_once(self, sd: ModuleType) -> _Capture:
        device = self._find()
        try:
            return _Capture(sd, device, [self.rate_hz, device.rate_hz])
        except (sd.PortAudioError, ValueError) as exc:
            reason = f'The microphone "{device.name}" cannot be opened; check that it is connected, free and allowed.'
            raise MicrophoneError(reason) from exc

    def _find(self) -> SoundDevice:
        devices = input_devices()
        device = find_device(devices, self._device)
        if device is not None:
            return device
        if not devices:
            raise MicrophoneError("No microphone was found; connect one, or type your questions instead.")
        raise MicrophoneError(f'There is no microphone called "{self._device}"; choose one of {listing(devices)}.')


class _Capture:
    """One open input stream with the blocks that wait to be read."""

    def __init__(self, sd: ModuleType, device: SoundDevice, rates_hz: list[int]) -> None:
        self.overflows = 0
        self._sd = sd
        self._blocks: queue.Queue[tuple[bytes, float] | None] = queue.Queue(QUEUE_BLOCKS)

        def make(rate_hz: int) -> Any:
            return sd.RawInputStream(
                device=device.index,
                samplerate=rate_hz,
                blocksize=round(rate_hz * BLOCK_S),
                channels=1,
                dtype="int16",
                callback=self._take,
                finished_callback=self.end,
            )

        self._stream, self.rate_hz = open_stream(sd, make, rates_hz)

    def read(self) -> tuple[bytes, float] | None:
        """The next block and when it was captured; None when the device is lost."""
        try:
            return self._blocks.get(timeout=STALL_S)
        except queue.Empty:
            return None

    def end(self) -> None:
        """Wake the reader for the last time; also called by PortAudio when the device is gone."""
        with contextlib.suppress(queue.Full):
            self._blocks.put_nowait(None)

    def close(self) -> None:
        """Give the device back."""
        close_stream(self._sd, self._stream)

    def _take(self, block: Any, frames: int, times: object, status: Any) -> None:
        """Called by PortAudio on its own thread."""
        self.overflows += bool(status.input_overflow)
        try:
            self._blocks.put_nowait((bytes(block), time.monotonic()))
        except queue.Full:
            self.overflows += 1


def _converter(from_hz: int, to_hz: int) -> Callable[[bytes], bytes]:
    """Converts one block after the other from one rate to another."""
    if from_hz == to_hz:
        return lambda block: block
    import soxr

    stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16")
    return lambda block: bytes(stream.resample_chunk(np.frombuffer(block, np.int16)).tobytes())
