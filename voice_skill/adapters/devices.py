"""Sound devices: which there are, which one is meant, and opening and closing streams on them.

PortAudio reads the list of devices once, when it starts, and starting it again closes every stream of the process. So
streams are opened and closed here, and nowhere else: here they are counted, and the list is read anew only while
none is open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from voice_skill.errors import DeviceError

MOST_NAMES = 6
"""How many devices an error message lists."""
_changing_streams = threading.Lock()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """One input or output device."""

    index: int
    """Its number, as `--microphone` and `--speaker` take it."""
    name: str
    rate_hz: int
    """The rate it prefers."""
    is_default: bool = False


def input_devices() -> tuple[SoundDevice, ...]:
    """Every device that can capture sound.

    Raises:
        DeviceError: PortAudio is missing.
    """
    return _devices(portaudio(), "input")


def output_devices() -> tuple[SoundDevice, ...]:
    """Every device that can play sound.

    Raises:
        DeviceError: PortAudio is missing.
    """
    return _devices(portaudio(), "output")


def find_device(devices: Sequence[SoundDevice], wanted: str | int | None) -> SoundDevice | None:
    """The device meant by a number, by its name or by a part of its name; the default one for None."""
    if wanted is None:
        return next((device for device in devices if device.is_default), devices[0] if devices else None)
    text = str(wanted).strip().casefold()
    by_number = [device for device in devices if str(device.index) == text]
    by_name = [device for device in devices if device.name.casefold() == text]
    by_part = [device for device in devices if text and text in device.name.casefold()]
    return next(iter(by_number + by_name + by_part), None)


def listing(devices: Sequence[SoundDevice]) -> str:
    """Up to six device names for an error message."""
    names = ", ".join(f'"{device.name}"' for device in devices[:MOST_NAMES])
    return f"{names} and {len(devices) - MOST_NAMES} more" if len(devices) > MOST_NAMES else names


def portaudio(error: type[DeviceError] = DeviceError) -> ModuleType:
    """The sounddevice module, loaded when it is first needed.

    Raises:
        error: PortAudio, or the Python package that binds it, is missing.
    """
    try:
        import sounddevice
    except OSError as exc:
        raise error("PortAudio is missing; install it with `sudo apt install libportaudio2`.") from exc
    except ImportError as exc:
        raise error("The package sounddevice is missing; install it with `pip install sounddevice`.") from exc
    module: ModuleType = sounddevice
    return module


def open_stream(sd: ModuleType, make: Callable[[int], Any], rates_hz: Sequence[int]) -> tuple[Any, int]:
    """A started stream from `make(rate)` at the first of `rates_hz` that opens, and that rate.

    Raises:
        sounddevice.PortAudioError: the device opens at none of these rates.
    """
    with _changing_streams:
        sd._initialize()  # counted by PortAudio; `close_stream` takes it back
        try:
            return _open_at_one_of(sd, make, list(dict.fromkeys(rates_hz)))
        except BaseException:
            sd._terminate()
            raise


def close_stream(sd: ModuleType, stream: Any) -> None:
    """Let `stream` play what it was given, then close it; a stream whose device is gone is closed as well."""
    with _changing_streams:
        try:
            stream.stop()
        except sd.PortAudioError:
            pass  # the device is gone: there is nothing left to stop
        finally:
            stream.close(ignore_errors=True)
            sd._terminate()


def second_look(sd: ModuleType, attempt: Callable[[], _T]) -> _T:
    """What `attempt` returns, tried again with the devices that are there now if it raised a DeviceError.

    The list of devices can be read anew only while no stream is open; else the second try sees the old one.
    """
    try:
        return attempt()
    except DeviceError:
        with _changing_streams:
            if sd._initialized == 1:
                sd._terminate()
                sd._initialize()
        return attempt()


def _open_at_one_of(sd: ModuleType, make: Callable[[int], Any], rates_hz: Sequence[int]) -> tuple[Any, int]:
    *others, last = rates_hz
    for rate_hz in others:
        try:
            return _started(make(rate_hz)), rate_hz
        except sd.PortAudioError:
            continue
    return _started(make(last)), last


def _started(stream: Any) -> Any:
    try:
        stream.start()
    except BaseException:
        stream.close(ignore_errors=True)
        raise
    return stream


def _devices(sd: ModuleType, kind: str) -> tuple[SoundDevice, ...]:
    try:
        default = sd.query_devices(kind=kind)["index"]
    except (sd.PortAudioError, ValueError):
        default = None
    return tuple(
        SoundDevice(number, entry["name"], round(entry["default_samplerate"]), number == default)
        for number, entry in enumerate(sd.query_devices())
        if entry[f"max_{kind}_channels"] > 0
    )
