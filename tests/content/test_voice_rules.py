"""What may be said and how: every spoken text, with the numbers of every region."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.content.spoken import Spoken, all_spoken, reading_grade, syllables, words
from voice_skill.catalog import Authored
from voice_skill.catalog.checks import FACTS
from voice_skill.catalog.entries import StepEntry
from voice_skill.domain import Urgency

TESTS = Path(__file__).parents[1]
_TREATING = re.compile(r"\b(stretch|stretches|rub|massage|knead|heat|warmth|warm|heating|straighten|toes)\b")
_WARNING = re.compile(
    r"\b(do not|no|not|skip|never|leave|keep|without|too little|poor)\b.*\b(stretch\w*|rub\w*|heat\w*|warm\w*)"
    r"|\bthe heat\b|ask me (about|how)|swollen, warm|red or warm|warm or red|warmth or cold|warmth, cold"
)


@pytest.fixture(scope="module")
def spoken(authored: Authored) -> list[Spoken]:
    return all_spoken(authored)


def _faults(spoken: list[Spoken], is_fault: object) -> list[str]:
    assert callable(is_fault)
    return sorted({f"{each.where} ({each.region}): {each.text}" for each in spoken if is_fault(each)})


def test_short_enough_to_be_kept_in_mind(spoken: list[Spoken]) -> None:
    """At most thirty words, two sentences, twenty words a sentence, three hundred characters."""
    assert not _faults(spoken, lambda each: len(words(each.text)) > 30 or len(each.text) > 300)
    assert not _faults(spoken, lambda each: len(each.sentences) > 2)
    assert not _faults(spoken, lambda each: any(len(words(sentence)) > 20 for sentence in each.sentences))


def test_a_question_comes_last(spoken: list[Spoken]) -> None:
    """Nothing is said after a question, or the answer would come too early."""
    assert not _faults(spoken, lambda each: "?" in each.text[:-1])


def test_a_routine_asks_only_questions(authored: Authored) -> None:
    """Whatever stands under `ask` ends in a question, and nothing under `say` of a routine does."""
    for routine in authored.routines.values():
        for step in routine.steps:
            assert all(text.endswith("?") for text in step.ask)
            assert not any(text.endswith("?") for text in (*step.say, *step.more))


def test_at_most_three_options(spoken: list[Spoken]) -> None:
    """More than three things to choose from cannot be kept in mind."""
    assert not _faults(spoken, lambda each: any(_options(sentence) > 3 for sentence in each.sentences))


def _options(sentence: str) -> int:
    """The things to choose from in a sentence that offers a choice."""
    if not re.match(r"(you can )?(say|ask|pick)\b", sentence.lower()) and not sentence.endswith("?"):
        return 0
    return len(re.split(r", or |, | or ", sentence.rstrip(".?"))) if " or " in sentence else 1


def test_easy_words(spoken: list[Spoken]) -> None:
    """A reading grade of five at most.

    Where no region is set, "your local emergency number" takes the place of three short words; such a sentence may
    reach six, since what it stands for is short everywhere else.
    """
    assert not _faults(spoken, lambda each: reading_grade(each) > (6.0 if each.region == "unset" else 5.0))


@pytest.mark.parametrize(
    ("word", "count"),
    [("leg", 1), ("muscle", 2), ("stretches", 2), ("needed", 2), ("eased", 1), ("lying", 2), ("quiet", 2)],
)
def test_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


def test_nothing_that_cannot_be_spoken(spoken: list[Spoken]) -> None:
    """No digits, symbols, brackets, exclamation marks, abbreviations or words in capitals."""
    assert not _faults(spoken, lambda each: re.search(r"[^A-Za-z',.? ]", each.text))
    assert not _faults(spoken, lambda each: re.search(r"\b[A-Z]{2,}\b|\b(etc|approx|min|max|sec)\b", each.text))
    assert not _faults(spoken, lambda each: not re.fullmatch(r"[A-Z].*[.?]", each.text))
    assert not _faults(spoken, lambda each: any(not re.match(r"[A-Z]", sentence) for sentence in each.sentences))


def test_either_leg(spoken: list[Spoken]) -> None:
    """The sore leg may be the left or the right one."""
    assert not _faults(spoken, lambda each: re.search(r"\b(left|right) (leg|thigh|foot|knee|heel)", each.text))


def test_no_diagnosis_no_dose_no_promise(spoken: list[Spoken]) -> None:
    """Signs, never findings; no medicine to take, no amount of it; nothing that may turn out untrue."""
    diagnosis = r"\byou(r leg)? (have|has|got|had) (a|an) (?!cramp\b|statin\b)|\bit is a (clot|tear)\b"
    dose = r"\b(milligram|dose|twice a day|take (a|an|some|two|one) (painkiller|pill|tablet))"
    medicine = r"\b(ibuprofen|aspirin|paracetamol|naproxen)"
    promise = r"\b(will (cure|fix|go away|stop the)|guarantee|always works|nothing to worry|(?<!where )you are safe)"
    for pattern in (diagnosis, dose, medicine, promise):
        assert not _faults(spoken, lambda each, pattern=pattern: re.search(pattern, each.text.lower()))


def test_an_emergency_begins_with_the_number(spoken: list[Spoken], authored: Authored) -> None:
    """Urgency 4: one sentence of at most fifteen words, the number in its first words."""
    announcements = [each for each in spoken if each.announces]
    assert announcements
    for each in announcements:
        assert each.text.startswith(f"Call {authored.regions[each.region].emergency} now"), each
        assert len(each.sentences) == 1
        assert len(words(each.text)) <= 15


def test_an_emergency_has_one_wording(authored: Authored) -> None:
    """Said twice it must be the same both times; below that, two wordings keep it from following itself."""
    for name, flag in authored.red_flags.items():
        count = len(authored.replies[f"red_flag.{name}"].say)
        assert count == 1 if flag.urgency is Urgency.EMERGENCY else count >= 2, name


def test_every_flag_says_how_soon(spoken: list[Spoken]) -> None:
    """Urgency 4 says now, 3 says today, 2 says in the next days or who should call."""
    how_soon = {Urgency.EMERGENCY: r"\bnow\b", Urgency.TODAY: r"\btoday\b", Urgency.SEE_DOCTOR: r"\b(next da|an adult)"}
    for each in spoken:
        if each.urgency in how_soon and " more " not in each.where:
            assert re.search(how_soon[each.urgency], each.text.lower()), each


def test_the_program_says_that_it_cannot_call(authored: Authored) -> None:
    assert authored.replies["prompt.cannot_call"].say == ("I cannot call for you.",)


@pytest.mark.parametrize("name", ["prompt.welcome", "prompt.help_open"])
def test_first_run_and_help_say_what_this_is(name: str, authored: Authored) -> None:
    """General information, not a diagnosis; and the number, in every wording."""
    for text in authored.replies[name].say:
        assert "general information" in text
        assert "not a diagnosis" in text
        assert "{emergency}" in text


def test_advice_that_treats_is_marked(spoken: list[Spoken]) -> None:
    """Stretch, massage and heat stand only in replies and routines that a red flag can silence."""
    unmarked = [each for each in spoken if not each.treats and each.region == "uk"]
    assert not _faults(unmarked, _treats)


def _treats(each: Spoken) -> bool:
    return any(
        _TREATING.search(sentence.lower()) and not _WARNING.search(sentence.lower()) for sentence in each.sentences
    )


def test_relief_begins_lying_or_sitting(authored: Authored) -> None:
    """Position before action, and nothing that could make somebody fall."""
    first, *_ = authored.routines["relief"].steps
    assert all(re.search(r"\b(sit|lie)\b", text.lower()) for text in first.say)


def test_standing_means_holding_on(authored: Authored) -> None:
    """Whoever stretches standing is told to hold on to something."""
    steps = [step.positions["standing"] for step in authored.routines["relief"].steps if step.positions]
    assert all(re.search(r"\bhold\b", text.lower()) for text in (*steps[0], *authored.replies["relief.standing"].say))


def test_danger_is_asked_before_anything_is_stretched(authored: Authored) -> None:
    """The two safety questions must be answered before the first step that straightens, rubs or warms."""
    steps = authored.routines["relief"].steps
    first = next(index for index, step in enumerate(steps) if any(_TREATING.search(text.lower()) for text in step.say))
    asked = [step for step in steps[:first] if step.must_answer]
    assert [step.unclear_twice for step in asked] == ["yes", "yes"]


def test_safety_questions_are_cautious(authored: Authored) -> None:
    """Every question that must be answered raises a flag on yes, goes on at no, and takes two unclear ones for yes."""
    for routine in authored.routines.values():
        for step in filter(_must_answer, routine.steps):
            assert step.answers is not None
            assert step.answers["yes"].red_flag in authored.red_flags
            assert not step.answers["no"].red_flag
            assert step.unclear_twice == "yes"


def _must_answer(step: StepEntry) -> bool:
    return step.must_answer


def test_no_number_is_written_into_a_text(authored: Authored) -> None:
    """Numbers come from the region alone."""
    texts = [text for reply in authored.replies.values() for text in (*reply.say, *reply.more)]
    texts += [text for each in authored.routines.values() for step in each.steps for text in (*step.say, *step.ask)]
    assert not [text for text in texts if re.search(r"\b(nine nine|one one|nine one)\b", text)]


def test_sources_are_named_and_dated(authored: Authored) -> None:
    """Each reply and routine names its sources, each source the day it was read, and none is there for nothing."""
    named = [reply.sources for reply in authored.replies.values()]
    named += [routine.sources for routine in authored.routines.values()]
    assert all(named)
    assert {source for sources in named for source in sources} == authored.sources.keys()
    assert all(isinstance(source.checked_on, date) and source.note for source in authored.sources.values())


def test_every_fact_is_told(authored: Authored) -> None:
    """All twenty-four facts can be heard."""
    steps = [step for routine in authored.routines.values() for step in routine.steps]
    told = {fact for reply in authored.replies.values() for fact in reply.facts}
    assert told | {fact for step in steps for fact in step.facts} == FACTS
    assert len(FACTS) == 24


def test_every_hazard_is_shown_by_a_test(authored: Authored) -> None:
    """The file that a hazard names exists."""
    missing = {name: each.shown_by for name, each in authored.hazards.items() if not (TESTS / each.shown_by).is_file()}
    assert not missing


def test_no_text_stands_twice(spoken: list[Spoken]) -> None:
    """Two wordings that are the same would make the assistant repeat itself."""
    texts = [each.text for each in spoken if each.region == "uk"]
    assert not {text for text in texts if texts.count(text) > 1}


def test_what_is_said_often_has_wordings(authored: Authored) -> None:
    """Every reply has at least two wordings; the count, and what an emergency says twice, have one on purpose."""
    one = {name for name, reply in authored.replies.items() if len(reply.say) < 2}
    emergencies = {f"red_flag.{name}" for name, flag in authored.red_flags.items() if flag.urgency is Urgency.EMERGENCY}
    assert one - emergencies == {
        "prompt.welcome",
        "prompt.cannot_call",
        "prompt.count_three",
        "prompt.count_two",
        "prompt.count_one",
    }
    steps = [step for routine in authored.routines.values() for step in routine.steps]
    assert all(len(step.say or step.ask) >= 2 for step in steps)
