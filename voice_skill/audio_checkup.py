"""The microphone doctor: records, plays, and hands both to the one that judges them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np

from voice_skill.adapters.devices import SoundDevice, find_device, input_devices, output_devices
from voice_skill.adapters.echo_canceller import AdaptiveEchoCanceller
from voice_skill.adapters.microphone import STALL_S, Microphone
from voice_skill.adapters.player import Player
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
from voice_skill.audio_doctor import EchoTest, VoiceLevels, judge_echo, judge_voice, measure_voice
from voice_skill.domain import Voice
from voice_skill.echo import LONGEST_DELAY_S, SelfHearing, measure_echo
from voice_skill.errors import DeviceError, MicrophoneError, PlaybackError
from voice_skill.findings import Finding, Level
from voice_skill.loudness import loudness_dbfs
from voice_skill.settings import Settings
from voice_skill.sound import Samples, Sound

ROOM_S = 1.0
VOICE_S = 3.0
LEAD_S = 0.3
"""Silence before the sentence, until both devices run steadily."""
SENTENCE = "This is a test. I am measuring how loudly the microphone hears what I say to you."
_POLL_S = 0.01


def audio_check_up(settings: Settings, tell: Callable[[str], None]) -> Iterator[Finding]:
    """Every finding about microphone, room and loudspeaker; `tell` asks the person to be silent or to speak."""
    try:
        yield from _devices(settings)
        with _Recorder(settings.microphone or None) as recorder:
            levels = _measured_voice(recorder, tell)
            yield from judge_voice(levels)
            yield from _echo(settings, recorder, levels, tell)
    except (MicrophoneError, PlaybackError) as exc:
        chosen = settings.microphone if isinstance(exc, MicrophoneError) else settings.speaker
        subject = "microphone" if isinstance(exc, MicrophoneError) else "loudspeaker"
        yield Finding(Level.FAULT if chosen else Level.NOTE, subject, str(exc))
    except DeviceError as exc:
        yield Finding(Level.FAULT, "devices", str(exc))


def _devices(settings: Settings) -> Iterator[Finding]:
    yield from _listed("microphone", input_devices(), settings.microphone)
    yield from _listed("loudspeaker", output_devices(), settings.speaker)


def _listed(subject: str, devices: tuple[SoundDevice, ...], wanted: str) -> Iterator[Finding]:
    chosen = find_device(devices, wanted or None)
    for device in devices:
        mark = ", chosen" if device == chosen else ""
        yield Finding(Level.OK, subject, f'number {device.index} "{device.name}", {device.rate_hz} Hz{mark}')


def _measured_voice(recorder: _Recorder, tell: Callable[[str], None]) -> VoiceLevels:
    tell("Please be silent for a moment.")
    room = recorder.record(ROOM_S)
    tell("Now say a sentence, as you would to the assistant.")
    voice = recorder.record(VOICE_S)
    tell("Thank you. Now please be silent while I speak.")
    return measure_voice(room, voice, recorder.rate_hz)


def _echo(
    settings: Settings, recorder: _Recorder, levels: VoiceLevels, tell: Callable[[str], None]
) -> Iterator[Finding]:
    played, recorded = _played_and_recorded(settings, recorder)
    echo = measure_echo(played, recorded, recorder.rate_hz, levels.noise_dbfs)
    cancelled_db: float | None = None
    if settings.echo_cancellation:
        hearing = SelfHearing(recorder.rate_hz, AdaptiveEchoCanceller(recorder.rate_hz), on_echo=lambda: None)
        hearing.clean(played, recorded)  # it has learnt the room when the second sentence comes
        cancelled_db = loudness_dbfs(recorded) - loudness_dbfs(hearing.clean(played, recorded))
    yield from judge_echo(EchoTest(echo, cancelled_db, levels.speech_dbfs))


def _played_and_recorded(settings: Settings, recorder: _Recorder) -> tuple[Samples, Samples]:
    """What was handed to the loudspeaker and what came from the microphone, sample by sample of the same time."""
    sentence = _spoken(settings)
    with _PlayedAlong(settings.speaker or None) as speaker:
        recorder.record(LEAD_S)
        ticket = speaker.player.play(sentence)
        recorder.record(sentence.duration_s + LONGEST_DELAY_S)
        ticket.wait(STALL_S)
        if ticket.fault is not None:
            raise ticket.fault
        recorder.record(LONGEST_DELAY_S)
        return speaker.timeline.beside(recorder.timeline)


def _spoken(settings: Settings) -> Sound:
    engine = Pyttsx3Engine()
    try:
        return engine.synthesise(SENTENCE, Voice(settings.rate_wpm, settings.volume))
    finally:
        engine.close()


class _Timeline:
    """The samples of one stream, with the moment at which the first one passed."""

    def __init__(self) -> None:
        self._begin_s = math.inf
        self._rate_hz = 0
        self._chunks: list[Samples] = []
        self._count = 0

    @property
    def duration_s(self) -> float:
        """How much has passed."""
        return self._count / self._rate_hz if self._rate_hz else 0.0

    def add(self, samples: Samples, rate_hz: int, first_at_s: float) -> None:
        """Take the next chunk, whose first sample passed at `first_at_s` or, held up by a busy machine, earlier."""
        self._rate_hz = rate_hz
        self._begin_s = min(self._begin_s, first_at_s - self.duration_s)
        self._chunks.append(samples)
        self._count += len(samples)

    def last(self, seconds: float) -> Samples:
        """The newest samples."""
        return self._whole().samples[-round(seconds * self._rate_hz) :]

    def beside(self, other: _Timeline) -> tuple[Samples, Samples]:
        """These samples at the rate of `other`, and those of `other`, from the moment on at which there are both."""
        begin_s = max(self._begin_s, other._begin_s)
        ours, theirs = self._whole().at_rate(other._rate_hz).samples, other._whole().samples
        ours = ours[round((begin_s - self._begin_s) * other._rate_hz) :]
        theirs = theirs[round((begin_s - other._begin_s) * other._rate_hz) :]
        count = min(len(ours), len(theirs))
        return ours[:count], theirs[:count]

    def _whole(self) -> Sound:
        return Sound(np.concatenate([np.zeros(0, np.int16), *self._chunks]), self._rate_hz)


class _Recorder:
    """An open microphone with all that it has heard."""

    def __init__(self, device: str | None) -> None:
        self.timeline = _Timeline()
        self._trouble: MicrophoneError | None = None
        self._microphone = Microphone(device, self._take, self._lost)

    @property
    def rate_hz(self) -> int:
        """The rate of what is recorded."""
        return self._microphone.rate_hz

    def __enter__(self) -> _Recorder:
        self._microphone.open()
        return self

    def __exit__(self, *exc: object) -> None:
        self._microphone.close()

    def record(self, seconds: float) -> Samples:
        """The next so many seconds.

        Raises:
            MicrophoneError: the microphone was lost, or gives nothing.
        """
        wanted_s = self.timeline.duration_s + seconds
        limit_s = time.monotonic() + seconds + STALL_S
        while self.timeline.duration_s < wanted_s:
            if self._trouble is not None:
                raise self._trouble
            if time.monotonic() > limit_s:
                raise MicrophoneError("The microphone gives no sound; connect it again, or choose another.")
            time.sleep(_POLL_S)
        return self.timeline.last(seconds)

    def _take(self, block: bytes) -> None:
        samples = np.frombuffer(block, np.int16)
        self.timeline.add(samples, self.rate_hz, time.monotonic() - len(samples) / self.rate_hz)

    def _lost(self, error: MicrophoneError) -> None:
        self._trouble = error


class _PlayedAlong:
    """An open loudspeaker with all that was handed to it."""

    def __init__(self, device: str | None) -> None:
        self.timeline = _Timeline()
        self.player = Player(device, on_played=self._take)

    def __enter__(self) -> _PlayedAlong:
        self.player.open()
        return self

    def __exit__(self, *exc: object) -> None:
        self.player.close()

    def _take(self, samples: Samples, rate_hz: int) -> None:
        self.timeline.add(samples.copy(), rate_hz, time.monotonic())
