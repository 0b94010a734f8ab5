"""Listening to a microphone, through PortAudio and a virtual sound card."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest

from tests.sound_card import RATE_HZ, SoundCard, noise, rescan, wait_until
from voice_skill.adapters import microphone as module
from voice_skill.adapters.devices import SoundDevice, find_device, input_devices, listing
from voice_skill.adapters.microphone import Microphone
from voice_skill.adapters.player import Player
from voice_skill.errors import MicrophoneError
from voice_skill.sound import Samples, Sound

LIMIT_S = 20.0


class Ear:
    """Keeps every block, and what else a microphone reports."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.troubles: list[MicrophoneError] = []
        self.back = threading.Event()

    def open(self, device: str | int | None = "vmic", rate_hz: int = RATE_HZ) -> Microphone:
        """A microphone for this ear."""
        return Microphone(device, self.blocks.append, self.troubles.append, self.back.set, rate_hz)

    @property
    def samples(self) -> Samples:
        """Everything heard so far."""
        return np.frombuffer(b"".join(list(self.blocks)), np.int16)

    def wait_blocks(self, more: int) -> None:
        """Wait for that many blocks more."""
        wanted = len(self.blocks) + more
        wait_until(lambda: len(self.blocks) >= wanted, LIMIT_S, "blocks of the microphone")


@pytest.fixture
def ear(sound_card: SoundCard) -> Ear:
    """An ear next to the virtual microphone."""
    return Ear()


def contains(heard: Samples, sound: Samples) -> bool:
    """Whether `sound` is in `heard` bit for bit."""
    return sound.tobytes() in heard.tobytes()


def test_hears_every_sample_bit_for_bit(sound_card: SoundCard, ear: Ear) -> None:
    """What is said to the microphone arrives whole, in blocks of a twentieth of a second, with no overflow."""
    sound = noise(3.0)
    with ear.open() as microphone:
        ear.wait_blocks(2)
        sound_card.play_into_microphone(sound)
        ear.wait_blocks(4)
    assert contains(ear.samples, sound.samples)
    assert {len(block) for block in ear.blocks} == {2 * RATE_HZ // 20}
    assert microphone.overflows == 0
    assert microphone.rate_hz == RATE_HZ
    assert not ear.troubles


def test_hears_the_loudspeaker_through_the_room(sound_card: SoundCard, ear: Ear) -> None:
    """Played and captured by this program in one process, over the air of the virtual card."""
    sound = Sound(np.repeat(noise(0.1).samples, 10), RATE_HZ)  # low tones: the room converts the rate a little
    with sound_card.speaker_to_microphone(), ear.open(), Player("vspeaker", rate_hz=RATE_HZ) as player:
        ear.wait_blocks(5)
        assert player.play(sound).wait(LIMIT_S)
        ear.wait_blocks(8)
    heard, piece = ear.samples.astype(float), sound.samples[4_000:6_000].astype(float)
    spectra = np.fft.rfft(heard, 1 << 18) * np.conj(np.fft.rfft(piece, 1 << 18))
    place = int(np.argmax(np.fft.irfft(spectra)))
    assert np.corrcoef(heard[place : place + len(piece)], piece)[0, 1] > 0.97


def test_nothing_is_called_after_close(sound_card: SoundCard, ear: Ear) -> None:
    """Leaving the block ends the listening."""
    with ear.open() as microphone:
        ear.wait_blocks(2)
        assert microphone.is_open
    count = len(ear.blocks)
    with ear.open() as other:
        assert other.is_open
        ear_of_other = len(ear.blocks)
        ear.wait_blocks(2)
    assert ear_of_other >= count
    assert not microphone.is_open
    microphone.close()


def test_a_lost_microphone_is_told_once_and_found_again(sound_card: SoundCard, ear: Ear) -> None:
    """The server dies while it is being listened to, comes back later, and every sample is heard again."""
    sound = noise(1.0)
    with ear.open() as microphone:
        ear.wait_blocks(2)
        sound_card.kill()
        wait_until(lambda: len(ear.troubles) == 1, LIMIT_S, "the word that the microphone was lost")
        assert not microphone.is_open
        sound_card.restart()
        assert ear.back.wait(LIMIT_S)
        ear.wait_blocks(2)
        sound_card.play_into_microphone(sound)
        ear.wait_blocks(4)
    assert contains(ear.samples, sound.samples)
    assert [str(trouble) for trouble in ear.troubles] == ["The microphone was lost; connect it again and speak on."]


def test_close_does_not_wait_for_a_lost_microphone(
    sound_card: SoundCard, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing ends the search at once, however long the pause is."""
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 3_600.0)
    with ear.open() as microphone:
        ear.wait_blocks(1)
        sound_card.kill()
        wait_until(lambda: len(ear.troubles) == 1, LIMIT_S)
    assert not microphone.is_open
    assert not ear.back.is_set()


def test_a_microphone_that_falls_silent_is_lost(
    sound_card: SoundCard, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that stops giving blocks without a word is noticed, and found again."""
    monkeypatch.setattr(module, "STALL_S", 0.5)
    with ear.open():
        ear.wait_blocks(1)
        with sound_card.frozen():
            wait_until(lambda: len(ear.troubles) == 1, LIMIT_S)
        assert ear.back.wait(LIMIT_S)
        ear.wait_blocks(2)


def test_a_slow_listener_costs_sound_not_memory(sound_card: SoundCard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue is bounded, and what is dropped is counted."""
    monkeypatch.setattr(module, "QUEUE_BLOCKS", 2)
    hold, blocks = threading.Event(), []

    def take(block: bytes) -> None:
        blocks.append(block)
        hold.wait(LIMIT_S)

    with Microphone("vmic", take, lambda error: None) as microphone:
        wait_until(lambda: microphone.overflows >= 3, LIMIT_S)
        assert len(blocks) == 1
        hold.set()
        wait_until(lambda: len(blocks) > 5, LIMIT_S)


@pytest.mark.parametrize("wanted", [None, "VMIC", "vmic"], ids=["default", "case", "name"])
def test_finds_the_microphone_that_is_meant(ear: Ear, wanted: str | None) -> None:
    """By name in any case, or the default one."""
    with ear.open(wanted):
        ear.wait_blocks(1)


def test_an_unknown_name_lists_the_microphones(sound_card: SoundCard, ear: Ear) -> None:
    """One sentence with the names that would be right."""
    with pytest.raises(MicrophoneError) as caught:
        ear.open("no such thing").open()
    names = ", ".join(f'"{device.name}"' for device in input_devices()[:6])
    assert str(caught.value) == f'There is no microphone called "no such thing"; choose one of {names}.'


def test_no_microphone_is_one_sentence(sound_card: SoundCard, ear: Ear) -> None:
    """Without any device the person is told what to do."""
    sound_card.kill()
    rescan()
    with pytest.raises(MicrophoneError, match=r"^No microphone was found; connect one, or type your questions instead"):
        ear.open(None).open()


def test_a_microphone_that_is_gone_cannot_be_opened(sound_card: SoundCard, ear: Ear) -> None:
    """A device that PortAudio still lists but that is not there any more."""
    with Player("vspeaker"):
        sound_card.kill()
        with pytest.raises(MicrophoneError):
            ear.open("vmic").open()


def test_a_microphone_plugged_in_later_is_found(sound_card: SoundCard, ear: Ear) -> None:
    """The list of devices is read anew when a microphone is opened."""
    sound_card.kill()
    rescan()
    with pytest.raises(MicrophoneError):
        ear.open("vmic").open()
    sound_card.restart()
    with ear.open("vmic"):
        ear.wait_blocks(1)


def test_a_device_that_refuses_the_rate_is_opened_at_its_own(
    ear: Ear, monkeypatch: pytest.MonkeyPatch, sound_card: SoundCard
) -> None:
    """The property says which rate the blocks have, and a twentieth of a second is still a block."""
    refuse_rate(monkeypatch, RATE_HZ)
    with ear.open() as microphone:
        ear.wait_blocks(2)
        assert microphone.rate_hz == 44_100
    assert {len(block) for block in ear.blocks} == {2 * 2_205}


def test_blocks_keep_their_rate_when_another_device_comes_back(
    sound_card: SoundCard, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that is found again at another rate is converted to the one that was promised."""
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = np.asarray(8_000 * np.sin(2 * np.pi * 500 * times_s), np.int16)
    with ear.open() as microphone:
        ear.wait_blocks(1)
        sound_card.kill()
        wait_until(lambda: len(ear.troubles) == 1, LIMIT_S)
        refuse_rate(monkeypatch, RATE_HZ)
        sound_card.restart()
        assert ear.back.wait(LIMIT_S)
        ear.wait_blocks(2)
        before = len(ear.blocks)
        sound_card.play_into_microphone(Sound(tone, RATE_HZ))
        ear.wait_blocks(4)
        assert microphone.rate_hz == RATE_HZ
    heard = np.frombuffer(b"".join(ear.blocks[before:]), np.int16)
    places = np.flatnonzero(np.abs(heard) > 100)
    loud = heard[places[0] : places[-1] + 1]
    pitch_hz = float(np.argmax(np.abs(np.fft.rfft(loud, 1 << 17)))) * RATE_HZ / (1 << 17)
    assert pitch_hz == pytest.approx(500, abs=5)
    assert len(loud) / RATE_HZ == pytest.approx(2.0, abs=0.1)


def refuse_rate(monkeypatch: pytest.MonkeyPatch, refused_hz: int) -> None:
    """Let input streams refuse one rate, as some sound cards do."""
    import sounddevice

    real: Callable[..., object] = sounddevice.RawInputStream

    def choosy(**options: object) -> object:
        if options["samplerate"] == refused_hz:
            raise sounddevice.PortAudioError("Invalid sample rate", -9997)
        return real(**options)

    monkeypatch.setattr(sounddevice, "RawInputStream", choosy)


def test_a_list_of_devices_is_short_and_a_number_is_a_device() -> None:
    """Up to six names, then how many more; a number wins over a name with that number in it."""
    devices = [SoundDevice(number, f"card {9 - number}", 48_000, number == 3) for number in range(8)]
    assert listing(devices[:2]) == '"card 9", "card 8"'
    assert listing(devices).endswith('"card 4" and 2 more')
    assert find_device(devices, "5") == find_device(devices, 5) == devices[5]
    assert find_device(devices, "card 5") == devices[4]
    assert find_device(devices, None) == devices[3]
    assert find_device(devices[:2], None) == devices[0]
    assert find_device([], None) is None
    assert find_device(devices, "x") is None
    assert find_device(devices, " ") is None
