"""Judges microphone, room and loudspeaker from what was recorded, and says what to change. Arrays in, findings out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from voice_skill.echo import Echo
from voice_skill.findings import Finding, Level
from voice_skill.loudness import CLIPPED_SHARE, QUIETEST_SPEECH_DBFS, clipped_share, frame_levels_dbfs
from voice_skill.sound import Samples

LEAST_SNR_DB = 20.0
"""With pink noise so far below the voice four in five of the test recordings were understood; at 15 dB every second."""
NEAR_ECHO_DB = 20.0
"""An echo that is less than this below the voice hides it as noise does."""
LEAST_CANCELLED_DB = 10.0
"""Where the echo hides the voice: with less taken off it, it goes on hiding it."""
_LEAST_SPEECH_S = 0.3
"""The shortest command."""
_OVER_NOISE_DB = 6.0
"""Frames so far above the noise are speech; those of steady noise reach 4."""
_FRAME_S = 0.02
_DIGITAL_SILENCE_DBFS = -95.0


@dataclass(frozen=True, slots=True)
class VoiceLevels:
    """What a microphone makes of a voice and of the room; levels relative to full scale."""

    noise_dbfs: float
    """Median of the room's frames of 20 ms."""
    speech_dbfs: float | None
    """Mean power of the frames that are speech; None when nobody was heard."""
    clipped_share: float
    """Of all samples at full scale."""

    @property
    def snr_db(self) -> float:
        """How far the voice stands above the noise; 0 when nobody was heard."""
        return self.speech_dbfs - self.noise_dbfs if self.speech_dbfs is not None else 0.0


def measure_voice(room: Samples, voice: Samples, rate_hz: int) -> VoiceLevels:
    """Levels from a recording of the silent room and one of somebody who speaks."""
    noise_dbfs = float(np.median(frame_levels_dbfs(room, rate_hz)))
    levels = frame_levels_dbfs(voice, rate_hz)
    loud = levels[levels > noise_dbfs + _OVER_NOISE_DB]
    spoken = len(loud) * _FRAME_S >= _LEAST_SPEECH_S
    speech_dbfs = float(10 * np.log10(np.mean(10 ** (loud / 10)))) if spoken else None
    return VoiceLevels(noise_dbfs, speech_dbfs, clipped_share(voice))


def judge_voice(levels: VoiceLevels) -> Iterator[Finding]:
    """What the levels mean, and what to change."""
    if levels.speech_dbfs is None:
        yield _nobody(levels)
        return
    heard = f"your voice {levels.speech_dbfs:.0f} dBFS, noise floor {levels.noise_dbfs:.0f} dBFS"
    heard += f", {levels.snr_db:.0f} dB apart, {levels.clipped_share:.1%} clipped"
    advice = list(_voice_advice(levels, levels.speech_dbfs))
    yield Finding(Level.NOTE if advice else Level.OK, "voice", "; ".join([heard, *advice]))


def _nobody(levels: VoiceLevels) -> Finding:
    if levels.noise_dbfs <= _DIGITAL_SILENCE_DBFS:
        text = "the microphone gives nothing but silence; switch it on, turn it up, or choose another with --microphone"
        return Finding(Level.FAULT, "voice", text)
    text = f"no voice was heard over a noise floor of {levels.noise_dbfs:.0f} dBFS; try again, nearer and louder"
    return Finding(Level.NOTE, "voice", text)


def _voice_advice(levels: VoiceLevels, speech_dbfs: float) -> Iterator[str]:
    if levels.clipped_share > CLIPPED_SHARE:
        yield "turn the microphone down, for loud sound is distorted"
    elif speech_dbfs < QUIETEST_SPEECH_DBFS:
        yield "come nearer or turn the microphone up, for your voice is very quiet"
    if levels.snr_db < LEAST_SNR_DB:
        yield "come nearer to the microphone or make the room quieter, for the noise is near your voice"


@dataclass(frozen=True, slots=True)
class EchoTest:
    """How the loudspeaker comes back, and what stands against it."""

    echo: Echo | None
    """None when the microphone does not hear the loudspeaker."""
    cancelled_db: float | None
    """How far a canceller took the echo down; None without a canceller."""
    speech_dbfs: float | None
    """The person's own level at the microphone, where it is known."""

    @property
    def hides_voice(self) -> bool:
        """Whether somebody who speaks over the assistant may not be understood."""
        if self.echo is None:
            return False
        voice_dbfs = QUIETEST_SPEECH_DBFS if self.speech_dbfs is None else self.speech_dbfs
        return self.echo.level_dbfs > voice_dbfs - NEAR_ECHO_DB


def judge_echo(test: EchoTest) -> Iterator[Finding]:
    """Whether the microphone hears the loudspeaker, and whether speech can be interrupted."""
    if test.echo is None:
        yield Finding(Level.OK, "echo", "the microphone does not hear the loudspeaker")
    else:
        delay_ms, level_db = 1000 * test.echo.delay_s, test.echo.level_db
        text = f"{level_db:+.0f} dB relative to what was played, {test.echo.level_dbfs:.0f} dBFS at the microphone"
        yield Finding(Level.OK, "echo", text)
        yield Finding(Level.OK, "round trip", f"{delay_ms:.0f} ms from the loudspeaker through the room to the program")
    yield _interrupting(test)


def _interrupting(test: EchoTest) -> Finding:
    subject = "interrupting"
    if test.cancelled_db is not None and test.hides_voice and test.cancelled_db < LEAST_CANCELLED_DB:
        text = f"echo cancellation takes only {test.cancelled_db:.0f} dB of the loudspeaker away"
        return Finding(
            Level.NOTE, subject, f"{text}, so commands may be lost while the assistant speaks; wear a headset"
        )
    if test.cancelled_db is not None:
        by = f" and takes {test.cancelled_db:.0f} dB of the loudspeaker away" if test.hides_voice else ""
        return Finding(Level.OK, subject, f"echo cancellation is on{by}")
    if not test.hides_voice:
        return Finding(
            Level.OK, subject, "the loudspeaker is no match for you: stop, pause or help can be said while it speaks"
        )
    text = "the microphone hears the loudspeaker, so commands may be lost while the assistant speaks"
    return Finding(Level.NOTE, subject, f"{text}; wear a headset, or set 'echo_cancellation: true'")
