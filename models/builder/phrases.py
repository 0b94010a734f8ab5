"""What people are expected to say: the expanded phrases of `intents/`, and the words of its red-flag signs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from voice_skill.grammar import phrases_digest
from voice_skill.templates import expand

_RULES = "_words.yaml"
_SIGN_RULES = "_sign_words.yaml"
_SIGNS = "red_flags.yaml"
_DANGERS = "danger_phrases.yaml"
_OFF_TOPIC = "off_topic"
_DANGER = "danger."
TOTAL = 30_000.0
"""Weight of all sentences together: how much they count against what a trigram model has not seen."""
_RULE_NAME = re.compile(r"<[^>]*>")
_NOT_WORDS = re.compile(r"[^a-z' ]+")
_CONTROL_SHARE = 0.3
"""Of everything said, how much steers the conversation: yes, no, next, stop."""
_OFF_TOPIC_SHARE = 0.05
_DANGER_SHARE = 0.15
"""Rarely said, but nothing matters more to be heard."""
_SHORTER_IS_USUAL = 3.0
"""Among the ways to give a command, how many times more usual one is than one that is a word longer."""
_SIGN_SHARE = 0.05
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

    digest: str
    """Checksum of the templates: changes when the model ought to be built again."""
    utterances: tuple[Utterance, ...]

    def words(self) -> set[str]:
        """Every word of the sentences."""
        return {word for utterance in self.utterances if utterance.whole for word in utterance.words}

    def of_words(self, known: Collection[str]) -> Phrases:
        """The same without the utterances that hold other words than these, such as misspellings in signs."""
        kept = (utterance for utterance in self.utterances if all(word in known for word in utterance.words))
        return replace(self, utterances=tuple(kept))


def read_spoken_forms(path: Path) -> dict[str, str]:
    """Spelling -> word, from a YAML file."""
    return {str(spelling): str(word) for spelling, word in _load(path).items()}


def read_phrases(folder: Path, spoken_forms: Mapping[str, str]) -> Phrases:
    """All phrases and signs of a folder such as `intents/en`.

    `spoken_forms` maps spellings to the words that the recogniser is to write for them.
    """
    rules = _load(folder / _RULES)
    found = [group for path in sorted(folder.glob("*.yaml")) for group in _groups(_load(path), "phrases")]
    found += [(f"{_DANGER}{name}", templates) for name, templates in _load(folder / _DANGERS).items()]
    groups = {name: [list(dict.fromkeys(expand(each, rules))) for each in templates] for name, templates in found}
    shares = _shares(groups)
    utterances = [
        Utterance(_spoken(sentence, spoken_forms), weight * shares[name], True)
        for name, templates in groups.items()
        for sentence, weight in _weights(templates, short_is_usual=_kind(name) == "control").items()
    ]
    signs = [template for _, templates in _groups(_load(folder / _SIGNS), "signs") for template in templates]
    signs += _load(folder / _SIGN_RULES).values()
    utterances += _pieces(signs, spoken_forms)
    templates = [template for _, group in found for template in group]
    return Phrases(phrases_digest([*templates, *signs], rules), tuple(utterances))


def _load(path: Path) -> dict[str, Any]:
    return (yaml.safe_load(path.read_text("utf-8")) or {}) if path.exists() else {}


def _groups(entries: Mapping[str, Any], key: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Name -> templates: of each entry, or of the whole file where it holds the key itself."""
    for name, entry in entries.items():
        if name == key:
            yield _OFF_TOPIC, entry
        elif isinstance(entry, dict) and key in entry:
            yield name, entry[key]


def _kind(name: str) -> str:
    """Intents that steer the conversation have no family before a dot."""
    if name == _OFF_TOPIC:
        return "off_topic"
    if name.startswith(_DANGER):
        return "danger"
    return "question" if "." in name else "control"


def _shares(names: Iterable[str]) -> dict[str, float]:
    """How much of all that is said belongs to each group; groups of one kind share alike."""
    kinds = {name: _kind(name) for name in names}
    of_kind = {"off_topic": _OFF_TOPIC_SHARE, "control": _CONTROL_SHARE, "danger": _DANGER_SHARE}
    of_kind["question"] = 1 - sum(of_kind.values())
    count = Counter(kinds.values())
    return {name: TOTAL * of_kind[kind] / count[kind] for name, kind in kinds.items()}


def _weights(templates: Iterable[Sequence[str]], *, short_is_usual: bool) -> dict[str, float]:
    """Sentence -> weight; the weights of a group add up to 1.

    A template with many variants counts for more than one with few, but not for as many times more.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    for variants in templates:
        for sentence in variants:
            usual = _SHORTER_IS_USUAL ** -len(sentence.split()) if short_is_usual else 1.0
            weights[sentence] += usual * len(variants) ** -0.5
    total = sum(weights.values())
    return {sentence: weight / total for sentence, weight in weights.items()}


def _spoken(sentence: str, spoken_forms: Mapping[str, str]) -> tuple[str, ...]:
    joined = sentence.replace(" '", "'")  # a template may put a word and its ending apart: i 've
    return tuple(spoken_forms.get(word, word) for word in joined.split())


def _pieces(signs: Iterable[str], spoken_forms: Mapping[str, str]) -> list[Utterance]:
    """The runs of words that stand side by side in signs: they must be heard wherever they stand."""
    runs = {run.strip() for sign in signs for run in _NOT_WORDS.split(_RULE_NAME.sub("|", sign))} - {""}
    weight = TOTAL * _SIGN_SHARE / max(len(runs), 1)
    return [Utterance(_spoken(run, spoken_forms), weight, False) for run in sorted(runs)]
