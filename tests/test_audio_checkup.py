"""The microphone doctor on the virtual sound card, with a loudspeaker that the microphone hears."""

from __future__ import annotations

import re
import threading

import pytest

from tests.conftest import RunCli
from tests.live.assistant import recorded
from tests.sound_card import SoundCard
from voice_skill.audio_checkup import audio_check_up
from voice_skill.findings import Finding, Level
from voice_skill.settings import Settings

SETTINGS = Settings(microphone="vmic", speaker="vspeaker", echo_cancellation=False)


def findings(card: SoundCard) -> dict[str, Finding]:
    """The last finding of each subject, with a person who speaks when asked to."""
    speaking: list[threading.Thread] = []

    def obey(sentence: str) -> None:
        if "say a sentence" in sentence:
            question = recorded("flite-slt/should i see a doctor")
            speaking.append(threading.Thread(target=card.play_into_microphone, args=(question,)))
            speaking[-1].start()

    found = {finding.subject: finding for finding in audio_check_up(SETTINGS, obey)}
    for thread in speaking:
        thread.join()
    return found


def number_in(finding: Finding) -> float:
    """The first figure."""
    match = re.search(r"[-+]?\d+", finding.text)
    assert match is not None, finding
    return float(match[0])


def test_echo_and_round_trip_follow_the_room(sound_card: SoundCard) -> None:
    """The echo is as loud as the room makes it, and a longer way takes longer."""
    with sound_card.speaker_to_microphone(30, 0.0):
        near = findings(sound_card)
    with sound_card.speaker_to_microphone(330, -10.0):
        far = findings(sound_card)
    assert near["voice"].level is Level.OK
    assert number_in(near["echo"]) == pytest.approx(0.0, abs=1.0)
    assert number_in(far["echo"]) == pytest.approx(-10.0, abs=1.0)
    longer_ms = number_in(far["round trip"]) - number_in(near["round trip"])
    assert longer_ms == pytest.approx(300.0, abs=90.0)  # the loop itself keeps its delay no better
    assert "wear a headset" in near["interrupting"].text


def test_without_a_way_from_the_loudspeaker_there_is_no_echo(sound_card: SoundCard) -> None:
    """As with a headset."""
    found = findings(sound_card)
    assert "does not hear the loudspeaker" in found["echo"].text
    assert found["interrupting"].level is Level.OK
    assert "round trip" not in found


def test_without_a_device_it_says_so_in_one_sentence(run_cli: RunCli) -> None:
    """Nothing is wrong with the program."""
    outcome = run_cli("check", "--audio")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].startswith("note  microphone: No microphone was found")


def test_a_named_device_that_is_missing_is_a_fault(run_cli: RunCli) -> None:
    """It was asked for."""
    outcome = run_cli("check", "--audio", "--json", "--microphone", "studio")
    assert outcome.code == 1
    assert '"level": "fault"' in outcome.out
