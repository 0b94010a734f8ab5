"""The running assistant on the virtual sound card: spoken to, listened to, and read."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np

from tests.sound_card import SoundCard, wait_until
from voice_skill.sound import Sound, read_sound

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDINGS = REPOSITORY / "tests" / "recordings"
READY = "Listening."
RATE_WPM = 320
"""Twice as fast as usual, so that the tests take half the time."""
SPEECH_LEVEL = 300
"""Samples above this are speech; the card itself is silent."""


class Assistant:
    """`voice-skill listen` in a process of its own; a context manager that ends it."""

    def __init__(
        self,
        card: SoundCard,
        *options: str,
        env: Mapping[str, str] | None = None,
        rate_wpm: int = RATE_WPM,
        events: Path | None = None,
    ) -> None:
        """`events` gets the times of the parts of each answer; see `timed_listen`."""
        self._card = card
        settings = card.folder / "settings.yaml"
        settings.write_text(f"rate_wpm: {rate_wpm}\n")
        program = ["tests.live.timed_listen", str(events)] if events else ["voice_skill"]
        command = [sys.executable, "-m", *program, "listen", "--microphone", "vmic", "--speaker", "vspeaker"]
        command += ["--settings", str(settings)]
        self._command = [*command, "--region", "uk", *options]
        self._environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **(env or {})}
        self.lines: list[str] = []

    def __enter__(self) -> Assistant:
        with ExitStack() as started:
            self._recording = started.enter_context(self._card.recorded_speaker())
            self._process = started.enter_context(self._start())
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()
            started.callback(self._reader.join)
            started.callback(self._process.kill)
            self.wait_for(READY, 60)
            self._started = started.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self._started.close()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env=self._environment,
        )

    @property
    def transcript(self) -> str:
        """Everything printed so far."""
        return "\n".join(self.lines)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def heard(self) -> list[str]:
        """The lines that say what the assistant heard."""
        return [line for line in self.lines if line.startswith("you")]

    def said(self) -> list[str]:
        """The lines that say what the assistant said."""
        return [line for line in self.lines if line.startswith("skill")]

    def wait_for(self, text: str, limit_s: float = 30.0, after: int = 0) -> str:
        """The first line from number `after` on that holds `text`."""

        def found() -> str | None:
            return next((line for line in self.lines[after:] if text in line), None)

        self._await(lambda: found() is not None or not self._reader.is_alive(), limit_s, f"'{text}'")
        line = found()
        assert line is not None, f"The program ended without '{text}':\n{self.transcript}"
        return line

    def _await(self, condition: Callable[[], bool], limit_s: float, what: str) -> None:
        """Return once `condition` holds; else fail with what was printed until then."""
        try:
            wait_until(condition, limit_s, what)
        except TimeoutError as exc:
            raise TimeoutError(f"{exc}; printed so far:\n{self.transcript}") from exc

    def wait_until_silent(self, quiet_s: float = 1.2) -> None:
        """Return once the speaker has been silent for so long."""
        while True:
            before = len(self._recording.heard.samples)
            heard = self._recording.wait(quiet_s, 60).samples[before:]
            if not np.any(np.abs(heard.astype(int)) > SPEECH_LEVEL):
                return

    def ask(self, *recordings: str) -> list[Sound]:
        """Say recordings (`voice/sentence`), each into silence; what the speaker answered to each."""
        answers = []
        for recording in recordings:
            self.wait_until_silent()
            before = len(self._recording.heard.samples)
            self._card.play_into_microphone(recorded(recording))
            self.wait_until_silent()
            samples = self._recording.heard.samples[before:]
            answers.append(Sound(samples, self._recording.heard.rate_hz))
        return answers

    def ask_until(self, recording: str, done: Callable[[], bool], most: int = 4) -> None:
        """Say a recording again until it has worked: the recogniser's dither may cost a short word once in a while."""
        for _ in range(most):
            if done():
                return
            self.ask(recording)
        self._await(done, 10.0, f"what '{recording}' should do")

    @property
    def has_ended(self) -> bool:
        """Whether the program is over."""
        return self._process.poll() is not None

    def interrupt(self, recording: str) -> None:
        """Say a recording at once, whatever is being said."""
        self._card.play_into_microphone(recorded(recording))

    def speaks(self) -> bool:
        """Whether the speaker sounds just now."""
        before = len(self._recording.heard.samples)
        heard = self._recording.wait(0.1).samples[before:]
        return bool(np.any(np.abs(heard.astype(int)) > SPEECH_LEVEL))

    def ended(self, limit_s: float = 20.0) -> int:
        """The exit code, once the process has ended."""
        self._await(lambda: self.has_ended, limit_s, "the end of the program")
        return self._process.returncode

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self.lines.append(line.rstrip())


def recorded(recording: str) -> Sound:
    """A test recording by `voice/sentence`, at the rate of the card."""
    return read_sound(RECORDINGS / f"{recording}.flac").at_rate(16_000)


def spoken_s(sound: Sound) -> float:
    """Seconds from the first to the last sample that is speech; 0 for silence."""
    places = np.flatnonzero(np.abs(sound.samples.astype(int)) > SPEECH_LEVEL)
    return float(places[-1] - places[0]) / sound.rate_hz if len(places) else 0.0


def in_order(texts: Sequence[str], transcript: str) -> bool:
    """Whether every text occurs in `transcript`, each after the one before."""
    at = 0
    for text in texts:
        at = transcript.find(text, at)
        if at < 0:
            return False
        at += len(text)
    return True
