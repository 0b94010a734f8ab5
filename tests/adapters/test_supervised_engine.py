"""An engine that is tried out before it is trusted; faults by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.sound_card import noise
from voice_skill.adapters.supervised_engine import SupervisedEngine
from voice_skill.domain import Voice
from voice_skill.errors import SpeechError
from voice_skill.sound import Sound

LIMIT_S = 10.0
NEVER_S = 1000.0


class NoiseEngine:
    """Speaks a moment of noise; fails on "fail"."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.closed = False

    def synthesise(self, text: str, voice: Voice) -> Sound:
        """Noise."""
        self.asked.append(text)
        if text == "fail":
            raise SpeechError("It failed.")
        return noise(0.1)

    def close(self) -> None:
        """Give it back."""
        self.closed = True


class Trials:
    """What each trial of the engine finds, in turn; a trial waits until the test lets it begin."""

    def __init__(self, *faults: str) -> None:
        self._faults = list(faults)
        self.allowed = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)

    def __call__(self, given_up: threading.Event) -> None:
        """One trial."""
        self.begun.release()
        while not self.allowed.acquire(timeout=0.01):
            if given_up.is_set():
                return
        if fault := self._faults.pop(0):
            raise SpeechError(fault)


@contextmanager
def supervised(
    engine: NoiseEngine, trials: Trials, on_back: Callable[[], None] = lambda: None, pause_s: float = NEVER_S
) -> Iterator[SupervisedEngine]:
    """An engine that is closed in the end."""
    wrapped = SupervisedEngine(engine, trials, on_back, pause_s)
    try:
        yield wrapped
    finally:
        wrapped.close()


def test_a_text_waits_until_the_engine_was_tried() -> None:
    """The engine is not touched before it is known to work: some faults would end the whole program."""
    engine, trials = NoiseEngine(), Trials("")
    sounds: list[Sound] = []
    with supervised(engine, trials) as speech:
        asking = threading.Thread(target=lambda: sounds.append(speech.synthesise("yes", Voice())))
        asking.start()
        assert trials.begun.acquire(timeout=LIMIT_S)
        assert engine.asked == []
        trials.allowed.release()
        asking.join(LIMIT_S)
    assert len(sounds) == 1
    assert engine.closed


def test_a_broken_engine_is_never_asked_and_every_text_says_why() -> None:
    """Each text fails at once with the same sentence."""
    engine, trials = NoiseEngine(), Trials("It hangs.")
    trials.allowed.release()
    with supervised(engine, trials) as speech:
        for _ in range(2):
            with pytest.raises(SpeechError, match=r"^It hangs\.$"):
                speech.synthesise("yes", Voice())
    assert engine.asked == []


def test_a_broken_engine_is_tried_again_and_used_when_it_is_back() -> None:
    """As often as it takes; its return is told once."""
    engine, trials = NoiseEngine(), Trials("It hangs.", "It still hangs.", "")
    back = threading.Semaphore(0)
    for _ in range(3):
        trials.allowed.release()
    with supervised(engine, trials, back.release, pause_s=0.01) as speech:
        assert back.acquire(timeout=LIMIT_S)
        assert speech.synthesise("yes", Voice()).duration_s > 0
    assert not back.acquire(blocking=False)


def test_an_engine_that_fails_is_tried_before_the_next_text() -> None:
    """What waits behind the text that failed is spoken if the engine still works, and told why if it does not."""
    engine, trials = NoiseEngine(), Trials("", "", "It died.")
    for _ in range(3):
        trials.allowed.release()
    with supervised(engine, trials) as speech:
        with pytest.raises(SpeechError, match=r"^It failed\.$"):
            speech.synthesise("fail", Voice())
        assert speech.synthesise("yes", Voice()).duration_s > 0
        with pytest.raises(SpeechError, match=r"^It failed\.$"):
            speech.synthesise("fail", Voice())
        with pytest.raises(SpeechError, match=r"^It died\.$"):
            speech.synthesise("yes", Voice())
    assert engine.asked == ["fail", "yes", "fail"]


def test_closing_ends_a_trial_that_is_under_way() -> None:
    """Nobody waits for an engine that hangs while the program ends."""
    engine, trials = NoiseEngine(), Trials()
    with supervised(engine, trials):
        assert trials.begun.acquire(timeout=LIMIT_S)
    assert engine.closed
