"""From readings to an intent, or to the reason for a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from voice_skill.domain import Match, Refusal
from voice_skill.matching.features import Floats
from voice_skill.matching.matcher import IntentMatcher, Thresholds
from voice_skill.matching.repair import Repair, Repaired, Wording
from voice_skill.matching.training import LinearModel, TrainingSet, train, training_set
from voice_skill.matching.word_repair import WordRepair


@pytest.mark.parametrize(
    ("said", "intent"), [("should i use heat", "heat"), ("no thanks", "no"), ("knead the hamstring", "massage")]
)
def test_an_authored_sentence_is_certain(said: str, intent: str, toy_matcher: IntentMatcher) -> None:
    """What authors wrote means what they said it means."""
    assert toy_matcher.match([said]) == Match(said, intent, 1.0)


@pytest.mark.parametrize(
    ("said", "intent"),
    [("use warmth", "heat"), ("put a hot pack on it", "heat"), ("how should i massage the hamstring", "massage")],
)
def test_other_words_are_understood(said: str, intent: str, toy_matcher: IntentMatcher) -> None:
    """Nobody speaks in the authors' sentences."""
    match = toy_matcher.match([said])
    assert match.intent == intent
    assert 0.0 < match.score <= 1.0
    assert match.refusal is None


def test_misheard_words_are_put_back(toy_matcher: IntentMatcher) -> None:
    """The authors' table first, unknown words by sound."""
    assert toy_matcher.match(["nead the ham string"]).intent == "massage"
    assert toy_matcher.repaired("nead the ham string") == "knead the hamstring"
    assert toy_matcher.repaired("mas arch the hamster ring") == "massage the hamstring"
    assert toy_matcher.match(["nead the ham string"]).score < 1.0


@pytest.mark.parametrize("readings", [[], [""], ["", ""]])
def test_nothing_heard_is_silence(readings: list[str], toy_matcher: IntentMatcher) -> None:
    """Silence is no failure of the person's."""
    assert toy_matcher.match(readings) == Match("", None, 0.0, Refusal.SILENCE)


@pytest.mark.parametrize("said", ["what is the weather", "tell me about the weather", "play football"])
def test_other_subjects_are_out_of_scope(said: str, toy_matcher: IntentMatcher) -> None:
    """An authored off-topic sentence is refused too, however alike it is to itself."""
    match = toy_matcher.match([said])
    assert match.intent is None
    assert match.refusal is Refusal.OUT_OF_SCOPE


def test_what_is_too_doubtful_is_out_of_scope(toy: TrainingSet, toy_model: LinearModel) -> None:
    """Only an authored sentence passes where nothing else is certain enough."""
    matcher = IntentMatcher(toy_model, toy, {})
    matcher.thresholds = Thresholds(accept=1.1)
    assert matcher.match(["use warmth"]).refusal is Refusal.OUT_OF_SCOPE
    assert matcher.match(["should i use heat"]).intent == "heat"


def test_what_may_be_two_things_is_ambiguous(toy: TrainingSet, toy_model: LinearModel) -> None:
    """The rivals are told, the more probable first, so that the conversation can ask which."""
    matcher = IntentMatcher(toy_model, toy, {})
    matcher.thresholds = Thresholds(accept=0.0, lead=1.1)
    match = matcher.match(["should i use heat or should i use cold"])
    assert match.intent is None
    assert match.refusal is Refusal.AMBIGUOUS
    assert set(match.rivals) == {"heat", "cold"}


def test_the_expected_answer_is_preferred(toy: TrainingSet, toy_model: LinearModel) -> None:
    """After a question, words that would mean nothing by themselves are an answer."""
    matcher = IntentMatcher(toy_model, toy, {})
    matcher.thresholds = Thresholds(accept=0.7, expected_bonus=8.0)
    said = ["good for it"]
    assert matcher.match(said).intent is None
    assert matcher.match(said, {"yes"}).intent == "yes"


def test_an_expectation_does_not_override_what_is_clear(toy_matcher: IntentMatcher) -> None:
    """A question in the middle of a question is heard as one."""
    assert toy_matcher.match(["should i use heat"], {"yes", "no"}).intent == "heat"
    assert toy_matcher.match(["what is the weather"], {"yes", "no"}).intent is None


def test_an_unknown_expectation_changes_nothing(toy_matcher: IntentMatcher) -> None:
    """A language may lack an intent that the program knows."""
    assert toy_matcher.match(["use warmth"], {"unsure"}) == toy_matcher.match(["use warmth"])


def test_a_lower_reading_can_be_the_authored_one(toy_matcher: IntentMatcher) -> None:
    """The recogniser's second guess is often what was said."""
    assert toy_matcher.match(["should i use he", "should i use heat"]) == Match("should i use heat", "heat", 1.0)


def test_lower_readings_help_to_decide(toy_matcher: IntentMatcher) -> None:
    """All readings are weighed together."""
    alone = toy_matcher.match(["use warmth"])
    doubted = toy_matcher.match(["use warmth", "what is the weather like"])
    assert doubted.score < alone.score


def test_readings_that_repeat_or_are_empty_count_once(toy_matcher: IntentMatcher) -> None:
    """N-best lists repeat themselves."""
    assert toy_matcher.match(["use warmth", "use warmth", ""]) == toy_matcher.match(["use warmth"])


def test_an_off_topic_sentence_is_no_exact_match(toy: TrainingSet, toy_model: LinearModel) -> None:
    """The class of refusals is never an intent."""
    matcher = IntentMatcher(toy_model, toy, {})
    for sentence, name in toy.examples:
        assert matcher.match([sentence]).intent == (None if name == "off_topic" else name)


def test_what_words_may_become_is_counted(toy_matcher: IntentMatcher) -> None:
    """By intent; whole words count, the sentence itself does not, and what is off topic is no intent."""
    assert toy_matcher.continuations("should i use") == {"heat": 2, "cold": 2}
    assert toy_matcher.continuations("how do i") == {"massage": 2, None: 2}
    assert toy_matcher.continuations("should i use heat") == {"heat": 1}
    assert not toy_matcher.continuations("should i us")
    assert not toy_matcher.continuations("should i use heat now")


def test_word_repair_leaves_known_words_alone() -> None:
    """Only what no phrase holds is a guess."""
    repair = WordRepair({"hamstring": ["ham string"]}, ["massage", "message", "hamstring", "my"])
    assert repair("message my ham string") == "message my hamstring"
    assert repair("massege my leg") == "massage my leg"


def test_word_repair_guesses_no_short_words() -> None:
    """Three letters are near too many others."""
    repair = WordRepair({}, ["cold", "call"])
    assert repair("cad kol") == "cad kol"


def test_word_repair_prefers_the_longest_entry_of_the_table() -> None:
    """Two heard words that stand for one are not repaired one by one."""
    repair = WordRepair({"hamstring": ["ham string"], "meat": ["ham"]}, [])
    assert repair("ham string and ham") == "hamstring and meat"


OURS = [
    "how do i massage my hamstring",
    "how do i stretch my hamstring",
    "go to step three",
    "should i drink water",
] * 3
OTHERS = ["how do i feed my hamster", "send a message to my sister", "what a lovely tree"] * 3


@pytest.fixture(scope="module")
def repair() -> Repair:
    """A repair that knows a few sentences of ours and of others."""
    return Repair([{"hamstring": ["ham string"]}], Wording.learn(OURS, OTHERS))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("how do i message my ham string", "how do i massage my hamstring"),
        ("go to step tree", "go to step three"),
        ("should i drink what her", "should i drink water"),
        ("the go to step three", "go to step three"),
    ],
)
def test_repair_weighs_sound_against_sense(heard: str, meant: str, repair: Repair) -> None:
    """Words that exist are put right too, where our sentences make another one likelier; stray little words go."""
    repaired = repair(heard)
    assert repaired.text == meant
    assert repaired.cost > 0


@pytest.mark.parametrize("said", [OURS[0], OTHERS[0], OTHERS[1], "completely different speech", ""])
def test_repair_leaves_what_makes_sense_or_sounds_unlike(said: str, repair: Repair) -> None:
    """Other talk stays other talk."""
    assert repair(said) == Repaired(said, 0.0)


def test_repair_lets_long_transcripts_be(repair: Repair) -> None:
    """A television has much to say; the time for an answer is short."""
    speech = " ".join(["ham string"] * 20)
    assert repair(speech) == Repaired(speech, 0.0)


def test_two_threads_may_ask_for_repairs_at_once(repair: Repair) -> None:
    """The ear and the conversation do; more is asked than is remembered, and neither takes from the other."""
    asked = [f"my ham string word{number} other{number}" for number in range(4_000)]
    with ThreadPoolExecutor(2) as threads:
        halves = list(threads.map(lambda half: [repair(each).text for each in half], (asked, asked[::-1])))
    assert halves[0] == halves[1][::-1]
    assert all(text.startswith("my hamstring") for text in halves[0])


def test_what_takes_time_can_be_done_ahead() -> None:
    """The encoder is read once, before the first utterance."""
    readings: list[str] = []
    data = training_set({"stop": [["stop it"]], "go": [["go on"]]}, {})

    class Counted:
        def encode(self, sentences: Sequence[str]) -> Floats:
            return np.ones((len(sentences), 1), np.float32)

        def encode_all(self, sentences: Sequence[str]) -> Iterator[tuple[int, Floats]]:
            return enumerate(self.encode(sentences))

    def read() -> Counted:
        readings.append("read")
        return Counted()

    matcher = IntentMatcher(train(data, Counted()), data, {}, {}, read)
    assert readings == []
    matcher.prepare()
    matcher.match(["stop that now"])
    assert readings == ["read"]
