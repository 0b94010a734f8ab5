"""What the person can always say to steer the conversation itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from voice_skill.dialogue import answers, danger, holds, routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.here import Here
from voice_skill.dialogue.numbers import heard_number, spoken_number
from voice_skill.dialogue.state import Timers
from voice_skill.dialogue.voice_controls import VOICE_CONTROLS, change_voice
from voice_skill.domain import EarconKind, End, Urgency

_LEAST_SPOKEN_S = 2
"""Fewer seconds are over before they have been said."""


def control(draft: Draft, intent: str) -> bool:
    """Do what a control asks for; False if `intent` is none that works by itself."""
    if intent in VOICE_CONTROLS:
        draft.remark(intent if change_voice(draft, intent) else "at_limit")
    elif intent in _ANYWHERE:
        _ANYWHERE[intent](draft)
    elif intent in _IN_ROUTINE:
        at = draft.here
        if at is None:
            draft.remark("resting_open")
        else:
            _IN_ROUTINE[intent](draft, at)
    else:
        return False
    if intent in _BESIDE_THE_MATTER:
        routine.come_back(draft, briefly=True)
    return True


def stop(draft: Draft) -> None:
    """Stop the nearest thing: speech, then the routine for now, then the routine for good, then the session.

    To cut speech off pauses the routine too, or the next step would follow against the person's will. The first
    "stop" in silence only pauses: a stretch that hurts must end at once, and its place and the answers to the safety
    questions are not lost if it was meant as "wait".
    """
    draft.change(offer="")
    draft.hush()
    running = draft.state.place is not None and not draft.state.paused
    if running:
        _pause(draft)
    if draft.cut_off:
        draft.earcon(EarconKind.STOPPED)
        draft.change(timers=Timers())
    elif running:
        draft.remark("stopped_here")
    elif draft.state.place is not None:
        routine.leave(draft)
        draft.remark("stopped_routine")
    else:
        goodbye(draft)


def pause(draft: Draft) -> None:
    """Wait for the person; a hold keeps the seconds it has left."""
    draft.hush()
    if draft.state.place is None:
        draft.remark("waiting")
    else:
        _pause(draft)
        draft.remark("paused")


def resume(draft: Draft) -> None:
    """Go on where "pause" or "stop" left the conversation: the hold with the seconds it has left, else the step.

    Without a routine it is the last answer that was cut off; a step of a routine that is over is not said again.
    """
    at, hold = draft.here, draft.state.hold
    if at is None:
        if draft.state.last_said and draft.state.last_reply in draft.catalog.authored.replies:
            draft.say_again(draft.state.last_said)
        else:
            draft.remark("resting_open")
    elif hold is None or not holds.has_begun(hold, at.step):
        routine.again(draft, at)
    else:
        if draft.state.paused:
            draft.remark("resumed")
            draft.change(paused_since_s=None, left_alone=False)
        draft.remark("time_left", seconds=_spoken_seconds(hold.left_at(draft.state.now_s)))


def next_(draft: Draft, at: Here) -> None:
    """The next step, unless a question must be answered first."""
    if at.step.must_answer:
        _insist(draft, at, at.place.step)
    else:
        routine.go_on(draft, at)


def go_to_step(draft: Draft, at: Here) -> None:
    """The step of the number that was said; questions are not counted, and those of safety not passed over."""
    number = heard_number(draft.heard)
    if number is None or not 1 <= number <= len(at.numbered):
        draft.remark("no_such_step", steps=spoken_number(len(at.numbered)))
        routine.come_back(draft, briefly=True)
        return
    target = at.numbered[number - 1]
    question = at.skipped_question(target)
    if question is None:
        routine.move(draft, at, target)
    else:
        _insist(draft, at, question)


def repeat(draft: Draft) -> None:
    """The last thing worth repeating, word for word. A step begins anew, its hold too; an answer lets a hold go on."""
    at, state = draft.here, draft.state
    if not state.last_said:
        draft.remark("nothing_to_repeat")
        return
    draft.say_again(state.last_said)
    if at is None or at.step.ask:
        return
    if state.last_said[-1].reply == at.reply_id:
        draft.change(hold=holds.fresh_hold(at.step), paused_since_s=None, left_alone=False)
    elif state.hold is not None and not state.paused:
        routine.come_back(draft)


def time_left(draft: Draft, at: Here) -> None:
    """How long the hold still lasts, or how many steps are still to come."""
    hold = draft.state.hold
    if hold is not None:
        draft.remark("time_left", seconds=_spoken_seconds(hold.left_at(draft.state.now_s)))
    elif at.is_last:
        draft.remark("last_step")
    else:
        draft.remark("steps_left", steps=spoken_number(len(at.routine.steps) - 1 - at.place.step))


def start_over(draft: Draft, at: Here) -> None:
    """The routine from its first step."""
    draft.remark("restarted")
    routine.start(draft, at.place.routine)


def more(draft: Draft) -> None:
    """A further point about what was said last."""
    points, reply_id, told = _points(draft), draft.state.last_reply, draft.state.points_told
    if told >= len(points):
        draft.remark("no_more")
        return
    urgency = draft.state.urgency if reply_id.startswith("red_flag.") else Urgency.SELF_CARE
    draft.say_one_of(points, f"{reply_id}/more", first=told, urgency=urgency)
    draft.change(last_reply=reply_id, points_told=told + 1)


def thanks(draft: Draft) -> None:
    """A kind word back."""
    draft.remark("thanks")


def goodbye(draft: Draft) -> None:
    """The end of the session."""
    draft.hush()
    routine.leave(draft)
    draft.remark("goodbye")
    draft.do(End())
    draft.change(ended=True, offer="")


def help_(draft: Draft) -> None:
    """What can be said right now."""
    draft.remark(f"help_{_help_topic(draft)}")


_ANYWHERE: Mapping[str, Callable[[Draft], None]] = {
    "stop": stop,
    "pause": pause,
    "resume": resume,
    "repeat": repeat,
    "more": more,
    "eased": answers.eased,
    "thanks": thanks,
    "goodbye": goodbye,
    "help": help_,
}
"""Controls that need nothing but the conversation so far."""
_IN_ROUTINE: Mapping[str, Callable[[Draft, Here], None]] = {
    "next": next_,
    "back": routine.step_back,
    "go_to_step": go_to_step,
    "time_left": time_left,
    "start_over": start_over,
}
"""Controls that mean something only where a routine runs."""
_BESIDE_THE_MATTER = VOICE_CONTROLS | {"help", "thanks", "more", "time_left"}
"""Controls that leave an open question open, so that it is asked again."""
KEEP_AN_OFFER = _BESIDE_THE_MATTER | {"repeat", "unsure"}
"""What may be said before the "yes" or "no" to an offer."""


def _pause(draft: Draft) -> None:
    holds.freeze(draft)
    since_s = draft.state.paused_since_s
    since_s = draft.state.now_s if since_s is None else since_s
    draft.change(paused_since_s=since_s, left_alone=False, timers=Timers())


def _insist(draft: Draft, at: Here, question: int) -> None:
    """Go no further than a safety question that was not answered."""
    draft.remark("answer_first")
    if question == at.place.step:
        routine.again(draft, at)
    else:
        routine.move(draft, at, question)


def _points(draft: Draft) -> tuple[str, ...]:
    """The further points of what was said last, be it a step or a reply."""
    reply_id = draft.state.last_reply
    name, _, step_id = reply_id.partition("/")
    if name in draft.catalog.authored.routines:
        return next(step.more for step in draft.catalog.routine(name).steps if step.id == step_id)
    entry = draft.catalog.authored.replies.get(reply_id)
    return entry.more if entry else ()


def _help_topic(draft: Draft) -> str:
    at, state = draft.here, draft.state
    if danger.is_emergency(state):
        return "emergency"
    if at is None:
        return "offer" if state.offer else "open"
    if state.paused:
        return "paused"
    if at.step.ask:
        return "question" if at.step.answers and at.step.answers.keys() <= {"yes", "no"} else "choice"
    if state.hold is not None:
        return "hold"
    return "step" if at.easing is not None else "tour"


def _spoken_seconds(seconds: float) -> str:
    return spoken_number(max(_LEAST_SPOKEN_S, math.ceil(seconds)))
