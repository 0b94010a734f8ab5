"""Decides what of the sound around is meant for the assistant, and keeps it from answering itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from voice_skill.catalog import Catalog
from voice_skill.catalog.needs import CONTROLS
from voice_skill.domain import Hypothesis, Urgency, Utterance
from voice_skill.endpointing import Ending, Endpointer
from voice_skill.ports import BLOCK_S, Mouth, Recogniser
from voice_skill.text import normalise

BARGE_IN = frozenset({"stop", "pause", "repeat", "next", "help", "goodbye"})
"""Control intents that may interrupt speech."""
_URGENT = frozenset({"stop", "help"})
"""Those of them that count as the second reading too."""
_ECHO_WORDS = frozenset({"what", "got", "did", "done", "it", "that", "go", "ta", "ra"})
"""Ask for a repetition, tell to go on or say goodbye, but not into speech: an echo was taken for such words."""
_TELLING_LETTERS = 4
"""Letters from which the beginning of a spoken word is taken for a command; emergencies are let through."""
_STEADY_BLOCKS = round(0.3 / BLOCK_S)
"""Blocks for which a command must stand alone: the echo of running speech keeps growing instead."""
_DEAF_BLOCKS = round(0.3 / BLOCK_S)
"""Blocks after the end of speech that still carry its tail: the room and the latency of the devices."""
_BEGUN_WORDS = 2
"""Words from which something said before speech began is a sentence that somebody has begun."""
_SAME, _CONTROLS = 0.3, 0.5
"""Share of the longer sentences that mean the same, or are controls as well, so that a known one is taken as it is."""
_SURE = 0.8
"""Probability from which a meaning counts as clear; of the sentences people may say, two in five reach it."""


class Ear:
    """Takes blocks of sound; hands on the utterances that count.

    An utterance *born* while the assistant speaks is its own voice or is lost in it, and is dropped, unless it is
    a short command or an emergency that the sentence being spoken does not itself contain.
    """

    def __init__(
        self, recogniser: Recogniser, mouth: Mouth, catalog: Catalog, on_heard: Callable[[Utterance], None]
    ) -> None:
        self._recogniser = recogniser
        self._mouth = mouth
        self._catalog = catalog
        self._on_heard = on_heard
        self._endpointer = Endpointer(self._ending_of, BLOCK_S)
        self._born_in_speech: bool | None = None
        """None between utterances."""
        self._was_speaking = False
        self._deaf_blocks = 0
        self._blocks = 0
        self._spoken: dict[str, int] = {}
        """Texts to the number of the last block that may carry their echo; the newest comes last and always counts."""
        self._steady_text = ""
        self._steady_blocks = 0

    def take(self, block: bytes, waiting_s: float = 0.0) -> None:
        """One block of mono 16-bit samples at the recogniser's rate; `waiting_s` seconds were captured after it."""
        speaking = self._mouth.speaking
        self._blocks += 1
        if speaking:
            if not self._was_speaking:
                self._start_of_speech()
            self._note_spoken(waiting_s)
        elif self._was_speaking:
            self._end_of_speech(waiting_s)
        self._was_speaking = speaking
        if self._deaf_blocks:
            self._deaf_blocks -= 1
            return
        utterance = self._recogniser.accept(block)
        if utterance is None and self._has_ended(block):
            utterance = self._recogniser.finish()
        self._note_birth(speaking, utterance)
        if self._born_in_speech:
            utterance = self._barge_in(utterance)
        if utterance is not None:
            self._on_heard(utterance)
            self._between_utterances()

    def _note_spoken(self, waiting_s: float) -> None:
        """The sentence that sounds now, and those before it whose echo has not been taken from the microphone."""
        text = self._mouth.current_text
        if not text:
            return
        self._spoken = {each: last for each, last in self._spoken.items() if last >= self._blocks and each != text}
        self._spoken[text] = self._blocks + _DEAF_BLOCKS + round(waiting_s / BLOCK_S)

    def _has_ended(self, block: bytes) -> bool:
        return self._endpointer.ended(np.frombuffer(block, np.int16), self._recogniser.partial())

    def _ending_of(self, hypothesis: str) -> Ending:
        words = normalise(hypothesis)
        match = self._catalog.matcher.match([words])
        if match.intent is None or match.score < _SURE:
            return Ending.OPEN
        further = self._catalog.matcher.continuations(words)
        if match.score < 1.0:
            return Ending.OPEN if further else Ending.LIKELY
        if not further:
            return Ending.CERTAIN
        return Ending.COMPLETE if self._settles(match.intent, further) else Ending.OPEN

    def _settles(self, intent: str, further: Mapping[str | None, int]) -> bool:
        """Whether a known sentence may be acted on though it may go on as those counted in `further` do.

        "No", "no thank you" and "no it still hurts" are answers alike, but "i can't" may become anything. What starts a
        routine is the commonest of its kind and is not kept waiting; relief asks for dangers itself.
        """
        if self._catalog.routine_started_by(intent):
            return True
        on_topic = {name: count for name, count in further.items() if name is not None}
        total, same = sum(on_topic.values()), on_topic.get(intent, 0)
        if intent not in CONTROLS:
            return same >= _SAME * total
        controls = sum(count for name, count in on_topic.items() if name in CONTROLS)
        return same >= _SAME * total or controls >= _CONTROLS * total

    def _note_birth(self, speaking: bool, utterance: Utterance | None) -> None:
        if self._born_in_speech is None and (utterance is not None or self._recogniser.partial()):
            self._born_in_speech = speaking

    def _start_of_speech(self) -> None:
        # A breath, or what was left of the last word, is heard as one short word, and the speech would go on from it.
        if self._born_in_speech is False and len(self._recogniser.partial().split()) < _BEGUN_WORDS:
            self._born_in_speech = True

    def _end_of_speech(self, waiting_s: float) -> None:
        if self._born_in_speech is not False:
            self._recogniser.forget()
            self._between_utterances()
            # On a busy machine the speech is over before all of its echo has been taken from the microphone.
            self._deaf_blocks = _DEAF_BLOCKS + round(waiting_s / BLOCK_S)
        self._spoken.clear()

    def _barge_in(self, utterance: Utterance | None) -> Utterance | None:
        """The utterance if it may interrupt; a command need not wait for its endpoint."""
        if utterance is not None:
            self._between_utterances()
            return self._interruption(utterance)
        text = self._recogniser.partial()
        self._steady_blocks = self._steady_blocks + 1 if text == self._steady_text else 1
        self._steady_text = text
        if self._steady_blocks >= _STEADY_BLOCKS and self._interruption(heard := Utterance((Hypothesis(text),))):
            # Handed on as it stands: the final decoding takes a tenth of a second in which the speech would go on.
            self._on_heard(heard)
            self._recogniser.forget()
            self._between_utterances()
        return None

    def _interruption(self, utterance: Utterance) -> Utterance | None:
        """What of the readings of an utterance may interrupt: a command or an emergency, and no echo."""
        best, *further = (normalise(each.text) for each in utterance.hypotheses or (Hypothesis(""),))
        if _ECHO_WORDS.issuperset(best.split()) or self._is_spoken(best):
            return None
        if any(flag.urgency is Urgency.EMERGENCY for flag in self._catalog.spotter.spot([best])):
            return utterance
        if self._is_begun_by(best):
            return None
        # Of a word that the assistant speaks, one of the readings is mostly that very word. "Help me" is no other
        # reading of "help": it only has a short word more, which nearly every sentence has too.
        others = (each for each in further if not set(best.split()) <= set(each.split()))
        if any(map(self._is_spoken, others)):
            return None
        if self._commands(best) in BARGE_IN:
            return utterance
        if further and self._commands(further[0]) in _URGENT:
            return Utterance(utterance.hypotheses[1:2])
        return None

    def _is_spoken(self, heard: str) -> bool:
        return not set(heard.split()).isdisjoint(self._spoken_words())

    def _is_begun_by(self, heard: str) -> bool:
        """Whether a word that the assistant speaks begins with one of `heard`: "again" is heard in "against"."""
        telling = tuple(word for word in heard.split() if len(word) >= _TELLING_LETTERS)
        return any(said.startswith(telling) for said in self._spoken_words())

    def _spoken_words(self) -> list[str]:
        return normalise(" ".join(self._spoken)).split()

    def _commands(self, heard: str) -> str | None:
        """The intent, when exactly this is one of its phrases."""
        match = self._catalog.matcher.match([heard])
        return match.intent if match.score == 1.0 else None

    def _between_utterances(self) -> None:
        self._born_in_speech = None
        self._steady_text, self._steady_blocks = "", 0
        self._endpointer.restart()
