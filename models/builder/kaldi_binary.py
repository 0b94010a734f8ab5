"""Writes Kaldi's binary format: tokens, numbers with a size byte, vectors and matrices."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


class KaldiWriter:
    """Collects the bytes of one Kaldi object."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        self._bytes.write(b"\0B")

    def content(self) -> bytes:
        """Everything written so far."""
        return self._bytes.getvalue()

    def token(self, *names: str) -> None:
        """Words such as `<Nnet3>`, each with a space after it."""
        for name in names:
            self._bytes.write(name.encode("ascii") + b" ")

    def text(self, text: str) -> None:
        """Text as it stands."""
        self._bytes.write(text.encode("ascii"))

    def integer(self, *values: int) -> None:
        """32-bit integers."""
        for value in values:
            self._bytes.write(b"\4" + struct.pack("<i", value))

    def single(self, value: float) -> None:
        """A 32-bit float."""
        self._bytes.write(b"\4" + struct.pack("<f", value))

    def double(self, value: float) -> None:
        """A 64-bit float."""
        self._bytes.write(b"\x08" + struct.pack("<d", value))

    def boolean(self, value: bool) -> None:
        """`T` or `F`."""
        self._bytes.write(b"T" if value else b"F")

    def integers(self, values: Sequence[int]) -> None:
        """A vector of 32-bit integers."""
        self._bytes.write(b"\4" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes())

    def vector(self, values: ArrayLike) -> None:
        """A vector of 32-bit floats."""
        array = np.asarray(values, "<f4")
        self.token("FV")
        self.integer(len(array))
        self._bytes.write(array.tobytes())

    def matrix(self, values: ArrayLike) -> None:
        """A matrix of 32-bit floats, row by row."""
        array = np.ascontiguousarray(values, "<f4")
        self.token("FM")
        self.integer(*array.shape)
        self._bytes.write(array.tobytes())
