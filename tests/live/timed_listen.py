"""`voice-skill listen` that also notes when each part of an answer began and ended.

    python -m tests.live.timed_listen EVENTS listen --microphone vmic ...

Writes one JSON object a line to the file EVENTS: the name of the event and its time in seconds of the monotonic clock,
which all processes of a machine share; with a sound that was cut off, the last second of it. The program itself is
untouched: its methods are wrapped from outside.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import voice_skill.conversation as conversation
from voice_skill.adapters.mouth import SpokenMouth
from voice_skill.adapters.play_queue import Ticket
from voice_skill.adapters.player import Player
from voice_skill.adapters.vosk_recogniser import VoskRecogniser
from voice_skill.cli import main
from voice_skill.conversation import Conversation
from voice_skill.ear import Ear


class Events:
    """The file that gets them."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1, encoding="utf-8")

    def note(self, name: str, at_s: float | None = None, **more: Any) -> None:
        """One event, now unless said otherwise."""
        told = {"event": name, "at_s": time.monotonic() if at_s is None else at_s, **more}
        self._file.write(json.dumps(told) + "\n")

    def around(self, owner: Any, method: str, before: str = "", after: str = "", only_if_found: bool = False) -> None:
        """Note an event before and after every call of a method; `only_if_found` passes over None and False."""
        wrapped: Callable[..., Any] = getattr(owner, method)

        def noting(*args: Any, **options: Any) -> Any:
            start_s = time.monotonic()
            result = wrapped(*args, **options)
            if not (only_if_found and result in (None, False)):
                if before:
                    self.note(before, start_s)
                if after:
                    self.note(after)
            return result

        setattr(owner, method, noting)

    def note_sounds(self) -> None:
        """When a sound is handed to the player, when it can be heard, and when and where it was cut off."""
        play = Player.play

        def noting(player: Player, sound: Any, on_started: Any = None, on_ended: Any = None) -> Ticket:
            self.note("play")

            def started(ticket: Ticket) -> None:
                if on_started:
                    on_started(ticket)
                self.note("sounds", ticket.started_at_s)

            def ended(ticket: Ticket) -> None:
                if on_ended:
                    on_ended(ticket)
                if ticket.was_cut and ticket.started_at_s is not None:
                    last = ticket.samples[: ticket.position][-player.rate_hz :]
                    self.note("cut", ticket.ended_at_s, rate_hz=player.rate_hz, samples=last.tolist())

            return play(player, sound, started, ended)

        setattr(Player, "play", noting)  # noqa: B010


def run() -> None:
    """Wrap what is to be timed, then be the command line."""
    events = Events(Path(sys.argv.pop(1)))
    events.around(VoskRecogniser, "finish", "ended", "decoded", only_if_found=True)
    events.around(VoskRecogniser, "accept", "accepting", "decoded", only_if_found=True)
    events.around(Ear, "_interruption", "recognised", only_if_found=True)
    events.around(conversation, "understand", "understanding", "understood")
    events.around(Conversation, "handle", "", "handled")
    events.around(SpokenMouth, "say", "say")
    events.around(SpokenMouth, "earcon", "earcon")
    events.around(SpokenMouth, "hush", "hush")
    events.note_sounds()
    main()


if __name__ == "__main__":
    run()
