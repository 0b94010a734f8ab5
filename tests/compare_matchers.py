"""Measures our matcher beside others on the same files, and writes the table into `tests/utterances/README.md`.

    python -m pip install padacioso hassil onnxruntime scikit-learn
    python tests/compare_matchers.py [--minilm FOLDER] [--folder tests/utterances]

All learn from the same phrases; those that can be given sentences to refuse are given ours. Thresholds: ours as
shipped; of the others the one that is right most often on the development sentences. FOLDER holds an ONNX export of
all-MiniLM-L6-v2 with mean pooling (`mini_dyn8.onnx`) and its `vocab.txt`. A matcher that is not installed is left out.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from voice_skill.building import build_catalog, training_data
from voice_skill.catalog import Authored, read_authored
from voice_skill.evaluation import Case, Kind, read_cases
from voice_skill.matching.training import OFF_TOPIC
from voice_skill.settings import Settings
from voice_skill.text import normalise

UTTERANCES = Path(__file__).parent / "utterances"
STEMS = "relief prevention causes about aftercare escalation control misheard off_topic".split()
BEGIN, END = "<!-- written by compare_matchers.py -->", "<!-- end -->"
Answer = tuple[str | None, float]
"""An intent and how certain it is."""
Matcher = Callable[[str], Answer]
GRID = np.linspace(0.0, 1.0, 41)


def ours(authored: Authored) -> Matcher:
    """The matcher of this package, which refuses by itself."""
    matcher = build_catalog(Settings()).matcher

    def match(said: str) -> Answer:
        return matcher.match([said]).intent, 1.0

    return match


def nearest_phrase(authored: Authored) -> Matcher:
    """rapidfuzz: the class of the training sentence that is most alike."""
    examples = training_data(authored).examples
    sentences = [sentence for sentence, _ in examples]

    def match(said: str) -> Answer:
        _, score, index = process.extractOne(said, sentences, scorer=fuzz.token_sort_ratio)
        return examples[index][1], score / 100

    return match


def padacioso(authored: Authored) -> Matcher:
    """padacioso, its work in threads: in processes, as it has it, all phrases are copied for each sentence."""
    import concurrent.futures
    from unittest.mock import patch

    from padacioso import IntentContainer

    container = IntentContainer(fuzz=False)
    for intent, phrases in templates(authored):
        container.add_intent(intent, list(phrases))

    def match(said: str) -> Answer:
        with patch.object(concurrent.futures, "ProcessPoolExecutor", concurrent.futures.ThreadPoolExecutor):
            found = container.calc_intent(said)
        return found.get("name"), float(found.get("conf", 0.0))

    return match


def hassil(authored: Authored) -> Matcher:
    """hassil: our templates as its sentences."""
    from hassil.intents import Intents
    from hassil.recognize import recognize

    data = {intent: {"data": [{"sentences": list(phrases)}]} for intent, phrases in templates(authored)}
    intents = Intents.from_dict({"language": "en", "intents": data})

    def match(said: str) -> Answer:
        found = recognize(said, intents)
        return (found.intent.name, 1.0) if found else (None, 0.0)

    return match


def minilm(folder: Path, authored: Authored) -> Matcher:
    """Sentence embeddings of MiniLM and logistic regression with our sentences to refuse as a class."""
    import onnxruntime
    from sklearn.linear_model import LogisticRegression

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(folder / "mini_dyn8.onnx"), options, providers=["CPUExecutionProvider"])
    lines = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    pieces = {piece: index for index, piece in enumerate(lines)}

    def embed(said: str) -> Any:
        ids = np.array([[pieces["[CLS]"], *word_pieces(said, pieces), pieces["[SEP]"]]], np.int64)
        return session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0].ravel()

    examples = training_data(authored).examples[::2]
    model = LogisticRegression(C=30, max_iter=200)
    model.fit(np.array([embed(sentence) for sentence, _ in examples]), [name for _, name in examples])

    def match(said: str) -> Answer:
        odds = model.predict_proba(embed(said)[None])[0]
        return str(model.classes_[odds.argmax()]), float(odds.max())

    return match


def word_pieces(said: str, pieces: dict[str, int]) -> Iterator[int]:
    """Greedy WordPiece."""
    for word in re.findall(r"[a-z0-9]+|[^\sa-z0-9]", said):
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = (end for end in range(len(word), start, -1) if prefix + word[start:end] in pieces)
            end = next(ends, 0)
            if not end:
                yield pieces["[UNK]"]
                break
            yield pieces[prefix + word[start:end]]
            start = end


def templates(authored: Authored) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each intent's phrases with the rules written out."""

    def written_out(phrase: str) -> str:
        return re.sub(r"<([a-z0-9_]+)>", lambda rule: written_out(authored.words[rule[1]]), phrase)

    for intent, entry in authored.intents.items():
        yield intent, tuple(written_out(phrase) for phrase in entry.phrases)


def measured(match: Matcher, cases: Sequence[Case]) -> list[Answer]:
    """The answers to all cases; the class of refusals counts as none."""
    answers = (match(normalise(case.said) or "the") for case in cases)
    return [(None if intent == OFF_TOPIC else intent, score) for intent, score in answers]


def shares(answers: Sequence[Answer], cases: Sequence[Case], threshold: float) -> dict[Kind, float]:
    """The share of right answers by kind of case."""
    right: dict[Kind, list[bool]] = {}
    for (intent, score), case in zip(answers, cases, strict=True):
        right.setdefault(case.kind, []).append((intent if score >= threshold else None) == case.meant)
    return {kind: sum(each) / len(each) for kind, each in right.items()}


def row(name: str, match: Matcher, tuning: Sequence[Case], cases: Sequence[Case]) -> str:
    """One line of the table."""
    answers = measured(match, tuning)
    threshold = max(GRID, key=lambda each: sum(shares(answers, tuning, each).values()))
    start_s = time.perf_counter()
    found = shares(measured(match, cases), cases, threshold)
    each_ms = 1000 * (time.perf_counter() - start_s) / len(cases)
    cells = [f"{100 * found[kind]:.1f}" for kind in (Kind.IN_SCOPE, Kind.MISHEARD, Kind.OFF_TOPIC)]
    return f"| {name} | {' | '.join(cells)} | {each_ms:.1f} |"


def read_all(folder: Path) -> list[Case]:
    """The cases of all files that a matcher alone can be measured on."""
    return [case for stem in STEMS for case in read_cases(folder / f"{stem}.yaml")]


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minilm", type=Path)
    parser.add_argument("--folder", type=Path, default=UTTERANCES)
    chosen = parser.parse_args()
    authored = read_authored("en")
    tuning, cases = read_all(UTTERANCES / "dev"), read_all(chosen.folder)
    peers: list[tuple[str, Callable[[Authored], Matcher]]] = [
        ("**voice-skill**", ours),
        ("rapidfuzz, nearest sentence", nearest_phrase),
    ]
    if chosen.minilm:
        peers.append(("MiniLM embeddings, logistic regression", lambda each: minilm(chosen.minilm, each)))
    peers += [("hassil, the same templates", hassil), ("padacioso, exact", padacioso)]
    lines = [
        "| matcher | in scope, % right | misheard, % right | off topic, % refused | ms a sentence |",
        "|---|---|---|---|---|",
    ]
    for name, make in peers:
        try:
            lines.append(row(name, make(authored), tuning, cases))
            print(lines[-1], flush=True)
        except ImportError as exc:
            print(f"left out: {name}: {exc}", file=sys.stderr)
    if chosen.folder == UTTERANCES:
        write(UTTERANCES / "README.md", lines)


def write(readme: Path, lines: Sequence[str]) -> None:
    """Put the table between its marks."""
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    readme.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), encoding="utf-8")


if __name__ == "__main__":
    main()
