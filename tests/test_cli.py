"""The command line as other programs call it: commands, JSON fields, exit codes, one-sentence errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.conftest import LIMIT_S, REPOSITORY, Outcome, RunCli
from voice_skill.building import demo_recordings
from voice_skill.catalog import Catalog
from voice_skill.hearing import LoadedModel
from voice_skill.sound import Sound, read_sound, silence, write_wav

pytestmark = pytest.mark.usefixtures("catalog", "vosk_model")
"""What they learn and unpack stands in the cache folder that the commands use."""

RECORDINGS = Path(__file__).parent / "recordings"
QUESTION = demo_recordings("en")[0]
COMMANDS = ("listen", "ask", "match", "recognise", "chat", "demo", "check", "models")
QUIET_CARD = "pcm.!default { type null }"
"""A sound device that is there and makes no sound, as ALSA is told of it."""


def lines(outcome: Outcome) -> list[dict[str, Any]]:
    """Every JSON object of a command that went well."""
    assert (outcome.code, outcome.err) == (0, ""), outcome
    return [json.loads(line) for line in outcome.out.splitlines()]


def fault_of(outcome: Outcome) -> str:
    """The one sentence of a command that met a fault."""
    assert outcome.code == 1, outcome
    assert "Traceback" not in outcome.err
    assert outcome.err.startswith("voice-skill: ")
    assert outcome.err.count("\n") == 1
    assert outcome.err.rstrip().endswith(".")
    return outcome.err.removeprefix("voice-skill: ").strip()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package with its intents and content, whose files may be broken."""
    folder = tmp_path / "tree"
    for name in ("voice_skill", "intents", "content"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "demo"))
    (folder / "models").symlink_to(REPOSITORY / "models")
    return folder


# --- ask -------------------------------------------------------------------------------------------------------------


def test_ask_answers_a_typed_question(run_cli: RunCli) -> None:
    """What was heard, what it was taken for, and the reply."""
    (answer,) = lines(run_cli("ask", "Should I see a doctor?", "--silent", "--json"))
    reply, score = answer.pop("reply"), answer.pop("score")
    assert answer == {
        "heard": "should i see a doctor",
        "understood": True,
        "intent": "escalation.doctor",
        "red_flags": [],
        "urgency": 1,
        "reason": None,
        "saved_reply": None,
    }
    assert reply.endswith((".", "?"))
    assert 0.0 < score <= 1.0


def test_ask_answers_a_recording(run_cli: RunCli) -> None:
    """The whole chain up to the reply."""
    (answer,) = lines(run_cli("ask", "--wav", QUESTION, "--silent", "--json"))
    assert answer["heard"] == "how do i stop a hamstring cramp"
    assert answer["intent"] == "relief.start"
    assert answer["reply"]


def test_ask_converts_other_rates_and_channels(tmp_path: Path, run_cli: RunCli) -> None:
    """A stereo recording at 8 kHz is a question like any other."""
    narrow = read_sound(QUESTION).at_rate(8_000)
    soundfile.write(tmp_path / "phone.wav", np.stack([narrow.samples, narrow.samples], axis=1), 8_000)
    (answer,) = lines(run_cli("ask", "--wav", tmp_path / "phone.wav", "--silent", "--json"))
    assert answer["heard"]


def test_ask_tells_a_red_flag_and_its_urgency(run_cli: RunCli) -> None:
    """The emergency number of the region is named, and no stretch."""
    (answer,) = lines(run_cli("ask", "i have a cramp and i can't breathe", "--silent", "--json", "--region", "uk"))
    assert answer["red_flags"][0] == "chest-or-breathing"
    assert answer["urgency"] == 4
    assert answer["understood"] is True
    assert "nine nine nine" in answer["reply"]
    assert "stretch" not in answer["reply"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [("what is the weather going to be tomorrow", "out_of_scope"), ("um", "silence"), ("", "silence")],
)
def test_ask_says_why_it_did_not_understand(said: str, reason: str, run_cli: RunCli) -> None:
    """A refusal is an outcome and no fault."""
    (answer,) = lines(run_cli("ask", said, "--silent", "--json"))
    assert (answer["understood"], answer["intent"], answer["reason"]) == (False, None, reason)


def test_ask_hears_nothing_in_a_silent_recording(tmp_path: Path, run_cli: RunCli) -> None:
    """Silence is not an empty file: it is heard, and nothing is said."""
    write_wav(tmp_path / "quiet.wav", silence(2.0, 16_000))
    (answer,) = lines(run_cli("ask", "--wav", tmp_path / "quiet.wav", "--silent", "--json"))
    assert (answer["heard"], answer["reason"], answer["reply"]) == ("", "silence", "")


def test_ask_saves_the_spoken_reply(tmp_path: Path, run_cli: RunCli) -> None:
    """A WAV file as long as the reply takes to say, that is no silence."""
    path = tmp_path / "reply.wav"
    (answer,) = lines(run_cli("ask", "should i use heat or cold", "--silent", "--json", "--save-reply", path))
    spoken = read_sound(path)
    words = len(answer["reply"].split())
    assert answer["saved_reply"] == str(path)
    assert words / 4.5 < spoken.duration_s < words / 1.2 + 2.0
    assert np.abs(spoken.samples.astype(int)).max() > 1_000


def test_ask_for_people_shows_both_sides(run_cli: RunCli) -> None:
    """What was understood, and the sentences that are said."""
    outcome = run_cli("ask", "should i use heat or cold", "--silent")
    assert outcome.code == 0
    assert re.search(r"^you +should i use heat or cold +\[relief\.heat_or_cold\]$", outcome.out, re.MULTILINE)
    assert re.search(r"^skill +\w", outcome.out, re.MULTILINE)


def test_ask_without_a_loudspeaker_still_answers(run_cli: RunCli) -> None:
    """The reply is printed before it is spoken, so it cannot be lost; the fault follows in one sentence."""
    outcome = run_cli("ask", "should i use heat or cold")
    assert "skill" in outcome.out
    sentence = fault_of(outcome)
    assert "No loudspeaker was found" in sentence
    assert "--silent" in sentence


@pytest.mark.parametrize("arguments", [(), ("help", "--wav", "a.wav")])
def test_ask_needs_one_question(arguments: tuple[str, ...], run_cli: RunCli) -> None:
    """Typed or recorded, not both and not neither."""
    outcome = run_cli("ask", *arguments)
    assert outcome.code == 2
    assert "Give either TEXT or --wav FILE." in outcome.err


# --- bad input -------------------------------------------------------------------------------------------------------


def test_a_missing_recording_is_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """The sentence names the path."""
    assert "There is no recording at" in fault_of(run_cli("ask", "--wav", tmp_path / "none.wav", "--silent"))


def test_a_file_that_is_not_audio_is_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """The sentence says which formats can be read."""
    (tmp_path / "a.wav").write_text("this is not audio")
    assert "give a WAV, FLAC, OGG or AIFF file" in fault_of(run_cli("ask", "--wav", tmp_path / "a.wav", "--silent"))


def test_an_empty_recording_is_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """The sentence says to record it again."""
    write_wav(tmp_path / "a.wav", Sound(np.zeros(0, np.int16), 16_000))
    assert "is empty; record it again" in fault_of(run_cli("ask", "--wav", tmp_path / "a.wav", "--silent"))


def test_a_missing_model_folder_is_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """The sentence names the folder."""
    outcome = run_cli("recognise", QUESTION, "--model", tmp_path / "none")
    assert "There is no speech model folder at" in fault_of(outcome)


def test_a_folder_that_is_no_model_is_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """The sentence names what is missing."""
    assert "is not a whole Vosk model" in fault_of(run_cli("recognise", QUESTION, "--model", tmp_path))


def test_a_broken_model_is_a_fault(tmp_path: Path, vosk_model: LoadedModel, run_cli: RunCli) -> None:
    """A file was cut short while it was copied."""
    shutil.copytree(vosk_model.about.folder, tmp_path / "model")
    (tmp_path / "model" / "am" / "final.mdl").write_bytes(b"cut short")
    outcome = run_cli("ask", "--wav", QUESTION, "--silent", "--model", tmp_path / "model")
    assert "cannot be loaded; download or unpack it again" in fault_of(outcome)


def test_a_reply_that_cannot_be_saved_is_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """The sentence names the file."""
    outcome = run_cli("ask", "should i use heat", "--silent", "--save-reply", tmp_path / "none" / "reply.wav")
    assert "cannot be written; choose a file in a folder that exists" in fault_of(outcome)


def test_an_unknown_region_is_a_fault(run_cli: RunCli) -> None:
    """The sentence lists the regions."""
    assert "The region 'mars' is not known; choose one of" in fault_of(run_cli("ask", "help", "--region", "mars"))


def test_a_settings_file_that_is_not_there_is_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """A slip in the path does not silently mean the defaults."""
    outcome = run_cli("ask", "help", "--silent", "--settings", tmp_path / "none.yaml")
    assert "There is no settings file at" in fault_of(outcome)


def test_faults_in_the_settings_are_all_listed(tmp_path: Path, run_cli: RunCli) -> None:
    """One line each, and no traceback."""
    (tmp_path / "settings.yaml").write_text("rate_wpm: fast\nvolume: loud\n")
    outcome = run_cli("ask", "help", "--silent", "--settings", tmp_path / "settings.yaml")
    assert outcome.code == 1
    assert "2 faults" in outcome.err
    assert "rate_wpm: must be a whole number" in outcome.err
    assert "volume: must be a number" in outcome.err
    assert "Traceback" not in outcome.err


def test_faults_in_the_data_are_all_listed(tree: Path, run_cli: RunCli) -> None:
    """Every command tells them before it does anything else."""
    (tree / "intents" / "en" / "about.yaml").write_text("about.cramp: [1\n")
    (tree / "content" / "en" / "_regions.yaml").write_text("uk: {emergency: 999}\n")
    for arguments in (("ask", "help", "--silent"), ("match",), ("chat",)):
        outcome = run_cli(*arguments, tree=tree)
        assert outcome.code == 1
        assert "intents/en/about.yaml: line 2: is not YAML" in outcome.err
        assert "content/en/_regions.yaml: uk.emergency: must be text in quotes, not 999" in outcome.err
        assert "Traceback" not in outcome.err


@pytest.mark.parametrize("arguments", [("--nonsense",), ("ask", "--nonsense", "x"), ("nonsense",), ("recognise",)])
def test_wrong_usage_shows_the_usage(arguments: tuple[str, ...], run_cli: RunCli) -> None:
    """Exit code 2, as everywhere."""
    outcome = run_cli(*arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("Usage: voice-skill")
    assert "Traceback" not in outcome.err


def test_a_traceback_is_shown_on_demand(tmp_path: Path, run_cli: RunCli) -> None:
    """`--debug` is for those who mend the program."""
    outcome = run_cli("--debug", "recognise", tmp_path / "none.wav")
    assert outcome.code == 1
    assert "Traceback" in outcome.err


# --- match, recognise ------------------------------------------------------------------------------------------------


def test_match_answers_line_by_line(run_cli: RunCli) -> None:
    """One object a line, with the line as it was given."""
    said = ["How do I stop a hamstring cramp?", "my chest hurts", "who won the football last night", "", "next"]
    answers = lines(run_cli("match", "--json", input="\n".join(said) + "\n"))
    assert [answer["text"] for answer in answers] == said
    assert [answer["intent"] for answer in answers][0::2] == ["relief.start", None, "next"]
    assert [answer["understood"] for answer in answers] == [True, True, False, False, True]
    assert [answer["urgency"] for answer in answers] == [1, 4, 1, 1, 1]
    assert answers[1]["red_flags"][0] == "chest-or-breathing"
    assert [answer["reason"] for answer in answers][2:4] == ["out_of_scope", "silence"]
    fields = {"text", "understood", "intent", "score", "red_flags", "urgency", "reason"}
    assert all(answer.keys() == fields for answer in answers)


def test_match_does_not_wait_for_the_end_of_its_input(without_devices: dict[str, str]) -> None:
    """A program that asks one thing after the other gets each answer at once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "voice_skill", "match", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **without_devices, "PYTHONPATH": str(REPOSITORY)},
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for said, intent in (("stop", "stop"), ("repeat", "repeat")):
        process.stdin.write(f"{said}\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["intent"] == intent
    process.stdin.close()
    assert process.wait(LIMIT_S) == 0
    process.stdout.close()


def test_recognise_writes_down_each_file(run_cli: RunCli) -> None:
    """One object a file, in the order given."""
    other = RECORDINGS / "flite-slt" / "goodbye.flac"
    first, second = lines(run_cli("recognise", "--json", QUESTION, other))
    assert (first["file"], second["file"]) == (str(QUESTION), str(other))
    assert first["text"] == "how do i stop a hamstring cramp"
    assert first["alternatives"][0]["text"] == first["text"]
    assert [word["word"] for word in first["words"]] == first["text"].split()
    assert all(0 <= word["start"] < word["end"] <= read_sound(QUESTION).duration_s + 0.8 for word in first["words"])
    assert first["rtf"] > 0


def test_recognise_for_people_is_a_line_a_file(run_cli: RunCli) -> None:
    """The file and what is said in it."""
    outcome = run_cli("recognise", QUESTION)
    assert outcome == Outcome(0, f"{QUESTION}: how do i stop a hamstring cramp\n", "")


# --- chat ------------------------------------------------------------------------------------------------------------


def test_chat_prints_every_action(run_cli: RunCli) -> None:
    """From the welcome to the end, each with its moment on the session's clock."""
    actions = lines(run_cli("chat", "--json", input="should i use heat or cold\ngoodbye\n"))
    kinds = [action["action"] for action in actions]
    says = [action for action in actions if action["action"] == "say"]
    assert says[0]["reply"] == "prompt.welcome"
    assert says[0]["at"] == 0
    assert "relief.heat_or_cold" in [saying["reply"] for saying in says]
    assert says[-1]["reply"] == "prompt.goodbye"
    assert kinds[-1] == "end"
    assert all(saying.keys() == {"at", "action", "reply", "text", "urgency", "pause"} for saying in says)
    assert [action["at"] for action in actions] == sorted(action["at"] for action in actions)


def test_chat_lets_time_pass(run_cli: RunCli) -> None:
    """`@wait` moves the clock by its seconds, and what is due in them happens."""
    script = "how do i stop a hamstring cramp\n@wait 9\nrepeat\n"
    actions = lines(run_cli("chat", "--json", input=script))
    asked = [action["text"] for action in actions if action.get("reply") == "relief/danger-signs"]
    assert len(set(asked)) >= 2


def test_chat_can_be_interrupted(run_cli: RunCli) -> None:
    """`@cut` is said into the speech, which stops."""
    actions = lines(run_cli("chat", "--json", input="why do i get cramps\n@cut stop\ngoodbye\n"))
    assert "hush" in [action["action"] for action in actions]


def test_chat_ends_with_its_input(run_cli: RunCli) -> None:
    """Nobody has to say goodbye."""
    assert lines(run_cli("chat", "--json", input=""))[0]["reply"] == "prompt.welcome"


@pytest.mark.parametrize("line", ["@wait", "@wait soon", "@jump 3"])
def test_a_line_that_chat_cannot_read_is_a_fault(line: str, run_cli: RunCli) -> None:
    """The sentence quotes it and says what can be written."""
    sentence = fault_of(run_cli("chat", "--json", input=f"{line}\n"))
    assert f"'{line}' is not understood; write '@wait 12.5'" in sentence


# --- listen, demo, check, models -------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("listen",)])
def test_listen_without_a_microphone_says_so(arguments: tuple[str, ...], run_cli: RunCli) -> None:
    """One sentence, and no fault: there is nothing the person did wrong."""
    outcome = run_cli(*arguments)
    assert outcome.code == 0
    assert "No microphone was found; connect one, or type your questions instead." in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("option", ["--microphone", "--speaker"])
def test_an_unknown_device_is_a_fault(option: str, tmp_path: Path, run_cli: RunCli) -> None:
    """The sentence lists the devices there are."""
    (tmp_path / "asound.conf").write_text(QUIET_CARD)
    outcome = run_cli("listen", option, "nonesuch", env={"ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")})
    name = "microphone" if option == "--microphone" else "loudspeaker"
    assert f'There is no {name} called "nonesuch"; choose one of "default' in fault_of(outcome)


def test_a_device_that_was_named_must_be_there(run_cli: RunCli) -> None:
    """Without it the program does not go on as if another were meant."""
    assert "No microphone was found" in fault_of(run_cli("listen", "--microphone", "USB"))


def test_demo_shows_the_whole_chain(tmp_path: Path, run_cli: RunCli) -> None:
    """Each recording is heard, understood, and answered in a file."""
    answers = lines(run_cli("demo", "--silent", "--json", "--out", tmp_path / "replies"))
    assert len(answers) >= 5
    assert all(answer["reply"] for answer in answers)
    # The recogniser dithers its input with random numbers, so that one recording may be lost.
    assert sum(answer["understood"] for answer in answers) >= len(answers) - 1
    for answer in answers:
        assert read_sound(Path(answer["saved_reply"])).duration_s > 1.0


def test_demo_names_a_folder_that_cannot_be_made(tmp_path: Path, run_cli: RunCli) -> None:
    """The sentence says how to choose another."""
    (tmp_path / "file").write_text("in the way")
    outcome = run_cli("demo", "--silent", "--out", tmp_path / "file" / "replies")
    assert "cannot be made" in fault_of(outcome)


def test_check_finds_everything_in_order(run_cli: RunCli) -> None:
    """One finding a line; a machine without devices or region is no fault."""
    findings = lines(run_cli("check", "--json"))
    levels = {finding["subject"]: finding["level"] for finding in findings}
    assert all(finding.keys() == {"level", "subject", "text"} for finding in findings)
    assert {"data", "speech model", "speech engine", "microphone", "loudspeaker", "region"} <= levels.keys()
    assert "fault" not in levels.values()
    assert levels["microphone"] == levels["loudspeaker"] == "note"


def test_check_names_the_devices(tmp_path: Path, run_cli: RunCli) -> None:
    """So that one can be chosen."""
    (tmp_path / "asound.conf").write_text(QUIET_CARD)
    outcome = run_cli("check", env={"ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")})
    assert re.search(r'^ok +microphone: "default', outcome.out, re.MULTILINE)
    assert re.search(r'^ok +loudspeaker: "default', outcome.out, re.MULTILINE)


def test_check_tells_a_fault(tmp_path: Path, run_cli: RunCli) -> None:
    """Exit code 1, and everything else is looked over all the same."""
    outcome = run_cli("check", "--json", "--model", tmp_path / "none")
    findings = [json.loads(line) for line in outcome.out.splitlines()]
    assert outcome.code == 1
    assert [finding["subject"] for finding in findings if finding["level"] == "fault"] == ["speech model"]
    assert findings[-1]["subject"] == "region"


def test_models_list_marks_the_one_in_use(run_cli: RunCli) -> None:
    """The embedded one, unless the settings name another."""
    (used,) = [model for model in lines(run_cli("models", "list", "--json")) if model["in_use"]]
    assert {"name", "folder", "bytes", "in_use"} <= used.keys()
    assert used["name"] == "en-us-embedded"
    assert Path(used["folder"]).is_dir()


def test_models_list_shows_the_model_of_the_settings(tmp_path: Path, vosk_model: LoadedModel, run_cli: RunCli) -> None:
    """It is listed beside the embedded one, and is the one in use."""
    own = shutil.copytree(vosk_model.about.folder, tmp_path / "own-model")
    (tmp_path / "settings.yaml").write_text(f'model: "{own}"\n')
    listed = lines(run_cli("models", "list", "--json", "--settings", tmp_path / "settings.yaml"))
    assert "en-us-embedded" in [model["name"] for model in listed]
    assert [model["folder"] for model in listed if model["in_use"]] == [str(own)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, run_cli: RunCli) -> None:
    """In the list of commands and by itself."""
    outcome = run_cli(command, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: voice-skill {command}")


def test_the_help_names_commands_and_exit_codes(run_cli: RunCli) -> None:
    """What it is, what it is not, and what a script needs."""
    outcome = run_cli("--help")
    assert all(re.search(rf"^  {command} ", outcome.out, re.MULTILINE) for command in COMMANDS)
    assert "cannot call for help" in " ".join(outcome.out.split())
    assert "Exit codes" in outcome.out


def test_the_version_is_told(run_cli: RunCli) -> None:
    """For reports of faults."""
    outcome = run_cli("--version")
    assert outcome.code == 0
    assert re.fullmatch(r"voice-skill, version \S+\n", outcome.out)


def test_the_catalog_of_the_tests_is_that_of_the_commands(catalog: Catalog, run_cli: RunCli) -> None:
    """What the other tests see is what a person gets."""
    said = "which stretch is best for the back of my leg"
    (answer,) = lines(run_cli("match", "--json", input=f"{said}\n"))
    match = catalog.matcher.match([said])
    assert answer["intent"] == match.intent
    assert answer["score"] == pytest.approx(match.score, abs=1e-4)
