"""A small set of phrases from which the matcher learns in a moment."""

from __future__ import annotations

import pytest

from voice_skill.matching.matcher import IntentMatcher
from voice_skill.matching.training import OFF_TOPIC, LinearModel, TrainingSet, train, training_set
from voice_skill.templates import expand

PHRASES = {
    "heat": ["should i use heat", "is heat good for it", "put a warm pack on it", "warmth for the cramp"],
    "cold": ["should i use cold", "is ice good for it", "put an ice pack on it", "cold for the cramp"],
    "massage": ["how do i massage my leg", "should i rub the muscle", "knead the hamstring"],
    "yes": ["yes", "yes i do", "that is right"],
    "no": ["no", "no thanks", "not at all"],
    OFF_TOPIC: [
        "what is the weather",
        "play some music",
        "set a timer for ten minutes",
        "who won the football",
        "tell me a joke",
        "how do i boil an egg",
    ],
}
CONCEPTS = {"warm": ("heat", "warmth", "warm", "hot"), "icy": ("cold", "ice", "frozen")}
SOUNDS_LIKE = {"massage": ("mas arch", "message"), "hamstring": ("ham string", "hamster ring")}


@pytest.fixture(scope="session")
def toy() -> TrainingSet:
    """Six classes of a few sentences each, every one of them in four wordings."""
    phrases = {name: [expand(f"[please] {said} [now]", {}) for said in group] for name, group in PHRASES.items()}
    return training_set(phrases, CONCEPTS)


@pytest.fixture(scope="session")
def toy_model(toy: TrainingSet) -> LinearModel:
    """What is learnt from them."""
    return train(toy)


@pytest.fixture(scope="session")
def toy_matcher(toy: TrainingSet, toy_model: LinearModel) -> IntentMatcher:
    """A matcher of the small set."""
    return IntentMatcher(toy_model, toy, SOUNDS_LIKE)
