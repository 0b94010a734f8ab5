"""Slower, faster, louder, quieter: how the assistant speaks for the rest of the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from voice_skill.dialogue.draft import Draft
from voice_skill.domain import Voice

_RATES_WPM = (100, 125, 150, 180, 210)
_VOLUMES = (0.2, 0.4, 0.6, 0.8, 1.0)


def change_voice(draft: Draft, change: str) -> bool:
    """Speak `slower`, `faster`, `louder` or `quieter` from now on; False where that goes no further."""
    voice = _CHANGES[change](draft.state.voice)
    if voice == draft.state.voice:
        return False
    draft.change(voice=voice)
    draft.do(voice)
    return True


def _with_rate(direction: int) -> Callable[[Voice], Voice]:
    return lambda voice: replace(voice, rate_wpm=int(_neighbour(_RATES_WPM, voice.rate_wpm, direction)))


def _with_volume(direction: int) -> Callable[[Voice], Voice]:
    return lambda voice: replace(voice, volume=_neighbour(_VOLUMES, voice.volume, direction))


def _neighbour(scale: tuple[float, ...], value: float, direction: int) -> float:
    """The next mark of a rising scale above (+1) or below (-1) `value`; `value` itself past its end."""
    beyond = [mark for mark in scale if (mark - value) * direction > 0]
    return min(beyond, key=lambda mark: abs(mark - value), default=value)


_CHANGES: Mapping[str, Callable[[Voice], Voice]] = {
    "slower": _with_rate(-1),
    "faster": _with_rate(+1),
    "quieter": _with_volume(-1),
    "louder": _with_volume(+1),
}
VOICE_CONTROLS = frozenset(_CHANGES)
"""The control intents that change the voice."""
