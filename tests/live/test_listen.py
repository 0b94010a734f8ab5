"""The assistant as a person meets it: spoken to through a microphone, answering through a loudspeaker."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.live.assistant import Assistant, in_order, spoken_s
from tests.sound_card import SoundCard, wait_until

GOODBYE = "flite-slt/goodbye"
NO = "festival-kal/no"
STOP = "flite-rms/stop"
WELCOME_S = 5.0
"""Thirty words at 320 words a minute last longer."""


def test_a_spoken_question_is_answered_aloud_and_goodbye_ends_the_session(sound_card: SoundCard) -> None:
    """Each answer is shown and really sounds; the program ends with exit code 0."""
    with Assistant(sound_card) as assistant:
        (doctor,) = assistant.ask("flite-slt/should i see a doctor")
        assert "escalation.doctor" in assistant.wait_for("[escalation.doctor]")
        assert spoken_s(doctor) > 2.0
        assistant.ask_until(GOODBYE, lambda: assistant.has_ended)
        assert assistant.ended() == 0


def test_the_relief_steps_are_led_by_voice(sound_card: SoundCard) -> None:
    """From the question through both safety questions to the stretch and its count; "stop" ends it, step by step."""
    with Assistant(sound_card) as assistant:
        assistant.ask_until(
            "flite-slt/how do i stop a hamstring cramp", lambda: "[relief.start]" in assistant.transcript
        )
        assistant.ask_until(NO, lambda: "knee" in assistant.transcript, most=8)
        assistant.wait_for("toes")
        assistant.wait_for("fifteen seconds")
        assistant.wait_for("Three", 30)
        assistant.ask_until(STOP, lambda: assistant.has_ended, most=8)
        assert assistant.ended() == 0
        expected = ["[relief.start]", "sit", "chest pain", "pop", "[no]", "knee", "toes", "[stop]", "goodbye"]
        assert in_order(expected, assistant.transcript.lower()), assistant.transcript


def test_stop_cuts_off_speech_that_is_being_spoken(sound_card: SoundCard) -> None:
    """A command spoken into a reply silences it long before its end; a short word may be lost once or twice."""
    assert any(seconds_until_silence(sound_card) < WELCOME_S / 2 for _ in range(4))


def seconds_until_silence(sound_card: SoundCard) -> float:
    """From the end of a "stop" said into the welcome to silence."""
    with Assistant(sound_card) as assistant:
        wait_until(assistant.speaks, 20, "the welcome")
        assistant.interrupt(STOP)
        start_s = time.monotonic()
        assistant.wait_until_silent(0.5)
        return time.monotonic() - start_s if "[stop]" in assistant.transcript else WELCOME_S


def test_what_is_not_a_cramp_is_sent_to_help(sound_card: SoundCard) -> None:
    """A red flag names the number of the region, says it twice, and says that nobody was called."""
    with Assistant(sound_card) as assistant:
        assistant.ask_until("flite-awb/i cannot catch my breath", lambda: "cannot call" in assistant.transcript)
        said = [line for line in assistant.said()[1:] if "now" in line]
        assert "nine nine nine" in said[0]
        assert said[0] == said[1]


def test_it_does_not_answer_itself(sound_card: SoundCard) -> None:
    """With the loudspeaker heard by the microphone, nothing is heard but what the person said."""
    with sound_card.speaker_to_microphone(), Assistant(sound_card) as assistant:
        assistant.ask("flite-slt/should i see a doctor", "flite-awb/what is a hamstring cramp")
        assistant.wait_until_silent(10.0)  # the offered question comes again after a silence
        said = ("[escalation.doctor]", "[about.cramp]")
        assert assistant.heard, assistant.transcript
        assert all(line.endswith(said) for line in assistant.heard), assistant.transcript


def test_unrelated_speech_starts_nothing(sound_card: SoundCard) -> None:
    """Talk about other things, and a noisy kitchen, lead to no advice."""
    with Assistant(sound_card) as assistant:
        assistant.ask("flite-slt/oov_what is the weather going to be tomorrow", "noise/oov_kitchen")
        assistant.wait_for("[out_of_scope]", 60)
        advice = [line for line in assistant.heard if "relief." in line or "prevention." in line or "red flag" in line]
        assert advice == []


def test_the_question_is_heard_from_its_first_word_while_both_cores_are_busy(sound_card: SoundCard) -> None:
    """A busy machine slows the answer down and loses nothing."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        with Assistant(sound_card) as assistant:
            assistant.ask("flite-slt/should i see a doctor")
            assert "should i see a doctor" in assistant.wait_for("[escalation.doctor]", 60)
    finally:
        for process in busy:
            process.kill()
            process.wait()


def test_a_lost_sound_server_is_said_once_and_listening_goes_on_when_it_is_back(sound_card: SoundCard) -> None:
    """The assistant survives a device that vanishes, and hears again once it has returned."""
    with Assistant(sound_card) as assistant:
        assistant.wait_until_silent()
        sound_card.restart()
        assistant.wait_for("microphone is back", 40)
        assistant.interrupt("flite-slt/should i see a doctor")
        assistant.wait_for("[escalation.doctor]", 30)


def test_a_sound_server_lost_in_mid_sentence_costs_the_sentence_and_nothing_else(sound_card: SoundCard) -> None:
    """What was being said is told to be read; once the server is back, the next answer is heard aloud again."""
    with Assistant(sound_card) as assistant:
        wait_until(assistant.speaks, 20, "the welcome")
        sound_card.restart()
        assistant.wait_for("The loudspeaker was lost", 20)
        assistant.wait_for("microphone is back", 40)
        with sound_card.recorded_speaker() as speaker:
            assistant.interrupt("flite-slt/should i see a doctor")
            assistant.wait_for("[escalation.doctor]", 30)
            wait_until(lambda: spoken_s(speaker.heard) > 1.0, 20, "the answer aloud")
        assert not assistant.has_ended
        assert "Traceback" not in assistant.transcript


def test_an_assistant_that_does_not_start_leaves_nothing_running(sound_card: SoundCard) -> None:
    """What was started is ended, and what was printed is told at once."""
    assistant = Assistant(sound_card, "--region", "mars")
    with pytest.raises(AssertionError, match="The region 'mars' is not known"), assistant:
        pass
    assert assistant.has_ended
