"""Measures, on the virtual sound card and in real time, how long a person waits for the answer, and where it goes.

    python -m tests.live.measure_latency [--json]

The whole is from the last loud sample of the question at the microphone to the first loud sample of the answer at the
loudspeaker. Both are recorded through the same sound server, so its own delay cancels out to about ten milliseconds.
The parts: endpoint (from the last loud sample until the end of the question was decided), decode (the last words of the
recogniser), match (understanding and the choice of the answer), speech (until its sound is handed to the loudspeaker),
output (until it is heard). Then: how soon "stop" or "pause", said into an answer, brings silence; and what listening
costs.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import click
import numpy as np

from tests.live.assistant import SPEECH_LEVEL, Assistant, recorded
from tests.sound_card import Recording, SoundCard, wait_until

QUESTIONS = (
    "flite-slt/should i see a doctor",
    "flite-awb/what is a hamstring cramp",
    "festival-slt-hts/is a hamstring cramp dangerous",
    "flite-awb/how do i stop cramps at night",
    "flite-slt/are you a real doctor",
    "festival-kal/should i stop running",
    "flite-slt/repeat that",
    "flite-awb/when do i need to see a doctor",
)
PARTS = ("endpoint", "decode", "match", "speech", "output", "whole")
COMMANDS = ("flite-rms/stop", "festival-kal/pause")
LONG_ANSWER = "flite-slt/should i see a doctor"
LISTENING_S = 15.0
"""How long the cost of listening is measured."""
_STEP_S = 0.005
_ANSWER_LIMIT_S = 8.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Event:
    """What the assistant noted, in seconds of the monotonic clock."""

    name: str
    at_s: float


class LoudMoments:
    """Notes when a source was last loud, and when it first became so."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._seen = 0
        self.first_s: float | None = None
        self.last_s: float | None = None

    def look(self) -> None:
        """Take in what has arrived since the last look."""
        samples = self._recording.heard.samples
        new, self._seen = samples[self._seen :], len(samples)
        if np.any(np.abs(new.astype(int)) > SPEECH_LEVEL):
            self.last_s = time.monotonic()
            self.first_s = self.first_s or self.last_s


def read_events(path: Path, after_s: float) -> list[Event]:
    """What was noted after a moment, in the order of time."""
    events = [Event(each["event"], each["at_s"]) for each in map(json.loads, path.read_text().splitlines())]
    return sorted((event for event in events if event.at_s >= after_s), key=lambda event: event.at_s)


def first(events: Sequence[Event], names: Sequence[str], after_s: float) -> float | None:
    """When the first event of one of these names came."""
    return next((event.at_s for event in events if event.name in names and event.at_s >= after_s), None)


def parts_of(asked_s: float, sounded_s: float, events: Sequence[Event]) -> dict[str, float]:
    """Seconds of each part of an answer, as far as they were noted."""
    marks = [asked_s]
    for names in (("ended", "accepting"), ("decoded",), ("say", "earcon"), ("play",)):
        mark = first(events, names, marks[-1])
        if mark is None:
            return {"whole": sounded_s - asked_s}
        marks.append(mark)
    marks.append(sounded_s)
    lengths = [later - earlier for earlier, later in pairwise(marks)]
    return dict(zip(PARTS, [*lengths, sounded_s - asked_s], strict=True))


def answer_to(assistant: Assistant, question: str, events: Path) -> dict[str, float]:
    """Ask a question into silence; the seconds of each part of the answer, empty when none came."""
    assistant.wait_until_silent()
    start_s = time.monotonic()
    speaker, microphone = Recording("speaker.monitor"), Recording("micfeed.monitor")
    try:
        heard, asked = LoudMoments(speaker), LoudMoments(microphone)
        asking = threading.Thread(target=assistant.interrupt, args=(question,))
        asking.start()
        end_s = time.monotonic() + recorded(question).duration_s + _ANSWER_LIMIT_S
        while heard.first_s is None and time.monotonic() < end_s:
            heard.look()
            asked.look()
            time.sleep(_STEP_S)
        asking.join()
    finally:
        speaker.stop()
        microphone.stop()
    if heard.first_s is None or asked.last_s is None:
        return {}
    return parts_of(asked.last_s, heard.first_s, read_events(events, start_s))


def silence_after(command: str, assistant: Assistant, events: Path) -> dict[str, float]:
    """Say a command into a long answer; seconds to silence from the end of the word, and from its recognition."""
    assistant.wait_until_silent()
    assistant.interrupt(LONG_ANSWER)
    wait_until(assistant.speaks, 20, "the answer")
    start_s = time.monotonic()
    speaker, microphone = Recording("speaker.monitor"), Recording("micfeed.monitor")
    try:
        heard, asked = LoudMoments(speaker), LoudMoments(microphone)
        asking = threading.Thread(target=assistant.interrupt, args=(command,))
        asking.start()
        limit_s = start_s + recorded(command).duration_s + 2.0
        while time.monotonic() < limit_s:
            heard.look()
            asked.look()
            noted = read_events(events, start_s)
            hushed_s = first(noted, ("hush",), start_s)
            if hushed_s is not None and time.monotonic() > hushed_s + 0.4:
                break
            time.sleep(_STEP_S)
        asking.join()
    finally:
        speaker.stop()
        microphone.stop()
    if hushed_s is None or heard.last_s is None or asked.last_s is None:
        return {}
    # The low tone that follows says "stopped", so silence is measured up to the hush and the fade after it.
    recognised_s = max(event.at_s for event in noted if event.name == "decoded" and event.at_s <= hushed_s)
    silent_s = silence_from(speaker, heard, hushed_s)
    return {"word": silent_s - asked.last_s, "recognised": silent_s - recognised_s}


def silence_from(recording: Recording, heard: LoudMoments, hushed_s: float) -> float:
    """When the speech that a hush cut off was last loud; the tone that may follow it comes after a gap."""
    samples = np.abs(recording.heard.samples.astype(int))
    end_s = heard.last_s or hushed_s
    loud = np.flatnonzero(samples > SPEECH_LEVEL)
    step = round(0.03 * recording.heard.rate_hz)
    for later, earlier in zip(loud[::-1], loud[-2::-1], strict=False):
        moment_s = end_s - (loud[-1] - earlier) / recording.heard.rate_hz
        if later - earlier > step and moment_s >= hushed_s - 0.05:
            end_s_before = moment_s
            return float(end_s_before)
        if moment_s < hushed_s - 0.05:
            break
    return float(end_s)


def cost_of_listening(assistant: Assistant) -> dict[str, float]:
    """Percent of one core, and resident megabytes, while nobody speaks."""
    assistant.wait_until_silent()
    before, start_s = _cpu_s(assistant.pid), time.monotonic()
    threading.Event().wait(LISTENING_S)
    used = (_cpu_s(assistant.pid) - before) / (time.monotonic() - start_s)
    status = Path(f"/proc/{assistant.pid}/status").read_text()
    resident_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return {"cpu_percent": round(100 * used, 1), "resident_mb": round(resident_kb / 1024)}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def percentiles(lengths: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in seconds, with how many there were."""
    if not lengths:
        return {"count": 0}
    p50, p95 = np.percentile(lengths, [50, 95])
    return {"p50_s": round(float(p50), 3), "p95_s": round(float(p95), 3), "count": len(lengths)}


@click.command()
@click.option("--rounds", default=2, show_default=True, help="How often each question is asked.")
@click.option("--stops", default=8, show_default=True, help="How often an answer is stopped.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(rounds: int, stops: int, as_json: bool) -> None:
    """Ask every question, stop some answers, then only listen; print the percentiles."""
    answers: list[dict[str, float]] = []
    silences: list[dict[str, float]] = []
    with SoundCard() as card:
        events = card.folder / "events.jsonl"
        with Assistant(card, events=events) as assistant:
            for question in QUESTIONS * rounds:
                answers.append(answer_to(assistant, question, events))
                if not as_json:
                    told = " ".join(f"{part} {length:.2f}" for part, length in answers[-1].items())
                    click.echo(f"{question:50s} {told or 'no answer'}")
            cost = cost_of_listening(assistant)
        for number in range(stops):  # "stop" may end the session
            with Assistant(card, events=events) as assistant:
                silences.append(silence_after(COMMANDS[number % len(COMMANDS)], assistant, events))
    report = {
        "answers": {part: percentiles([each[part] for each in answers if part in each]) for part in PARTS},
        "unanswered": sum(not each for each in answers),
        "silence_after_a_command": {
            since: percentiles([each[since] for each in silences if each]) for since in ("word", "recognised")
        },
        "commands_not_heard": sum(not each for each in silences),
        "listening": cost,
    }
    click.echo(json.dumps(report) if as_json else json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
