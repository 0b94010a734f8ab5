"""One turn in the making: the state as it changes and the actions as they gather."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from voice_skill.catalog import Catalog
from voice_skill.dialogue.here import Here, here
from voice_skill.dialogue.state import State, Timers
from voice_skill.dialogue.times import ITEM_PAUSE_S
from voice_skill.domain import Action, Earcon, EarconKind, Hush, Say, Urgency

_ENDINGS: Mapping[Urgency, tuple[str, ...]] = {
    Urgency.SELF_CARE: ("",),
    Urgency.SEE_DOCTOR: ("",),
    Urgency.TODAY: ("_flagged", ""),
    Urgency.EMERGENCY: ("_emergency", "_flagged", ""),
}
"""Endings of a prompt's name that are tried at each urgency, the best first."""


class Draft:
    """Lives for one call of `respond` and is never seen outside of it."""

    def __init__(self, state: State, catalog: Catalog, heard: str = "") -> None:
        self.state = state
        self.catalog = catalog
        self.heard = heard
        """The words that this turn answers."""
        self.actions: list[Action] = []
        self.cut_off = False
        """Whether this turn interrupted what was being said."""
        self._was_speaking = state.speaking
        self._memorable: list[Say] = []

    @property
    def here(self) -> Here | None:
        """Where the conversation is in a routine; None when no routine runs."""
        return here(self.state, self.catalog)

    @property
    def has_said(self) -> bool:
        """Whether this turn says anything so far."""
        return any(isinstance(action, Say) for action in self.actions)

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    def do(self, action: Action) -> None:
        """Add an action that is not speech."""
        self.actions.append(action)

    def hush(self) -> None:
        """Cut off what was being said before this turn."""
        if not self._was_speaking or self.cut_off:
            return
        self.cut_off = True
        self.actions.insert(0, Hush())
        # Whoever hushes without a new word must not wait for the end of speech that will not come.
        self.change(speaking=self.has_said)

    def earcon(self, kind: EarconKind) -> None:
        """Play a short sound."""
        self.do(Earcon(kind))

    def forget_words(self) -> None:
        """Take back what this turn was going to say."""
        self.actions[:] = [action for action in self.actions if not isinstance(action, Say)]
        self._memorable.clear()

    def say(self, reply_id: str, *, memorable: bool = True, values: Mapping[str, str] | None = None) -> None:
        """Say the next variant of a reply; one that is memorable is what "repeat" and "more" go back to.

        `values` fill its placeholders; those of the region are known.
        """
        self.say_one_of(self.catalog.reply(reply_id).say, reply_id, memorable=memorable, values=values)

    def remark(self, name: str, **values: str) -> None:
        """Say a prompt about the conversation itself: nothing to repeat, nothing to tell more about.

        Where the content has a wording of it for a session with a red flag, that one is said: nobody who should be
        seen today is offered a stretch, and nobody in an emergency is told that things may get worse.
        """
        suited = [f"prompt.{name}{ending}" for ending in _ENDINGS[self.state.urgency]]
        self.say(next(each for each in suited if each in self.catalog.authored.replies), memorable=False, values=values)

    def say_one_of(
        self,
        variants: Sequence[str],
        reply_id: str,
        *,
        memorable: bool = True,
        pause_s: float = ITEM_PAUSE_S,
        urgency: Urgency = Urgency.SELF_CARE,
        first: int | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Say the variant whose turn it is, or number `first`, passing over one that would follow itself."""
        used = self.state.times_said.get(reply_id, 0)
        start = used if first is None else first
        turns = [*variants[start % len(variants) :], *variants[: start % len(variants)]]
        texts = [self._filled(each, values or {}) for each in turns]
        text = next((each for each in texts if each != self.state.last_text), texts[0])
        self._speak(Say(text, reply_id, urgency, pause_s if self.has_said else 0.0), memorable)
        self.change(times_said={**self.state.times_said, reply_id: used + 1})
        if memorable:
            self.change(last_reply=reply_id, points_told=0)

    def say_again(self, sayings: Sequence[Say]) -> None:
        """Say the same sentences once more."""
        for saying in sayings:
            self._speak(saying, memorable=False)

    def finished(self) -> tuple[State, tuple[Action, ...]]:
        """The new state and the actions of the turn."""
        if self._memorable:
            self.change(last_said=tuple(self._memorable))
        return self.state, tuple(self.actions)

    def _speak(self, saying: Say, memorable: bool) -> None:
        self.actions.append(saying)
        if memorable:
            self._memorable.append(saying)
        # Every moment that was waited for is measured anew from the end of this speech.
        self.change(speaking=True, last_text=saying.text, timers=Timers())

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        region = self.catalog.region
        filled = text.format(emergency=region.emergency, advice_line=region.advice_line, **values)
        return filled[:1].upper() + filled[1:]
