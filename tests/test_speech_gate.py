"""What of a stream of sound the recogniser gets to hear."""

from __future__ import annotations

import numpy as np
import pytest

from voice_skill.speech_gate import LEAD_S, QUIET_S, SpeechGate

RATE_HZ = 16_000
BLOCK = 800
_RANDOM = np.random.default_rng(4)


def noise(level: float, seconds: float) -> list[bytes]:
    """Blocks of white noise; `level` is the root mean square in steps of a sample."""
    samples = _RANDOM.normal(0.0, level, round(seconds * RATE_HZ)).astype(np.int16)
    return [samples[at : at + BLOCK].tobytes() for at in range(0, len(samples), BLOCK)]


def admitted(gate: SpeechGate, blocks: list[bytes]) -> list[bytes]:
    """What comes through; the gate is closed whenever it may be."""
    through = []
    for block in blocks:
        through.append(gate.admit(block))
        if gate.may_close:
            gate.close()
    return through


@pytest.mark.parametrize("room", [0.0, 3.0, 60.0, 300.0])
def test_a_steady_room_is_not_heard(room: float) -> None:
    """However loud its noise is."""
    assert not any(admitted(SpeechGate(RATE_HZ), noise(room, 5.0)))


@pytest.mark.parametrize("room", [0.0, 3.0, 60.0, 300.0])
def test_speech_is_heard_with_what_led_to_it(room: float) -> None:
    """The first loud block brings the lead, and nothing is lost or doubled from there on."""
    gate = SpeechGate(RATE_HZ)
    before, speech = noise(room, 2.0), noise(3_000.0, 1.0)
    admitted(gate, before)
    lead = before[-round(LEAD_S * RATE_HZ / BLOCK) :]
    assert b"".join(admitted(gate, speech)) == b"".join([*lead, *speech])


def test_speech_from_the_very_start_is_heard() -> None:
    """A recording need not begin with the room; the first pause between two sounds tells its level."""
    gate = SpeechGate(RATE_HZ)
    speech = [*noise(3_000.0, 0.2), *noise(300.0, 0.05), *noise(3_000.0, 0.5)]
    assert b"".join(admitted(gate, speech)) == b"".join(speech)


def test_pauses_within_speech_are_heard() -> None:
    """A short one belongs to the utterance; only after a long one may the gate close."""
    gate = SpeechGate(RATE_HZ)
    pause = noise(3.0, QUIET_S - 0.1)
    stream = [*noise(3.0, 0.5), *noise(3_000.0, 0.5), *pause, *noise(3_000.0, 0.5)]
    heard = b"".join(admitted(gate, stream))
    assert all(block in heard for block in pause)
    assert any(admitted(gate, noise(3.0, QUIET_S)))
    assert not any(admitted(gate, noise(3.0, 1.0)))


def test_it_stays_open_until_it_is_closed() -> None:
    """Whoever waits for a word that was begun may go on listening."""
    gate = SpeechGate(RATE_HZ)
    for block in [*noise(3.0, 0.5), *noise(3_000.0, 0.5), *noise(3.0, 2.0)]:
        last = gate.admit(block)
    assert last
    assert gate.may_close


def test_a_room_that_grows_louder_is_let_go_after_some_seconds() -> None:
    """A fan that is turned on is heard only until the floor has risen to it."""
    gate = SpeechGate(RATE_HZ)
    through = admitted(gate, [*noise(10.0, 1.0), *noise(60.0, 12.0)])
    assert any(through)
    assert not any(through[-round(1.0 * RATE_HZ / BLOCK) :])


def test_rumble_and_clinks_are_not_heard() -> None:
    """A fan shakes the microphone below the frequencies of speech; a dish rings for less time than a syllable."""
    moments = np.arange(6 * RATE_HZ) / RATE_HZ
    rumble = 3_000 * np.sin(2 * np.pi * 40 * moments) * (1 + np.sin(2 * np.pi * 1.5 * moments)) / 2
    clink = 2_000 * np.sin(2 * np.pi * 3_000 * moments) * (moments % 1.0 > 0.97)
    sound = (rumble + clink + _RANDOM.normal(0.0, 60.0, len(moments))).astype(np.int16)
    blocks = [sound[at : at + BLOCK].tobytes() for at in range(0, len(sound), BLOCK)]
    assert not any(admitted(SpeechGate(RATE_HZ), blocks))


def test_dishes_that_ring_on_are_not_heard() -> None:
    """For longer than a syllable and loudly, but above the frequencies where every vowel is."""
    moments = np.arange(6 * RATE_HZ) / RATE_HZ
    ringing = 6_000 * np.sin(2 * np.pi * 2_500 * moments) * np.exp(-8 * (moments % 1.0))
    sound = (ringing + _RANDOM.normal(0.0, 60.0, len(moments))).astype(np.int16)
    blocks = [sound[at : at + BLOCK].tobytes() for at in range(0, len(sound), BLOCK)]
    assert not any(admitted(SpeechGate(RATE_HZ), blocks))


def test_how_loud_a_block_is_may_be_judged_by_another() -> None:
    """By the sound before its noise was taken out, for one."""
    gate = SpeechGate(RATE_HZ)
    silence, speech = bytes(2 * BLOCK), noise(3_000.0, 0.05)[0]
    admitted(gate, noise(3.0, 1.0))
    assert gate.admit(speech, judged=silence) == b""
    assert gate.admit(silence, judged=speech).endswith(silence)
