"""`listen`, `ask`, `chat` and `demo`: the whole chain."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_skill.adapters.terminal import JsonActions, Transcript, understanding_fields
from voice_skill.cli.options import (
    chosen_settings,
    json_option,
    model_option,
    ready_catalog,
    region_option,
    settings_option,
)
from voice_skill.domain import Say, Turn, Utterance
from voice_skill.errors import DeviceError, MicrophoneError, SkillError

if TYPE_CHECKING:
    from voice_skill.adapters.level_meter import LevelMeter
    from voice_skill.catalog import Catalog
    from voice_skill.settings import Settings

silent_option = click.option("--silent", is_flag=True, help="Do not use a loudspeaker.")


@click.command()
@settings_option
@region_option
@model_option
@click.option("--microphone", help="Name or number of the input device; see `check`.")
@click.option("--speaker", help="Name or number of the output device; see `check`.")
@click.option("--meter", is_flag=True, help="Show on the terminal how loud the microphone hears.")
@click.option("--demo-without-microphone", is_flag=True, help="Where there is no microphone, show the demo first.")
def listen(
    settings_path: Path | None,
    region: str | None,
    model: Path | None,
    microphone: str | None,
    speaker: str | None,
    meter: bool,
    demo_without_microphone: bool,
) -> None:
    """Listen and answer, hands free. Without a microphone: say so, and take questions from the keyboard."""
    from voice_skill.live import LiveSession

    settings = chosen_settings(settings_path, region=region, model=model, microphone=microphone, speaker=speaker)
    transcript = Transcript()
    _check_speaker(settings)
    with ExitStack() as stack:
        shown = stack.enter_context(_level_meter()) if meter and sys.stderr.isatty() else None
        aside = shown.standing_aside if shown else nullcontext

        def show(turn: Turn) -> None:
            with aside():
                transcript.turn(turn)

        def note(text: str) -> None:
            with aside():
                transcript.note(text)

        session = stack.enter_context(LiveSession(settings, show, note, shown.show if shown else None))
        try:
            session.open_microphone()
        except MicrophoneError as exc:
            if settings.microphone:
                raise
            note(str(exc))
        else:
            note("Listening. Say: how do I stop a hamstring cramp. Stop with control and C.")
            session.run()
            return
    if demo_without_microphone:
        _show_demo(settings, Path("voice-skill-demo"), silent=True, as_json=False)
    if sys.stdin.isatty():
        _from_keyboard(settings, transcript)


def _level_meter() -> AbstractContextManager[LevelMeter]:
    from voice_skill.adapters.level_meter import LevelMeter

    return closing(LevelMeter())


def _check_speaker(settings: Settings) -> None:
    """A loudspeaker that was named must be there: without a name the answers can be read instead.

    Raises:
        PlaybackError: it is not, or it cannot be opened.
    """
    from voice_skill.adapters.player import Player

    if settings.speaker:
        with Player(settings.speaker):
            pass


def _from_keyboard(settings: Settings, transcript: Transcript) -> None:
    from voice_skill.live import LiveSession

    with LiveSession(settings, transcript.turn, transcript.note) as session:
        transcript.note("Type what you would say, one line at a time; end with goodbye.")
        session.read_lines(sys.stdin)
        session.run()


@click.command()
@click.argument("text", required=False)
@click.option("--wav", type=click.Path(path_type=Path), help="A recording of the question, in any common format.")
@click.option("--save-reply", type=click.Path(path_type=Path), help="Write the spoken reply to this WAV file.")
@silent_option
@json_option
@settings_option
@region_option
@model_option
def ask(
    text: str | None,
    wav: Path | None,
    save_reply: Path | None,
    silent: bool,
    as_json: bool,
    settings_path: Path | None,
    region: str | None,
    model: Path | None,
) -> None:
    """Answer one question, typed or recorded."""

    if (text is None) == (wav is None):
        raise click.UsageError("Give either TEXT or --wav FILE.")
    settings = chosen_settings(settings_path, region=region, model=model)
    utterance = Utterance.typed(text) if text is not None else _heard_in(wav or Path(), settings)
    turns = _answer(ready_catalog(settings), utterance, settings)
    if save_reply is not None:
        _save(turns, save_reply, settings)
    _print_answer(turns, as_json, save_reply)
    if not silent:
        _speak(turns, settings)


@click.command()
@json_option
@settings_option
@region_option
def chat(as_json: bool, settings_path: Path | None, region: str | None) -> None:
    """Converse by typing, on a clock that stands still while you type.

    `@wait 12.5` lets seconds pass, holds and silence included; `@cut WORDS` says something into the speech.
    """
    from voice_skill.conversation import Conversation
    from voice_skill.domain import Voice
    from voice_skill.frontends import ScriptedSession, TimedMouth

    settings = chosen_settings(settings_path, region=region)
    show = JsonActions().turn if as_json else Transcript().turn
    mouth = TimedMouth()
    voice = Voice(settings.rate_wpm, settings.volume)
    session = ScriptedSession(Conversation(ready_catalog(settings), mouth, show, voice), mouth)
    session.start()
    session.run(sys.stdin)


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("voice-skill-demo"),
    show_default=True,
    help="Folder for the spoken replies.",
)
@silent_option
@json_option
@settings_option
@region_option
@model_option
def demo(
    out: Path, silent: bool, as_json: bool, settings_path: Path | None, region: str | None, model: Path | None
) -> None:
    """Put bundled recorded questions through the whole chain: recording, recogniser, intent, spoken reply."""
    settings = chosen_settings(settings_path, region=region, model=model)
    _show_demo(settings, out, silent, as_json)


def _show_demo(settings: Settings, out: Path, silent: bool, as_json: bool) -> None:
    from voice_skill.building import demo_recordings

    recordings = demo_recordings(settings.language)
    catalog = ready_catalog(settings)
    hear = _hearer(settings)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise SkillError(f"The folder {out} cannot be made ({exc.strerror}); choose another with --out.") from exc
    for recording in recordings:
        turns = _answer(catalog, hear(recording), settings)
        reply = out / f"{recording.stem}.wav"
        _save(turns, reply, settings)
        if not as_json:
            click.echo(f"\n{recording.name}")
        _print_answer(turns, as_json, reply)
        if not silent and not _try_to_play(recording, reply, settings):
            silent = True


def _heard_in(recording: Path, settings: Settings) -> Utterance:
    return _hearer(settings)(recording)


def _hearer(settings: Settings) -> Callable[[Path], Utterance]:
    """Turns recordings into utterances, with one model for all of them."""
    from voice_skill.adapters.vosk_recogniser import utterances_in
    from voice_skill.domain import Hypothesis
    from voice_skill.hearing import load_model, open_recogniser
    from voice_skill.sound import read_sound

    model = load_model(settings)

    def hear(recording: Path) -> Utterance:
        sound = read_sound(recording)
        utterances = list(utterances_in(sound, open_recogniser(model, settings)))
        if len(utterances) == 1:
            return utterances[0]
        # One question may hold a pause; a danger named after it must not be lost.
        whole = " ".join(each.text for each in utterances)
        return Utterance((Hypothesis(whole),) if whole else ())

    return hear


def _answer(catalog: Catalog, utterance: Utterance, settings: Settings) -> list[Turn]:
    """The turns that one question leads to, until the person would have to speak."""
    from voice_skill.conversation import Conversation
    from voice_skill.domain import Heard, Voice
    from voice_skill.frontends import ScriptedSession, TimedMouth

    turns: list[Turn] = []
    mouth = TimedMouth()
    conversation = Conversation(catalog, mouth, turns.append, Voice(settings.rate_wpm, settings.volume))
    session = ScriptedSession(conversation, mouth)
    conversation.handle(Heard(0.0, utterance))
    session.settle()
    return turns


def _said(turns: list[Turn]) -> list[Say]:
    return [action for turn in turns for action in turn.actions if isinstance(action, Say)]


def _print_answer(turns: list[Turn], as_json: bool, saved: Path | None) -> None:
    understanding = turns[0].understanding
    assert understanding is not None
    if as_json:
        fields = understanding_fields(understanding)
        heard = fields.pop("text")
        reply = " ".join(saying.text for saying in _said(turns))
        click.echo(json.dumps({"heard": heard, **fields, "reply": reply, "saved_reply": str(saved) if saved else None}))
        return
    transcript = Transcript()
    for turn in turns:
        transcript.turn(turn)
    if saved is not None and _said(turns):
        click.echo(click.style(f"       spoken in {saved}", dim=True))


def _save(turns: list[Turn], path: Path, settings: Settings) -> None:
    from voice_skill.adapters.file_mouth import FileMouth
    from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
    from voice_skill.domain import Voice

    mouth = FileMouth(Pyttsx3Engine(), path)
    for saying in _said(turns):
        mouth.say(saying.text, Voice(settings.rate_wpm, settings.volume), saying.pause_s)
    mouth.close()


def _speak(turns: list[Turn], settings: Settings) -> None:
    """Speak aloud what was printed already.

    Raises:
        DeviceError: it could not be heard to its end.
    """
    from voice_skill.adapters.mouth import SpokenMouth
    from voice_skill.adapters.player import Player
    from voice_skill.adapters.pyttsx3_engine import Pyttsx3Engine
    from voice_skill.domain import Voice

    troubles: list[DeviceError] = []
    mouth = SpokenMouth(
        Pyttsx3Engine(), Player(settings.speaker or None), lambda: None, lambda _, error: troubles.append(error)
    )
    for saying in _said(turns):
        mouth.say(saying.text, Voice(settings.rate_wpm, settings.volume), saying.pause_s)
    mouth.close()
    if troubles:
        raise DeviceError(f"{troubles[0]} The reply stands above; --silent leaves the loudspeaker out.")


def _try_to_play(recording: Path, reply: Path, settings: Settings) -> bool:
    """Play a question and its spoken reply; False, and one sentence, where there is no loudspeaker."""
    from voice_skill.adapters.player import Player
    from voice_skill.sound import read_sound

    try:
        with ExitStack() as stack:
            player = stack.enter_context(Player(settings.speaker or None))
            for path in (recording, reply):
                player.play(read_sound(path)).wait()
    except DeviceError as exc:
        click.echo(str(exc), err=True)
        return False
    return True
