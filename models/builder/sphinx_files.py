"""Readers for the CMU Sphinx acoustic model inside the PyPI package `pocketsphinx` (`model/en-us/en-us`).

The formats are those of pocketsphinx: `bin_mdef.c` (states and triphones), `s3file`-style parameter files (`means`,
`variances`, `transition_matrices`) and `sendump` (mixture weights). All numbers are little-endian.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_MDEF_MAGIC = b"BMDF"
_MDEF_COUNTS = struct.Struct("<10i")
_MDEF_PHONE = struct.Struct("<iiBBBB")
_S3_BYTE_ORDER = 0x11223344


class SphinxFileError(ValueError):
    """A file of the acoustic model is not what this reader expects."""


class Position(IntEnum):
    """Where in a word a triphone may stand, numbered as in `mdef`."""

    INTERNAL = 0
    BEGIN = 1
    END = 2
    SINGLE = 3


@dataclass(frozen=True, slots=True)
class ModelDefinition:
    """Which tied states (senones) each phone and triphone has."""

    phones: tuple[str, ...]
    """Names of the base phones; their index is the number used everywhere else, also of the codebook."""
    fillers: frozenset[int]
    """Silence and noises, which never stand as context."""
    silence: int
    senone_count: int
    base_senones: tuple[tuple[int, ...], ...]
    """The states of each base phone without context."""
    triphones: Mapping[tuple[int, int, int, int], tuple[int, ...]]
    """(base, left, right, position) -> states."""
    codebook_of: NDArray[np.int64]
    """The codebook (= base phone) that each senone draws its Gaussians from."""

    def senones(self, base: int, left: int, right: int, position: Position) -> tuple[int, ...]:
        """The states of `base` in its context: exactly so, else in another word position, else without context."""
        if base in self.fillers:
            return self.base_senones[base]
        left, right = (self.silence if phone in self.fillers else phone for phone in (left, right))
        for candidate in (position, *Position):
            states = self.triphones.get((base, left, right, candidate))
            if states is not None:
                return states
        return self.base_senones[base]


def package_folder() -> Path:
    """The folder `model/en-us` of the installed `pocketsphinx` package."""
    found = importlib.util.find_spec("pocketsphinx")
    if found is None or found.origin is None:
        raise SphinxFileError("the package pocketsphinx is not installed")
    return Path(found.origin).parent / "model" / "en-us"


def read_model_definition(path: Path) -> ModelDefinition:
    """Reads a binary `mdef`."""
    content = path.read_bytes()
    if content[:4] != _MDEF_MAGIC:
        raise SphinxFileError(f"{path} is not a binary model definition")
    at = 12 + struct.unpack_from("<i", content, 8)[0]
    counts = _MDEF_COUNTS.unpack_from(content, at)
    base_count, phone_count, states_each, _, senone_count, _, _, _, tree_nodes, silence = counts
    names, at = _read_names(content, at + _MDEF_COUNTS.size, base_count)
    at = (at + 3) // 4 * 4  # aligned to four bytes
    at += 8 * tree_nodes  # the tree of contexts is not needed
    records = [_MDEF_PHONE.unpack_from(content, at + i * _MDEF_PHONE.size) for i in range(phone_count)]
    at += phone_count * _MDEF_PHONE.size
    sequence_length = struct.unpack_from("<i", content, at)[0]
    sequences = np.frombuffer(content, "<u2", sequence_length, at + 4).reshape(-1, states_each)
    return _definition(names, silence, senone_count, records, sequences)


def _read_names(content: bytes, at: int, count: int) -> tuple[tuple[str, ...], int]:
    names = []
    for _ in range(count):
        end = content.index(b"\0", at)
        names.append(content[at:end].decode("ascii"))
        at = end + 1
    return tuple(names), at


def _definition(
    names: tuple[str, ...],
    silence: int,
    senone_count: int,
    records: list[tuple[int, ...]],
    sequences: NDArray[np.uint16],
) -> ModelDefinition:
    states = [tuple(int(senone) for senone in sequences[record[0]]) for record in records]
    triphones = {}
    codebook_of = np.zeros(senone_count, np.int64)
    for index, (_, _, position, base, left, right) in enumerate(records):
        is_base = index < len(names)
        codebook_of[list(states[index])] = index if is_base else base
        if not is_base:
            triphones[base, left, right, position] = states[index]
    return ModelDefinition(
        phones=names,
        fillers=frozenset(i for i, name in enumerate(names) if name.startswith("+") or i == silence),
        silence=silence,
        senone_count=senone_count,
        base_senones=tuple(states[: len(names)]),
        triphones=triphones,
        codebook_of=codebook_of,
    )


def read_gaussians(path: Path) -> Floats:
    """Means or variances as [codebook, stream, density, coefficient]."""
    content = path.read_bytes()
    at = _after_s3_header(content, path)
    codebooks, streams, densities = struct.unpack_from("<3i", content, at)
    lengths = struct.unpack_from(f"<{streams}i", content, at + 12)
    if len(set(lengths)) != 1:
        raise SphinxFileError(f"{path} has streams of different lengths")
    at += 12 + 4 * streams
    count = struct.unpack_from("<i", content, at)[0]
    return np.frombuffer(content, "<f4", count, at + 4).reshape(codebooks, streams, densities, lengths[0])


def read_transition_counts(path: Path) -> Floats:
    """Transition counts (not yet normalised) as [base phone, state from, state to]."""
    content = path.read_bytes()
    at = _after_s3_header(content, path)
    phones, rows, columns, count = struct.unpack_from("<4i", content, at)
    return np.frombuffer(content, "<f4", count, at + 16).reshape(phones, rows, columns)


def _after_s3_header(content: bytes, path: Path) -> int:
    at = content.index(b"endhdr\n") + len(b"endhdr\n")
    if struct.unpack_from("<I", content, at)[0] != _S3_BYTE_ORDER:
        raise SphinxFileError(f"{path} has another byte order")
    return at + 4


def read_mixture_weights(path: Path, streams: int) -> Floats:
    """Natural logarithms of the mixture weights as [stream, density, senone], from an 8-bit `sendump`."""
    content = path.read_bytes()
    at = 0
    for _ in range(2):  # the title and the name of the folder it was made in
        at += 4 + struct.unpack_from("<i", content, at)[0]
    while (length := struct.unpack_from("<i", content, at)[0]) != 0:  # free text settings
        at += 4 + length
    densities, senones = struct.unpack_from("<2i", content, at + 4)
    steps = np.frombuffer(content, np.uint8, streams * densities * senones, at + 12)
    log_step = 1024 * np.log(1.0001)  # logarithms to the base 1.0001, shifted right by ten bits
    logs: Floats = (-log_step * steps.reshape(streams, densities, senones)).astype(np.float32)
    return logs


def read_dictionary(path: Path) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Word -> its pronunciations, from a Sphinx dictionary.

    A line is `word PH ON ES`, a variant `word(2) PH ON ES`; `#` starts a comment.
    """
    variants: dict[str, list[tuple[str, ...]]] = {}
    for line in path.read_text("utf-8").splitlines():
        word, *phones = line.split("#", 1)[0].split() or [""]
        if word:
            variants.setdefault(word.split("(")[0], []).append(tuple(phones))
    return {word: tuple(dict.fromkeys(found)) for word, found in variants.items()}
