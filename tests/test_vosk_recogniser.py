"""Vosk as the program uses it, on the embedded model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from voice_skill.adapters import vosk_recogniser
from voice_skill.adapters.vosk_recogniser import ALTERNATIVES, VoskRecogniser, kaldi_recogniser, utterances_in
from voice_skill.building import demo_recordings
from voice_skill.domain import Expectation
from voice_skill.hearing import LoadedModel, chosen_model, open_recogniser
from voice_skill.settings import Settings
from voice_skill.sound import Sound, read_sound, silence

RECORDINGS = Path(__file__).parent / "recordings"
QUESTION = "how do i stop a hamstring cramp"


@pytest.fixture(scope="module")
def question() -> Sound:
    """A recorded question of the demo."""
    return read_sound(demo_recordings("en")[0])


@pytest.fixture
def recogniser(vosk_model: LoadedModel) -> VoskRecogniser:
    """A recogniser for recordings."""
    return open_recogniser(vosk_model, Settings())


def test_a_question_is_written_down(question: Sound, recogniser: VoskRecogniser) -> None:
    """One utterance with the words that were said."""
    (utterance,) = utterances_in(question, recogniser)
    assert utterance.text == QUESTION


def test_there_are_several_readings_best_first(question: Sound, recogniser: VoskRecogniser) -> None:
    """Each once, and no more than were asked for."""
    (utterance,) = utterances_in(question, recogniser)
    texts = [hypothesis.text for hypothesis in utterance.hypotheses]
    scores = [hypothesis.confidence for hypothesis in utterance.hypotheses]
    assert 1 < len(texts) <= ALTERNATIVES
    assert len(set(texts)) == len(texts)
    assert scores == sorted(scores, reverse=True)


def test_words_have_their_place_in_the_recording(question: Sound, recogniser: VoskRecogniser) -> None:
    """In seconds, in order, inside of the sound, and over most of the speech in it."""
    (utterance,) = utterances_in(question, recogniser)
    words = utterance.hypotheses[0].words
    assert " ".join(word.text for word in words) == QUESTION
    edges = [edge for word in words for edge in (word.start_s, word.end_s)]
    assert edges == sorted(edges)
    loud = np.flatnonzero(np.abs(question.samples.astype(int)) > 500) / question.rate_hz
    assert words[0].start_s == pytest.approx(loud[0], abs=0.25)
    assert words[-1].end_s == pytest.approx(loud[-1], abs=0.35)


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100, 48_000])
def test_any_rate_of_a_microphone_will_do(rate_hz: int, question: Sound, vosk_model: LoadedModel) -> None:
    """Not every device captures at 16 kHz."""
    (utterance,) = utterances_in(question, open_recogniser(vosk_model, Settings(), rate_hz))
    assert utterance.text == QUESTION


def test_a_recording_of_another_rate_is_converted(question: Sound, recogniser: VoskRecogniser) -> None:
    """Files come as they are."""
    (utterance,) = utterances_in(question.at_rate(48_000), recogniser)
    assert utterance.text == QUESTION


@pytest.mark.parametrize("duration_s", [0.0, 0.01, 3.0])
def test_silence_gives_nothing(duration_s: float, recogniser: VoskRecogniser) -> None:
    """No utterance, not even an empty one."""
    assert list(utterances_in(silence(duration_s, 16_000), recogniser)) == []
    assert recogniser.finish() is None


def test_two_questions_in_one_recording_are_two_utterances(question: Sound, recogniser: VoskRecogniser) -> None:
    """The silence between them is an endpoint."""
    both = np.concatenate([question.samples, silence(3.0, 16_000).samples, question.samples])
    heard = [each.text for each in utterances_in(Sound(both, 16_000), recogniser)]
    assert len(heard) == 2
    assert all(each.endswith("stop a hamstring cramp") for each in heard)


def test_words_after_long_quiet_are_heard_like_words_at_once(vosk_model: LoadedModel) -> None:
    """What a quiet room sounds like must not become the measure of speech; Vosk's dither may flip one of five."""
    quiet, lost = room(20.0), {"at once": 0, "after quiet": 0}
    for said in ("next", "can i walk it off", "how long left", "slow down", "what number do i call"):
        (file,) = RECORDINGS.glob(f"*/{said}.flac")
        word = read_sound(file)
        later = Sound(np.concatenate([quiet, word.samples]), word.rate_hz)
        for when, sound in (("at once", word), ("after quiet", later)):
            heard = [each.text for each in utterances_in(sound, open_recogniser(vosk_model, Settings()))]
            lost[when] += heard != [said]
    assert lost["after quiet"] <= lost["at once"] + 1, lost


def test_the_first_words_are_heard_in_a_room_that_hisses(vosk_model: LoadedModel) -> None:
    """Having met the room, it hears more of them than without, and most."""
    said = ["next", "help", "yes", "pause", "goodbye", "can i walk it off", "slow down", "how long left"]
    recordings = [read_sound(next(RECORDINGS.glob(f"*/{each}.flac"))) for each in said]

    def understood(in_room: Callable[[], VoskRecogniser]) -> int:
        texts = [[each.text for each in utterances_in(in_hiss(sound), in_room())] for sound in recordings]
        return sum(text == [each] for text, each in zip(texts, said, strict=True))

    with_room = understood(lambda: open_recogniser(vosk_model, Settings()))
    assert with_room > understood(lambda: VoskRecogniser(vosk_model.vosk, 16_000))
    assert with_room >= len(said) / 2


def in_hiss(sound: Sound) -> Sound:
    """A second of the room before it, and white noise of -50 dBFS over all."""
    samples = np.concatenate([np.zeros(16_000), sound.samples])
    hiss = np.random.default_rng(3).normal(0.0, 100.0, len(samples))
    return Sound(np.clip(samples + hiss, -32768, 32767).astype(np.int16), 16_000)


def test_word_times_count_the_quiet_that_was_passed_over(question: Sound, recogniser: VoskRecogniser) -> None:
    """Each utterance has its place in everything that was recorded, also after another one was dropped."""
    first, *_ = list(utterances_in(Sound(np.concatenate([room(6.0), question.samples]), 16_000), recogniser))
    recogniser.accept(question.samples[:20_000].tobytes())
    recogniser.forget()
    taken_s = 6.0 + question.duration_s + 0.8 + 20_000 / 16_000
    second = list(utterances_in(Sound(np.concatenate([room(6.0), question.samples]), 16_000), recogniser))[-1]
    began_s = first.hypotheses[0].words[0].start_s
    assert began_s == pytest.approx(6.0 + np.flatnonzero(np.abs(question.samples) > 500)[0] / 16_000, abs=0.25)
    assert second.hypotheses[0].words[-1].end_s - first.hypotheses[0].words[-1].end_s == pytest.approx(
        taken_s, abs=0.15
    )


def test_word_times_do_not_count_how_the_room_was_met(question: Sound, vosk_model: LoadedModel) -> None:
    """What the recogniser hears beside the recording takes no time in it."""
    (utterance,) = utterances_in(in_hiss(question), open_recogniser(vosk_model, Settings()))
    spoken_s = np.flatnonzero(np.abs(question.samples.astype(int)) > 500) / 16_000
    assert utterance.hypotheses[0].words[-1].end_s == pytest.approx(1.0 + spoken_s[-1], abs=0.4)


def test_after_much_speech_vosk_begins_anew_and_nothing_changes(
    question: Sound, vosk_model: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never frees the paths it has tried; in the quiet after the limit it is replaced, and time goes on."""
    made: list[object] = []

    def counted(*args: object) -> object:
        made.append(kaldi_recogniser(*args))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(vosk_recogniser, "_RENEW_AFTER_S", question.duration_s + 1.0)
    monkeypatch.setattr(vosk_recogniser, "kaldi_recogniser", counted)
    recogniser = open_recogniser(vosk_model, Settings())
    quiet = silence(2.0, question.rate_hz).samples
    sound = Sound(np.concatenate([question.samples, quiet] * 3), question.rate_hz)
    first, second, third = utterances_in(sound, recogniser)
    assert first.text == second.text == third.text == QUESTION
    assert len(made) == 2
    again_s = question.duration_s + 2.0
    for utterance, times in ((second, 1), (third, 2)):
        assert utterance.hypotheses[0].words[-1].end_s == pytest.approx(
            first.hypotheses[0].words[-1].end_s + times * again_s, abs=0.15
        )


def test_what_is_dropped_does_not_come_back(question: Sound, recogniser: VoskRecogniser) -> None:
    """The assistant's own voice leaves nothing behind for the next utterance."""
    recogniser.accept(question.samples[: len(question.samples) * 2 // 3].tobytes())
    recogniser.forget()
    assert recogniser.partial() == ""
    assert [each.text for each in utterances_in(question, recogniser)] == [QUESTION]


def room(duration_s: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """A quiet room, some steps of a sample loud."""
    return np.random.default_rng(2).normal(0.0, 3.0, round(duration_s * 16_000)).astype(np.int16)


def test_the_partial_text_grows_and_goes(question: Sound, recogniser: VoskRecogniser) -> None:
    """What has been heard so far can be shown, and is gone with the utterance."""
    assert recogniser.partial() == ""
    half = question.samples[: len(question.samples) * 2 // 3].tobytes()
    recogniser.accept(half)
    assert recogniser.partial().startswith("how do i")
    assert recogniser.finish() is not None
    assert recogniser.partial() == ""


def test_a_recogniser_serves_one_question_after_the_other(question: Sound, recogniser: VoskRecogniser) -> None:
    """Whatever answer is expected."""
    for expectation in Expectation:
        recogniser.expect(expectation)
        assert [each.text for each in utterances_in(question, recogniser)] == [QUESTION]


def test_the_model_knows_its_words(vosk_model: LoadedModel) -> None:
    """`check` tells which words can be typed but never heard."""
    assert vosk_model.vosk.knows("hamstring")
    assert not vosk_model.vosk.knows("hamstrnig")


def test_a_model_of_the_persons_own_is_led_by_our_phrases(question: Sound, vosk_model: LoadedModel) -> None:
    """It is given a grammar of thousands of phrases, and takes it."""
    named = LoadedModel(chosen_model(Settings(model=str(vosk_model.about.folder))))
    (utterance,) = utterances_in(question, open_recogniser(named, Settings()))
    assert utterance.text == QUESTION
