"""One session: feeds events to `respond` and does what it answers. Knows nothing of microphones or keyboards."""

from __future__ import annotations

from collections.abc import Callable

from voice_skill.catalog import Catalog
from voice_skill.dialogue import State, respond_to, understand, wake_at_s
from voice_skill.domain import Action, Earcon, Event, Heard, Hush, Listen, Say, Turn, Understanding, Voice
from voice_skill.ports import Mouth, Recogniser


class Conversation:
    """The state of a session and the mouth that speaks for it."""

    def __init__(
        self,
        catalog: Catalog,
        mouth: Mouth,
        show: Callable[[Turn], None],
        voice: Voice,
        *,
        earcons: bool = True,
    ) -> None:
        """`show` sees every turn before it is spoken, so that nothing said is lost where speech fails."""
        self._catalog = catalog
        self._mouth = mouth
        self._show = show
        self._earcons = earcons
        self._recogniser: Recogniser | None = None
        self.state = State(voice=voice)

    def heard_by(self, recogniser: Recogniser) -> None:
        """Tell `recogniser` from now on what kind of answer is expected."""
        self._recogniser = recogniser

    @property
    def wake_at_s(self) -> float | None:
        """When the conversation goes on by itself, in seconds of the session; None while it only waits."""
        return wake_at_s(self.state, self._catalog)

    def handle(self, event: Event) -> Turn:
        """Let one event happen."""
        understanding: Understanding | None = None
        if isinstance(event, Heard):
            understanding = understand(event.utterance, self.state, self._catalog)
        self.state, actions = respond_to(self.state, event, understanding, self._catalog)
        turn = Turn(event, understanding, actions)
        self._show(turn)
        for action in actions:
            self._do(action)
        return turn

    def _do(self, action: Action) -> None:
        match action:
            case Say():
                self._mouth.say(action.text, self.state.voice, action.pause_s)
            case Hush():
                self._mouth.hush()
            case Earcon() if self._earcons:
                self._mouth.earcon(action.kind)
            case Listen():
                if self._recogniser is not None:
                    self._recogniser.expect(action.expectation)
            case _:
                pass  # Voice and End are already part of the state
