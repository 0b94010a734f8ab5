"""The faults a person can meet. Each is one sentence that says what to do.

    SkillError
    ├── DataError            faults in the YAML of intents or content, all listed
    ├── ModelError           no usable speech model at a place
    ├── RecordingError       a sound file that cannot be used
    └── DeviceError
        ├── MicrophoneError  no sound can be captured
        ├── PlaybackError    no sound can be played
        └── SpeechError      the speech engine cannot make speech

What goes wrong in a conversation (nothing heard, nothing understood) is a value, not an exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class SkillError(Exception):
    """A fault that ends a command with exit code 1 and one sentence."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in a data file."""

    file: str
    """Path of the file, as shown to its author."""
    key: str
    """Where in the file: dotted keys, `[n]` for the n-th entry from 0, empty for the whole file."""
    reason: str
    """What is wrong and what would be right."""

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


class DataError(SkillError):
    """The intents or the content cannot be used; `faults` lists every reason found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        listing = "".join(f"\n  {fault}" for fault in self.faults)
        super().__init__(f"The intents or the content have {count}; mend what is listed and start again.{listing}")


class ModelError(SkillError):
    """A speech model is missing, broken or of another kind."""


class RecordingError(SkillError):
    """A sound file is missing, is not audio, or is empty."""


class DeviceError(SkillError):
    """A sound device or the speech engine cannot be used."""


class MicrophoneError(DeviceError):
    """Nothing can be captured."""


class PlaybackError(DeviceError):
    """Nothing can be played."""


class SpeechError(DeviceError):
    """Text cannot be turned into speech."""
