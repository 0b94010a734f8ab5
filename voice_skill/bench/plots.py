"""The plots, as SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from voice_skill.bench.figures import Share
from voice_skill.bench.tables import PARTS, Report
from voice_skill.errors import SkillError

NOISE, WAITS, PEERS = "noise.svg", "waiting.svg", "peers.svg"
_STYLES = {"authored phrases": "-", "paraphrases": "--", "all": ":"}
_COLOURS = {"kitchen": "#1b6ca8", "babble": "#c8553d"}


def write_plots(folder: Path, report: Report) -> None:
    """Write all plots into `folder`.

    Raises:
        SkillError: matplotlib is not installed or the folder cannot be written.
    """
    try:
        import matplotlib
    except ImportError as exc:
        raise SkillError("Plots need matplotlib; install the extra: pip install 'voice-skill[bench]'.") from exc
    matplotlib.use("svg")
    # The same figures give the same file.
    matplotlib.rcParams.update({"svg.hashsalt": "voice-skill", "svg.fonttype": "none", "font.size": 10})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _save(_noise_curve(report), folder / NOISE)
        _save(_waiting_bars(report), folder / WAITS)
        _save(_peer_bars(report), folder / PEERS)
    except OSError as exc:
        raise SkillError(f"The plots cannot be written to {folder} ({exc.strerror}); choose another folder.") from exc


def _noise_curve(report: Report) -> Any:
    figure, axes = _axes("Spoken intents right", "SNR (dB)", "right (%)")
    for name, points in report.curves.items():
        shares = [share for _, share in points]
        levels = [level for level, _ in points]
        colour = next((each for noise, each in _COLOURS.items() if noise in name), "#555555")
        style = next((each for start, each in _STYLES.items() if name.startswith(start)), "-")
        axes.plot(levels, [100 * share.value for share in shares], style, marker="o", ms=4, color=colour, label=name)
        if style != ":":
            low, high = zip(*(share.interval for share in shares), strict=True)
            axes.fill_between(levels, [100 * x for x in low], [100 * x for x in high], color=colour, alpha=0.08, lw=0)
    axes.set_ylim(0, 101)
    axes.legend(fontsize=8, loc="lower right")
    return figure


def _waiting_bars(report: Report) -> Any:
    figure, axes = _axes("End of speech to first sound, medians by part", "seconds", "")
    names = list(report.waits)
    left = [0.0] * len(names)
    for part in PARTS:
        widths = [max(0.0, report.waits[name][part]) for name in names]
        axes.barh(names, widths, left=left, label=part, height=0.5)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.axvline(0.45, color="#888888", ls=":", label="goal")
    axes.legend(fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.18))
    return figure


def _peer_bars(report: Report) -> Any:
    figure, axes = _axes("Beside others, on the same recordings", "right (%)", "")
    rows = [row for row in reversed(report["peers"].rows) if isinstance(row[1], Share)]
    for place, name in enumerate(("authored phrases", "paraphrases", "off topic refused"), start=1):
        shares = [cell for row in rows if isinstance(cell := row[place], Share)]
        spots = [index + 0.27 * (2 - place) for index in range(len(rows))]
        axes.barh(spots, [100 * share.value for share in shares], height=0.25, label=name)
    axes.set_yticks(range(len(rows)), [str(row[0]) for row in rows])
    axes.set_xlim(0, 100)
    axes.legend(fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.3, -0.12))
    return figure


def _axes(title: str, across: str, up: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=across, ylabel=up)
    axes.grid(alpha=0.25)
    return figure, axes


def _save(figure: Any, file: Path) -> None:
    figure.savefig(file, metadata={"Date": None})
