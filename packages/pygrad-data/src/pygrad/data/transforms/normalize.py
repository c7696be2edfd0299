"""Normalizing with fixed statistics, and finding those statistics in a dataset."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pygrad.data.transforms.transform import Transform
from pygrad.data.transforms.values import floating
from pygrad.exceptions import ArgumentError, ShapeError

__all__ = ["Normalize"]


class Normalize(Transform):
    """``(x - mean) / std`` with given statistics: of every value, or one each along an axis.

    Parameters
    ----------
    mean, std : float or sequence of floats
        The statistics.
    axis : int, optional
        The axis of a sample that they run along, counted from the end: -1 for the features of a
        table, -3 for the channels of images of shape (channels, height, width). Needed if they
        are sequences.

    Raises
    ------
    ArgumentError
        If `std` is not above 0 or the statistics do not go with `axis`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import Normalize
    >>> Normalize([1.0, 10.0], [1.0, 10.0], axis=-1)([2.0, 20.0])
    array([1., 1.])

    The statistics of a dataset:

    >>> table = np.array([[1.0, 10.0], [3.0, 30.0]])
    >>> normalize = Normalize.of(table, axis=-1)
    >>> normalize.mean, normalize.std
    (array([ 2., 20.]), array([ 1., 10.]))
    """

    def __init__(self, mean: ArrayLike, std: ArrayLike, axis: int | None = None) -> None:
        self.mean = np.asarray(mean, dtype=np.float64)
        self.std = np.asarray(std, dtype=np.float64)
        self.axis = axis
        if not (self.std > 0).all():
            raise ArgumentError(f"Normalize: std is {std!r}; it must be above 0")
        single = self.mean.ndim == self.std.ndim == 0
        if axis is None and not single:
            raise ArgumentError(
                f"Normalize: {self.mean.size} means without an axis; say along which axis of a "
                f"sample they run, such as axis=-1 for the columns of a table"
            )
        if axis is not None and (axis >= 0 or self.mean.ndim > 1 or self.std.ndim > 1):
            raise ArgumentError(
                f"Normalize: axis is {axis} and the statistics are of shapes {self.mean.shape} "
                f"and {self.std.shape}; the axis must be counted from the end (-1 is the last), "
                f"and the statistics one row along it"
            )

    @classmethod
    def of(cls, dataset: Any, axis: int | None = None, batch_size: int = 256) -> Normalize:
        """The transform with the mean and standard deviation of a dataset's own data.

        The data is read once, in batches, and summed up in float64. A value that never changes
        gets the standard deviation 1.

        Parameters
        ----------
        dataset : Dataset, array or iterable
            The data, with or without labels. Take the part to train on, not the one to test with.
        axis : int, optional
            As for `Normalize` itself; None for one mean and one standard deviation.
        batch_size : int
            Samples to read at once.
        """
        from pygrad.data.loader import DataLoader  # which uses transforms in its turn

        count, mean, squares = 0, np.zeros(()), np.zeros(())
        for batch in DataLoader(dataset, batch_size, shuffle=False, progress=True):
            x = np.asarray(batch[0] if isinstance(batch, tuple) else batch)
            others = _other_axes(x, axis)
            # of each batch about its own mean, then merged: sums of squares alone lose digits
            n = x.size if axis is None else x.size // x.shape[axis]
            here = x.mean(axis=others, dtype=np.float64, keepdims=True)
            spread = np.square(x - here, dtype=np.float64).sum(axis=others)
            here = here.reshape(spread.shape)
            delta = here - mean
            total = count + n
            squares = squares + spread + delta**2 * (count * n / total)
            mean = mean + delta * (n / total)
            count = total
        std = np.sqrt(squares / max(count, 1))
        return cls(mean, np.where(std > 0, std, 1.0), axis)

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = floating(x)
        mean, std = (self._along_axis(s, x) for s in (self.mean, self.std))
        return np.asarray((x - mean) / std)

    def _along_axis(self, statistic: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        s = statistic.astype(x.dtype)
        if s.ndim == 0 or self.axis is None:
            return s
        if x.ndim <= -self.axis or x.shape[self.axis] != len(s):
            raise ShapeError(
                f"Normalize: a sample of shape {x.shape[1:]} with {len(s)} statistics along axis "
                f"{self.axis}; that axis must have as many entries"
            )
        return s.reshape(len(s), *(1 for _ in range(-self.axis - 1)))


def _other_axes(x: NDArray[Any], axis: int | None) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    if not -x.ndim < axis < 0:
        raise ArgumentError(
            f"Normalize: axis is {axis} for samples of shape {x.shape[1:]}; it must be one of "
            f"theirs, counted from the end"
        )
    return tuple(i for i in range(x.ndim) if i != axis + x.ndim)
