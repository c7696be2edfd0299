"""Images and their labels from two IDX files, checked against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.formats.idx import read_idx
from pygrad.exceptions import DataError

__all__ = ["read_pair", "spellings"]


def spellings(name: str) -> tuple[str, ...]:
    """The names that a file of the MNIST family goes by, the one it is published under first."""
    plain = name.removesuffix(".gz")
    dotted = plain.replace("-idx", ".idx")  # what some programs make of it when they unpack it
    return (f"{plain}.gz", plain, f"{dotted}.gz", dotted)


def read_pair(
    dataset: str, images: Path, labels: Path
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The images, of shape (n, 28, 28), and the n labels."""
    pixels = _of_bytes(dataset, images, 3)
    classes = _of_bytes(dataset, labels, 1)
    if len(pixels) != len(classes):
        raise DataError(
            f"{dataset}: {images} has {len(pixels)} images but {labels} has {len(classes)} labels; "
            f"both files must be of the same part"
        )
    return pixels, classes


def _of_bytes(dataset: str, path: Path, axes: int) -> NDArray[Any]:
    array = read_idx(path)
    if array.dtype != np.uint8 or array.ndim != axes:
        raise DataError(
            f"{dataset}: {path} holds an array of shape {array.shape} and dtype {array.dtype}; it "
            f"must hold bytes on {axes} {'axes' if axes > 1 else 'axis'}: is it the right file?"
        )
    return array
