"""Whatever is installed, there is one voice; and what it said once is not spoken again."""

from __future__ import annotations

from pathlib import Path

from voice_skill.bench.voices import SPEAKERS, Speaker, Speech, as_read, installed_speakers, not_installed
from voice_skill.sound import SPEECH_RATE_HZ


def test_there_is_always_a_voice() -> None:
    assert "own-espeak" in {speaker.name for speaker in installed_speakers()}


def test_three_voices_were_never_tuned_on() -> None:
    assert len([speaker for speaker in SPEAKERS if not speaker.tuned_on]) >= 3


def test_a_voice_is_either_installed_or_said_to_be_missing() -> None:
    said = {sentence.partition(" ")[0] for sentence in not_installed()}
    assert said.isdisjoint(speaker.name for speaker in installed_speakers())
    assert len(said) + len(installed_speakers()) == len(SPEAKERS)


def test_a_sentence_is_spoken_once_and_then_read(tmp_path: Path) -> None:
    speech = Speech(tmp_path)
    first = speech.say("own-espeak", "i am here")
    (file,) = tmp_path.rglob("*.wav")
    written = file.stat().st_mtime_ns
    again = Speech(tmp_path).say("own-espeak", "i am here")
    assert first.rate_hz == SPEECH_RATE_HZ
    assert first.duration_s > 0.3
    assert (first.samples == again.samples).all()
    assert file.stat().st_mtime_ns == written


def test_speakers_read_a_sentence_as_it_is_written() -> None:
    assert as_read("can i walk") == "can I walk."


def test_a_speaker_says_what_it_lacks() -> None:
    lacking = Speaker("none", False, lambda: "the program none", lambda text, wav: None)
    assert lacking.missing() == "the program none"
