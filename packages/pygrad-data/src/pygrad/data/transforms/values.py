"""Transforms of values, whatever they stand for: scale, centre, encode, reshape, add noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from pygrad.data.samplers import whole_number
from pygrad.data.transforms.transform import RandomTransform, Transform
from pygrad.exceptions import ArgumentError, DataError, DtypeError

__all__ = ["Flatten", "GaussianNoise", "OneHot", "Standardize", "ToFloat", "floating"]


class ToFloat(Transform):
    """Numbers as floats; unsigned integers, which images are made of, as parts of their maximum.

    Parameters
    ----------
    dtype : dtype
        The dtype of the result.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import ToFloat
    >>> ToFloat()(np.array([0, 51, 255], np.uint8))
    array([0. , 0.2, 1. ], dtype=float32)
    >>> ToFloat()([1, 2])
    array([1., 2.], dtype=float32)
    """

    def __init__(self, dtype: DTypeLike = np.float32) -> None:
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise DtypeError(f"ToFloat: dtype is {self.dtype}; it must be a floating-point dtype")

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        if x.dtype.kind == "u":
            return np.asarray(x.astype(self.dtype) / self.dtype.type(np.iinfo(x.dtype).max))
        return x.astype(self.dtype)


class Standardize(Transform):
    """Each sample with mean 0 and standard deviation 1, by its own values.

    `Normalize` does the same by the statistics of a whole dataset.

    Parameters
    ----------
    eps : float
        A standard deviation below it counts as this: a sample of one value becomes zeros.

    Examples
    --------
    >>> from pygrad.data.transforms import Standardize
    >>> Standardize()([1.0, 3.0])
    array([-1.,  1.])
    """

    def __init__(self, eps: float = 1e-8) -> None:
        self.eps = eps

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = floating(x)
        axes = tuple(range(1, x.ndim))
        centred = x - x.mean(axis=axes, keepdims=True)
        deviation = np.sqrt(np.mean(np.square(centred), axis=axes, keepdims=True))
        return np.asarray(centred / np.maximum(deviation, x.dtype.type(self.eps)))


class OneHot(Transform):
    """The label k as a row of zeros with a one at place k.

    Parameters
    ----------
    classes : int
        How many labels there are.
    dtype : dtype
        The dtype of the result.

    Raises
    ------
    DataError
        If a label is no integer from 0 to ``classes - 1``.

    Examples
    --------
    >>> from pygrad.data.transforms import OneHot
    >>> OneHot(3)(1)
    array([0., 1., 0.], dtype=float32)
    """

    def __init__(self, classes: int, dtype: DTypeLike = np.float32) -> None:
        self.classes = whole_number("OneHot: classes", classes, 1)
        self.dtype = np.dtype(dtype)

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        if x.dtype.kind not in "iub":
            raise DataError(f"OneHot: labels of dtype {x.dtype}; they must be integers")
        x = x.astype(np.intp)
        if x.size and not 0 <= x.min() <= x.max() < self.classes:
            wrong = x[(x < 0) | (x >= self.classes)][0]
            raise DataError(
                f"OneHot: label {wrong} with classes={self.classes}; labels must be from 0 to "
                f"{self.classes - 1}"
            )
        return np.asarray(np.eye(self.classes, dtype=self.dtype)[x])


class Flatten(Transform):
    """Each sample as one row of numbers.

    Examples
    --------
    >>> from pygrad.data.transforms import Flatten
    >>> Flatten()([[1, 2], [3, 4]])
    array([1, 2, 3, 4])
    """

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        return x.reshape(len(x), int(np.prod(x.shape[1:])))


class GaussianNoise(RandomTransform):
    """Values with normally distributed noise added.

    Parameters
    ----------
    std : float
        The standard deviation of the noise.
    rng : numpy.random.Generator, optional
        See `RandomTransform`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import GaussianNoise
    >>> noisy = GaussianNoise(0.1, rng=np.random.default_rng(0))(np.zeros(10_000))
    >>> round(float(noisy.std()), 2)
    0.1
    """

    def __init__(self, std: float = 0.1, rng: np.random.Generator | None = None) -> None:
        super().__init__(rng)
        self.std = std
        if not 0 <= std < np.inf:
            raise ArgumentError(f"GaussianNoise: std is {std!r}; it must be at least 0")

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = floating(x)
        noise = self.rng().standard_normal(x.shape, dtype=_drawable(x.dtype))
        return np.asarray(x + x.dtype.type(self.std) * noise, dtype=x.dtype)


def _drawable(dtype: np.dtype[Any]) -> Any:
    return np.float32 if dtype.itemsize <= 4 else np.float64


def floating(x: ArrayLike) -> NDArray[Any]:
    """The values as floats of their own dtype; integers as float32."""
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(np.float32)
