"""The Sphinx Gaussian mixtures as a Kaldi nnet3 network: the same likelihoods, number by number.

A frame x has three streams: cepstra, their first and their second differences. For each stream

    affine over [x, x*x]  ->  log density of every Gaussian of every codebook
    softmax               ->  densities, divided by their sum (one divisor for all states: it cannot change a decision)
    affine per codebook   ->  mixture of each state, plus a floor

The three mixtures are multiplied and the logarithm is taken. nnet3 has no logarithm; but `NormalizeComponent` on blocks
of one element appends log|x| to what it normalises, and a permutation picks it out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.builder.kaldi_binary import KaldiWriter
from models.builder.phones import PhoneTable
from models.builder.sphinx_files import Floats
from models.builder.transitions import STATES_PER_PHONE, TransitionIds

COEFFICIENTS = 13
CONTEXT_FRAMES = 3
_STREAM_INPUTS = (
    "input",
    "Append(Offset(input, -2), Offset(input, 2))",
    "Append(Offset(input, -3), Offset(input, -1), Offset(input, 1), Offset(input, 3))",
)
_STREAM_SIGNS = ((1,), (-1, 1), (1, -1, -1, 1))
"""Sphinx's differences (`1s_c_d_dd`): c[t+2]-c[t-2], and (c[t+3]-c[t-1]) - (c[t+1]-c[t-3])."""
_SMALLEST_VARIANCE = 1e-4
_GAIN = 1e6
"""Each mixture is multiplied by this; three of them, squared inside NormalizeComponent, still fit a 32-bit float."""


@dataclass(frozen=True, slots=True)
class Mixtures:
    """The acoustic model as read, and how low a mixture may fall."""

    means: Floats
    variances: Floats
    log_weights: Floats
    codebook_of: NDArray[np.int64]
    floor: float
    """Added to every mixture: no frame can then rule out a state alone. PocketSphinx floors its densities too."""


Component = tuple[str, Callable[[KaldiWriter], None]]


def densities_in_order(senones: Sequence[int], codebook_of: NDArray[np.int64]) -> list[int]:
    """The senones by codebook, as the network puts them out."""
    return sorted(senones, key=lambda senone: (int(codebook_of[senone]), senone))


def write_model(mixtures: Mixtures, transitions: TransitionIds, phones: PhoneTable) -> bytes:
    """The content of `final.mdl`: transition model and network."""
    order = densities_in_order(transitions.senones(), mixtures.codebook_of)
    writer = KaldiWriter()
    _write_transitions(writer, transitions, phones, {senone: i for i, senone in enumerate(order)})
    _write_network(writer, mixtures, order)
    return writer.content()


def _write_transitions(
    writer: KaldiWriter, transitions: TransitionIds, phones: PhoneTable, pdf_of: dict[int, int]
) -> None:
    count = len(phones.phones)
    writer.token("<TransitionModel>", "<Topology>")
    writer.integers(range(1, count + 1))
    writer.integers([-1] + [0] * count)  # all phones share the first and only topology
    writer.integer(1, STATES_PER_PHONE + 1)
    for state in range(STATES_PER_PHONE):
        writer.integer(state, 2, state)
        writer.single(0.5)
        writer.integer(state + 1)
        writer.single(0.5)
    writer.integer(-1, 0)  # the final state
    writer.token("</Topology>", "<Triples>")
    writer.integer(len(transitions.states))
    for phone, position, senone in transitions.states:
        writer.integer(phone, position, pdf_of[senone])
    writer.token("</Triples>", "<LogProbs>")
    writer.vector(transitions.log_probabilities())
    writer.token("</LogProbs>", "</TransitionModel>")


def _write_network(writer: KaldiWriter, mixtures: Mixtures, order: Sequence[int]) -> None:
    codebooks = sorted({int(mixtures.codebook_of[senone]) for senone in order})
    writer.token("<Nnet3>")
    writer.text("\n" + "\n".join(_nodes(codebooks, mixtures.means.shape[2], len(order))) + "\n\n")
    components = list(_components(mixtures, order, codebooks))
    writer.token("<NumComponents>")
    writer.integer(len(components))
    for name, write in components:
        writer.token("<ComponentName>", name)
        write(writer)
    writer.token("</Nnet3>", "<LeftContext>")
    writer.integer(CONTEXT_FRAMES)
    writer.token("<RightContext>")
    writer.integer(CONTEXT_FRAMES)
    writer.token("<Priors>")
    writer.vector([])


def _nodes(codebooks: Sequence[int], densities: int, states: int) -> Iterator[str]:
    yield f"input-node name=input dim={COEFFICIENTS}"
    for stream, descriptor in enumerate(_STREAM_INPUTS):
        yield _node(f"feature{stream}", descriptor)
        yield _node(f"square{stream}", f"Append(feature{stream}, feature{stream})")
        yield _node(f"gaussian{stream}", f"Append(feature{stream}, square{stream})")
        yield _node(f"density{stream}", f"gaussian{stream}")
        for codebook in codebooks:
            name = f"{stream}_{codebook}"
            first = densities * codebook
            yield f"dim-range-node name=codebook{name} input-node=density{stream} dim-offset={first} dim={densities}"
            yield _node(f"mixture{name}", f"codebook{name}")
    streams = range(len(_STREAM_INPUTS))
    yield _node("product", f"Append({', '.join(f'mixture{s}_{c}' for s in streams for c in codebooks)})")
    yield _node("logarithm", "product")
    yield _node("picked", "logarithm")
    yield f"dim-range-node name=scores input-node=picked dim-offset=0 dim={states}"
    yield "output-node name=output input=scores objective=linear"


def _node(name: str, descriptor: str) -> str:
    return f"component-node name={name} component={name} input={descriptor}"


def _components(mixtures: Mixtures, order: Sequence[int], codebooks: Sequence[int]) -> Iterator[Component]:
    for stream, signs in enumerate(_STREAM_SIGNS):
        difference = np.hstack([sign * np.eye(COEFFICIENTS) for sign in signs])
        yield f"feature{stream}", _affine(difference, np.zeros(COEFFICIENTS))
        yield f"square{stream}", _product(2, COEFFICIENTS)
        gaussians = _gaussians(mixtures, stream)
        yield f"gaussian{stream}", _affine(*gaussians)
        yield f"density{stream}", _softmax(len(gaussians[1]))
        for codebook in codebooks:
            members = [senone for senone in order if mixtures.codebook_of[senone] == codebook]
            weights = _GAIN * np.exp(mixtures.log_weights[stream][:, members].astype(np.float64)).T
            yield (
                f"mixture{stream}_{codebook}",
                _affine(weights, np.full(len(members), _GAIN * mixtures.floor)),
            )
    yield "product", _product(len(_STREAM_SIGNS), len(order))
    yield "logarithm", _logarithm(len(order))
    yield "picked", _pick_second_of_pairs(len(order))


def _gaussians(mixtures: Mixtures, stream: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights over [x, x*x] and bias that give the natural logarithm of each density."""
    mean = mixtures.means[:, stream].reshape(-1, COEFFICIENTS).astype(np.float64)
    variance = mixtures.variances[:, stream].reshape(-1, COEFFICIENTS).astype(np.float64)
    variance = np.maximum(variance, _SMALLEST_VARIANCE)
    bias = -0.5 * (mean**2 / variance + np.log(2 * math.pi * variance)).sum(axis=1)
    return np.hstack([mean / variance, -0.5 / variance]), bias


def _affine(weights: NDArray[np.float64], bias: NDArray[np.float64]) -> Callable[[KaldiWriter], None]:
    def write(writer: KaldiWriter) -> None:
        writer.token("<FixedAffineComponent>", "<LinearParams>")
        writer.matrix(weights)
        writer.token("<BiasParams>")
        writer.vector(bias)
        writer.token("</FixedAffineComponent>")

    return write


def _product(factors: int, dimension: int) -> Callable[[KaldiWriter], None]:
    def write(writer: KaldiWriter) -> None:
        writer.token("<ElementwiseProductComponent>", "<InputDim>")
        writer.integer(factors * dimension)
        writer.token("<OutputDim>")
        writer.integer(dimension)
        writer.token("</ElementwiseProductComponent>")

    return write


def _softmax(dimension: int) -> Callable[[KaldiWriter], None]:
    def write(writer: KaldiWriter) -> None:
        writer.token("<SoftmaxComponent>", "<Dim>")
        writer.integer(dimension)
        for statistics in ("<ValueAvg>", "<DerivAvg>"):  # of training; none here
            writer.token(statistics)
            writer.vector([])
        writer.token("<Count>")
        writer.double(0.0)
        writer.token("<OderivRms>")
        writer.vector([])
        writer.token("<OderivCount>")
        writer.double(0.0)
        writer.token("</SoftmaxComponent>")

    return write


def _logarithm(dimension: int) -> Callable[[KaldiWriter], None]:
    def write(writer: KaldiWriter) -> None:
        writer.token("<NormalizeComponent>", "<InputDim>")
        writer.integer(dimension)
        writer.token("<BlockDim>")
        writer.integer(1)
        writer.token("<TargetRms>")
        writer.single(1.0)
        writer.token("<AddLogStddev>")
        writer.boolean(True)
        writer.token("</NormalizeComponent>")

    return write


def _pick_second_of_pairs(pairs: int) -> Callable[[KaldiWriter], None]:
    """Puts the second of each pair first; what is left over follows, and nobody reads it."""
    columns = [*range(1, 2 * pairs, 2), *range(0, 2 * pairs, 2)]

    def write(writer: KaldiWriter) -> None:
        writer.token("<PermuteComponent>", "<ColumnMap>")
        writer.integers(columns)
        writer.token("</PermuteComponent>")

    return write
