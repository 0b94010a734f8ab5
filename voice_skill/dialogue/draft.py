"""One turn in the making: the state as it changes and the actions as they gather."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from voice_skill.catalog import Catalog
from voice_skill.dialogue.state import State, Timers
from voice_skill.dialogue.times import ITEM_PAUSE_S
from voice_skill.domain import Action, Earcon, EarconKind, Hush, Say, Urgency


class Draft:
    """Lives for one call of `respond` and is never seen outside of it."""

    def __init__(self, state: State, catalog: Catalog) -> None:
        self.state = state
        self.catalog = catalog
        self.actions: list[Action] = []
        self._memorable: list[Say] = []

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    def do(self, action: Action) -> None:
        """Add an action that is not speech."""
        self.actions.append(action)

    def hush(self) -> None:
        """Cut off what is being said."""
        if self.state.speaking and Hush() not in self.actions:
            self.actions.insert(0, Hush())

    def earcon(self, kind: EarconKind) -> None:
        """Play a short sound."""
        self.do(Earcon(kind))

    def say(self, reply_id: str, *, memorable: bool = True, values: Mapping[str, str] | None = None) -> None:
        """Say the next variant of a reply; one that is memorable is what "repeat" and "more" go back to.

        `values` fill its placeholders; those of the region are known.
        """
        self.say_one_of(self.catalog.reply(reply_id).say, reply_id, memorable=memorable, values=values)

    def say_one_of(
        self,
        variants: Sequence[str],
        reply_id: str,
        *,
        memorable: bool = True,
        pause_s: float | None = None,
        urgency: Urgency = Urgency.SELF_CARE,
        first: int | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Say the variant whose turn it is, or number `first`, passing over one that would follow itself."""
        used = self.state.times_said.get(reply_id, 0)
        start = used if first is None else first
        texts = [self._filled(variants[(start + offset) % len(variants)], values or {}) for offset in range(len(variants))]
        text = next((each for each in texts if each != self.state.last_text), texts[0])
        pause = pause_s if pause_s is not None else (ITEM_PAUSE_S if self._has_said else 0.0)
        self._speak(Say(text, reply_id, urgency, pause), memorable)
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

    @property
    def _has_said(self) -> bool:
        return any(isinstance(action, Say) for action in self.actions)

    def _speak(self, saying: Say, memorable: bool) -> None:
        self.actions.append(saying)
        if memorable:
            self._memorable.append(saying)
        # Every moment that was waited for is measured anew from the end of this speech.
        self.change(speaking=True, last_text=saying.text, timers=Timers())

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        region = self.catalog.region
        return text.format(emergency=region.emergency, advice_line=region.advice_line, **values)
