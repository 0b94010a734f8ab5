"""The decoding graph, in two parts: `HCLr.fst` from sounds to words, and `Gr.fst`, which words follow which.

Vosk composes them while it listens. `HCLr.fst` is stored with look-ahead tables (`olabel_lookahead`), which renumber
the words; so `words.txt` and `Gr.fst` must use the new numbers, or run-time grammars come out as other words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from models.builder.acoustic_network import EPSILON, Arc, Network
from models.builder.openfst import chain, run_tool
from models.builder.transitions import HmmState, TransitionIds

_COMPILE = ("fstcompile",)
_REMOVE_EPSILONS = ("fstrmepsilon",)


class _TextGraph:
    """Expands the states of a network into lines for `fstcompile`; arcs that begin alike share their beginning."""

    def __init__(self, network: Network, transitions: TransitionIds, transition_scale: float) -> None:
        self._network = network
        self._transitions = transitions
        self._scale = transition_scale
        self._next_state = network.state_count
        self._shared: dict[tuple[int, HmmState, float], int] = {}

    def lines(self) -> Iterator[str]:
        start = self._network.start
        start_first = sorted(self._network.arcs, key=lambda arc: arc.source != start)
        for arc in start_first:  # the first line names the start state
            yield from self._expand(arc)
        for final in self._network.finals:
            yield f"{final} 0"

    def _expand(self, arc: Arc) -> Iterator[str]:
        if not arc.states:
            yield _line(arc.source, arc.target, EPSILON, arc.word, arc.cost)
            return
        current, cost = arc.source, arc.cost
        for state in arc.states[:-1]:
            known = self._shared.get((current, state, cost))
            if known is None:
                known = self._new()
                self._shared[current, state, cost] = known
                yield from self._state(current, known, state, cost)
            current, cost = known, 0.0
        last = self._new()
        yield from self._state(current, last, arc.states[-1], cost)
        yield _line(last, arc.target, EPSILON, EPSILON, 0.0)

    def _new(self) -> int:
        self._next_state += 1
        return self._next_state - 1

    def _state(self, source: int, target: int, state: HmmState, cost: float) -> Iterator[str]:
        """Enters a state by its forward transition and then stays in it: Kaldi's 'reordered' transitions."""
        leave, leave_cost = self._transitions.leave(state)
        stay, stay_cost = self._transitions.stay(state)
        yield _line(source, target, leave, EPSILON, cost + self._scale * leave_cost)
        yield _line(target, target, stay, EPSILON, self._scale * stay_cost)


def _line(source: int, target: int, transition: int, word: int, cost: float) -> str:
    return f"{source} {target} {transition} {word} {cost:.4f}"


def write_sound_graph(network: Network, transitions: TransitionIds, scale: float, target: Path) -> dict[int, int]:
    """Writes `HCLr.fst` and returns old word number -> new word number."""
    text = target.with_suffix(".txt")
    text.write_text("\n".join(_TextGraph(network, transitions, scale).lines()) + "\n")
    names = ("plain", "coded", "coder", "small", "pairs")
    plain, coded, coder, small, pairs = (target.with_suffix(f".{name}") for name in names)
    chain(text, [_COMPILE, _REMOVE_EPSILONS], plain)
    run_tool("fstencode", "--encode_labels", "--encode_weights", str(plain), str(coder), str(coded))
    run_tool("fstminimize", "--allow_nondet", str(coded), str(small))
    run_tool("fstencode", "--decode", str(small), str(coder), str(plain))
    chain(plain, [("fstarcsort", "--sort_type=olabel")], small)
    look_ahead = ("fstconvert", "--fst_type=olabel_lookahead", f"--save_relabel_opairs={pairs}")
    run_tool(*look_ahead, str(small), str(target))
    renumbered = dict(_pair(line) for line in pairs.read_text().splitlines())
    for path in (text, plain, coded, coder, small, pairs):
        path.unlink()
    return renumbered


def _pair(line: str) -> tuple[int, int]:
    old, new = line.split()
    return int(old), int(new)


def write_word_graph(lines: Sequence[str], target: Path) -> None:
    """Writes `Gr.fst` from lines for `fstcompile` with new word numbers."""
    text = target.with_suffix(".txt")
    text.write_text("\n".join(lines) + "\n")
    by_word = ("fstarcsort", "--sort_type=ilabel")
    chain(text, [_COMPILE, ("fstconnect",), by_word, ("fstconvert", "--fst_type=const")], target)
    text.unlink()


def word_symbols(words: Sequence[str], renumbered: Mapping[int, int]) -> str:
    """The text of `words.txt` with new numbers; `words` are in the old order, starting with epsilon."""
    rows = sorted((renumbered[old], word) for old, word in enumerate(words) if old != EPSILON)
    lines = [f"<eps> {EPSILON}", *(f"{word} {new}" for new, word in rows), f"#0 {rows[-1][0] + 1}"]
    return "\n".join(lines) + "\n"
