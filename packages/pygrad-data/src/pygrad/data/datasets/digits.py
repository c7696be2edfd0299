"""The UCI handwritten digits: 1,797 small grey images, enough to see a network learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pygrad.data.dataset import Dataset
from pygrad.data.datasets.bundled import load_bundled

__all__ = ["digits"]

SHA256 = "b3b9c8cc11d765ce4264d8748bf3edbafa5038d91c93cf713ddbd6ae8652b410"
LEVELS = 16
"""A pixel counts the inked ones among 4x4 pixels of the scan."""


def digits(
    *,
    flatten: bool = True,
    transform: Callable[[Any], Any] | None = None,
    target_transform: Callable[[Any], Any] | None = None,
) -> Dataset:
    """Handwritten digits: 1,797 images of 8x8 pixels, and which digit each one shows.

    Parameters
    ----------
    flatten : bool
        True gives each image as 64 numbers, row after row; False as 8 rows of 8.
    transform, target_transform : callable, optional
        Called with one image (label), each time it is read; see `Dataset`.

    Returns
    -------
    Dataset
        ``data`` of shape (1797, 64) or (1797, 8, 8): float32 from 0 (paper) to 1 (ink), in
        steps of 1/16. ``label`` of shape (1797,): int64 from 0 to 9, each digit 174 to 183
        times. The arrays are new for each call.

    Raises
    ------
    DataError
        If the file that comes with PyGrad is damaged.

    Notes
    -----
    The test part of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak
    (1998), UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, in the copy that
    scikit-learn distributes. Licence: CC BY 4.0. The file ``digits.txt`` beside this one says
    more.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> ds = datasets.digits(flatten=False)
    >>> image, label = ds[0]
    >>> int(label)
    0
    >>> for row in image:
    ...     print("".join(".:-=+*#%@"[int(8 * ink)] for ink in row))
    ..-#+...
    ..#%*%-.
    .:%:.*+.
    .-#..++.
    .-+..++.
    .-*..#=.
    .:%-*#..
    ..=#*...
    """
    arrays = load_bundled("digits.npz", SHA256)
    images = arrays["images"].astype(np.float32) / LEVELS
    if flatten:
        images = images.reshape(len(images), -1)
    return Dataset(images, arrays["labels"].astype(np.int64), transform, target_transform)
