"""Shows a conversation on the terminal: for people, or as one JSON object a line."""

from __future__ import annotations

import json
from typing import Any

import click

from voice_skill.domain import Action, Earcon, End, Hush, Listen, Say, Turn, Understanding, Urgency, Voice


class Transcript:
    """Shows what was heard, what it was taken for, and what is said."""

    def turn(self, turn: Turn) -> None:
        """Show one turn."""
        if turn.understanding is not None:
            click.echo(f"{click.style('you', bold=True)}    {self._heard(turn.understanding)}")
        for action in turn.actions:
            match action:
                case Say(text, _, urgency):
                    colour = "red" if urgency >= Urgency.TODAY else "cyan"
                    click.echo(f"{click.style('skill', fg=colour, bold=True)}  {text}")
                case Voice(rate_wpm, volume):
                    click.echo(click.style(f"       ({rate_wpm} words a minute, volume {volume:.0%})", dim=True))
                case _:
                    pass

    def note(self, text: str) -> None:
        """One line beside the conversation."""
        click.echo(click.style(text, dim=True), err=True)

    def _heard(self, understanding: Understanding) -> str:
        return f"{understanding.text or '...'}  {click.style('[' + meaning(understanding) + ']', dim=True)}"


class JsonActions:
    """Prints every action as one JSON object a line."""

    def turn(self, turn: Turn) -> None:
        """Print the actions of one turn."""
        for action in turn.actions:
            click.echo(json.dumps({"at": round(turn.event.at_s, 3), **action_fields(action)}))


def meaning(understanding: Understanding) -> str:
    """What an utterance was taken for, in a word or two."""
    parts = [f"red flag: {flag.id}" for flag in understanding.red_flags]
    if understanding.intent:
        parts.append(understanding.intent)
    elif understanding.refusal and not parts:
        parts.append(understanding.refusal.value)
    return ", ".join(parts)


def action_fields(action: Action) -> dict[str, Any]:
    """An action as JSON fields; part of the command line's contract."""
    match action:
        case Say(text, reply, urgency, pause_s):
            return {"action": "say", "reply": reply, "text": text, "urgency": int(urgency), "pause": pause_s}
        case Voice(rate_wpm, volume):
            return {"action": "voice", "rate_wpm": rate_wpm, "volume": volume}
        case Earcon(kind):
            return {"action": "earcon", "kind": kind.value}
        case Listen(expectation):
            return {"action": "listen", "expectation": expectation.value}
        case Hush():
            return {"action": "hush"}
        case End():
            return {"action": "end"}


def understanding_fields(understanding: Understanding) -> dict[str, Any]:
    """An understanding as JSON fields; part of the command line's contract."""
    refused = understanding.intent is None and not understanding.red_flags
    return {
        "text": understanding.text,
        "understood": not refused,
        "intent": understanding.intent,
        "score": round(understanding.score, 4),
        "red_flags": [flag.id for flag in understanding.red_flags],
        "urgency": int(understanding.urgency),
        "reason": understanding.refusal.value if refused and understanding.refusal else None,
    }
