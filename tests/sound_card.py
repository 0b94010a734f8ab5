"""A virtual sound card for tests: a private PulseAudio server with a speaker and a microphone that we can talk into.

It lives in a temporary folder with its own socket, so no other sound server is touched, and needs no hardware, no
kernel module and no desktop session. PortAudio sees the devices `vspeaker`, `vmic`, `vmicfeed` and `vspeakermon`.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from voice_skill.sound import Sound, write_wav

RATE_HZ = 16_000
"""The rate of the card; sounds at this rate pass through it bit for bit."""
PROGRAMS = ("pulseaudio", "pactl", "paplay", "parec")
ASOUND = Path("/usr/share/alsa/alsa.conf")
MISSING = (
    "The virtual sound card needs PulseAudio; install it with `sudo apt install pulseaudio pulseaudio-utils"
    " libasound2-plugins libportaudio2`."
)
_SERVER = """\
.fail
load-module module-native-protocol-unix auth-anonymous=1
load-module module-null-sink sink_name=speaker rate={rate} channels=1 norewinds=1
load-module module-null-sink sink_name=micfeed rate={rate} channels=1 norewinds=1
load-module module-remap-source source_name=mic master=micfeed.monitor
set-default-sink speaker
set-default-source mic
"""
_DEVICES = """\
<{alsa}>
pcm.vspeaker    {{ type pulse device speaker }}
pcm.vmic        {{ type pulse device mic }}
pcm.vmicfeed    {{ type pulse device micfeed }}
pcm.vspeakermon {{ type pulse device speaker.monitor }}
pcm.!default {{ type pulse }}
ctl.!default {{ type pulse }}
"""


def wait_until(condition: Callable[[], bool], limit_s: float = 10.0, what: str = "the awaited state") -> None:
    """Return once `condition` holds.

    Raises:
        TimeoutError: it did not hold within `limit_s` seconds.
    """
    end_s = time.monotonic() + limit_s
    pause = threading.Event()
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError(f"{what} did not come within {limit_s} s")
        pause.wait(0.005)


def is_installed() -> bool:
    """Whether the programs of the virtual card are here."""
    return sys.platform == "linux" and ASOUND.is_file() and all(shutil.which(program) for program in PROGRAMS)


def rescan() -> None:
    """Let PortAudio look for devices again; no stream may be open."""
    import sounddevice

    sounddevice._terminate()
    sounddevice._initialize()


class SoundCard:
    """The server, its devices, and what tests do with them. Use as a context manager."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="card-"))
        self._was: dict[str, str | None] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables through which programs find this server and no other."""
        run = self.folder / "run"
        return {
            "XDG_RUNTIME_DIR": str(run),
            "PULSE_RUNTIME_PATH": str(run / "pulse"),
            "PULSE_STATE_PATH": str(self.folder / "state"),
            "PULSE_COOKIE": str(self.folder / "cookie"),
            "PULSE_SERVER": f"unix:{run / 'pulse' / 'native'}",
            "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"),
        }

    def __enter__(self) -> SoundCard:
        for folder in (self.folder / "run" / "pulse", self.folder / "state"):
            folder.mkdir(mode=0o700, parents=True)
        (self.folder / "run").chmod(0o700)
        (self.folder / "default.pa").write_text(_SERVER.format(rate=RATE_HZ))
        (self.folder / "asound.conf").write_text(_DEVICES.format(alsa=ASOUND))
        self._was = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        rescan()
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()
        for name, value in self._was.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        rescan()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def is_running(self) -> bool:
        """Whether the server is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and return once it answers."""
        command = ["pulseaudio", "-n", "-F", str(self.folder / "default.pa"), "--daemonize=no"]
        command += ["--exit-idle-time=-1", "--use-pid-file=yes", f"--log-target=file:{self.folder / 'pulse.log'}"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers, 20.0, "the virtual sound card")

    def kill(self) -> None:
        """End the server at once, as if the device was pulled out."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
        for left in ("pid", "native"):
            (self.folder / "run" / "pulse" / left).unlink(missing_ok=True)

    def restart(self) -> None:
        """Bring a killed server back."""
        self.kill()
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the server stand still while the block runs: no sound flows, and nobody is told."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def play_into_microphone(self, sound: Sound) -> None:
        """Say `sound` to the microphone; returns when it was said."""
        self._play("micfeed", sound)

    def _play(self, sink: str, sound: Sound) -> None:
        path = self.folder / f"{sink}-{threading.get_ident()}.wav"
        write_wav(path, sound)
        subprocess.run(["paplay", f"--device={sink}", str(path)], check=True, timeout=sound.duration_s + 20)

    @contextmanager
    def recorded_speaker(self) -> Iterator[Recording]:
        """Record what the speaker plays while the block runs."""
        recording = Recording("speaker.monitor")
        try:
            yield recording
        finally:
            recording.stop()

    @contextmanager
    def speaker_to_microphone(self, delay_ms: int = 30, level_db: float = 0.0) -> Iterator[None]:
        """Let the microphone hear the speaker, as in a room, `delay_ms` later and `level_db` louder."""
        module = f"source=speaker.monitor sink=micfeed latency_msec={delay_ms}"
        out = subprocess.run(
            ["pactl", "load-module", "module-loopback", *module.split()], check=True, capture_output=True, timeout=10
        )
        number = out.stdout.decode().strip()
        try:
            if level_db:
                self._set_level(number, level_db)
            yield
        finally:
            subprocess.run(["pactl", "unload-module", number], check=False, timeout=10)

    def _set_level(self, module: str, level_db: float) -> None:
        listed = subprocess.run(
            ["pactl", "--format=json", "list", "sink-inputs"], check=True, capture_output=True, timeout=10
        )
        stream = next(each["index"] for each in json.loads(listed.stdout) if each["owner_module"] == module)
        subprocess.run(["pactl", "set-sink-input-volume", str(stream), f"{level_db}dB"], check=True, timeout=10)

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError((self.folder / "pulse.log").read_text())
        try:
            done = subprocess.run(["pactl", "list", "short", "sources"], capture_output=True, timeout=10)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0 and b"\tmic\t" in done.stdout


def noise(duration_s: float, seed: int = 1) -> Sound:
    """White noise at the rate of the card, without a zero at either end."""
    samples = np.random.default_rng(seed).integers(-9_000, 9_000, round(duration_s * RATE_HZ)).astype(np.int16)
    samples[[0, -1]] = 5_000
    return Sound(samples, RATE_HZ)


def without_silence(sound: Sound) -> Sound:
    """`sound` from its first to its last sample that is not zero."""
    places = np.flatnonzero(sound.samples)
    return Sound(sound.samples[places[0] : places[-1] + 1] if len(places) else sound.samples[:0], sound.rate_hz)


class Recording:
    """What one source gives, read in the background; `heard` has it so far."""

    def __init__(self, source: str) -> None:
        command = ["parec", "-d", source, "--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1"]
        self._process = subprocess.Popen([*command, "--latency-msec=10"], stdout=subprocess.PIPE)
        self._bytes = bytearray()
        self._began_s = math.inf
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.wait(0.01)
        except TimeoutError:
            self.stop()
            raise

    def _read(self) -> None:
        assert self._process.stdout is not None
        while chunk := os.read(self._process.stdout.fileno(), 65_536):
            self._bytes += chunk
            # What comes at once sets the time; everything else was held up on its way.
            self._began_s = min(self._began_s, time.monotonic() - len(self._bytes) / 2 / RATE_HZ)

    def moment_s(self, sample: int) -> float:
        """When a sample of `heard` was played, on the clock of `time.monotonic()`, to about ten milliseconds late."""
        return self._began_s + sample / RATE_HZ

    @property
    def heard(self) -> Sound:
        """Everything recorded so far."""
        whole = len(self._bytes) // 2 * 2
        return Sound(np.frombuffer(bytes(self._bytes[:whole]), np.int16), RATE_HZ)

    def wait(self, more_s: float, limit_s: float = 20.0) -> Sound:
        """Record `more_s` seconds more of sound and return everything heard."""
        wanted = len(self._bytes) + round(more_s * RATE_HZ) * 2
        wait_until(lambda: len(self._bytes) >= wanted, limit_s + more_s, "sound from the recorder")
        return self.heard

    def stop(self) -> None:
        """End the recording; `heard` stays."""
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()
