"""Images on another grid of pixels: resize, rotate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.transforms.images import Axes, checked_axes, from_last, pair, restore, to_last
from pygrad.data.transforms.transform import RandomTransform, Transform
from pygrad.exceptions import ArgumentError

__all__ = ["Resize", "Rotate"]

METHODS = ("bilinear", "nearest")


class Resize(Transform):
    """Images of another height and width.

    Pixels are squares, and the corners of the two grids coincide. Bilinear weights are a triangle
    that is as wide as a new pixel where the image shrinks, so that no pixel is passed over, as
    in Pillow.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the result.
    method : {"bilinear", "nearest"}
        Nearest takes the pixel that the middle of the new one lies in.
    axes : (int, int)
        Height and width, counted from the end.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import Resize
    >>> Resize((1, 4))(np.array([[0.0, 1.0]]))
    array([[0.  , 0.25, 0.75, 1.  ]])
    >>> Resize((1, 4), "nearest")([[3, 5]])
    array([[3, 3, 5, 5]])
    """

    def __init__(
        self,
        size: int | tuple[int, int],
        method: str = "bilinear",
        axes: Sequence[int] = (-2, -1),
    ) -> None:
        self.size = pair("Resize: size", size, 1)
        self.method = _checked_method("Resize", method)
        self.axes: Axes = checked_axes("Resize", axes)

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = to_last("Resize", x, self.axes)
        (old_h, old_w), (h, w) = x.shape[-2:], self.size
        if self.method == "nearest":
            result = x[..., _nearest(old_h, h)[:, np.newaxis], _nearest(old_w, w)]
            return from_last(result, self.axes)
        dtype = x.dtype if x.dtype.kind == "f" and x.dtype.itemsize >= 4 else np.dtype(np.float32)
        y = x.astype(dtype, copy=False)
        if w != old_w:
            y = y @ _weights(old_w, w).T.astype(dtype)
        if h != old_h:
            y = _weights(old_h, h).astype(dtype) @ y
        return from_last(restore(y.copy() if y is x else y, x.dtype), self.axes)


class Rotate(RandomTransform):
    """Images turned about their middle, each by an angle drawn at random.

    Parameters
    ----------
    degrees : float or (float, float)
        The angle is drawn evenly from ``-degrees`` to ``degrees``, or between the two given;
        counterclockwise.
    method : {"bilinear", "nearest"}
        How values between pixels are found.
    value : number
        What comes in from outside of the image.
    axes : (int, int)
        Height and width, counted from the end.
    rng : numpy.random.Generator, optional
        See `RandomTransform`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import Rotate
    >>> Rotate((90, 90), "nearest")(np.array([[1, 2], [3, 4]]))
    array([[2, 4],
           [1, 3]])
    """

    def __init__(
        self,
        degrees: float | tuple[float, float],
        method: str = "bilinear",
        value: float = 0,
        axes: Sequence[int] = (-2, -1),
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(rng)
        low, high = degrees if isinstance(degrees, tuple) else (-degrees, degrees)
        if not -np.inf < low <= high < np.inf:
            raise ArgumentError(
                f"Rotate: degrees is {degrees!r}; it must be one number of at least 0, or the "
                f"smallest and the largest angle"
            )
        self.degrees = (low, high)
        self.method = _checked_method("Rotate", method)
        self.value = value
        self.axes: Axes = checked_axes("Rotate", axes)

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = to_last("Rotate", x, self.axes)
        n, (h, w) = len(x), x.shape[-2:]
        angle = np.deg2rad(self.rng().uniform(*self.degrees, size=n))[:, np.newaxis, np.newaxis]
        cos, sin = np.cos(angle), np.sin(angle)
        # where each new pixel comes from, measured from the middle
        row, column = np.mgrid[:h, :w]
        row, column = row - (h - 1) / 2, column - (w - 1) / 2
        # rounded, for cos(90 degrees) is 6e-17: no reason to look outside of the image
        source_row = np.round(sin * column + cos * row + (h - 1) / 2, 6)
        source_column = np.round(cos * column - sin * row + (w - 1) / 2, 6)
        pixels = x.reshape(n, math.prod(x.shape[1:-2]), h * w)
        if self.method == "nearest":
            y = self._look_up(pixels, np.rint(source_row), np.rint(source_column), (h, w))
        else:
            y = self._between(pixels, source_row, source_column, (h, w))
        return from_last(restore(y.reshape(x.shape), x.dtype), self.axes)

    def _between(
        self, pixels: NDArray[Any], row: NDArray[Any], column: NDArray[Any], size: tuple[int, int]
    ) -> NDArray[Any]:
        top, left = np.floor(row), np.floor(column)
        flat = (len(row), 1, size[0] * size[1])
        y: Any = 0.0
        for i in (0, 1):
            for j in (0, 1):
                near = (1 - np.abs(row - top - i)) * (1 - np.abs(column - left - j))
                weight = near.reshape(flat).astype(np.float32)
                y = y + weight * self._look_up(pixels, top + i, left + j, size)
        return np.asarray(y)

    def _look_up(
        self, pixels: NDArray[Any], row: NDArray[Any], column: NDArray[Any], size: tuple[int, int]
    ) -> NDArray[Any]:
        h, w = size
        inside = (row >= 0) & (row < h) & (column >= 0) & (column < w)
        place = np.clip(row, 0, h - 1) * w + np.clip(column, 0, w - 1)
        flat = (len(row), 1, h * w)
        found = np.take_along_axis(pixels, place.astype(np.intp).reshape(flat), axis=2)
        return np.where(inside.reshape(flat), found, pixels.dtype.type(self.value))


def _checked_method(where: str, method: str) -> str:
    if method not in METHODS:
        raise ArgumentError(f"{where}: method is {method!r}; it must be 'bilinear' or 'nearest'")
    return method


def _nearest(old: int, new: int) -> NDArray[np.intp]:
    return (np.arange(new) * 2 + 1) * old // (2 * new)  # in integers: exact


@lru_cache(maxsize=64)
def _weights(old: int, new: int) -> NDArray[np.float64]:
    """What each old pixel of a line counts for each new one: shape (new, old), rows sum to 1."""
    scale = old / new
    middle = (np.arange(new) + 0.5) * scale - 0.5
    distance = np.abs(np.arange(old) - middle[:, np.newaxis]) / max(scale, 1.0)
    weights = np.maximum(0.0, 1.0 - distance)
    weights /= weights.sum(axis=1, keepdims=True)
    weights.flags.writeable = False  # it is shared by all who ask
    return weights
