"""Playing on a loudspeaker, through PortAudio and a virtual sound card."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.sound_card import RATE_HZ, SoundCard, noise, rescan, wait_until, without_silence
from voice_skill.adapters import player as module
from voice_skill.adapters.devices import output_devices
from voice_skill.adapters.player import Player
from voice_skill.errors import PlaybackError
from voice_skill.sound import Sound, silence

LIMIT_S = 10.0


@pytest.fixture
def player(sound_card: SoundCard) -> Iterator[Player]:
    """An open player on the virtual loudspeaker, at its rate."""
    with Player("vspeaker", rate_hz=RATE_HZ) as player:
        yield player


def test_plays_every_sample_bit_for_bit(sound_card: SoundCard, player: Player) -> None:
    """What comes out of the loudspeaker is the sound, from its first to its last sample."""
    sound = noise(2.0)
    with sound_card.recorded_speaker() as recording:
        assert player.play(sound).wait(LIMIT_S)
        recording.wait(0.2)
    assert np.array_equal(without_silence(recording.heard).samples, sound.samples)


def test_the_tail_is_not_cut_when_closed_at_once(sound_card: SoundCard) -> None:
    """Closing right after the end of a sound loses none of it."""
    sound = noise(0.5)
    with sound_card.recorded_speaker() as recording:
        with Player("vspeaker", rate_hz=RATE_HZ) as player:
            assert player.play(sound).wait(LIMIT_S)
        recording.wait(0.3)
    assert np.array_equal(without_silence(recording.heard).samples, sound.samples)


def test_sounds_are_played_in_order_without_a_gap(sound_card: SoundCard, player: Player) -> None:
    """Queued sounds follow each other sample by sample, and report so."""
    sounds = [noise(0.3, seed) for seed in (1, 2, 3)]
    order: list[int] = []
    with sound_card.recorded_speaker() as recording:
        tickets = [
            player.play(sound, on_ended=lambda _, number=number: order.append(number))  # type: ignore[misc]
            for number, sound in enumerate(sounds)
        ]
        assert tickets[-1].wait(LIMIT_S)
        recording.wait(0.2)
    assert order == [0, 1, 2]
    whole = np.concatenate([sound.samples for sound in sounds])
    assert np.array_equal(without_silence(recording.heard).samples, whole)


def test_start_and_end_are_as_far_apart_as_the_sound_is_long(player: Player) -> None:
    """The reported times are those of the samples, not of the queue; an empty sound takes no time."""
    started = threading.Event()
    ticket = player.play(noise(0.5), on_started=lambda _: started.set())
    empty = player.play(silence(0.0, RATE_HZ))
    assert started.wait(LIMIT_S)
    assert not ticket.has_ended
    assert empty.wait(LIMIT_S)
    assert ticket.started_at_s is not None
    assert ticket.ended_at_s is not None
    assert ticket.ended_at_s - ticket.started_at_s == pytest.approx(0.5, abs=0.05)
    assert empty.ended_at_s == empty.started_at_s
    assert time.monotonic() >= ticket.ended_at_s


def test_stop_fades_to_silence_without_a_click(sound_card: SoundCard, player: Player) -> None:
    """After stop the sound falls within 30 ms, counted in samples, and nothing follows."""
    tone = Sound(np.full(3 * RATE_HZ, 8_000, np.int16), RATE_HZ)
    with sound_card.recorded_speaker() as recording:
        ticket = player.play(tone)
        waiting = player.play(noise(1.0))
        wait_until(lambda: len(without_silence(recording.heard).samples) > RATE_HZ // 4)
        player.stop()
        assert ticket.wait(LIMIT_S)
        assert waiting.wait(LIMIT_S)
        recording.wait(0.5)
    heard = without_silence(recording.heard).samples.astype(int)
    fading = heard[heard < 8_000]
    assert ticket.was_cut
    assert waiting.was_cut
    assert waiting.started_at_s is None
    assert len(heard) < 2 * RATE_HZ
    assert 0.025 * RATE_HZ < len(fading) <= 0.03 * RATE_HZ
    assert np.abs(np.diff(fading)).max() < 100
    assert (np.diff(heard) <= 0).all()


def test_plays_on_after_stop(sound_card: SoundCard, player: Player) -> None:
    """A sound that is played right after stop is heard whole."""
    after = noise(0.4, seed=5)
    with sound_card.recorded_speaker() as recording:
        started = threading.Event()
        player.play(noise(2.0), on_started=lambda _: started.set())
        assert started.wait(LIMIT_S)
        player.stop()
        assert player.play(after).wait(LIMIT_S)
        recording.wait(0.2)
    heard = without_silence(recording.heard).samples
    assert np.array_equal(heard[-len(after.samples) :], after.samples)


def test_other_rates_are_converted(sound_card: SoundCard, player: Player) -> None:
    """A sound at another rate is heard at its own pitch and length."""
    times_s = np.arange(22_050) / 22_050
    tone = Sound(np.asarray(8_000 * np.sin(2 * np.pi * 440 * times_s), np.int16), 22_050)
    with sound_card.recorded_speaker() as recording:
        assert player.play(tone).wait(LIMIT_S)
        recording.wait(0.2)
    heard = without_silence(recording.heard)
    expected = tone.at_rate(RATE_HZ).samples
    count = min(len(expected), len(heard.samples))
    lag = int(np.argmax(np.correlate(heard.samples[:200].astype(float), expected[:100].astype(float), "valid")))
    correlation = np.corrcoef(heard.samples[lag : count - 50], expected[: count - 50 - lag])[0, 1]
    assert heard.duration_s == pytest.approx(1.0, abs=0.01)
    assert correlation > 0.99


def test_a_lost_loudspeaker_is_said_once_and_used_again(sound_card: SoundCard) -> None:
    """The sounds that wait end with a fault; the next play opens the loudspeaker that is back."""
    lost: list[PlaybackError] = []
    with Player("vspeaker", lost.append, RATE_HZ) as player:
        started = threading.Event()
        playing = player.play(noise(5.0), on_started=lambda _: started.set())
        waiting = player.play(noise(1.0))
        assert started.wait(LIMIT_S)
        sound_card.kill()
        assert playing.wait(LIMIT_S)
        assert waiting.wait(LIMIT_S)
        assert isinstance(playing.fault, PlaybackError)
        assert waiting.fault is playing.fault
        with pytest.raises(PlaybackError, match="loudspeaker"):
            player.play(noise(0.1))
        sound_card.restart()
        with sound_card.recorded_speaker() as recording:
            sound = noise(0.3)
            assert player.play(sound).wait(LIMIT_S)
            recording.wait(0.2)
        assert np.array_equal(without_silence(recording.heard).samples, sound.samples)
    assert [str(fault) for fault in lost] == [str(playing.fault)]


def test_a_loudspeaker_that_stands_still_is_given_up(sound_card: SoundCard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that takes no samples and says nothing does not keep anybody waiting; later it is used again."""
    monkeypatch.setattr(module, "STALL_S", 0.3)
    with Player("vspeaker", rate_hz=RATE_HZ) as player:
        ticket = player.play(noise(5.0))
        with sound_card.frozen():
            wait_until(lambda: player.check() or ticket.has_ended)  # type: ignore[func-returns-value]
        assert isinstance(ticket.fault, PlaybackError)
        assert player.play(noise(0.1)).wait(LIMIT_S)


def test_an_unknown_name_lists_the_loudspeakers(sound_card: SoundCard) -> None:
    """One sentence with the names that would be right."""
    with pytest.raises(PlaybackError) as caught:
        Player("no such thing").open()
    assert str(caught.value).startswith('There is no loudspeaker called "no such thing"; choose one of "vspeaker", ')


def test_no_loudspeaker_is_one_sentence(sound_card: SoundCard) -> None:
    """Without any device the person is told to read."""
    sound_card.kill()
    rescan()
    with pytest.raises(PlaybackError, match=r"^No loudspeaker was found; connect one, or read the answers"):
        Player().open()
    sound_card.restart()
    rescan()
    with Player() as player:
        assert player.play(noise(0.1)).wait(LIMIT_S)


def test_devices_are_found_by_number_and_by_part_of_the_name(sound_card: SoundCard) -> None:
    """A number, also as text, and any part of the name will do."""
    speaker = next(device for device in output_devices() if device.name == "vspeaker")
    for wanted in (speaker.index, str(speaker.index), "VSPEAKER", "speak"):
        with Player(wanted) as player:
            assert player.play(noise(0.05)).wait(LIMIT_S)


def test_missing_portaudio_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the package."""
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    with pytest.raises(PlaybackError, match=r"^PortAudio is missing; install it with `sudo apt install libport"):
        Player().open()


def test_closing_twice_or_unopened_is_fine(sound_card: SoundCard) -> None:
    """Nothing happens, and the sounds that waited end."""
    Player("vspeaker").close()
    player = Player("vspeaker", rate_hz=RATE_HZ)
    ticket = player.play(noise(3.0))
    player.close()
    player.close()
    assert ticket.has_ended
    assert ticket.was_cut
