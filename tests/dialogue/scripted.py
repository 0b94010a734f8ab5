"""Conversations on a virtual clock: what is heard, what is said, and when."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from voice_skill.catalog import Catalog
from voice_skill.conversation import Conversation
from voice_skill.dialogue import State
from voice_skill.domain import Earcon, EarconKind, End, Hush, Say, Turn, Voice
from voice_skill.frontends import ScriptedSession, TimedMouth, speech_s

DIALOGUES = Path(__file__).parents[1] / "dialogues"


@dataclass(frozen=True)
class Said:
    """One thing that was said, and when its turn came up."""

    at_s: float
    say: Say


@dataclass
class Talk:
    """A conversation and everything it led to."""

    catalog: Catalog
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        mouth = TimedMouth()
        self._conversation = Conversation(self.catalog, mouth, self.turns.append, Voice())
        self._session = ScriptedSession(self._conversation, mouth)
        self._session.start()
        self._session.settle()

    @property
    def now_s(self) -> float:
        return self._session.now_s

    @property
    def state(self) -> State:
        return self._conversation.state

    def you(self, line: str, *, settle: bool = True) -> list[Turn]:
        """Say `line`, or `@wait` or `@cut`; the turns it led to, those that follow at once included."""
        before = len(self.turns)
        self._session.line(line)
        if settle:
            self._session.settle()
        return self.turns[before:]

    def until(self, lines: list[str]) -> Talk:
        """The talk after these lines; `@cut` interrupts the line before it."""
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            self.you(line, settle=not following.startswith("@cut"))
        return self


def said(turns: list[Turn]) -> list[Said]:
    return [Said(turn.event.at_s, action) for turn in turns for action in turn.actions if isinstance(action, Say)]


def reply_ids(turns: list[Turn]) -> list[str]:
    """The replies that were said, with `hush`, sounds and the end among them."""
    names: list[str] = []
    for turn in turns:
        for action in turn.actions:
            match action:
                case Say():
                    names.append(action.reply)
                case Hush():
                    names.append("hush")
                case Earcon(EarconKind() as kind):
                    names.append(f"earcon:{kind.value}")
                case End():
                    names.append("end")
                case _:
                    pass
    return names


def read_dialogues(name: str) -> Any:
    return yaml.safe_load((DIALOGUES / f"{name}.yaml").read_text(encoding="utf-8"))


def transcript(turns: list[Turn]) -> str:
    """A conversation as a person would live it: minutes and seconds, who, and what."""
    lines: list[str] = []
    for turn in turns:
        at_s = turn.event.at_s
        if turn.understanding is not None:
            lines.append(f"{_clock(at_s)}  you    {turn.understanding.text}")
        for action in turn.actions:
            if isinstance(action, Say):
                lines.append(f"{_clock(at_s + action.pause_s)}  skill  {action.text}")
                at_s += action.pause_s + speech_s(action.text, 150)
            elif isinstance(action, Hush):
                lines.append(f"{_clock(at_s)}  skill  (falls silent)")
    return "\n".join(lines)


def _clock(at_s: float) -> str:
    return f"{int(at_s // 60):2d}:{at_s % 60:04.1f}"


def main() -> None:
    """Print the conversation that the lines of standard input lead to: `python -m tests.dialogue.scripted [REGION]`."""
    from voice_skill.building import build_catalog
    from voice_skill.settings import Settings

    talk = Talk(build_catalog(Settings(region=sys.argv[1] if len(sys.argv) > 1 else "")))
    talk.until([line.strip() for line in sys.stdin if line.strip()])
    print(transcript(talk.turns))


if __name__ == "__main__":
    main()
