"""Measures, on the virtual sound card and in real time, how long a person waits for the answer.

    python -m tests.live.measure_latency

From the last loud sample of the question at the microphone to the first loud sample of the answer at the loudspeaker.
Both are recorded through the same sound server, so its own delay cancels out to about ten milliseconds.
"""

from __future__ import annotations

import threading
import time

import click
import numpy as np

from tests.live.assistant import SPEECH_LEVEL, Assistant, recorded
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
_STEP_S = 0.005
_ANSWER_LIMIT_S = 8.0


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


def wait_s(assistant: Assistant, question: str) -> float | None:
    """Seconds from the end of a question to the first sound of its answer; None when none came."""
    assistant.wait_until_silent()
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
        return heard.first_s - asked.last_s if heard.first_s and asked.last_s else None
    finally:
        speaker.stop()
        microphone.stop()


@click.command()
@click.option("--rounds", default=2, show_default=True, help="How often each question is asked.")
def main(rounds: int) -> None:
    """Ask every question and print the percentiles."""
    waits: list[float] = []
    with SoundCard() as card, Assistant(card) as assistant:
        for question in QUESTIONS * rounds:
            waited = wait_s(assistant, question)
            click.echo(f"{question:50s} {'no answer' if waited is None else f'{waited:.2f} s'}")
            waits += [waited] if waited is not None else []
    p50, p95 = np.percentile(waits, [50, 95])
    click.echo(f"end of speech to first sound: p50 {p50:.2f} s, p95 {p95:.2f} s over {len(waits)} answers")


if __name__ == "__main__":
    main()
