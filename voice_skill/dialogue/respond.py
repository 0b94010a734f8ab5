"""The conversation as one pure function: `respond(state, event, catalog) -> (state, actions)`.

No clock, no sound, no chance: the same events give the same conversation, so every one of them can be a test.
The order on everything heard, in every state: red flags; stop and pause; what the open question expects;
the other intents; not understood.
"""

from __future__ import annotations

from dataclasses import replace

from voice_skill.catalog import Catalog
from voice_skill.dialogue import controls, danger, routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.passing_time import speech_ended, time_passed
from voice_skill.dialogue.state import State
from voice_skill.dialogue.understand import open_question, understand
from voice_skill.domain import (
    Action,
    EarconKind,
    Event,
    Expectation,
    Heard,
    Listen,
    Refusal,
    SpeechEnded,
    Started,
    TimePassed,
    Understanding,
    Urgency,
)

MISS_LIMIT = 3
_IGNORED = frozenset({Refusal.SILENCE, Refusal.NOISE})
_POSITIONS = {"relief.lying": "lying", "relief.sitting": "sitting", "relief.standing": "standing"}


def respond(state: State, event: Event, catalog: Catalog) -> tuple[State, tuple[Action, ...]]:
    """What the conversation becomes, and what is to be done, after one event."""
    understanding = understand(event.utterance, state, catalog) if isinstance(event, Heard) else None
    return respond_to(state, event, understanding, catalog)


def respond_to(
    state: State, event: Event, understanding: Understanding | None, catalog: Catalog
) -> tuple[State, tuple[Action, ...]]:
    """`respond` for callers that want to show the understanding of a heard event too; None for all other events."""
    draft = Draft(replace(state, now_s=max(state.now_s, event.at_s)), catalog)
    if not state.ended:
        match event:
            case Started():
                draft.say("prompt.welcome")
            case Heard() if understanding is not None:
                _heard(draft, understanding)
            case SpeechEnded():
                speech_ended(draft)
            case TimePassed():
                time_passed(draft)
            case _:
                pass
    expectation = expectation_of(draft.state, catalog)
    if expectation is not expectation_of(state, catalog):
        draft.do(Listen(expectation))
    return draft.finished()


def expectation_of(state: State, catalog: Catalog) -> Expectation:
    """What kind of answer is waited for."""
    question = open_question(state, catalog)
    if question is None or not question.answers:
        return Expectation.ANYTHING
    return Expectation.YES_OR_NO if question.answers.keys() <= {"yes", "no"} else Expectation.CHOICE


def _heard(draft: Draft, understanding: Understanding) -> None:
    if understanding.red_flags:
        _red_flags(draft, understanding)
    elif understanding.refusal in _IGNORED:
        return
    elif danger.is_emergency(draft.state):
        _in_emergency(draft, understanding)
    elif understanding.intent is None:
        _missed(draft, understanding)
    else:
        _understood(draft, understanding.intent, understanding.text)


def _red_flags(draft: Draft, understanding: Understanding) -> None:
    worst = understanding.red_flags[0]
    known = worst in draft.state.flags
    goes_on = worst.urgency <= Urgency.SEE_DOCTOR and draft.state.urgency <= Urgency.SEE_DOCTOR
    if not (goes_on and known):
        danger.raise_flags(draft, understanding.red_flags)
    if not goes_on:
        return
    # A sign that can wait some days does not take away the help that was asked for.
    if understanding.intent is not None:
        _understood(draft, understanding.intent, understanding.text)
    elif draft.state.place is not None:
        _return_to_routine(draft)


def _in_emergency(draft: Draft, understanding: Understanding) -> None:
    match understanding.intent:
        case "repeat":
            draft.hush()
            draft.say_again(draft.state.last_said)
        case "stop":
            controls.stop(draft)
        case "goodbye":
            controls.goodbye(draft)
        case "help":
            draft.say("prompt.help_emergency", memorable=False)
        case _:
            danger.stay_with_emergency(draft)


def _missed(draft: Draft, understanding: Understanding) -> None:
    question = open_question(draft.state, draft.catalog)
    if understanding.refusal is Refusal.AMBIGUOUS and _asks_which(draft, understanding):
        return
    if draft.state.hold is not None or draft.state.misses >= MISS_LIMIT:
        # Groans during a stretch and a television in the room are no reason to talk.
        draft.earcon(EarconKind.NOT_UNDERSTOOD)
        return
    draft.change(misses=draft.state.misses + 1)
    if question is not None and draft.state.misses < MISS_LIMIT:
        routine.unclear(draft)
    elif draft.state.misses == 1 and understanding.refusal is Refusal.OUT_OF_SCOPE:
        draft.say("prompt.off_topic", memorable=False)
    else:
        draft.say(f"prompt.miss_{draft.state.misses}", memorable=False)


def _asks_which(draft: Draft, understanding: Understanding) -> bool:
    """Ask back where help now and prevention cannot be told apart; elsewhere the better reading is as good as none."""
    families = {rival.partition(".")[0] for rival in understanding.rivals}
    if families != {"relief", "prevention"} or open_question(draft.state, draft.catalog):
        return False
    draft.say("prompt.ambiguous_relief_or_prevention")
    return True


def _understood(draft: Draft, intent: str, heard: str) -> None:
    draft.change(misses=0, silences=0)
    offer, question = draft.state.offer, open_question(draft.state, draft.catalog)
    if intent not in ("stop", "pause"):
        draft.hush()
        draft.change(offer="")
    if question is not None and intent in (question.answers or {}):
        routine.answer(draft, intent)
    elif question is not None and intent == "unsure":
        routine.unclear(draft)
    elif offer and intent == "yes":
        _ask_for(draft, offer)
    elif intent == "go_to_step":
        controls.go_to_step(draft, heard)
    elif intent in controls.HANDLERS:
        controls.HANDLERS[intent](draft)
        _after_control(draft, intent)
    elif intent in ("yes", "no", "unsure"):
        draft.say("prompt.resting_open", memorable=False)
    else:
        _ask_for(draft, {"warm": "relief.heat", "cold": "relief.cold"}.get(intent, intent))


def _after_control(draft: Draft, intent: str) -> None:
    """A control that only talks about the conversation leaves an open question open, so it is asked again."""
    if intent in ("help", "slower", "faster", "louder", "quieter", "thanks", "more", "time_left"):
        _return_to_routine(draft, briefly=True)


def _ask_for(draft: Draft, intent: str) -> None:
    """Answer a question, or start what was asked for."""
    catalog = draft.catalog
    if intent in _POSITIONS and draft.state.place is not None:
        draft.change(position=_POSITIONS[intent])
        routine.enter(draft)
        return
    if name := catalog.routine_started_by(intent):
        _start_routine(draft, name)
        return
    reply = catalog.reply(intent)
    if reply.treats and danger.forbids_treatment(draft.state):
        danger.refuse_treatment(draft)
        return
    draft.say(intent)
    if draft.state.place is not None:
        _return_to_routine(draft)
    else:
        draft.change(offer=reply.offers)


def _start_routine(draft: Draft, name: str) -> None:
    """Start a routine; one that is in its safety questions is not begun anew by "my leg is cramping"."""
    place = draft.state.place
    same = place is not None and place.routine == name
    eased = draft.state.cramp_since_s is None
    if same and not eased and draft.catalog.routine(name).treats:
        routine.enter(draft)
    else:
        routine.start(draft, name)


def _return_to_routine(draft: Draft, *, briefly: bool = False) -> None:
    """After a side question: the open question again, the hold goes on, or how to go on."""
    state = draft.state
    if state.place is None or state.paused:
        return
    if routine.current_step(draft).ask:
        routine.ask(draft)
    elif state.hold is not None:
        if not briefly:
            draft.say("prompt.still_holding", memorable=False)
    elif not briefly:
        draft.say("prompt.back_to_step", memorable=False)
