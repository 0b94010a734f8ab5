"""Remembering and preparing speech."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.sound_card import wait_until
from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
from voice_skill.adapters.speech_cache import CachedSpeech
from voice_skill.domain import Voice
from voice_skill.errors import SpeechError
from voice_skill.sound import Sound

LIMIT_S = 20.0


class CountingEngine:
    """An engine that notes what it is asked for, may be held back, and fails on request."""

    def __init__(self, length_s: float = 1.0) -> None:
        self.asked: list[str] = []
        self.length_s = length_s
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Semaphore(0)
        self.is_closed = False

    def synthesise(self, text: str, voice: Voice) -> Sound:
        """One second of silence, or a fault for the text "fail"."""
        self.asked.append(text)
        self.entered.release()
        self.gate.wait(LIMIT_S)
        if text == "fail":
            raise SpeechError("It failed.")
        return Sound(np.zeros(round(100 * self.length_s), np.int16), 100)

    def close(self) -> None:
        """Note it."""
        self.is_closed = True


def test_the_second_time_comes_from_memory(engine: Pyttsx3Engine) -> None:
    """The very same sound is given for the same text and voice, and another one for another voice."""
    cache = CachedSpeech(engine)
    first = cache.synthesise("Hold it there.", Voice())
    assert cache.synthesise("Hold it there.", Voice()) is first
    assert cache.synthesise("Hold it there.", Voice(rate_wpm=100)).duration_s > first.duration_s


def test_prepared_texts_need_no_engine(engine: Pyttsx3Engine) -> None:
    """What was prepared is there before it is asked for."""
    cache = CachedSpeech(engine)
    cache.prepare(["One.", "Two.", "Three."], Voice())
    assert cache.wait_prepared(LIMIT_S)
    assert all(cache.has(text, Voice()) for text in ("One.", "Two.", "Three."))
    assert not cache.has("One.", Voice(rate_wpm=100))


def test_requests_go_before_preparation() -> None:
    """While somebody waits, the next text of a long preparation is not begun."""
    engine = CountingEngine()
    cache = CachedSpeech(engine)
    engine.gate.clear()
    cache.prepare(["a", "b", "c"], Voice())
    assert engine.entered.acquire(timeout=LIMIT_S)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(cache.synthesise, "now", Voice())
        assert engine.entered.acquire(timeout=LIMIT_S)
        engine.gate.set()
        answer.result(LIMIT_S)
    assert cache.wait_prepared(LIMIT_S)
    assert engine.asked[:2] == ["a", "now"]
    assert sorted(engine.asked[2:]) == ["b", "c"]
    cache.close()


def test_a_text_under_way_is_waited_for() -> None:
    """Two who ask for the same text at once share one sound."""
    engine = CountingEngine()
    cache = CachedSpeech(engine)
    engine.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(cache.synthesise, "a", Voice()) for _ in range(2)]
        assert engine.entered.acquire(timeout=LIMIT_S)
        engine.gate.set()
        first, second = (answer.result(LIMIT_S) for answer in answers)
    assert first is second
    assert engine.asked == ["a"]


def test_the_one_not_asked_for_longest_is_forgotten() -> None:
    """The memory is bounded in seconds of speech."""
    engine = CountingEngine()
    cache = CachedSpeech(engine, capacity_s=2.0)
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.synthesise(text, Voice())
    assert engine.asked == ["a", "b", "c", "b"]


def test_preparation_ends_where_memory_is_full() -> None:
    """What comes first is kept; nothing is spoken ahead only to push it out."""
    engine = CountingEngine()
    cache = CachedSpeech(engine, capacity_s=2.0)
    cache.prepare(["a", "b", "c", "d"], Voice())
    assert cache.wait_prepared(LIMIT_S)
    assert engine.asked == ["a", "b"]
    assert cache.has("a", Voice())


def test_a_new_preparation_replaces_the_old_one() -> None:
    """When the voice changes, the texts of the old voice are not worth the time."""
    engine = CountingEngine()
    cache = CachedSpeech(engine)
    engine.gate.clear()
    cache.prepare(["a", "b", "c"], Voice())
    assert engine.entered.acquire(timeout=LIMIT_S)
    cache.prepare(["d", "d"], Voice(rate_wpm=100))
    engine.gate.set()
    assert cache.wait_prepared(LIMIT_S)
    assert engine.asked == ["a", "d"]
    cache.close()


def test_faults_reach_the_one_who_asks_and_are_not_kept() -> None:
    """Preparation passes over a text that fails; asking for it says why, each time."""
    engine = CountingEngine()
    cache = CachedSpeech(engine)
    cache.prepare(["fail", "a"], Voice())
    assert cache.wait_prepared(LIMIT_S)
    assert cache.has("a", Voice())
    for _ in range(2):
        with pytest.raises(SpeechError, match="It failed"):
            cache.synthesise("fail", Voice())
    assert engine.asked == ["fail", "a", "fail", "fail"]


def test_closing_ends_preparation_and_the_engine() -> None:
    """No text is begun after close."""
    engine = CountingEngine()
    engine.gate.clear()
    cache = CachedSpeech(engine)
    cache.prepare(["a", "b"], Voice())
    assert engine.entered.acquire(timeout=LIMIT_S)
    closing = threading.Thread(target=cache.close)
    closing.start()
    wait_until(lambda: cache._closed)
    engine.gate.set()
    closing.join(LIMIT_S)
    cache.prepare(["c"], Voice())
    assert engine.asked == ["a"]
    assert engine.is_closed
