"""From the readings of an utterance to one intent with its probability, or to a refusal with its reason."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from voice_skill.domain import DANGER, Match, Refusal
from voice_skill.matching.features import FeatureSpace, Floats
from voice_skill.matching.repair import Repair, SoundTable
from voice_skill.matching.training import OFF_TOPIC, Encoder, LinearModel, TrainingSet, softmax
from voice_skill.matching.word_repair import WordRepair

_MOST_READINGS = 3
"""Readings further down an n-best list differ by words that mean nothing to us, and each costs time."""

_SURE_WORDS = 4
"""Words from which an authored sentence counts wherever it stands among the readings."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When to act and when to refuse.

    Chosen on the development sentences only: the values at which `voice-skill eval tests/utterances/dev/*.yaml`
    refused 97 % of the off-topic sentences while losing few others.
    """

    refuse: float = 0.75
    """The probability of being off topic from which an utterance is refused."""
    sure: float = 0.99
    """The probability of any class from which nothing heard is repaired."""
    danger: float = 0.5
    """The probability of all dangers together from which the most probable one is meant."""
    accept: float = 0.25
    """The least probability of an intent that is acted on."""
    repair_cost: float = 1.2
    """Cost of repair for each word at which the repaired words count for a third and the heard ones for two thirds."""
    repaired_exact: float = 1.2
    """Cost for each word up to which a repair that ends in an authored sentence is believed."""
    lead: float = 0.08
    """The least distance to the second intent; below it the utterance is ambiguous."""
    expected_bonus: float = 3.0
    """Added to the scores of the answers that an open question expects."""


class IntentMatcher:
    """Authored sentences first; else scores over all readings, as they were heard and repaired."""

    def __init__(
        self,
        model: LinearModel,
        data: TrainingSet,
        sounds_like: SoundTable,
        sound_alikes: SoundTable | None = None,
        encoder: Callable[[], Encoder] | None = None,
    ) -> None:
        """`sounds_like` is always believed, `sound_alikes` only where the sentence makes sense with them.

        `encoder` is called when the first sentence comes that no author wrote; needed if `model` was learnt with one.
        """
        self._model = model
        self._encoder = cache(encoder) if encoder else None
        self._space = FeatureSpace(data.concepts, model.rarity)
        self._exact = dict(data.others) | dict(data.examples)
        self._place = {name: index for index, name in enumerate(model.classes)}
        self._dangers = [index for name, index in self._place.items() if name.startswith(DANGER)]
        self._repair = Repair((sounds_like, sound_alikes or {}), model.wording)
        heard_whole = {heard for group in sounds_like.values() for heard in group}
        self._word_repair = WordRepair(
            sounds_like, {word for pair in model.wording.pairs for word in pair} - heard_whole
        )
        self.thresholds = Thresholds()

    def match(self, readings: Sequence[str], expected: Collection[str] = ()) -> Match:
        """The intent of an utterance given its normalised `readings`, best first; it may be a danger (`DANGER`).

        `expected` are the intents that would answer an open question; they are preferred where there is a doubt.
        """
        heard = [reading for reading in dict.fromkeys(readings) if reading][:_MOST_READINGS]
        if not heard:
            return Match("", None, 0.0, Refusal.SILENCE)
        if exact := self._exact_match(heard):
            return exact
        scores = self._class_scores(heard)
        odds = self._odds(scores, expected)
        if odds.max() >= self.thresholds.sure:
            return self._decide(heard[0], odds)
        repaired = self._repaired_match(heard)
        return repaired or self._decide(heard[0], self._odds(self._with_repairs(heard, scores), expected))

    def repaired(self, reading: str) -> str:
        """`reading` with single words of the domain put back, and nothing guessed from the sentence."""
        return self._word_repair(reading)

    def prepare(self) -> None:
        """Do now what the first utterance would have to wait for: a tenth of a second."""
        self.continuations("")
        if self._encoder is not None:
            self._encoder()

    def continuations(self, reading: str) -> Mapping[str | None, int]:
        """The intents of the authored sentences that begin with `reading` and have more, counted; None: off topic."""
        sentences, intents = self._in_order
        # Of all characters of a sentence, the space comes first.
        first, after_last = (bisect_left(sentences, reading + end) for end in (" ", "!"))
        return Counter(intents[first:after_last])

    @cached_property
    def _in_order(self) -> tuple[list[str], list[str | None]]:
        sentences = sorted(self._exact)
        return sentences, [None if (name := self._exact[each]) == OFF_TOPIC else name for each in sentences]

    def likeliest(self, sentence: str) -> str:
        """The class that the words of a sentence point to, whether it was authored or not; for checking phrases."""
        return self._model.classes[int(np.argmax(self._class_scores([sentence])[0]))]

    def _exact_match(self, readings: Sequence[str]) -> Match | None:
        for place, reading in enumerate(readings):
            intent = self._exact.get(reading)
            # The further readings of any noise hold a short command sooner or later.
            if intent and (place == 0 or len(reading.split()) >= _SURE_WORDS):
                return self._certain(reading, intent, 1.0)
        return None

    def _certain(self, reading: str, intent: str, score: float) -> Match:
        if intent == OFF_TOPIC:
            return Match(reading, None, score, Refusal.OUT_OF_SCOPE)
        return Match(reading, intent, score)

    def _repaired_match(self, readings: Sequence[str]) -> Match | None:
        """An authored sentence that was heard amiss; never as certain as one that was heard."""
        for reading in readings:
            repaired = self._repair(reading)
            strain = repaired.cost / len(reading.split())
            if (intent := self._exact.get(repaired.text)) and strain <= self.thresholds.repaired_exact:
                return self._certain(reading, intent, 1 / (1 + strain))
        return None

    def _decide(self, reading: str, odds: Floats) -> Match:
        if (danger := float(odds[self._dangers].sum())) >= self.thresholds.danger:
            likeliest = max(self._dangers, key=lambda place: float(odds[place]))
            return Match(reading, self._model.classes[likeliest], danger)
        off_topic = float(odds[self._place[OFF_TOPIC]]) if OFF_TOPIC in self._place else 0.0
        if off_topic >= self.thresholds.refuse:
            return Match(reading, None, off_topic, Refusal.OUT_OF_SCOPE)
        first, second = [place for place in np.argsort(odds)[::-1] if self._model.classes[place] != OFF_TOPIC][:2]
        name, rival = self._model.classes[first], self._model.classes[second]
        score = float(odds[first])
        if score < self.thresholds.accept:
            return Match(reading, None, score, Refusal.OUT_OF_SCOPE)
        if score - float(odds[second]) < self.thresholds.lead:
            return Match(reading, None, score, Refusal.AMBIGUOUS, (name, rival))
        return Match(reading, name, score)

    def _odds(self, scores: Floats, expected: Collection[str]) -> Floats:
        """Probabilities of the classes: the mean over the readings, each further one counting half of the one before.

        `scores` have shape (readings, classes).
        """
        answers = [self._place[intent] for intent in expected if intent in self._place]
        raised = scores.copy()
        raised[:, answers] += self.thresholds.expected_bonus
        weights = 0.5 ** np.arange(len(scores), dtype=np.float32)
        return np.asarray(weights @ softmax(raised) / weights.sum(), np.float32)

    def _with_repairs(self, readings: Sequence[str], scores: Floats) -> Floats:
        """Scores of the words as heard and as repaired, mixed by what the repair cost; shape as `scores`."""
        repairs = [self._repair(reading) for reading in readings]
        strains = np.array([each.cost for each in repairs]) / [len(reading.split()) for reading in readings]
        trust = np.exp(-((strains / self.thresholds.repair_cost) ** 2))[:, None]
        return np.asarray((1 - trust) * scores + trust * self._class_scores([each.text for each in repairs]))

    def _class_scores(self, sentences: Sequence[str]) -> Floats:
        """Scores of shape (sentences, classes)."""
        rows = [self._space.row(sentence) for sentence in sentences]
        scores = np.stack([row.values @ self._model.weights[row.columns] + self._model.bias for row in rows])
        if self._encoder is not None:
            scores = scores + self._encoder().encode(sentences) @ self._model.meaning
        return np.asarray(scores, np.float32)
