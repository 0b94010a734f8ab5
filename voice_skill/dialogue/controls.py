"""What the person can always say to steer the conversation itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from voice_skill.dialogue import routine
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.state import Timers
from voice_skill.domain import EarconKind, End, Hush, Voice
from voice_skill.text import content_words

_RATES_WPM = (100.0, 125.0, 150.0, 180.0, 210.0)
_VOLUMES = (0.2, 0.4, 0.6, 0.8, 1.0)
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_SOUND_LIKE_NUMBERS = {"to": 2, "too": 2, "for": 4, "won": 1, "tree": 3, "free": 3, "ate": 8}


def stop(draft: Draft) -> None:
    """Stop the nearest thing: speech first, then the routine, then the session."""
    speaking, place = draft.state.speaking, draft.state.place
    draft.change(timers=Timers(), offer="")
    if speaking:
        draft.do(Hush())
        _freeze_hold(draft)
        draft.change(paused=place is not None)
        draft.earcon(EarconKind.STOPPED)
    elif place is not None:
        routine.leave(draft)
        draft.say("prompt.stopped_routine", memorable=False)
    else:
        goodbye(draft)


def pause(draft: Draft) -> None:
    """Wait for the person; a hold keeps the seconds it has left."""
    draft.hush()
    _freeze_hold(draft)
    draft.change(paused=draft.state.place is not None, timers=Timers())
    draft.say("prompt.paused", memorable=False)


def resume(draft: Draft) -> None:
    """Go on where "pause" or "stop" left the conversation."""
    if draft.state.place is None:
        draft.say("prompt.resting_open", memorable=False)
        return
    draft.change(paused=False)
    hold = draft.state.hold
    if hold is not None and hold.left_s < routine.current_step(draft).hold_s:
        draft.say("prompt.resumed", memorable=False)
        draft.say("prompt.time_left", memorable=False, values={"seconds": _spoken(hold.left_s)})
    else:
        routine.enter(draft)


def next_(draft: Draft) -> None:
    """The next step, unless a question must be answered first."""
    place = draft.state.place
    if place is None:
        draft.say("prompt.resting_open", memorable=False)
    elif routine.current_step(draft).must_answer:
        draft.say("prompt.answer_first", memorable=False)
        routine.ask(draft)
    else:
        routine.go_on(draft)


def back(draft: Draft) -> None:
    """The step before."""
    place = draft.state.place
    if place is None:
        draft.say("prompt.resting_open", memorable=False)
    elif place.step == 0:
        draft.say("prompt.first_step", memorable=False)
        routine.enter(draft)
    else:
        routine.move(draft, place.step - 1)


def repeat(draft: Draft) -> None:
    """The last thing worth repeating, word for word."""
    if not draft.state.last_said:
        draft.say("prompt.nothing_to_repeat", memorable=False)
        return
    draft.hush()
    if draft.state.hold:
        draft.change(hold=routine.fresh_hold(routine.current_step(draft)))
    draft.change(paused=False)
    draft.say_again(draft.state.last_said)


def go_to_step(draft: Draft, heard: str) -> None:
    """The step of the number that was said; questions are not counted."""
    place = draft.state.place
    number = spoken_number(heard)
    if place is None:
        draft.say("prompt.resting_open", memorable=False)
        return
    steps = draft.catalog.routine(place.routine).steps
    numbered = [index for index, step in enumerate(steps) if step.say]
    if number is None or not 1 <= number <= len(numbered):
        draft.say("prompt.no_such_step", memorable=False, values={"steps": _number_word(len(numbered))})
    elif routine.skipped_questions(draft, numbered[number - 1]):
        draft.say("prompt.answer_first", memorable=False)
        routine.enter(draft)
    else:
        routine.move(draft, numbered[number - 1])


def time_left(draft: Draft) -> None:
    """How long the hold still lasts."""
    hold = draft.state.hold
    if hold is None:
        draft.say("prompt.no_hold", memorable=False)
    else:
        draft.say("prompt.time_left", memorable=False, values={"seconds": _spoken(hold.left_at(draft.state.now_s))})


def start_over(draft: Draft) -> None:
    """The routine from its first step; without one, as at the beginning."""
    place = draft.state.place
    draft.say("prompt.restarted", memorable=False)
    if place is None:
        draft.say("prompt.resting_open", memorable=False)
    else:
        routine.start(draft, place.routine)


def more(draft: Draft) -> None:
    """A further point about what was said last."""
    points = _points(draft)
    told = draft.state.points_told
    if told >= len(points):
        draft.say("prompt.no_more", memorable=False)
        return
    reply_id = draft.state.last_reply
    draft.say_one_of(points, f"{reply_id}/more", first=told)
    draft.change(last_reply=reply_id, points_told=told + 1)


def eased(draft: Draft) -> None:
    """The cramp is over: on to what helps afterwards."""
    place = draft.state.place
    if place is not None:
        for index, step in enumerate(draft.catalog.routine(place.routine).steps):
            easing = [said for said, entry in (step.answers or {}).items() if entry.eases]
            if easing and index >= place.step and not routine.skipped_questions(draft, index):
                draft.change(place=replace(place, step=index), hold=None)
                routine.answer(draft, easing[0])
                return
    draft.change(cramp_since_s=None)
    draft.say("prompt.thanks", memorable=False)


def thanks(draft: Draft) -> None:
    """A kind word back."""
    draft.say("prompt.thanks", memorable=False)


def goodbye(draft: Draft) -> None:
    """The end of the session."""
    draft.hush()
    routine.leave(draft)
    draft.say("prompt.goodbye", memorable=False)
    draft.do(End())
    draft.change(ended=True)


def help_(draft: Draft) -> None:
    """What can be said right now."""
    draft.say(f"prompt.help_{_help_topic(draft)}", memorable=False)


def slower(draft: Draft) -> None:
    """Speak more slowly from now on."""
    _speak_at(draft, "slower", _step(_RATES_WPM, draft.state.voice.rate_wpm, -1), None)


def faster(draft: Draft) -> None:
    """Speak faster from now on."""
    _speak_at(draft, "faster", _step(_RATES_WPM, draft.state.voice.rate_wpm, +1), None)


def louder(draft: Draft) -> None:
    """Speak louder from now on."""
    _speak_at(draft, "louder", None, _step(_VOLUMES, draft.state.voice.volume, +1))


def quieter(draft: Draft) -> None:
    """Speak more quietly from now on."""
    _speak_at(draft, "quieter", None, _step(_VOLUMES, draft.state.voice.volume, -1))


HANDLERS: Mapping[str, Callable[[Draft], None]] = {
    "stop": stop,
    "pause": pause,
    "resume": resume,
    "next": next_,
    "back": back,
    "repeat": repeat,
    "time_left": time_left,
    "start_over": start_over,
    "more": more,
    "eased": eased,
    "thanks": thanks,
    "goodbye": goodbye,
    "help": help_,
    "slower": slower,
    "faster": faster,
    "louder": louder,
    "quieter": quieter,
}
"""Control intents that need nothing but the conversation so far."""


def spoken_number(heard: str) -> int | None:
    """The first number from 1 to 12 in a sentence, as a numeral, a word, or an ordinal; None without one."""
    words = content_words(heard)
    for names in (_NUMBERS, _ORDINALS):
        for word in words:
            if word in names:
                return names.index(word) + 1
    digits = next((int(word) for word in words if word.isdigit()), None)
    return digits if digits is not None else _SOUND_LIKE_NUMBERS.get(words[-1] if words else "")


def _freeze_hold(draft: Draft) -> None:
    hold = draft.state.hold
    if hold is not None:
        left_s = max(0.0, hold.left_at(draft.state.now_s))
        draft.change(hold=replace(hold, left_s=left_s, running_since_s=None))


def _points(draft: Draft) -> tuple[str, ...]:
    reply_id = draft.state.last_reply
    name, _, step_id = reply_id.partition("/")
    if step_id and name in draft.catalog.authored.routines:
        return next(step.more for step in draft.catalog.routine(name).steps if step.id == step_id)
    entry = draft.catalog.authored.replies.get(reply_id)
    return entry.more if entry else ()


def _help_topic(draft: Draft) -> str:
    if draft.state.place is None:
        return "open"
    if draft.state.hold is not None:
        return "hold"
    return "question" if routine.current_step(draft).ask else "step"


def _speak_at(draft: Draft, change: str, rate_wpm: float | None, volume: float | None) -> None:
    if rate_wpm is None and volume is None:
        draft.say("prompt.at_limit", memorable=False)
        return
    now = draft.state.voice
    voice = Voice(int(rate_wpm or now.rate_wpm), now.volume if volume is None else volume)
    draft.change(voice=voice)
    draft.do(voice)
    draft.say(f"prompt.{change}", memorable=False)


def _step(scale: tuple[float, ...], value: float, direction: int) -> float | None:
    """The neighbour of `value` on a rising scale, in a direction of +1 or -1; None at its end."""
    nearest = min(range(len(scale)), key=lambda index: abs(scale[index] - value))
    index = nearest + direction
    return scale[index] if 0 <= index < len(scale) else None


def _spoken(seconds: float) -> str:
    return _number_word(max(1, math.ceil(seconds)))


def _number_word(number: int) -> str:
    """A whole number up to 99 in words."""
    small = [*_NUMBERS, "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    if number < 1:
        return "zero"
    if number <= len(small):
        return small[number - 1]
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()[number // 10 - 2]
    return tens if number % 10 == 0 else f"{tens} {small[number % 10 - 1]}"
