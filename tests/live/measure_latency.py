"""Measures, on the virtual sound card and in real time, how long a person waits for the answer, and where it goes.

    python -m tests.live.measure_latency [--json]

The whole is from the last loud sample of the question at the microphone to the first loud sample of the answer at the
loudspeaker. Both are recorded through the same sound server, so its own delay cancels out to about ten milliseconds.
The parts: endpoint (from the last loud sample until the end of the question was decided), decode (the last words of the
recogniser), match (understanding and the choice of the answer), speech (until its sound is handed to the loudspeaker),
output (until it is heard). Then: what listening costs.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import click
import numpy as np

from tests.live.assistant import SPEECH_LEVEL, Assistant, recorded
from tests.live.noted import Event, first, percentiles, read_events
from tests.sound_card import Recording, SoundCard

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
LISTENING_S = 15.0
"""How long the cost of listening is measured."""
_STEP_S = 0.005
_ANSWER_LIMIT_S = 8.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


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


@click.command()
@click.option("--rounds", default=2, show_default=True, help="How often each question is asked.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(rounds: int, as_json: bool) -> None:
    """Ask every question, then only listen; print the percentiles."""
    answers: list[dict[str, float]] = []
    with SoundCard() as card:
        events = card.folder / "events.jsonl"
        with Assistant(card, events=events) as assistant:
            for question in QUESTIONS * rounds:
                answers.append(answer_to(assistant, question, events))
                if not as_json:
                    told = " ".join(f"{part} {length:.2f}" for part, length in answers[-1].items())
                    click.echo(f"{question:50s} {told or 'no answer'}")
            cost = cost_of_listening(assistant)
    report = {
        "answers": {part: percentiles([each[part] for each in answers if part in each]) for part in PARTS},
        "unanswered": sum(not each for each in answers),
        "listening": cost,
    }
    click.echo(json.dumps(report) if as_json else json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
