"""Sentences that mean alike lie close together, whatever their words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_skill.building import sentence_encoder
from voice_skill.errors import DataError
from voice_skill.matching.sentence_encoder import SIZE, SentenceEncoder


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    """The one that ships."""
    return sentence_encoder()


MEANT_ALIKE = [
    ("my leg has seized up", "i have a cramp in my thigh"),
    ("would eating bananas help", "which food is good against cramps"),
    ("ought i to ring my gp", "should i see a doctor"),
    ("i nodded off", "i fell asleep"),
]


def test_meaning_counts_and_not_only_words(encoder: SentenceEncoder) -> None:
    """Of several sentences that share no word with what was said, the one that means it lies closest."""
    others = encoder.encode([other for _, other in MEANT_ALIKE])
    for place, (said, _) in enumerate(MEANT_ALIKE):
        assert int(np.argmax(others @ encoder.encode([said])[0])) == place


def test_vectors_have_unit_length(encoder: SentenceEncoder) -> None:
    """Also those of nothing, of unknown letters and of a very long sentence."""
    for sentence in ("", "zzyzx qwrt", "cramp " * 200):
        (vector,) = encoder.encode([sentence])
        assert vector.shape == (SIZE,)
        assert np.isclose(np.linalg.norm(vector), 1.0, atol=1e-4)


def test_many_sentences_give_what_each_gives_alone(encoder: SentenceEncoder) -> None:
    """Each vector comes with the place of its sentence."""
    sentences = ["stop", "how do i stop a cramp", "stop", "why does it happen", "cold"]
    together = dict(encoder.encode_all(sentences))
    assert sorted(together) == list(range(len(sentences)))
    in_order = np.stack([together[place] for place in range(len(sentences))])
    alone = np.concatenate([encoder.encode([sentence]) for sentence in sentences])
    assert np.allclose(in_order, alone, atol=1e-4)
    assert np.allclose(sentence_encoder().encode(sentences), alone, atol=1e-4)


@pytest.mark.parametrize("content", [None, b"", b"not an archive of arrays"])
def test_a_broken_file_is_said_in_one_sentence(content: bytes | None, tmp_path: Path) -> None:
    """It names the file and says what to do."""
    path = tmp_path / "encoder.npz"
    if content is not None:
        path.write_bytes(content)
    for read in (SentenceEncoder.load, SentenceEncoder.checksums):
        with pytest.raises(DataError, match=r"encoder\.npz.*make encoder"):
            read(path)


def test_checksums_tell_encoders_apart(tmp_path: Path) -> None:
    """By what they hold, not by their names."""
    for name, number in (("one", 1), ("same", 1), ("other", 2)):
        np.savez_compressed(tmp_path / name, words=np.full((3, 4), number))
    one, same, other = (SentenceEncoder.checksums(tmp_path / f"{name}.npz") for name in ("one", "same", "other"))
    assert one == same != other
