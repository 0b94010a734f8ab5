"""WebRTC's echo canceller, from the optional extra `aec`, behind the `EchoCanceller` port."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from voice_skill.errors import DeviceError
from voice_skill.ports import EchoCanceller
from voice_skill.sound import Samples

if TYPE_CHECKING:
    from livekit import rtc

FRAMES_PER_S = 100
"""The canceller works in frames of 10 ms."""
INSTALL = "pip install 'voice-skill[aec]'"


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec("livekit") is not None and find_spec("livekit.rtc") is not None


def canceller_for(rate_hz: int) -> EchoCanceller | None:
    """A canceller for sound at `rate_hz`; None where the extra is missing or cannot work at this rate."""
    return WebRtcEchoCanceller(rate_hz) if is_installed() and rate_hz % FRAMES_PER_S == 0 else None


class WebRtcEchoCanceller:
    """One canceller, kept from the first sound to the last: it learns the room and forgets it when it is closed."""

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` is that of all samples.

        Raises:
            DeviceError: the extra is missing, or does not work at this rate.
        """
        if rate_hz % FRAMES_PER_S:
            raise DeviceError(f"Echo cancellation does not work at {rate_hz} Hz; choose another microphone.")
        try:
            import livekit.rtc
        except ImportError as exc:
            raise DeviceError(f"Echo cancellation is not installed; install it with `{INSTALL}`.") from exc
        self._make_frame = livekit.rtc.AudioFrame
        self._module = livekit.rtc.AudioProcessingModule(echo_cancellation=True)
        self._rate_hz = rate_hz
        self._frame = rate_hz // FRAMES_PER_S
        self._played: Samples = np.zeros(0, np.int16)
        self._recorded: Samples = np.zeros(0, np.int16)

    def clean(self, played: Samples, recorded: Samples) -> Samples:
        """What was recorded, without the echo of what was played; what does not fill 10 ms waits for the next call."""
        self._played = np.concatenate([self._played, played])
        self._recorded = np.concatenate([self._recorded, recorded])
        whole = min(len(self._played), len(self._recorded)) // self._frame * self._frame
        frames = [self._clean_frame(at) for at in range(0, whole, self._frame)]
        self._played, self._recorded = self._played[whole:], self._recorded[whole:]
        return np.concatenate([np.zeros(0, np.int16), *frames])

    def _clean_frame(self, at: int) -> Samples:
        self._module.process_reverse_stream(self._packed(self._played[at : at + self._frame]))
        packed = self._packed(self._recorded[at : at + self._frame])
        self._module.process_stream(packed)
        return np.array(packed.data, np.int16)

    def _packed(self, samples: Samples) -> rtc.AudioFrame:
        return self._make_frame(bytearray(samples.tobytes()), self._rate_hz, 1, self._frame)
