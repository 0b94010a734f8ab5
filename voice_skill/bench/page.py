"""The page with the figures, in Markdown."""

from __future__ import annotations

from pathlib import Path

from voice_skill.bench.plots import NOISE, PEERS, WAITS
from voice_skill.bench.session import About
from voice_skill.bench.tables import Report, Table
from voice_skill.errors import SkillError

_PLOT_AFTER = {
    "noise": (NOISE, "Share of intents right by SNR"),
    "times": (WAITS, "Waiting time by part"),
    "peers": (PEERS, "Peers"),
}
_METHOD = """
## How it was measured

- **Everything is synthetic.** The voices are programs, the noises are computed. Kitchen: fan, hum, running water,
  dishes. Babble: six sentences of other voices at once. Room: an artificial echo (RT60 0.4 s), as loud as the direct
  sound. No person was recorded. Human speech, accents, pain in the voice and real rooms will be harder.
- *Authored phrases* stand in the list of phrases. *Paraphrases* are the held-back sentences of `tests/utterances`,
  from which nothing was learnt. "Typed" is what the same sentences reach without any recogniser: speech can hardly do
  better.
- *SNR by mean power*: power of the whole utterance over that of the noise around it. *By the loudest frame*: loudest
  frame of 2048 samples of the utterance over that of the noise. Every mix is made at the first and carries both; the
  second table sorts the same mixes by the second.
- Sound goes block by block through the same ear, endpointing included, as in a live session, in its opening state. Of
  several utterances in one recording the first that is understood counts.
- *Continuous speech* is everyday talk made from templates of our own, all voices in turn, with short pauses, in a
  quiet room. Every intent or red flag found in it is a false action.
- *Waiting* runs from the last loud sample of the question to the first loud sample of the answer, on a clock that the
  sound drives. The delay of sound devices is not in it.
- Peers get whole recordings, with no endpointing to get wrong. Where a row says so, what was written down goes to the
  nearest authored phrase, whose threshold is chosen on the development sentences. Processor time is theirs over ours.
""".strip()


def write_page(folder: Path, report: Report, about: About) -> None:
    """Write `README.md` into `folder`, beside its plots.

    Raises:
        SkillError: the folder cannot be written.
    """
    try:
        (folder / "README.md").write_text(_page(report, about), encoding="utf-8")
    except OSError as exc:
        raise SkillError(f"The page cannot be written to {folder} ({exc.strerror}); choose another folder.") from exc


def _page(report: Report, about: About) -> str:
    parts = ["# Figures", _introduction(about)]
    for table in report.tables:
        if table.id == "weakest":
            continue
        parts += [f"## {table.title}", _markdown(table)]
        if plot := _PLOT_AFTER.get(table.id):
            parts.append(f"![{plot[1]}]({plot[0]})")
        if table.id == "peers":
            parts += [
                _plain_model_note(about),
                "### Where a peer is better",
                _listed(report.better_peers) or "Nowhere in this table.",
            ]
    weakest = [f"{spot.text}: {spot.times_over:.1f} times what the goal allows." for spot in report.weakest]
    parts += [
        "## The three weakest spots",
        "Computed: the figures furthest from their goals, one of each subject.",
        _listed(weakest),
    ]
    return "\n\n".join([*parts, _METHOD]) + "\n"


def _introduction(about: About) -> str:
    size = "a quick run with few cases: **not figures to quote**" if about.quick else "the full run"
    voices = ", ".join(f"{name}{' (tuned on)' if tuned_on else ''}" for name, tuned_on in about.voices)
    lines = [
        "Made by `voice-skill bench --page tests/figures`; do not edit by hand. All speech is synthetic.",
        "",
        f"- {about.day.isoformat()}, {size}",
        f"- machine: {about.machine}",
        f"- versions: {', '.join(about.versions)}; speech model {about.model}",
        f"- voices: {voices}",
        "- the speech model's settings were chosen with recordings of the voices marked; the others are new to it",
    ]
    return "\n".join(lines + [f"- not installed: {each}" for each in about.left_out])


def _plain_model_note(about: About) -> str:
    if about.plain_model:
        return f"The Vosk peers used the model {about.plain_model}."
    return (
        f"The Vosk peers used our own speech model ({about.model}), whose graph was built from our phrases: an "
        "advantage that the plain recipe lacks with an official model (`--plain-model FOLDER` measures one)."
    )


def _markdown(table: Table) -> str:
    lines = [f"| {' | '.join(table.columns)} |", "|" + "---|" * len(table.columns)]
    lines += [f"| {' | '.join(table.shown(cell) for cell in row)} |" for row in table.rows]
    return "\n".join([*lines, *(["", table.note] if table.note else [])])


def _listed(sentences: tuple[str, ...] | list[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
