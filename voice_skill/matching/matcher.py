"""From the readings of an utterance to one intent with its probability, or to a refusal with its reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voice_skill.domain import Refusal
from voice_skill.matching.features import FeatureSpace, Floats
from voice_skill.matching.repair import Repair
from voice_skill.matching.training import OFF_TOPIC, LinearModel, TrainingSet


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When to act and when to refuse. Chosen on the development sentences only."""

    accept: float = 0.34
    """The least probability of an intent that is acted on."""
    accept_repaired: float = 0.5
    """The same for a reading that was repaired, which is a guess already."""
    lead: float = 0.08
    """The least distance to the second intent; below it the utterance is ambiguous."""
    sharpness: float = 9.0
    """Factor that turns ridge scores into probabilities (inverse temperature)."""
    expected_bonus: float = 0.35
    """Added to the ridge score of the answers that an open question expects."""


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome for one utterance."""

    reading: str
    intent: str | None
    score: float
    refusal: Refusal | None = None
    rivals: tuple[str, ...] = ()


class IntentMatcher:
    """Ridge scores over all readings, with exact sentences first and repair last."""

    def __init__(self, model: LinearModel, data: TrainingSet, sounds_like: Mapping[str, Collection[str]]) -> None:
        self._model = model
        self._space = FeatureSpace(data.concepts, model.rarity)
        self._exact = {sentence: name for sentence, name in data.examples if name != OFF_TOPIC}
        self._place = {name: index for index, name in enumerate(model.classes)}
        vocabulary = {word for sentence, _ in data.examples for word in sentence.split()}
        heard_whole = {heard for group in sounds_like.values() for heard in group}
        self._repair = Repair(sounds_like, vocabulary - heard_whole)
        self.thresholds = Thresholds()

    def match(self, readings: Sequence[str], expected: Collection[str] = ()) -> Match:
        """The intent of an utterance given its normalised `readings`, best first.

        `expected` are the intents that would answer an open question; they are preferred where sound or wording leave a doubt.
        """
        heard = [reading for reading in dict.fromkeys(readings) if reading]
        if not heard:
            return Match("", None, 0.0, Refusal.SILENCE)
        if exact := self._exact_match(heard):
            return exact
        found = self._decide(heard, expected, self.thresholds.accept)
        if found.refusal is not Refusal.OUT_OF_SCOPE:
            return found
        repaired = [fixed for reading in heard if (fixed := self._repair(reading)) != reading]
        if not repaired:
            return found
        second = self._exact_match(repaired) or self._decide(repaired, expected, self.thresholds.accept_repaired)
        return second if second.intent else found

    def repaired(self, reading: str) -> str:
        """`reading` with the words of the domain put back."""
        return self._repair(reading)

    def _exact_match(self, readings: Sequence[str]) -> Match | None:
        for reading in readings:
            if intent := self._exact.get(reading):
                return Match(reading, intent, 1.0)
        return None

    def _decide(self, readings: Sequence[str], expected: Collection[str], accept: float) -> Match:
        odds = self._probabilities(readings, expected)
        first, second = np.argsort(odds)[::-1][:2]
        name, rival = self._model.classes[first], self._model.classes[second]
        score = float(odds[first])
        if name == OFF_TOPIC or score < accept:
            return Match(readings[0], None, score, Refusal.OUT_OF_SCOPE)
        if rival != OFF_TOPIC and score - float(odds[second]) < self.thresholds.lead:
            return Match(readings[0], None, score, Refusal.AMBIGUOUS, (name, rival))
        return Match(readings[0], name, score)

    def _probabilities(self, readings: Sequence[str], expected: Collection[str]) -> Floats:
        """The mean over the readings, each further one counting half of the one before."""
        weights = 0.5 ** np.arange(len(readings), dtype=np.float32)
        rows = np.stack([self._softmax(self._scores(reading, expected)) for reading in readings])
        return np.asarray(weights @ rows / weights.sum(), np.float32)

    def _scores(self, reading: str, expected: Collection[str]) -> Floats:
        row = self._space.row(reading)
        scores = row.values @ self._model.weights[row.columns] + self._model.bias
        for intent in expected:
            if intent in self._place:
                scores[self._place[intent]] += self.thresholds.expected_bonus
        return np.asarray(scores, np.float32)

    def _softmax(self, scores: Floats) -> Floats:
        powers = np.exp(self.thresholds.sharpness * (scores - scores.max()))
        return np.asarray(powers / powers.sum(), np.float32)
