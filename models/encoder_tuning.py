"""Tunes the sentence encoder on our phrases, so that what they tell apart lies apart.

The weights as published know English, and nothing of cramps: two layers of them, tuned, understood more of new writers'
questions than all six as they were. Words, letters and sounds are learnt beside it and thrown away, so that the encoder
learns what they do not say. Needs torch; nothing else of the program does.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import click
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as nnf
from torch import Tensor, nn

from voice_skill.matching.features import DIMENSIONS, FeatureSpace, SparseRow
from voice_skill.matching.sentence_encoder import HEADS, LAYERS, MOST_PIECES, SIZE
from voice_skill.matching.training import TrainingSet
from voice_skill.matching.word_pieces import WordPieces

Floats = npt.NDArray[np.float32]

_ROUNDS = 4
_BATCH = 128
_POOL = 16
"""Batches that are drawn together and sorted by length, so that little is computed for nothing."""
_RATE, _HEAD_RATE = 5e-5, 0.01
_WARM_UP = 0.06
"""Share of the steps in which the encoder's rate rises."""
_LEFT_OUT = 0.1
_FEATURES_LEFT_OUT = 0.2
_MEANING_SCALE = 4.0
"""More than where the phrases are learnt: here the meaning must bear what words do not say."""
_LARGEST_SLOPE = 1.0
_SEED = 0


def tuned(pieces: Sequence[str], weights: Mapping[str, Floats], data: TrainingSet) -> dict[str, Floats]:
    """`weights` as `SentenceEncoder` names them, after some rounds over the examples of `data`."""
    torch.manual_seed(_SEED)
    order = random.Random(_SEED)
    examples = _examples(pieces, data)
    encoder, head = _Encoder(weights), _Head(len({example.label for example in examples}))
    learners = (
        torch.optim.AdamW(encoder.parameters(), lr=_RATE, weight_decay=0.01),
        torch.optim.Adam(head.parameters(), lr=_HEAD_RATE, betas=(0.9, 0.99)),
    )
    steps = _ROUNDS * math.ceil(len(examples) / _BATCH)
    with click.progressbar(length=steps, label="Tuning the sentence encoder") as progress:
        batches = (batch for _ in range(_ROUNDS) for batch in _batches(examples, order))
        for step, batch in enumerate(batches):
            left = 1 - step / steps
            learners[0].param_groups[0]["lr"] = _RATE * left * min(1.0, step / (_WARM_UP * steps))
            learners[1].param_groups[0]["lr"] = _HEAD_RATE * left
            _learn(batch, encoder, head, learners)
            progress.update(1)
    return encoder.named()


@dataclass(frozen=True, slots=True)
class _Example:
    numbers: Sequence[int]
    """Of its pieces of words."""
    row: SparseRow
    label: int


def _examples(pieces: Sequence[str], data: TrainingSet) -> list[_Example]:
    cut = WordPieces(pieces)
    pairs = data.examples + data.misheard
    space = FeatureSpace.learn(data.concepts, [sentence for sentence, _ in pairs])
    place = {name: index for index, name in enumerate(sorted({name for _, name in pairs}))}
    return [_Example(cut.numbers(sentence)[:MOST_PIECES], space.row(sentence), place[name]) for sentence, name in pairs]


def _batches(examples: Sequence[_Example], order: random.Random) -> Iterator[Sequence[_Example]]:
    shuffled = order.sample(examples, len(examples))
    for start in range(0, len(shuffled), _POOL * _BATCH):
        pool = sorted(shuffled[start : start + _POOL * _BATCH], key=lambda example: len(example.numbers))
        batches = [pool[at : at + _BATCH] for at in range(0, len(pool), _BATCH)]
        yield from order.sample(batches, len(batches))


def _learn(
    batch: Sequence[_Example], encoder: _Encoder, head: _Head, learners: Sequence[torch.optim.Optimizer]
) -> None:
    scores = head(encoder([example.numbers for example in batch]), [example.row for example in batch])
    loss = nnf.cross_entropy(scores, torch.tensor([example.label for example in batch]))
    for learner in learners:
        learner.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(encoder.parameters(), _LARGEST_SLOPE)
    for learner in learners:
        learner.step()


class _Head(nn.Module):
    """Scores of the classes by meaning, and by words, letters and sounds beside it."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self._features = nn.EmbeddingBag(DIMENSIONS, classes, mode="sum")
        self._meaning = nn.Linear(SIZE, classes)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, vectors: Tensor, rows: Sequence[SparseRow]) -> Tensor:
        """Shape (sentences, classes) for unit `vectors` of shape (sentences, SIZE)."""
        starts = np.cumsum([0, *(len(row.columns) for row in rows[:-1])])
        values = nnf.dropout(torch.from_numpy(np.concatenate([row.values for row in rows])), _FEATURES_LEFT_OUT)
        columns = torch.from_numpy(np.concatenate([row.columns for row in rows]))
        by_words = self._features(columns, torch.from_numpy(starts), per_sample_weights=values)
        return by_words + self._meaning(_MEANING_SCALE * vectors)  # type: ignore[no-any-return]


class _Encoder(nn.Module):
    """What `SentenceEncoder` computes, with slopes."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        super().__init__()
        self._names = {name.replace(".", "_"): name for name in weights}
        self._weights = nn.ParameterDict(
            {name.replace(".", "_"): nn.Parameter(torch.tensor(np.asarray(array))) for name, array in weights.items()}
        )

    def named(self) -> dict[str, Floats]:
        """The weights by their names."""
        return {self._names[key]: weight.detach().numpy() for key, weight in self._weights.items()}

    def forward(self, sentences: Sequence[Sequence[int]]) -> Tensor:
        """Unit vectors, shape (sentences, SIZE)."""
        longest = max(map(len, sentences))
        numbers = torch.tensor([[*each, *[0] * (longest - len(each))] for each in sentences])
        present = torch.arange(longest) < torch.tensor([[len(each)] for each in sentences])
        state = self._normed(self._weights["words"][numbers] + self._weights["places"][:longest], "norm")
        state = nnf.dropout(state, _LEFT_OUT)
        for number in range(LAYERS):
            state = self._layer(state, present, f"layer{number}_")
        mean = (state * present[..., None]).sum(dim=1) / present.sum(dim=1, keepdim=True)
        return nnf.normalize(mean, dim=1)

    def _layer(self, state: Tensor, present: Tensor, prefix: str) -> Tensor:
        attended = self._linear(self._attended(state, present, prefix), f"{prefix}out")
        state = self._normed(state + nnf.dropout(attended, _LEFT_OUT), f"{prefix}norm1")
        further = self._linear(nnf.gelu(self._linear(state, f"{prefix}up")), f"{prefix}down")
        return self._normed(state + nnf.dropout(further, _LEFT_OUT), f"{prefix}norm2")

    def _attended(self, state: Tensor, present: Tensor, prefix: str) -> Tensor:
        sentences, length, _ = state.shape
        joined = self._linear(state, f"{prefix}query_key_value")
        heads = joined.view(sentences, length, 3, HEADS, SIZE // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = heads
        among = present[:, None, None, :]
        mixed = nnf.scaled_dot_product_attention(query, key, value, attn_mask=among, dropout_p=_LEFT_OUT)
        return mixed.transpose(1, 2).reshape(sentences, length, SIZE)

    def _linear(self, state: Tensor, name: str) -> Tensor:
        product: Tensor = state @ self._weights[f"{name}_weight"] + self._weights[f"{name}_bias"]
        return product

    def _normed(self, state: Tensor, name: str) -> Tensor:
        return nnf.layer_norm(state, (SIZE,), self._weights[f"{name}_weight"], self._weights[f"{name}_bias"], 1e-12)
