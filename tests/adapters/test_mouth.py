"""Speaking aloud: the real engine, the real player, a virtual loudspeaker; faults by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.sound_card import RATE_HZ, SoundCard, noise, wait_until, without_silence
from voice_skill.adapters.earcons import earcon_sound
from voice_skill.adapters.mouth import SpokenMouth
from voice_skill.adapters.player import Player
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
from voice_skill.adapters.speech_cache import CachedSpeech
from voice_skill.domain import EarconKind, Voice
from voice_skill.errors import DeviceError, PlaybackError, SpeechError
from voice_skill.ports import SpeechEngine
from voice_skill.sound import Sound

LIMIT_S = 15.0


class NoiseEngine:
    """Speaks in noise of a length that the text says in seconds; fails on "fail"; may be held back at a gate."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[str] = []

    def synthesise(self, text: str, voice: Voice) -> Sound:
        """Noise, the same for the same text."""
        self.asked.append(text)
        self.gate.wait(LIMIT_S)
        if text == "fail":
            raise SpeechError("It failed.")
        return noise(float(text), seed=round(1000 * float(text)))

    def close(self) -> None:
        """Nothing to give back."""


@dataclass
class Stage:
    """A mouth with notes of what it reported."""

    engine: SpeechEngine
    device: str = "vspeaker"
    idle: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    idles: int = 0
    troubles: list[tuple[str, DeviceError]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.player = Player(self.device, rate_hz=RATE_HZ)
        self.mouth = SpokenMouth(self.engine, self.player, self._note_idle, self._note_trouble)

    def _note_idle(self) -> None:
        self.idles += 1
        self.idle.release()

    def _note_trouble(self, text: str, error: DeviceError) -> None:
        self.troubles.append((text, error))

    def wait_idle(self) -> bool:
        """Wait for one report that all is said."""
        return self.idle.acquire(timeout=LIMIT_S)

    def end(self) -> None:
        """Hush and close."""
        self.mouth.hush()
        self.mouth.close()


@pytest.fixture
def stage(sound_card: SoundCard) -> Iterator[Stage]:
    """A mouth that speaks in noise, so that every sample can be followed."""
    stage = Stage(NoiseEngine())
    stage.player.open()
    yield stage
    stage.end()


def test_says_texts_and_tones_in_order_with_pauses(sound_card: SoundCard, stage: Stage) -> None:
    """Sample by sample: text, pause, text, tone."""
    with sound_card.recorded_speaker() as recording:
        stage.mouth.say("0.3", Voice())
        stage.mouth.say("0.2", Voice(), pause_s=0.5)
        stage.mouth.earcon(EarconKind.STOPPED)
        assert stage.wait_idle()
        recording.wait(0.3)
    tone = earcon_sound(EarconKind.STOPPED, Voice().volume).at_rate(RATE_HZ).samples
    pause = np.zeros(RATE_HZ // 2, np.int16)
    expected = np.concatenate([noise(0.3, 300).samples, pause, noise(0.2, 200).samples, tone])
    heard = without_silence(recording.heard).samples
    assert np.array_equal(heard[: len(expected) - len(tone)], expected[: -len(tone)])
    assert heard[len(expected) - len(tone) :] == pytest.approx(tone[: len(heard) - len(expected) + len(tone)], abs=1)
    assert stage.idles == 1
    assert not stage.troubles
    assert not stage.mouth.speaking


def test_speaks_with_the_real_engine(sound_card: SoundCard, engine: Pyttsx3Engine) -> None:
    """Words come out of the loudspeaker as the engine made them."""
    speech = CachedSpeech(engine)
    stage = Stage(speech)
    text = "Straighten your sore leg slowly."
    with sound_card.recorded_speaker() as recording:
        stage.mouth.say(text, Voice())
        assert stage.wait_idle()
        recording.wait(0.2)
    expected = without_silence(speech.synthesise(text, Voice()).at_rate(RATE_HZ)).samples
    assert np.array_equal(without_silence(recording.heard).samples, expected)
    stage.end()


def test_idle_is_told_once_for_each_time_that_all_was_said(stage: Stage) -> None:
    """Not between the texts of one queue, and again for the next queue."""
    for _ in range(2):
        for text in ("0.1", "0.1", "0.1"):
            stage.mouth.say(text, Voice())
        assert stage.wait_idle()
        assert not stage.mouth.speaking
    assert stage.idles == 2
    assert stage.mouth.ended_at_s is not None
    assert time.monotonic() - stage.mouth.ended_at_s < 1.0


def test_an_empty_text_still_ends(stage: Stage, engine: Pyttsx3Engine) -> None:
    """Nothing to say is said at once."""
    empty = Stage(engine)
    empty.mouth.say("", Voice())
    assert empty.wait_idle()
    empty.end()


def test_hush_fades_and_forgets_the_rest(sound_card: SoundCard, stage: Stage) -> None:
    """What sounds dies away, what waits is never heard, and idle follows once."""
    with sound_card.recorded_speaker() as recording:
        for text in ("5.0", "4.0", "3.0"):
            stage.mouth.say(text, Voice())
        wait_until(lambda: stage.mouth.current_text == "5.0")
        stage.mouth.hush()
        stage.mouth.hush()
        assert stage.wait_idle()
        recording.wait(0.3)
    heard = without_silence(recording.heard)
    assert 0.0 < heard.duration_s < 1.0
    whole = noise(5.0, 5000).samples
    assert np.array_equal(heard.samples[: -round(0.03 * RATE_HZ)], whole[: len(heard.samples) - round(0.03 * RATE_HZ)])
    assert stage.idles == 1
    assert not stage.troubles
    assert stage.mouth.current_text == ""


def test_a_text_said_right_after_hush_is_heard_and_idle_waits_for_it(sound_card: SoundCard, stage: Stage) -> None:
    """Hush and say in one breath count as one time."""
    stage.mouth.say("5.0", Voice())
    wait_until(lambda: stage.mouth.current_text == "5.0")
    with sound_card.recorded_speaker() as recording:
        stage.mouth.hush()
        stage.mouth.say("0.2", Voice())
        assert stage.wait_idle()
        recording.wait(0.2)
    assert np.array_equal(without_silence(recording.heard).samples[-3200:], noise(0.2, 200).samples)
    assert stage.idles == 1


def test_hush_while_a_text_is_being_made_drops_it(sound_card: SoundCard) -> None:
    """Speech that comes too late is not played."""
    engine = NoiseEngine()
    engine.gate.clear()
    stage = Stage(engine)
    stage.mouth.say("2.0", Voice())
    wait_until(lambda: engine.asked == ["2.0"])
    stage.mouth.hush()
    assert stage.mouth.speaking
    engine.gate.set()
    assert stage.wait_idle()
    assert stage.mouth.ended_at_s is None
    assert stage.idles == 1
    stage.end()


def test_hush_with_nothing_queued_says_nothing(stage: Stage) -> None:
    """There is no end of what never began."""
    stage.mouth.hush()
    stage.mouth.say("0.1", Voice())
    assert stage.wait_idle()
    assert stage.idles == 1


def test_the_next_text_is_made_while_the_last_one_plays(stage: Stage) -> None:
    """No wait for the engine between two sentences."""
    assert isinstance(stage.engine, NoiseEngine)
    stage.mouth.say("3.0", Voice())
    stage.mouth.say("0.1", Voice())
    wait_until(lambda: stage.mouth.current_text == "3.0")
    wait_until(lambda: stage.player.waiting == 2)
    assert stage.engine.asked == ["3.0", "0.1"]
    assert stage.mouth.current_text == "3.0"


def test_a_text_that_cannot_be_spoken_is_told_and_the_queue_goes_on(stage: Stage) -> None:
    """The caller gets the text and the reason, the others are heard."""
    for text in ("0.1", "fail", "0.1"):
        stage.mouth.say(text, Voice())
    assert stage.wait_idle()
    assert stage.idles == 1
    [(text, error)] = stage.troubles
    assert text == "fail"
    assert isinstance(error, SpeechError)


def test_without_a_loudspeaker_each_text_is_told_and_idle_follows(sound_card: SoundCard) -> None:
    """Nothing is lost in silence and nothing hangs."""
    stage = Stage(NoiseEngine(), device="no such thing")
    for text in ("0.1", "0.2"):
        stage.mouth.say(text, Voice())
    assert stage.wait_idle()
    assert [text for text, _ in stage.troubles] == ["0.1", "0.2"]
    assert all(isinstance(error, PlaybackError) for _, error in stage.troubles)
    stage.mouth.close()


def test_a_loudspeaker_lost_in_mid_sentence_is_told_and_used_again(sound_card: SoundCard, stage: Stage) -> None:
    """The sentence that was cut and the one behind it are told; the next one is heard when the device is back."""
    stage.mouth.say("5.0", Voice())
    stage.mouth.say("4.0", Voice())
    wait_until(lambda: stage.mouth.current_text == "5.0" and stage.player.waiting == 2)
    sound_card.kill()
    assert stage.wait_idle()
    assert [text for text, _ in stage.troubles] == ["5.0", "4.0"]
    sound_card.restart()
    stage.mouth.say("0.2", Voice())
    assert stage.wait_idle()
    assert len(stage.troubles) == 2
    assert stage.idles == 2


def test_close_lets_the_queue_end(sound_card: SoundCard) -> None:
    """Everything queued before close is heard to its last sample."""
    stage = Stage(NoiseEngine())
    with sound_card.recorded_speaker() as recording:
        for text in ("0.3", "0.2"):
            stage.mouth.say(text, Voice())
        stage.mouth.close()
        recording.wait(0.3)
    expected = np.concatenate([noise(0.3, 300).samples, noise(0.2, 200).samples])
    assert np.array_equal(without_silence(recording.heard).samples, expected)
    assert stage.idles == 1
