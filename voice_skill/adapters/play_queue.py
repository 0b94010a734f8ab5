"""The order of sounds on one loudspeaker, sample by sample; knows no device and no clock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from voice_skill.errors import PlaybackError
from voice_skill.sound import Samples

FADE_S = 0.03
"""How long a stopped sound takes to die away; shorter clicks."""


class Ticket:
    """One sound on its way to the loudspeaker. Times are in seconds of the player's clock."""

    def __init__(
        self,
        samples: Samples,
        on_started: Callable[[Ticket], None] | None = None,
        on_ended: Callable[[Ticket], None] | None = None,
    ) -> None:
        self.samples = samples
        self.position = 0
        """How many samples were handed to the device."""
        self.started_at_s: float | None = None
        """When its first sample can be heard; None if it was never played."""
        self.ended_at_s: float | None = None
        """When its last sample was heard, or when it was given up."""
        self.was_cut = False
        """It was stopped before its end."""
        self.fault: PlaybackError | None = None
        """Why it could not be played to its end."""
        self._on_started = on_started
        self._on_ended = on_ended
        self._ended = threading.Event()

    @property
    def has_ended(self) -> bool:
        """It was heard to its end, cut off or given up."""
        return self._ended.is_set()

    def wait(self, limit_s: float | None = None) -> bool:
        """Wait for the end; False when it did not come within `limit_s` seconds."""
        return self._ended.wait(limit_s)

    def report_start(self) -> None:
        """Tell the one who asked that the sound can now be heard."""
        if self._on_started:
            self._on_started(self)

    def report_end(self) -> None:
        """Tell everyone who waits that the sound is over; only the first call does anything."""
        if self._ended.is_set():
            return
        self._ended.set()
        if self._on_ended:
            self._on_ended(self)


class PlayQueue:
    """Sounds in their order, without a gap between them; thread-safe."""

    def __init__(self, rate_hz: int, fade_s: float = FADE_S) -> None:
        self.rate_hz = rate_hz
        """The rate of the samples that are played."""
        self._fade_samples = max(1, round(fade_s * rate_hz))
        self._fade_left: int | None = None
        self._waiting: deque[Ticket] = deque()
        """Not yet handed over to the last sample; the first one is playing."""
        self._due: deque[tuple[float, Ticket, Callable[[], None]]] = deque()
        """What to report when the sound that is already handed over has been heard."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many sounds have not been heard to their end."""
        with self._lock:
            return len({id(ticket) for ticket in self._waiting} | {id(ticket) for _, ticket, _ in self._due})

    def add(self, ticket: Ticket) -> None:
        """Play `ticket` after everything that was added before."""
        with self._lock:
            self._waiting.append(ticket)

    def stop(self, now_s: float) -> None:
        """Fade out the sound that plays and drop those that wait."""
        with self._lock:
            playing = [ticket for ticket in self._waiting if ticket.position]
            dropped = [ticket for ticket in self._waiting if not ticket.position]
            self._waiting = deque(playing)
            for ticket in self._waiting:
                ticket.was_cut = True
                self._fade_left = self._fade_samples if self._fade_left is None else self._fade_left
        for ticket in dropped:
            ticket.was_cut = True
            _end_now(ticket, now_s)

    def fail(self, fault: PlaybackError, now_s: float) -> None:
        """Give up every sound that has not been heard to its end."""
        with self._lock:
            heard, unheard = [ticket for _, ticket, _ in self._due], list(self._waiting)
            self._due.clear()
            self._waiting.clear()
            self._fade_left = None
        for ticket in unheard:
            ticket.fault = fault
        for ticket in (*heard, *unheard):
            _end_now(ticket, now_s)

    def fill(self, out: Samples, now_s: float, delay_s: float) -> None:
        """Write the next samples into `out`, whose first one will be heard `delay_s` seconds from now."""
        with self._lock:
            done = 0
            while done < len(out) and self._waiting:
                done += self._take(out[done:], now_s + delay_s + done / self.rate_hz)
            out[done:] = 0
            reports = self._reports_by(now_s)
        for report in reports:
            report()

    def _take(self, room: Samples, heard_at_s: float) -> int:
        ticket = self._waiting[0]
        if ticket.started_at_s is None:
            ticket.started_at_s = heard_at_s
            self._due.append((heard_at_s, ticket, ticket.report_start))
        chunk = ticket.samples[ticket.position : ticket.position + len(room)]
        if self._fade_left is not None:
            chunk = self._faded(chunk)
        count = len(chunk)
        room[:count] = chunk
        ticket.position += count
        if ticket.position >= len(ticket.samples) or self._fade_left == 0:
            self._waiting.popleft()
            self._fade_left = None
            ticket.ended_at_s = heard_at_s + count / self.rate_hz
            self._due.append((ticket.ended_at_s, ticket, ticket.report_end))
        return count

    def _faded(self, chunk: Samples) -> Samples:
        left = self._fade_left or 0
        count = min(len(chunk), left)
        gains = np.arange(left - 1, left - 1 - count, -1) / self._fade_samples
        self._fade_left = left - count
        return np.asarray(chunk[:count] * gains, np.int16)

    def _reports_by(self, now_s: float) -> list[Callable[[], None]]:
        reports = []
        while self._due and self._due[0][0] <= now_s:
            reports.append(self._due.popleft()[2])
        return reports


def _end_now(ticket: Ticket, now_s: float) -> None:
    ticket.ended_at_s = min(now_s, ticket.ended_at_s or now_s)
    ticket.report_end()
