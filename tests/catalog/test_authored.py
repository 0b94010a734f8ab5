"""Reading what authors wrote: every fault is told at once, with its file, its key, and what would be right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voice_skill.catalog import Authored, read_authored
from voice_skill.catalog.checks import FACTS
from voice_skill.catalog.needs import CONTROLS, PROMPTS
from voice_skill.domain import Urgency
from voice_skill.errors import DataError, Fault

INTENTS = "intents/en"
REPLIES = "content/en/replies"
ROUTINES = "content/en/routines"

SMALL = {
    f"{INTENTS}/_words.yaml": 'leg: "(leg|thigh)"\n',
    f"{INTENTS}/_sign_words.yaml": 'pain: "(pain|hurts)"\n',
    f"{INTENTS}/_sound_alikes.yaml": "crab: [cramp]\n",
    f"{INTENTS}/relief.yaml": 'relief.start:\n  means: "has a cramp"\n  phrases:\n    - "my <leg> cramps"\n',
    f"{INTENTS}/about.yaml": 'about.cramp:\n  means: "what it is"\n  phrases: ["what is a cramp"]\n',
    f"{INTENTS}/control.yaml": "".join(
        f'{name}:\n  means: "control"\n  phrases: ["{name.replace("_", " ")}"]\n'
        for name in (f'"{control}"' if control in ("yes", "no") else control for control in sorted(CONTROLS))
    ).replace('""', '"'),
    f"{INTENTS}/calm.yaml": 'calm:\n  - "dying to know"\n',
    f"{INTENTS}/off_topic.yaml": 'phrases:\n  - "what is the weather"\n',
    f"{INTENTS}/concepts.yaml": "warm: [warm, hot]\n",
    f"{INTENTS}/sounds_like.yaml": 'cramp: ["crab"]\n',
    f"{INTENTS}/misheard.yaml": 'about.cramp: ["what is a crab"]\n',
    f"{INTENTS}/red_flags.yaml": (
        'chest:\n  means: "chest pain"\n  row: 1\n  urgency: 4\n  signs:\n    - "chest .. <pain>"\n'
    ),
    f"{INTENTS}/danger_phrases.yaml": 'chest:\n  - "my chest hurts"\n',
    "content/_sources.yaml": 'own:\n  title: "Ours"\n  publisher: "Us"\n  checked_on: 2026-11-23\n',
    "content/_hazards.yaml": 'H1: {hazard: "harm", control: "care", shown_by: "test_redflags.py"}\n',
    "content/en/_regions.yaml": 'unset: {emergency: "your number", advice_line: "your doctor"}\n',
    f"{REPLIES}/about.yaml": (
        f'about.cramp:\n  say: ["A cramp is a tight muscle."]\n  sources: [own]\n  facts: {sorted(FACTS)}\n'
        "  offers: relief.start\n".replace("'", "")
    ),
    f"{REPLIES}/prompt.yaml": "".join(f'{prompt}: {{say: ["Yes."]}}\n' for prompt in sorted(PROMPTS)),
    f"{REPLIES}/red_flag.yaml": 'red_flag.chest:\n  say: ["Call {emergency} now."]\n',
    f"{ROUTINES}/relief.yaml": """\
title: "the steps"
started_by: relief.start
treats: true
sources: [own]
steps:
  - id: danger
    must_answer: true
    ask: ["Any chest pain?"]
    answers:
      "yes": {red_flag: chest}
      "no": {}
    unclear_twice: "yes"
  - id: hold
    say: ["Hold it."]
    positions: {lying: ["Lie and hold it."]}
    hold_s: 15
  - id: easing
    ask: ["Is it easing?"]
    answers:
      "yes": {go_to: closing, eases: true}
      "no": {go_to: hold, at_most: 2, then: {red_flag: chest}}
  - id: closing
    say: ["We are done."]
    go_on_after_s: 1
""",
}
"""The least that a language needs, each kind of entry once."""


class Folder:
    """Intents and content in a folder of the test's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in SMALL.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Put a file there."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Change a piece of a file, which must be in it."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert text.count(old) >= 1, (name, old)
        self.write(name, text.replace(old, new, 1))

    def read(self) -> Authored:
        """All of it."""
        return read_authored("en", self.root / "intents", self.root / "content")

    def faults(self) -> list[Fault]:
        """Every fault that reading tells."""
        with pytest.raises(DataError) as caught:
            self.read()
        return list(caught.value.faults)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A small language without faults."""
    return Folder(tmp_path)


def test_a_small_language_is_read(folder: Folder) -> None:
    """Texts become tuples, numbers and dates what they are."""
    authored = folder.read()
    assert authored.language == "en"
    assert list(authored.sentences("relief.start")) == ["my leg cramps", "my thigh cramps"]
    assert authored.intent_files["relief.start"] == "relief"
    assert authored.intent_files["stop"] == "control"
    assert authored.red_flags["chest"].urgency is Urgency.EMERGENCY
    assert authored.routines["relief"].steps[1].hold_s == 15.0
    assert authored.sources["own"].checked_on.year == 2026
    assert authored.off_topic == ("what is the weather",)


def test_the_real_language_is_read(authored: Authored) -> None:
    """Every intent has its phrases, every red flag its advice, every fact its sentence."""
    assert len(authored.intents) >= 60
    assert all(f"red_flag.{flag}" in authored.replies for flag in authored.red_flags)


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        # one entry at a time
        (f"{INTENTS}/relief.yaml", "means:", "meens:", "relief.start: extra fields found (meens)"),
        (f"{INTENTS}/relief.yaml", '  means: "has a cramp"\n', "", "relief.start.means: required field missing"),
        (f"{INTENTS}/relief.yaml", '"has a cramp"', "3", "relief.start.means: must be text in quotes, not 3"),
        (
            f"{INTENTS}/relief.yaml",
            'phrases:\n    - "my <leg> cramps"',
            'phrases: "my leg cramps"',
            "relief.start.phrases: must be a list (lines that start with '- '), not 'my leg cramps'",
        ),
        (
            f"{INTENTS}/about.yaml",
            '["what is a cramp"]',
            "[yes]",
            "about.cramp.phrases[0]: must be text in quotes, not True",
        ),
        (f"{INTENTS}/control.yaml", '"yes":', "yes:", "must be text in quotes, not True"),
        (f"{INTENTS}/concepts.yaml", "[warm, hot]", "[warm, 5]", "warm[1]: must be text in quotes, not 5"),
        (
            f"{INTENTS}/red_flags.yaml",
            "urgency: 4",
            "urgency: 5",
            "chest.urgency: must be 2 (see a doctor), 3 (today) or 4 (emergency), not 5",
        ),
        (f"{INTENTS}/red_flags.yaml", "row: 1", 'row: "1"', "chest.row: must be a whole number, not '1'"),
        (
            "content/_sources.yaml",
            "2026-11-23",
            '"soon"',
            "own.checked_on: must be a date such as 2026-11-23, not 'soon'",
        ),
        ("content/en/_regions.yaml", '"your number"', "999", "unset.emergency: must be text in quotes, not 999"),
        (f"{ROUTINES}/relief.yaml", "hold_s: 15", "hold_s: long", "steps[1].hold_s: must be a number, not 'long'"),
        (f"{ROUTINES}/relief.yaml", "treats: true", "treats: 1", "treats: must be true or false, not 1"),
        (f"{ROUTINES}/relief.yaml", '"no": {}', "no: {}", "must be text in quotes, not False"),
        (f"{ROUTINES}/relief.yaml", "started_by: relief.start\n", "", "started_by: required field missing"),
        # YAML itself
        (f"{INTENTS}/relief.yaml", '"my <leg> cramps"', '"my <leg> cramps', "is not YAML: "),
        (f"{INTENTS}/relief.yaml", "  phrases", "\tphrases", "is not YAML: "),
        (
            f"{REPLIES}/about.yaml",
            "  sources",
            '  say: ["Again."]\n  sources',
            "line 3: is not YAML: 'say' stands twice; keep one",
        ),
        # names and templates across files
        (f"{INTENTS}/relief.yaml", "<leg>", "<arm>", "relief.start.phrases[0]: the rule <arm> is not defined"),
        (f"{INTENTS}/relief.yaml", "<leg>", "(leg", "relief.start.phrases[0]: a ')' is missing in \"my (leg cramps\""),
        (f"{INTENTS}/relief.yaml", "my <leg> cramps", "[a]|b", "relief.start.phrases[0]: '|' has no partner"),
        (
            f"{INTENTS}/about.yaml",
            '["what is a cramp"]',
            "[]",
            "about.cramp.phrases: is empty; write at least one phrase",
        ),
        (
            f"{INTENTS}/about.yaml",
            '"what is a cramp"',
            '"(|a)"',
            "about.cramp.phrases[0]: may be empty; put at least one word",
        ),
        (f"{INTENTS}/off_topic.yaml", "what is", "What is", "phrases[0]: 'W' is not allowed"),
        (f"{INTENTS}/calm.yaml", "dying to", "(dying to", "calm[0]: a ')' is missing"),
        (f"{INTENTS}/red_flags.yaml", "<pain>", "<ache>", "chest.signs[0]: the rule <ache> is not defined"),
        (f"{INTENTS}/red_flags.yaml", "chest .. <pain>", "[chest]", 'chest.signs[0]: a side of "[chest]" may be empty'),
        (f"{INTENTS}/misheard.yaml", "about.cramp", "about.crab", "about.crab: is no intent; take it off"),
        (f"{INTENTS}/misheard.yaml", "a crab", "[a] crab", "about.cramp[0]: must be plain words in lower case"),
        (f"{INTENTS}/danger_phrases.yaml", "chest:", "heart:", "heart: is not in red_flags.yaml"),
        (f"{INTENTS}/danger_phrases.yaml", "my chest hurts", "my (chest", "chest[0]: a ')' is missing"),
        (f"{INTENTS}/red_flags.yaml", "urgency: 4", "urgency: 1", "chest.urgency: must be 2, 3 or 4: 1 is no red flag"),
        (f"{INTENTS}/about.yaml", "about.cramp", "relief.cramp", "relief.cramp: belongs in relief.yaml"),
        (
            f"{INTENTS}/about.yaml",
            "about.cramp",
            "about.muscle",
            "about.muscle: has no reply; write one under the same id",
        ),
        (f"{INTENTS}/control.yaml", "thanks:", "cheers:", "cheers: is no control the program knows; it knows back,"),
        (f"{INTENTS}/control.yaml", "thanks:", "cheers:", "thanks: is missing; the program needs it"),
        (f"{REPLIES}/about.yaml", "[own]", "[theirs]", "about.cramp.sources: 'theirs' is not in content/_sources.yaml"),
        (
            f"{REPLIES}/about.yaml",
            "offers: relief.start",
            "offers: relief.end",
            "about.cramp.offers: 'relief.end' is no intent",
        ),
        (f"{REPLIES}/about.yaml", "F17, ", "", "F17"),
        (f"{REPLIES}/about.yaml", "F17, ", "F77, ", "F77"),
        (
            f"{REPLIES}/about.yaml",
            '["A cramp is a tight muscle."]',
            "[]",
            "about.cramp: says nothing; write at least one sentence",
        ),
        (
            f"{REPLIES}/red_flag.yaml",
            "{emergency}",
            "{number}",
            "red_flag.chest: '{number}' is no placeholder; there are",
        ),
        (f"{REPLIES}/red_flag.yaml", "{emergency}", "{emergency", "red_flag.chest: '"),
        (
            f"{REPLIES}/red_flag.yaml",
            "red_flag.chest",
            "red_flag.breath",
            "red_flag.chest: is missing; every red flag needs",
        ),
        (f"{REPLIES}/prompt.yaml", "prompt.welcome", "prompt.hello", "prompt.welcome: is missing; the program says it"),
        ("content/en/_regions.yaml", "unset", "uk", "unset: is missing; it is used until one is set"),
        (
            f"{ROUTINES}/relief.yaml",
            "started_by: relief.start",
            "started_by: relief.go",
            "started_by: 'relief.go' is no intent",
        ),
        (
            f"{ROUTINES}/relief.yaml",
            "sources: [own]",
            "sources: [none]",
            "sources: 'none' is not in content/_sources.yaml",
        ),
        (
            f"{ROUTINES}/relief.yaml",
            "go_to: closing",
            "go_to: nowhere",
            "steps.easing.answers.yes.go_to: 'nowhere' is no step",
        ),
        (
            f"{ROUTINES}/relief.yaml",
            "{red_flag: chest}",
            "{red_flag: leg}",
            "steps.danger.answers.yes.red_flag: 'leg' is no red flag",
        ),
        (
            f"{ROUTINES}/relief.yaml",
            "then: {red_flag: chest}",
            "then: {go_to: nowhere}",
            "steps.easing.answers.no.then.go_to: 'nowhere' is no step",
        ),
        (f"{ROUTINES}/relief.yaml", "at_most: 2, ", "", "steps.easing.answers.no: at_most and then go together"),
        (f"{ROUTINES}/relief.yaml", '"no": {}', '"perhaps": {}', "steps.danger.answers.perhaps: is no control intent"),
        (
            f"{ROUTINES}/relief.yaml",
            '"no": {}',
            '"no": {say: about.it}',
            "steps.danger.answers.no.say: 'about.it' is no reply",
        ),
        (
            f"{ROUTINES}/relief.yaml",
            'unclear_twice: "yes"',
            'unclear_twice: "cold"',
            "steps.danger.unclear_twice: 'cold' is none of the answers",
        ),
        (
            f"{ROUTINES}/relief.yaml",
            "lying:",
            "flying:",
            "steps.hold.positions: 'flying' is none of lying, sitting, standing",
        ),
        (f"{ROUTINES}/relief.yaml", "id: hold", "id: danger", "steps.danger: stands twice; give each step its own id"),
        (
            f"{ROUTINES}/relief.yaml",
            "go_on_after_s: 1",
            "then_go_to: end",
            "steps.closing.then_go_to: 'end' is no step",
        ),
        (f"{ROUTINES}/relief.yaml", 'say: ["Hold it."]', "say: []", "steps.hold: must have either say or ask"),
        (f"{ROUTINES}/relief.yaml", 'say: ["Hold it."]', 'ask: ["Hold it?"]', "steps.hold: a question needs answers"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "...",
)
def test_a_fault_is_told_with_file_key_and_reason(name: str, old: str, new: str, fault: str, folder: Folder) -> None:
    """The author finds the place and what would be right."""
    folder.change(name, old, new)
    told = folder.faults()
    assert any(name.startswith(each.file) and fault in str(each) for each in told), told


@pytest.mark.parametrize("name", [name for name in SMALL if Path(name).stem not in ("relief", "about", "control")])
def test_a_missing_file_is_told(name: str, folder: Folder) -> None:
    """Each file that every language has; how the intents are spread over families is left to the authors."""
    (folder.root / name).unlink()
    assert any(fault.file == name for fault in folder.faults())


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"name: \x01", b"name: 2026-13-45", b"[a]: b", b"? {a: b}\n: c", b""]
)
def test_a_file_of_any_content_is_a_fault_and_no_crash(content: bytes, folder: Folder) -> None:
    """Whatever stands in it, the author is told which file it is."""
    (folder.root / INTENTS / "concepts.yaml").write_bytes(content)
    assert {fault.file for fault in folder.faults()} == {f"{INTENTS}/concepts.yaml"}


def test_a_missing_language_names_both_folders(folder: Folder) -> None:
    """Intents and content are needed."""
    with pytest.raises(DataError) as caught:
        read_authored("xx", folder.root / "intents", folder.root / "content")
    assert len(caught.value.faults) == 2


def test_all_faults_of_all_files_are_told_at_once(folder: Folder) -> None:
    """An author does not mend one to be told of the next."""
    folder.change(f"{INTENTS}/relief.yaml", "means:", "meens:")
    folder.change(f"{INTENTS}/red_flags.yaml", "urgency: 4", "urgency: high")
    folder.change("content/en/_regions.yaml", '"your doctor"', "111")
    folder.change(f"{ROUTINES}/relief.yaml", "hold_s: 15", "hold_s: long")
    folder.change(f"{REPLIES}/about.yaml", "sources: [own]", "sources: own")
    files = {fault.file for fault in folder.faults()}
    assert files == {
        f"{INTENTS}/relief.yaml",
        f"{INTENTS}/red_flags.yaml",
        "content/en/_regions.yaml",
        f"{ROUTINES}/relief.yaml",
        f"{REPLIES}/about.yaml",
    }


def test_all_faults_between_files_are_told_at_once(folder: Folder) -> None:
    """The same for what shows only when the files are seen together."""
    folder.change(f"{INTENTS}/relief.yaml", "<leg>", "<arm>")
    folder.change(f"{REPLIES}/prompt.yaml", "prompt.welcome", "prompt.hello")
    folder.change(f"{REPLIES}/about.yaml", "[own]", "[theirs]")
    folder.change(f"{ROUTINES}/relief.yaml", "go_to: closing", "go_to: nowhere")
    assert len(folder.faults()) == 4


def test_a_reply_is_defined_in_one_file_only(folder: Folder) -> None:
    """The second would silently replace the first."""
    folder.write(f"{REPLIES}/other.yaml", 'about.cramp: {say: ["Another."]}\n')
    (fault,) = folder.faults()
    assert (fault.key, fault.reason) == ("about.cramp", "is already defined in another file; keep one")


def test_the_message_lists_every_fault() -> None:
    """A sentence that says what to do, then a line for each."""
    error = DataError([Fault("a.yaml", "x[0]", "is wrong"), Fault("b.yaml", "", "is missing")])
    assert str(error).endswith("mend what is listed and start again.\n  a.yaml: x[0]: is wrong\n  b.yaml: is missing")
    assert "2 faults" in str(error)
    assert "1 fault;" in str(DataError(error.faults[:1]))


def test_the_real_language_can_be_copied_and_read(authored: Authored, tmp_path: Path) -> None:
    """Nothing depends on where the folders stand."""
    for name in ("intents", "content"):
        shutil.copytree(
            Path(__file__).resolve().parents[2] / name, tmp_path / name, ignore=shutil.ignore_patterns("demo")
        )
    copied = read_authored("en", tmp_path / "intents", tmp_path / "content")
    assert copied.intents == authored.intents
    assert copied.replies == authored.replies
