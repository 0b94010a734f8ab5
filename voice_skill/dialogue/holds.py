"""A stretch that is held and counted aloud: half-way, then the last three seconds."""

from __future__ import annotations

from dataclasses import replace

from voice_skill.catalog.entries import StepEntry
from voice_skill.dialogue.draft import Draft
from voice_skill.dialogue.state import Cue, Hold
from voice_skill.dialogue.times import REASSURE_S

_LEAST_WITH_HALF_S = 10.0
"""In a shorter hold "half way" would run into the count."""
_COUNT = (Cue(3.0, "prompt.count_three"), Cue(2.0, "prompt.count_two"), Cue(1.0, "prompt.count_one"))


def fresh_hold(step: StepEntry) -> Hold | None:
    """The hold of a step, not yet counting; None for a step without one."""
    if not step.hold_s:
        return None
    half = (Cue(step.hold_s / 2, "prompt.hold_half"),) if step.hold_s >= _LEAST_WITH_HALF_S else ()
    return Hold(step.hold_s, cues=half + tuple(cue for cue in _COUNT if cue.left_s < step.hold_s))


def has_begun(hold: Hold, step: StepEntry) -> bool:
    """Whether some of the hold was counted already."""
    return hold.running_since_s is not None or hold.left_s < step.hold_s


def cue_due_s(hold: Hold | None) -> float | None:
    """When the next cue of a hold, or its end, is due; None while it does not count, or is talked over."""
    if hold is None or hold.running_since_s is None or hold.talked_over:
        return None
    return hold.running_since_s + hold.left_s - (hold.cues[0].left_s if hold.cues else 0.0)


def freeze(draft: Draft) -> None:
    """Stop the count where it is; a pause keeps what is left."""
    hold = draft.state.hold
    if hold is not None:
        left_s = max(0.0, hold.left_at(draft.state.now_s))
        draft.change(hold=replace(hold, left_s=left_s, running_since_s=None, talked_over=False, reassure=False))


def talk_over(draft: Draft, hold: Hold, *, reassure: bool) -> None:
    """An answer is being given while the hold goes on.

    The hold is not started anew: fifteen seconds stay fifteen seconds, however much is asked meanwhile.
    """
    draft.change(hold=replace(hold, talked_over=True, reassure=reassure))


def speech_ended(draft: Draft, hold: Hold) -> None:
    """Begin to count, or go on counting after an answer without the cues that it covered."""
    now_s = draft.state.now_s
    if hold.running_since_s is None:
        draft.change(hold=replace(hold, running_since_s=now_s, talked_over=False, reassure=False))
        return
    if not hold.talked_over:
        return
    left_s = hold.left_at(now_s)
    cues = tuple(cue for cue in hold.cues if cue.left_s < left_s)
    draft.change(hold=replace(hold, cues=cues, talked_over=False, reassure=False))
    if hold.reassure and left_s >= REASSURE_S:
        draft.remark("still_holding")
