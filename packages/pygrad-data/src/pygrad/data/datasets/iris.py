"""Fisher's irises: 150 flowers of three species, four lengths of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pygrad.data.dataset import Dataset
from pygrad.data.datasets.bundled import load_bundled

__all__ = ["iris"]

SHA256 = "dd9c5fa6e5c96376124b52ebb15cab6ee8e7e8856d63250b9806d55919dabbb9"


def iris(
    *,
    transform: Callable[[Any], Any] | None = None,
    target_transform: Callable[[Any], Any] | None = None,
) -> Dataset:
    """Irises: four lengths of each of 150 flowers, and which of three species it is.

    Parameters
    ----------
    transform, target_transform : callable, optional
        Called with one flower (label), each time it is read; see `Dataset`.

    Returns
    -------
    Dataset
        ``data`` of shape (150, 4), float32, in centimetres: length and width of the sepals,
        length and width of the petals. ``label`` of shape (150,), int64: 0 setosa,
        1 versicolor, 2 virginica, each 50 times and in this order.

    Raises
    ------
    DataError
        If the file that comes with PyGrad is damaged.

    Notes
    -----
    R. A. Fisher (1936), measured by E. Anderson; UCI Machine Learning Repository,
    https://doi.org/10.24432/C56C76, in the copy that scikit-learn distributes, in which two
    flowers agree with Fisher's paper where UCI's copy does not. Licence: CC BY 4.0. ``iris.txt``
    beside this file says more.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> flower, species = datasets.iris()[0]
    >>> flower.tolist(), int(species)
    ([5.0..., 3.5, 1.39..., 0.2...], 0)
    """
    arrays = load_bundled("iris.npz", SHA256)
    data, labels = arrays["data"].astype(np.float32), arrays["labels"].astype(np.int64)
    return Dataset(data, labels, transform, target_transform)
