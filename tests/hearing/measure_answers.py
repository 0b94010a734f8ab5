"""Measures how answers are heard while a question waits, and how often other speech is taken for one.

    python -m tests.hearing.measure_answers FOLDER --voice piper-joe --voice flite-kal16

FOLDER keeps the recordings. Each is heard once, as in a session whose question waits, and understood twice: with the
check by whoever listens for answers alone, and without it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from tests.hearing.answer_recordings import Spoken, recordings
from voice_skill.adapters.vosk_recogniser import utterances_in
from voice_skill.building import build_catalog
from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, understand
from voice_skill.dialogue.state import Place
from voice_skill.domain import Expectation, Understanding, Utterance
from voice_skill.hearing import load_model, open_recogniser
from voice_skill.settings import Settings

QUESTIONS = {Expectation.YES_OR_NO: Place("relief", 1), Expectation.CHOICE: Place("relief", 9)}
TAKEN_AS_ANSWER = {
    Expectation.YES_OR_NO: {"yes", "no"},
    Expectation.CHOICE: {"yes", "no", "warm", "cold", "next"},
}
FIGURES = ("right", "another answer", "other speech taken", "danger missed")


def answer_of(utterances: Sequence[Utterance], spoken: Spoken, catalog: Catalog) -> Understanding:
    """What the first understood utterance means where the question waits."""
    state = State(place=QUESTIONS[spoken.expectation])
    understood = [understand(each, state, catalog) for each in utterances or [Utterance(())]]
    return next((each for each in understood if each.intent or each.red_flags), understood[0])


def figures_of(understood: Understanding, spoken: Spoken) -> set[str]:
    """Which of the first three `FIGURES` a recording counts for; a sign of danger is never taken as an answer."""
    is_answer = understood.intent in TAKEN_AS_ANSWER[spoken.expectation] and not understood.red_flags
    if spoken.answer is None:
        return {"other speech taken"} if is_answer else set()
    if understood.intent == spoken.answer:
        return {"right"}
    return {"another answer"} if is_answer else set()


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--voice", "voices", multiple=True, default=("piper-joe", "flite-kal16", "festival-kal"))
def main(folder: Path, voices: tuple[str, ...]) -> None:
    settings = Settings()
    catalog, model = build_catalog(settings), load_model(settings)
    counts: Counter[tuple[str, str]] = Counter()
    totals: Counter[str] = Counter()
    spoken_s, taken_s = 0.0, 0.0
    for spoken in recordings(voices, folder):
        began_s = time.process_time()
        recogniser = open_recogniser(model, settings, authored=catalog.authored)
        recogniser.expect(spoken.expectation)
        heard = list(utterances_in(spoken.sound, recogniser))
        taken_s, spoken_s = taken_s + time.process_time() - began_s, spoken_s + spoken.sound.duration_s
        checked = answer_of(heard, spoken, catalog)
        unchecked = answer_of([replace(each, as_answer=None) for each in heard], spoken, catalog)
        totals["answers" if spoken.answer else "other speech"] += 1
        counts.update(("checked", each) for each in figures_of(checked, spoken))
        counts.update(("unchecked", each) for each in figures_of(unchecked, spoken))
        counts["checked", "danger missed"] += checked.red_flags != unchecked.red_flags
    click.echo(
        f"{totals['answers']} answers, {totals['other speech']} times other speech; RTF {taken_s / spoken_s:.2f}"
    )
    for way in ("unchecked", "checked"):
        click.echo(f"{way:<10} " + ", ".join(f"{name} {counts[way, name]}" for name in FIGURES))


if __name__ == "__main__":
    main()
