"""Italian wines: thirteen measurements of each, and which of three growers it came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pygrad.data.dataset import Dataset
from pygrad.data.datasets.bundled import load_bundled

__all__ = ["wine"]

SHA256 = "498229af4d042e8762a3c8ec9a60904d1369f5c3f6312e4263dac8cb72f98a03"


def wine(
    *,
    transform: Callable[[Any], Any] | None = None,
    target_transform: Callable[[Any], Any] | None = None,
) -> Dataset:
    """Wines: thirteen measurements of each of 178 wines, and which of three growers made it.

    Parameters
    ----------
    transform, target_transform : callable, optional
        Called with one wine (label), each time it is read; see `Dataset`.

    Returns
    -------
    Dataset
        ``data`` of shape (178, 13), float32: alcohol, malic acid, ash, alcalinity of ash,
        magnesium, total phenols, flavanoids, nonflavanoid phenols, proanthocyanins, colour
        intensity, hue, OD280/OD315 of diluted wines, proline. ``label`` of shape (178,), int64:
        0 (59 times), 1 (71), 2 (48), in this order.

    Raises
    ------
    DataError
        If the file that comes with PyGrad is damaged.

    Notes
    -----
    S. Aeberhard and M. Forina (1992), UCI Machine Learning Repository,
    https://doi.org/10.24432/C5PC7J, in the copy that scikit-learn distributes. Licence:
    CC BY 4.0. ``wine.txt`` beside this file says more. The columns differ a thousandfold in
    size: bring them to one scale before training.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> wines = datasets.wine()
    >>> wines.data.shape, sorted(set(wines.label.tolist()))
    ((178, 13), [0, 1, 2])
    """
    arrays = load_bundled("wine.npz", SHA256)
    data, labels = arrays["data"].astype(np.float32), arrays["labels"].astype(np.int64)
    return Dataset(data, labels, transform, target_transform)
