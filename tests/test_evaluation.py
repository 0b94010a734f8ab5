"""Measuring understanding, and the figures below which it must not fall."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.conftest import RunCli
from tests.sentences import KNOWN_FAILURES, UTTERANCES
from voice_skill.building import demo_recordings
from voice_skill.catalog import Catalog
from voice_skill.domain import Refusal, Understanding, Utterance
from voice_skill.errors import DataError
from voice_skill.evaluation import (
    Case,
    Evaluation,
    Kind,
    Outcome,
    Transcript,
    evaluate,
    is_noticed,
    is_right,
    read_cases,
)

FAMILIES = "relief prevention causes about aftercare escalation control".split()
FLOORS = {
    "in scope, typed": 0.96,
    "in scope, typed, misheard": 0.90,
    "off topic refused, typed": 0.95,
}
"""A little below what is reached; the goals stand in `voice_skill.evaluation`."""


def no_recordings(_: Path) -> Transcript:
    """Fails a test that should need no recogniser."""
    raise AssertionError


def transcript(*texts: str) -> Transcript:
    """These utterances, in a recording of two seconds that took half a second to recognise."""
    return Transcript(tuple(Utterance.typed(text) for text in texts), sound_s=2.0, took_s=0.5)


@pytest.fixture(scope="module")
def measured(catalog: Catalog) -> Evaluation:
    """The held-back sentences, understood."""
    files = [UTTERANCES / f"{stem}.yaml" for stem in (*FAMILIES, "misheard", "off_topic")]
    return evaluate([case for file in files for case in read_cases(file)], catalog, no_recordings)


@pytest.mark.parametrize("name", FLOORS)
def test_understanding_does_not_get_worse(name: str, measured: Evaluation) -> None:
    """What was once reached on held-back sentences is kept."""
    (figure,) = (each for each in measured.figures if each.name == name)
    assert figure.share >= FLOORS[name]


def test_an_answer_takes_milliseconds(measured: Evaluation) -> None:
    """Half of them well below the time that a person notices, on a busy machine too."""
    assert measured.p50_ms < 50


@pytest.mark.skipif(not KNOWN_FAILURES.is_file(), reason="no failures are known")
def test_known_failures_still_fail(measured: Evaluation) -> None:
    """What is understood now is taken off the list; one in twenty may stand on the edge and fall by rounding."""
    known = yaml.safe_load(KNOWN_FAILURES.read_text(encoding="utf-8")) or {}
    listed = {said for stem in (*FAMILIES, "misheard", "off_topic") for said in known.get(stem, ())}
    failing = {said for _, _, group in measured.confusions for said in group}
    assert len(listed - failing) <= len(listed) / 20, sorted(listed - failing)


def test_the_kind_of_a_file_is_told_by_its_name(tmp_path: Path) -> None:
    """Mappings hold meanings, lists hold what means nothing to us."""
    files = {
        "relief.yaml": ('relief.rest:\n  - "rest?"\n', Case(Kind.IN_SCOPE, "rest?", "relief.rest")),
        "misheard.yaml": ('# heard\nnext:\n  - "necks"\n', Case(Kind.MISHEARD, "necks", "next")),
        "off_topic.yaml": ('- "hello sailor"\n', Case(Kind.OFF_TOPIC, "hello sailor", None)),
        "ordinary.yaml": ('# calm\n- "i am fine"\n', Case(Kind.ORDINARY, "i am fine", None)),
        "red_flags.yaml": ('tear:\n  - "it popped"\n', Case(Kind.RED_FLAG, "it popped", "tear")),
    }
    for name, (text, case) in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert read_cases(tmp_path / name) == (case,)


def test_a_folder_of_recordings_has_a_folder_for_each_voice(tmp_path: Path) -> None:
    """The file is named by what is said; noises must be refused."""
    listing = {
        "amy": [{"say": "next", "intent": "next"}, {"say": "hi", "intent": "off_topic"}, {"say": "x", "flag": "tear"}]
    }
    (tmp_path / "sentences.yaml").write_text(yaml.safe_dump(listing), encoding="utf-8")
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise" / "oov_hum.flac").touch()
    assert read_cases(tmp_path) == (
        Case(Kind.IN_SCOPE, "next", "next", tmp_path / "amy" / "next.flac"),
        Case(Kind.OFF_TOPIC, "hi", None, tmp_path / "amy" / "oov_hi.flac"),
        Case(Kind.RED_FLAG, "x", "tear", tmp_path / "amy" / "x.flac"),
        Case(Kind.OFF_TOPIC, "oov_hum", None, tmp_path / "noise" / "oov_hum.flac"),
    )


def test_a_file_of_another_form_is_a_fault(tmp_path: Path) -> None:
    """The fault names the file."""
    (tmp_path / "relief.yaml").write_text("relief.rest: 3\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"relief\.yaml"):
        read_cases(tmp_path / "relief.yaml")


def test_figures_count_what_was_right(catalog: Catalog) -> None:
    """Each kind of sentence has its own figure; confusions tell what went wrong."""
    cases = [
        Case(Kind.IN_SCOPE, "next", "next"),
        Case(Kind.IN_SCOPE, "next", "back"),
        Case(Kind.OFF_TOPIC, "next", None),
        Case(Kind.ORDINARY, "i can't breathe", None),
        Case(Kind.RED_FLAG, "i can't breathe", "chest-or-breathing"),
        Case(Kind.IN_SCOPE, "help", "help", Path("help.flac")),
    ]
    result = evaluate(cases, catalog, lambda _: transcript("help"))
    counts = {figure.name: (figure.count, figure.of, figure.reached) for figure in result.figures}
    assert counts == {
        "in scope, typed": (1, 2, False),
        "off topic refused, typed": (0, 1, False),
        "red flags caught, typed": (1, 1, True),
        "red flags noticed, typed": (1, 1, True),
        "false alarms (urgency 3 or 4), typed": (1, 2, False),
        "in scope, spoken": (1, 1, True),
    }
    assert result.confusions == (("back", "next", ("next",)), ("off_topic", "next", ("next",)))


def test_a_danger_is_noticed_by_any_flag_and_by_the_questions_about_danger(catalog: Catalog) -> None:
    """Nothing else notices it."""
    case = Case(Kind.RED_FLAG, "as typed", "self-harm")
    for understood, noticed in (
        (Understanding("", red_flags=(catalog.spotter["statin"],)), True),
        (Understanding("", "escalation.triage"), True),
        (Understanding("", "relief.start"), False),
        (Understanding("", refusal=Refusal.OUT_OF_SCOPE), False),
    ):
        outcome = Outcome(case, understood, 0.0)
        assert is_noticed(outcome) is noticed
        assert not is_right(outcome, catalog)


def test_words_wrong_are_counted_by_voice(catalog: Catalog) -> None:
    """A word put in, one left out and one heard as another are each wrong; noise has no words to get wrong."""
    heard = {"a.flac": transcript("go to step two"), "b.flac": transcript("go", "bag"), "c.flac": transcript("uh")}
    cases = [
        Case(Kind.IN_SCOPE, "go to the step", "next", Path("amy/a.flac")),
        Case(Kind.IN_SCOPE, "go back", "back", Path("bob/b.flac")),
        Case(Kind.OFF_TOPIC, "oov_fan", None, Path("noise/c.flac")),
    ]
    figures = evaluate(cases, catalog, lambda recording: heard[recording.name]).voices
    counts = [(figure.voice, figure.words_wrong, figure.words, figure.recordings) for figure in figures]
    assert counts == [("amy", 2, 4, 1), ("bob", 1, 2, 1), ("noise", 1, 0, 1), ("all voices", 3, 6, 2)]
    assert [figure.word_error_rate for figure in figures] == [0.5, 0.5, None, 0.5]
    assert figures[0].real_time_factor == 0.25


def test_typed_sentences_have_no_voice(catalog: Catalog) -> None:
    """Nothing was heard."""
    assert evaluate([Case(Kind.IN_SCOPE, "next", "next")], catalog, no_recordings).voices == ()


def test_a_silent_recording_is_understood_as_nothing(catalog: Catalog) -> None:
    """Noise that the recogniser makes nothing of is refused as silence."""
    result = evaluate([Case(Kind.OFF_TOPIC, "hum", None, Path("hum.flac"))], catalog, lambda _: Transcript())
    assert [figure.count for figure in result.figures if figure.name == "off topic refused, spoken"] == [1]
    assert result.refusals == (("silence", 1),)


def test_the_command_measures_how_recordings_are_heard(run_cli: RunCli, tmp_path: Path, catalog: Catalog) -> None:
    """By voice and for all of them; one recording of the demo stands for a voice here."""
    listing = {"joe": [{"say": "how do i stop a hamstring cramp", "intent": "relief.start"}]}
    (tmp_path / "sentences.yaml").write_text(yaml.safe_dump(listing), encoding="utf-8")
    (tmp_path / "joe").mkdir()
    shutil.copy(demo_recordings("en")[0], tmp_path / "joe" / "how do i stop a hamstring cramp.flac")
    assert "joe" in run_cli("eval", tmp_path).out
    voices = [line for line in map(json.loads, run_cli("eval", tmp_path, "--json").out.splitlines()) if "voice" in line]
    assert [(line["voice"], line["words"], line["recordings"]) for line in voices] == [
        ("joe", 7, 1),
        ("all voices", 7, 1),
    ]
    assert all(line["wer"] < 0.5 and line["rtf"] > 0 for line in voices)


def test_the_command_prints_a_table_and_json(run_cli: RunCli, tmp_path: Path, catalog: Catalog) -> None:
    """The same figures for people and for programs."""
    file = tmp_path / "control.yaml"
    file.write_text('next:\n  - "next"\nback:\n  - "next"\n', encoding="utf-8")
    table = run_cli("eval", file)
    assert table.code == 0
    assert "1/2" in table.out
    assert "back -> next: next" in table.out
    first, confusion, rest = map(json.loads, run_cli("eval", file, "--json").out.splitlines())
    assert (first["figure"], first["count"], first["of"], first["reached"]) == ("in scope, typed", 1, 2, False)
    assert confusion == {"meant": "back", "understood": "next", "said": ["next"]}
    assert rest["latency"]["p99_ms"] > 0
