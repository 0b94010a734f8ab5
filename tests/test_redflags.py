"""Signs of danger are noticed in whatever a person says, and ordinary talk raises no alarm."""

from __future__ import annotations

import pytest

from tests.sentences import each_sentence, known_failures, sentences
from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, understand
from voice_skill.domain import RedFlag, Urgency, Utterance
from voice_skill.redflags import RedFlagSpotter, compile_rules
from voice_skill.templates import TemplateError

FALSE_ALARMS = 0.003
"""The share of ordinary sentences that may send somebody to a doctor today or to the emergency number."""


@pytest.fixture(scope="module")
def spotter() -> RedFlagSpotter:
    """A few flags of different urgency."""
    return compile_rules(
        {
            "swollen": (2, Urgency.TODAY, ("swollen",)),
            "chest": (1, Urgency.EMERGENCY, ("chest .. pain", "<breath>")),
            "often": (9, Urgency.SEE_DOCTOR, ("every night",)),
            "stroke": (4, Urgency.EMERGENCY, ("face & drooping",)),
            "confirmed": (5, Urgency.TODAY, ()),
        },
        {"breath": "(can't|cannot) breathe"},
    )


def raised(sentence: str, catalog: Catalog) -> tuple[RedFlag, ...]:
    """The red flags of a sentence, as the conversation sees them."""
    return understand(Utterance.typed(sentence), State(), catalog).red_flags


def test_flags_are_spotted_beside_anything_else(spotter: RedFlagSpotter) -> None:
    """A danger named in passing is a danger."""
    assert [flag.id for flag in spotter.spot(["cramp in my hamstring and i can't breathe"])] == ["chest"]


def test_ordinary_words_raise_nothing(spotter: RedFlagSpotter) -> None:
    """No sign, no flag."""
    assert spotter.spot(["how do i stop a cramp", ""]) == ()


def test_the_worst_flag_comes_first(spotter: RedFlagSpotter) -> None:
    """By urgency, then by the row of the table; each flag once."""
    said = "every night my leg is swollen and swollen with chest pain and my face is drooping"
    assert [flag.id for flag in spotter.spot([said])] == ["chest", "stroke", "swollen", "often"]


def test_every_reading_counts(spotter: RedFlagSpotter) -> None:
    """A danger that only a less probable transcript holds is still a danger."""
    assert [flag.id for flag in spotter.spot(["my leg is stolen", "my leg is swollen"])] == ["swollen"]


def test_the_halves_of_a_sign_must_stand_in_one_reading(spotter: RedFlagSpotter) -> None:
    """Alternatives of one utterance are not one long utterance."""
    assert spotter.spot(["my face", "drooping"]) == ()


def test_a_flag_is_found_by_its_id(spotter: RedFlagSpotter) -> None:
    """Answers in a routine raise flags by name, also those that have no signs."""
    assert spotter["confirmed"] == RedFlag("confirmed", Urgency.TODAY, 5)
    with pytest.raises(KeyError):
        spotter["none"]


def test_a_sign_that_cannot_be_read_stops_the_start() -> None:
    """A flag must never be silently deaf."""
    with pytest.raises(TemplateError):
        compile_rules({"chest": (1, Urgency.EMERGENCY, ("(chest",))}, {})


def test_every_flag_has_sentences_of_its_own(catalog: Catalog) -> None:
    """A flag that signs can raise is held against at least five sentences its author never saw."""
    spoken = {flag for flag, entry in catalog.authored.red_flags.items() if entry.signs}
    few = {flag for flag in spoken if len(sentences("red_flags").get(flag, ())) < 5}
    assert not few
    assert sentences("red_flags").keys() <= catalog.authored.red_flags.keys()


@pytest.mark.parametrize(("flag_id", "sentence"), each_sentence("red_flags"))
def test_a_danger_is_never_missed(flag_id: str, sentence: str, catalog: Catalog) -> None:
    """The sentence raises its flag, or one that is as urgent or more."""
    flags = raised(sentence, catalog)
    wanted = catalog.spotter[flag_id].urgency
    assert any(flag.id == flag_id or flag.urgency >= wanted for flag in flags)


def test_ordinary_talk_raises_no_alarm(catalog: Catalog) -> None:
    """At most three in a thousand ordinary sentences may call for help today or now."""
    ordinary = [sentence for group in sentences("ordinary").values() for sentence in group]
    alarms = {
        sentence: urgent
        for sentence in ordinary
        if (urgent := [flag.id for flag in raised(sentence, catalog) if flag.urgency >= Urgency.TODAY])
    }
    unexpected = {sentence: flags for sentence, flags in alarms.items() if sentence not in known_failures("ordinary")}
    assert len(unexpected) <= FALSE_ALARMS * len(ordinary), unexpected


def test_known_false_alarms_are_still_false_alarms(catalog: Catalog) -> None:
    """A sentence that raises no alarm any more is taken off the list."""
    mended = {
        sentence
        for sentence in known_failures("ordinary")
        if all(flag.urgency < Urgency.TODAY for flag in raised(sentence, catalog))
    }
    assert not mended


def test_a_sign_is_found_where_is_is_shortened(catalog: Catalog) -> None:
    """Signs name "blood is" alone."""
    assert "bleeding-or-head-injury" in {flag.id for flag in catalog.spotter.spot(["blood's spurting out"])}


@pytest.mark.parametrize(
    ("flag_id", "sentence"),
    [
        ("cold-pale-leg", "no fever no pulse in his foot"),
        ("weakness-or-loss-of-feeling", "no swelling no redness no feeling in my foot"),
        ("chest-or-breathing", "no chest pain just can't breathe"),
        ("for-someone-unresponsive", "he never hit his head but he's unconscious"),
        ("emergency-words", "can somebody let the ambulance in"),
        ("emergency-words", "let the ambulance through he's here"),
    ],
)
def test_a_denial_hides_no_danger_beside_it(flag_id: str, sentence: str, catalog: Catalog) -> None:
    """What is passed over ends where the denied sign ends."""
    assert flag_id in {flag.id for flag in catalog.spotter.spot([sentence])}
