"""What people are expected to say: the expanded phrases of `intents/`, and the words of its red-flag signs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from voice_skill.templates import expand

_RULES = "_words.yaml"
_SIGN_RULES = "_sign_words.yaml"
_SIGNS = "red_flags.yaml"
_RULE_NAME = re.compile(r"<[^>]*>")
_NOT_WORDS = re.compile(r"[^a-z' ]+")
_SIGN_WEIGHT = 0.3
"""Signs are looked for in what was heard, so they also hold words that are heard wrongly: they count for little."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A run of words that may be said."""

    words: tuple[str, ...]
    weight: float
    whole: bool
    """Whether it is a whole sentence, not a piece of one."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Everything read from one folder of intents."""

    sentences: frozenset[str]
    utterances: tuple[Utterance, ...]

    def words(self) -> set[str]:
        """Every word of the sentences."""
        return {word for utterance in self.utterances if utterance.whole for word in utterance.words}

    def of_words(self, known: Collection[str]) -> Phrases:
        """The same without the utterances that hold other words than these, such as misspellings in signs."""
        kept = (utterance for utterance in self.utterances if all(word in known for word in utterance.words))
        return replace(self, utterances=tuple(kept))

    def digest(self) -> str:
        """SHA-256 of the sorted sentences, one a line: changes when the model ought to be built again."""
        lines = "".join(f"{sentence}\n" for sentence in sorted(self.sentences))
        return hashlib.sha256(lines.encode()).hexdigest()


def read_spoken_forms(path: Path) -> dict[str, str]:
    """Spelling -> word, from a YAML file."""
    return {str(spelling): str(word) for spelling, word in _load(path).items()}


def read_phrases(folder: Path, spoken_forms: Mapping[str, str]) -> Phrases:
    """All phrases and signs of a folder such as `intents/en`.

    `spoken_forms` maps spellings to the words that the recogniser is to write for them.
    """
    rules = _load(folder / _RULES)
    sentences: set[str] = set()
    utterances: list[Utterance] = []
    for path in sorted(folder.glob("*.yaml")):
        for template in _templates(_load(path), "phrases"):
            variants = list(dict.fromkeys(expand(template, rules)))
            sentences.update(variants)
            weight = _weight(len(variants))
            utterances += (Utterance(_spoken(variant, spoken_forms), weight, True) for variant in variants)
    signs = [*_templates(_load(folder / _SIGNS), "signs"), *_load(folder / _SIGN_RULES).values()]
    utterances += _pieces(signs, spoken_forms)
    return Phrases(frozenset(sentences), tuple(utterances))


def _load(path: Path) -> dict[str, Any]:
    return (yaml.safe_load(path.read_text("utf-8")) or {}) if path.exists() else {}


def _templates(entries: Mapping[str, Any], key: str) -> Iterator[str]:
    for name, entry in entries.items():
        if name == key:
            yield from entry
        elif isinstance(entry, dict):
            yield from entry.get(key, ())


def _spoken(sentence: str, spoken_forms: Mapping[str, str]) -> tuple[str, ...]:
    joined = sentence.replace(" '", "'")  # a template may put a word and its ending apart: i 've
    return tuple(spoken_forms.get(word, word) for word in joined.split())


def _weight(variants: int) -> float:
    """A template with many variants counts for more than one with few, but not for as many times more."""
    return float(max(variants, 1) ** -0.5)


def _pieces(signs: Iterable[str], spoken_forms: Mapping[str, str]) -> list[Utterance]:
    """The runs of words that stand side by side in signs: they must be heard wherever they stand."""
    runs = {run.strip() for sign in signs for run in _NOT_WORDS.split(_RULE_NAME.sub("|", sign))} - {""}
    return [Utterance(_spoken(run, spoken_forms), _SIGN_WEIGHT, False) for run in sorted(runs)]
