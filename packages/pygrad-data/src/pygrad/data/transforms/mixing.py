"""Samples of a batch mixed with one another, and their labels with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.drawing import batch_rng
from pygrad.data.shuffling import check_source
from pygrad.data.transforms.values import OneHot, floating
from pygrad.exceptions import ArgumentError, DataError

__all__ = ["Mixup"]


class Mixup:
    """Each sample mixed with another of its batch: mixup (Zhang et al., 2018).

        x = a x_i + (1 - a) x_j,   y = a y_i + (1 - a) y_j

    where ``a`` is drawn from a beta distribution for each batch, and j runs through the batch in
    random order. It is given whole batches, so it is for the ``batch_transform`` of a loader.

    Parameters
    ----------
    alpha : float
        Both parameters of the distribution: the smaller, the closer a mixture to one sample.
    classes : int, optional
        How many labels there are, if they are integers: they become one-hot first.
    rng : numpy.random.Generator, optional
        By default `pygrad.data.batch_rng` draws.

    Raises
    ------
    DataError
        If a batch is no pair of data and labels, or its labels are integers without `classes`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import DataLoader, Dataset
    >>> from pygrad.data.transforms import Mixup
    >>> dataset = Dataset(np.eye(4), label=[0, 1, 2, 3])
    >>> for x, y in DataLoader(dataset, 4, batch_transform=Mixup(0.4, classes=4), seed=0):
    ...     print(bool(np.allclose(x, y)), x.sum(axis=1))
    True [1. 1. 1. 1.]
    """

    def __init__(
        self,
        alpha: float = 0.2,
        classes: int | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_source("Mixup", None, rng)
        if not 0 < alpha < np.inf:
            raise ArgumentError(f"Mixup: alpha is {alpha!r}; it must be above 0")
        self.alpha = alpha
        self.classes = classes
        self._one_hot = None if classes is None else OneHot(classes)
        self._rng = rng

    def __call__(self, batch: Any) -> tuple[NDArray[Any], NDArray[Any]]:
        if not isinstance(batch, tuple) or len(batch) != 2:
            raise DataError(
                f"Mixup: got a {type(batch).__name__}; it needs a batch of data and labels, as "
                f"the batch_transform of a loader is given"
            )
        x, y = floating(batch[0]), np.asarray(batch[1])
        if y.dtype.kind in "iub":
            if self._one_hot is None:
                raise DataError(
                    "Mixup: the labels are integers, which cannot be mixed; say how many there "
                    "are with classes=..., or encode them with OneHot"
                )
            y = self._one_hot.batch(y)
        rng = batch_rng() if self._rng is None else self._rng
        a = rng.beta(self.alpha, self.alpha)
        other = rng.permutation(len(x))
        return _mixed(x, other, a), _mixed(floating(y), other, a)

    def __repr__(self) -> str:
        return f"Mixup(alpha={self.alpha!r}, classes={self.classes!r})"


def _mixed(x: NDArray[Any], other: NDArray[np.intp], a: float) -> NDArray[Any]:
    one, rest = x.dtype.type(a), x.dtype.type(1 - a)
    return np.asarray(one * x + rest * x[other])
