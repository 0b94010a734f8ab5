"""The sound of a case: speech from the cache, noise from a seed, mixed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from voice_skill.bench.cases import BABBLE, CLEAN, ROOM, Case, Size, segment, unrelated_sentences
from voice_skill.bench.mixing import LEAD_S, Mix, Wave, in_quiet, levelled, mix, room_for, sound_of, wave
from voice_skill.bench.noises import BABBLE_VOICES, babble, echoing, kitchen
from voice_skill.bench.voices import Speech
from voice_skill.sound import SPEECH_RATE_HZ, Sound

_PAUSES_S = (0.3, 1.2)
"""Shortest and longest between two sentences of continuous speech."""
_ROOM_NOISE = 1.5 / 32768
_LOUD = 0.02
"""Of the loudest sample; below it a sample at the edge of an utterance counts as silence."""


class Sounds:
    """Makes sounds; the same case always gives the same sound."""

    def __init__(self, folder: Path, voices: Sequence[str]) -> None:
        self._speech = Speech(folder)
        self._voices = tuple(voices)

    def needed(self, cases: Sequence[Case], size: Size) -> list[tuple[str, str]]:
        """(voice, sentence) of all that has to be spoken."""
        spoken = [(case.voice, case.sentence.said) for case in cases]
        spoken += [each for voice in self._voices for each in self._talkers(voice)]
        spoken += [each for number in range(size.segments) for each in self._turns(number, size)]
        return list(dict.fromkeys(spoken))

    def speak(self, voice: str, sentence: str) -> None:
        """Have a sentence spoken ahead of time."""
        self._speech.say(voice, sentence)

    def of(self, case: Case) -> tuple[Sound, Mix | None]:
        """The sound of a case; with its noise if it has any."""
        rng = np.random.default_rng(zlib.crc32(case.key.encode()))
        speech = levelled(_trimmed(wave(self._speech.say(case.voice, case.sentence.said))))
        condition = case.condition
        if condition.level_db is None:
            assert condition.noise in (CLEAN, ROOM)
            return in_quiet(echoing(rng, speech) if condition.noise == ROOM else speech, rng), None
        count = room_for(speech)
        noise = self._babble(rng, count, case.voice) if condition.noise == BABBLE else kitchen(rng, count)
        mixed = mix(speech, noise, condition.level_db)
        return mixed.sound, mixed

    def end_of_speech_s(self, case: Case) -> float:
        """When the last loud sample of an utterance sounds, in seconds of the sound of its case."""
        speech = _trimmed(wave(self._speech.say(case.voice, case.sentence.said)))
        return LEAD_S + len(speech) / SPEECH_RATE_HZ

    def continuous(self, number: int, size: Size) -> Sound:
        """A stretch of unrelated talk: each sentence in another voice, short pauses between them, a quiet room."""
        rng = np.random.default_rng(number)
        parts: list[Wave] = []
        for voice, sentence in self._turns(number, size):
            pause = np.zeros(round(rng.uniform(*_PAUSES_S) * SPEECH_RATE_HZ))
            parts += [levelled(_trimmed(wave(self._speech.say(voice, sentence)))), pause]
        whole = np.concatenate(parts)
        return sound_of(whole + rng.normal(0.0, _ROOM_NOISE, len(whole)))

    def _turns(self, number: int, size: Size) -> list[tuple[str, str]]:
        voices = self._voices
        return [(voices[place % len(voices)], said) for place, said in enumerate(segment(number, size))]

    def _talkers(self, voice: str) -> list[tuple[str, str]]:
        """Who talks in the background of `voice`, and what they say."""
        others = [each for each in self._voices if each != voice] or [voice]
        sentences = unrelated_sentences()[-BABBLE_VOICES:]
        return [(others[place % len(others)], said) for place, said in enumerate(sentences)]

    def _babble(self, rng: np.random.Generator, count: int, voice: str) -> Wave:
        return babble(rng, count, [wave(self._speech.say(*talker)) for talker in self._talkers(voice)])


def _trimmed(speech: Wave) -> Wave:
    """Without the silence that speakers put before and after a sentence."""
    loud = np.flatnonzero(np.abs(speech) > _LOUD * np.max(np.abs(speech), initial=0.0))
    return speech[loud[0] : loud[-1] + 1] if len(loud) else speech
