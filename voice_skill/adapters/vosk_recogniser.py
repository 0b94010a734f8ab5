"""Vosk behind the `Recogniser` port."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from voice_skill.domain import Expectation, Hypothesis, SpokenWord, Utterance
from voice_skill.errors import ModelError
from voice_skill.loudness import QualityMeter
from voice_skill.noise_removal import NoiseRemoval
from voice_skill.sound import Samples, Sound
from voice_skill.speech_gate import SpeechGate

BLOCK_S = 0.1
"""Vosk works in steps of about 0.2 s; larger blocks only delay the endpoint."""
_TRAILING_SILENCE_S = 0.8
"""Added to recordings so that their last word is decoded to its end."""
ALTERNATIVES = 4
_LOUD_ROOM_DBFS = -58.0
"""From here on noise is heard as words, by a model that expects a quiet room."""
_RENEW_AFTER_S = 120.0
"""Speech after which Vosk begins anew in the next quiet: it keeps every path through its graph that it ever tried.

After an hour of talk the program held 556 MB without this, and 404 MB with it (`voice-skill bench`).
"""
_UNKNOWN = "[unk]"
"""Vosk's word for speech that a grammar does not hold."""
_SWITCHABLE_GRAPH = "HCLr.fst"
"""The file of a model that a grammar can be set on; without it Vosk drops the grammar with only a log line."""
_NOISE_REMOVED = "conf/noise-removed"
"""The file of a model whose acoustics were trained on sound without noise, as `NoiseRemoval` leaves it."""
_ASSUMED_SUBSAMPLING = 3
"""Vosk reports word times as if every model took each third frame, as chain models do."""


class VoskModel:
    """A model in memory."""

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`.

        Raises:
            ModelError: Vosk cannot read it.
        """
        import vosk

        vosk.SetLogLevel(-2)  # below -1, so that warnings keep off the terminal too
        self.time_scale = _time_scale(folder)
        self.takes_grammars = any(folder.rglob(_SWITCHABLE_GRAPH))
        self.wants_noise_removed = (folder / _NOISE_REMOVED).is_file()
        try:
            with _native_messages_dropped():
                self.handle = vosk.Model(str(folder))
        except Exception as exc:  # the binding raises a bare Exception
            raise ModelError(f"The speech model in {folder} cannot be loaded; download or unpack it again.") from exc

    def knows(self, word: str) -> bool:
        """Whether the model can recognise `word`; Vosk drops others from a grammar with only a log line."""
        return bool(self.handle.vosk_model_find_word(word) >= 0)


class AnswerListener:
    """Hears the same sound as a `VoskRecogniser`, but knows only the short answers to a question."""

    def __init__(self, model: VoskModel, rate_hz: int, answers: Sequence[str]) -> None:
        """`rate_hz` is that of the blocks to come; the model knows every word of the `answers`."""
        self._recogniser = kaldi_recogniser(model, rate_hz, [*answers, _UNKNOWN])
        self._heard: list[str] = []

    def restart(self) -> None:
        """Forget what was heard; an utterance begins."""
        self._recogniser.Reset()
        self._heard.clear()

    def accept(self, block: bytes) -> None:
        """Take mono 16-bit samples. An endpoint of its own means nothing: it goes on where the utterance does."""
        if self._recogniser.AcceptWaveform(block):
            self._heard.append(_text(self._recogniser.Result()))

    def finish(self) -> str:
        """The answer in the utterance that ends now; empty if there was anything else beside it, or nothing."""
        heard = " ".join([*self._heard, _text(self._recogniser.Result())]).strip()
        self._heard.clear()
        return "" if _UNKNOWN in heard else heard


class VoskRecogniser:
    """One stream of speech. Only `expect` may be called from another thread."""

    def __init__(
        self,
        model: VoskModel,
        rate_hz: int,
        grammar: Sequence[str] = (),
        answers: Mapping[Expectation, Sequence[str]] | None = None,
        speech: Samples | None = None,
    ) -> None:
        """`rate_hz` is that of the blocks to come; without `grammar` the model's own graph decides.

        `answers` are the short answers to each kind of question whose answers are to be heard a second time. `speech`
        is any speech at `rate_hz`: mixed with the noise of a loud room, it tells Vosk what speech is like there.
        """
        self._new_recogniser: Callable[[], Any] = lambda: _with_alternatives(model, rate_hz, grammar)
        self._recogniser = self._new_recogniser()
        self._time_scale = model.time_scale
        self._meter = QualityMeter(rate_hz)
        self._noise_removal = NoiseRemoval(rate_hz) if model.wants_noise_removed else None
        self._gate = SpeechGate(rate_hz)
        self._taken_s = self._heard_s = 0.0
        self._new_stream_s = 0.0
        """Where in what it has heard Vosk began to count anew."""
        self._renewed_s = 0.0
        """Where in what was heard the present Vosk recogniser began."""
        self._has_grammar = bool(grammar)
        self._is_hearing = False
        self._speech = speech
        self._knows_room = False
        self.rate_hz = rate_hz
        narrow = answers if answers and model.takes_grammars else {}
        self._listeners = {kind: AnswerListener(model, rate_hz, each) for kind, each in narrow.items() if each}
        self._expected = self._wanted = Expectation.ANYTHING

    def accept(self, block: bytes) -> Utterance | None:
        """Take mono 16-bit samples; the utterance once its endpoint was found, else None."""
        if self._wanted is not self._expected and not self.partial():
            self._switch()
        samples = np.frombuffer(block, np.int16)
        self._meter.add(samples)
        cleaned = block if self._noise_removal is None else self._noise_removal.clean(samples).tobytes()
        self._taken_s += self._length_s(cleaned)
        sound = self._gate.admit(cleaned, judged=block)
        if not sound:
            self._renew_if_due()
            return None
        if not self._knows_room:
            self._knows_room = True
            self._meet_room(np.frombuffer(sound[: len(sound) - len(cleaned)], np.int16))
        self._heard_s += self._length_s(sound)
        self._is_hearing = True
        if self._listener is not None:
            self._listener.accept(sound)
        if self._recogniser.AcceptWaveform(sound):
            return self.finish()
        if self._gate.may_close and not self.partial():
            self._gate.close()
            return self.finish()
        return None

    def partial(self) -> str:
        """What has been heard of the utterance so far."""
        return str(json.loads(self._recogniser.PartialResult()).get("partial", ""))

    def finish(self) -> Utterance | None:
        """End the utterance now; None when nothing was heard.

        What is known of the voice and the room stays. Of the last 0.2 s some may be left for the next utterance.
        """
        self._is_hearing = False
        return self._utterance(self._recogniser.Result())

    def forget(self) -> None:
        """Drop the utterance, and what it has told of the voice and the room."""
        if self._is_hearing:
            self._is_hearing = False
            self._begin_stream()
            self._utterance(self._recogniser.FinalResult())

    def _renew_if_due(self) -> None:
        """Free what Vosk has gathered; with a grammar of some length that takes seconds, so those go on."""
        if not self._has_grammar and not self._is_hearing and self._heard_s - self._renewed_s >= _RENEW_AFTER_S:
            self._recogniser = self._new_recogniser()
            self._renewed_s = self._heard_s
            self._begin_stream()

    def _begin_stream(self) -> None:
        """Vosk counts time from here, and knows neither voice nor room."""
        self._new_stream_s = self._heard_s
        self._knows_room = False

    def _meet_room(self, room: Samples) -> None:
        """Before the first utterance: let Vosk hear speech in this room, for a mean of speech alone misleads it.

        The mean it begins with is that of speech in a quiet room, and there it is better than one of a single voice.
        """
        if self._speech is None or not len(room) or self._gate.floor_dbfs < _LOUD_ROOM_DBFS:
            return
        mixed = self._speech.astype(np.int32) + np.resize(room, len(self._speech))
        self._recogniser.AcceptWaveform(np.clip(mixed, -32768, 32767).astype(np.int16).tobytes())
        self._recogniser.Reset()
        self._heard_s += len(mixed) / self.rate_hz

    def _utterance(self, result: str) -> Utterance | None:
        """A result of Vosk, with n-best or without; None for an empty one."""
        data = json.loads(result)
        hypotheses = tuple(self._hypothesis(each) for each in data.get("alternatives", [data]))
        quality = self._meter.quality
        self._meter.restart()
        as_answer = self._listener.finish() if self._listener else None
        return Utterance(hypotheses, quality, as_answer) if hypotheses and hypotheses[0].text else None

    def _hypothesis(self, data: dict[str, Any]) -> Hypothesis:
        words = tuple(
            SpokenWord(word["word"], self._at_s(word["start"]), self._at_s(word["end"]), float(word.get("conf", 1.0)))
            for word in data.get("result", ())
        )
        return Hypothesis(str(data.get("text", "")).strip(), float(data.get("confidence", 1.0)), words)

    def _at_s(self, told_s: float) -> float:
        """Where in all the sound taken a time lies that Vosk tells, which is in the sound that it has heard."""
        heard_s = self._new_stream_s + (self._renewed_s + told_s - self._new_stream_s) * self._time_scale
        return heard_s + self._taken_s - self._heard_s

    def _length_s(self, sound: bytes) -> float:
        return len(sound) / 2 / self.rate_hz

    def expect(self, expectation: Expectation) -> None:
        """Hear the answers of this kind a second time from the next utterance on: half an utterance proves nothing.

        They are never put before what the open graph heard: a narrow grammar turns other speech into yes and no.
        """
        self._wanted = expectation

    @property
    def _listener(self) -> AnswerListener | None:
        return self._listeners.get(self._expected)

    def _switch(self) -> None:
        self._expected = self._wanted
        if self._listener is not None:
            self._listener.restart()


def utterances_in(sound: Sound, recogniser: VoskRecogniser) -> Iterable[Utterance]:
    """Every utterance of a recording, in order."""
    samples = sound.at_rate(recogniser.rate_hz).samples
    data = samples.tobytes() + bytes(2 * round(_TRAILING_SILENCE_S * recogniser.rate_hz))
    step = 2 * round(BLOCK_S * recogniser.rate_hz)
    for start in range(0, len(data), step):
        if utterance := recogniser.accept(data[start : start + step]):
            yield utterance
    if utterance := recogniser.finish():
        yield utterance


def kaldi_recogniser(model: VoskModel, rate_hz: int, grammar: Sequence[str] = ()) -> Any:
    """Vosk's own `KaldiRecognizer`, limited to `grammar` if there is one."""
    import vosk

    return vosk.KaldiRecognizer(model.handle, rate_hz, *([json.dumps(list(grammar))] if grammar else []))


def _with_alternatives(model: VoskModel, rate_hz: int, grammar: Sequence[str]) -> Any:
    recogniser = kaldi_recogniser(model, rate_hz, grammar)
    recogniser.SetMaxAlternatives(ALTERNATIVES)
    recogniser.SetWords(True)
    return recogniser


def _text(result: str) -> str:
    return str(json.loads(result).get("text", "")).strip()


def _time_scale(folder: Path) -> float:
    """Factor from the word times that Vosk reports to seconds."""
    for line in (folder / "conf" / "model.conf").read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.strip().partition("=")
        if name == "--frame-subsampling-factor" and value.isdecimal():
            return int(value) / _ASSUMED_SUBSAMPLING
    return 1.0


@contextmanager
def _native_messages_dropped() -> Iterator[None]:
    """Keep Kaldi's own words about a broken model off the terminal: no log level does."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a terminal may have no standard error
        yield
        return
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
