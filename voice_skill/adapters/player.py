"""Plays sounds one after the other on a loudspeaker, and can be silenced at once."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from voice_skill.adapters.devices import (
    SoundDevice,
    close_stream,
    find_device,
    listing,
    open_stream,
    output_devices,
    portaudio,
    second_look,
)
from voice_skill.adapters.play_queue import PlayQueue, Ticket
from voice_skill.errors import PlaybackError
from voice_skill.sound import Samples, Sound

RATE_HZ = 22_050
"""The rate of the speech engine; sounds at another rate are converted."""
LATENCY_S = 0.05
"""The shortest that was heard without a gap on a busy machine."""
STALL_S = 3.0
"""A device that asks for no samples for so long is lost."""
_TAIL_S = 0.02
"""What the device may still hold after the computed end of a sound."""


class Player:
    """One loudspeaker, kept open from the first sound on; a context manager.

    Callbacks of a sound are called on the sound thread: they must return at once and must not call the player.
    Times are in seconds of `time.monotonic()`.
    """

    def __init__(
        self,
        device: str | int | None = None,
        on_lost: Callable[[PlaybackError], None] | None = None,
        rate_hz: int = RATE_HZ,
        on_played: Callable[[Samples, int], None] | None = None,
    ) -> None:
        """`on_played` gets all that is handed to the device, silence included, and its rate; on the sound thread."""
        self._device = device
        self._on_played = on_played
        self._on_lost = on_lost
        self._wanted_rate_hz = self._rate_hz = rate_hz
        self._queue = PlayQueue(rate_hz)
        self._stream: Any = None
        self._latency_s = LATENCY_S
        self._filled_at_s = 0.0
        self._last: Ticket | None = None
        self._lock = threading.RLock()

    @property
    def rate_hz(self) -> int:
        """The rate that the loudspeaker runs at."""
        return self._rate_hz

    @property
    def is_open(self) -> bool:
        """Whether the loudspeaker is there and running."""
        return self._stream is not None

    @property
    def waiting(self) -> int:
        """How many sounds have not been heard to their end."""
        return len(self._queue)

    def open(self) -> None:
        """Open the loudspeaker now, so that the first sound does not wait for it; does nothing if it is open.

        Raises:
            PlaybackError: there is none, or it cannot be used.
        """
        with self._lock:
            if self._stream is None:
                sd = portaudio(PlaybackError)
                second_look(sd, lambda: self._open(sd))

    def play(
        self,
        sound: Sound,
        on_started: Callable[[Ticket], None] | None = None,
        on_ended: Callable[[Ticket], None] | None = None,
    ) -> Ticket:
        """Play `sound` after those that wait; returns at once.

        Raises:
            PlaybackError: the loudspeaker cannot be opened, or not again after it was lost.
        """
        with self._lock:
            self.open()
            ticket = Ticket(sound.at_rate(self._rate_hz).samples, on_started, on_ended)
            self._last = ticket
            self._queue.add(ticket)
        return ticket

    def stop(self) -> None:
        """Fade out within 30 ms and forget the sounds that wait."""
        self._queue.stop(time.monotonic())

    def check(self) -> None:
        """Give up the sounds that wait if the device has gone without saying so; call it now and then while waiting."""
        if self.waiting and time.monotonic() - self._filled_at_s > STALL_S:
            self._finished()

    def close(self) -> None:
        """Let a sound that has ended leave the device, drop those that wait, and give the loudspeaker back."""
        self.stop()
        if self.is_open and self._last is not None:
            self._last.wait(LATENCY_S + 1.0)
            left_s = (self._last.ended_at_s or 0.0) + _TAIL_S - time.monotonic()
            threading.Event().wait(max(0.0, left_s))
        with self._lock:
            stream, self._stream = self._stream, None
        if stream is not None:
            close_stream(portaudio(PlaybackError), stream)

    def __enter__(self) -> Player:
        self.open()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _open(self, sd: ModuleType) -> None:
        device = self._find()

        def make(rate_hz: int) -> Any:
            return sd.OutputStream(
                device=device.index,
                samplerate=rate_hz,
                channels=1,
                dtype="int16",
                latency=LATENCY_S,
                callback=self._fill,
                finished_callback=self._finished,
            )

        self._filled_at_s = time.monotonic()
        try:
            self._stream, self._rate_hz = open_stream(sd, make, [self._wanted_rate_hz, device.rate_hz])
        except (sd.PortAudioError, ValueError) as exc:
            reason = f'The loudspeaker "{device.name}" cannot be opened; check that it is connected and free.'
            raise PlaybackError(reason) from exc
        self._queue = self._queue if self._queue.rate_hz == self._rate_hz else PlayQueue(self._rate_hz)
        self._latency_s = float(self._stream.latency)

    def _find(self) -> SoundDevice:
        devices = output_devices()
        device = find_device(devices, self._device)
        if device is not None:
            return device
        if not devices:
            raise PlaybackError("No loudspeaker was found; connect one, or read the answers on the screen.")
        raise PlaybackError(f'There is no loudspeaker called "{self._device}"; choose one of {listing(devices)}.')

    def _fill(self, out: Any, frames: int, times: Any, status: object) -> None:
        """Called by PortAudio on its own thread."""
        samples: Samples = out[:, 0]
        now_s = self._filled_at_s = time.monotonic()
        delay_s = times.outputBufferDacTime - times.currentTime
        self._queue.fill(samples, now_s, delay_s if 0.0 <= delay_s < 1.0 else self._latency_s)
        if self._on_played:
            self._on_played(samples, self._rate_hz)

    def _finished(self) -> None:
        """Called by PortAudio on its own thread, where the stream must not be closed."""
        stream = self._stream
        if stream is not None:
            with contextlib.suppress(RuntimeError):  # no new thread while Python shuts down, and no need of one
                threading.Thread(target=self._give_up, args=(stream,), name="speaker-lost", daemon=True).start()

    def _give_up(self, stream: Any) -> None:
        fault = PlaybackError("The loudspeaker was lost; connect it again, the next sentence will use it.")
        with self._lock:
            if stream is not self._stream:
                return
            self._stream = None
            self._queue.fail(fault, time.monotonic())
        if self._on_lost:
            self._on_lost(fault)
        close_stream(portaudio(PlaybackError), stream)  # last, for this takes long on a device that does not answer
