"""Parts of images: pad, crop, flip, cut out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pygrad.data.transforms.images import checked_axes, from_last, pair, probability, to_last
from pygrad.data.transforms.transform import RandomTransform, Transform
from pygrad.exceptions import ArgumentError, ShapeError

__all__ = ["CenterCrop", "Cutout", "Flip", "Pad", "RandomCrop"]

PAD_MODES = ("constant", "edge", "reflect", "wrap")


class Pad(Transform):
    """Images with a border around them.

    Parameters
    ----------
    size : int or (int, int)
        Pixels to add on each side: above and below, left and right.
    value : number
        What the border holds, with the mode "constant".
    mode : {"constant", "edge", "reflect", "wrap"}
        As for `numpy.pad`.
    axes : (int, int)
        Height and width, counted from the end.

    Examples
    --------
    >>> from pygrad.data.transforms import Pad
    >>> Pad(1)([[5]])
    array([[0, 0, 0],
           [0, 5, 0],
           [0, 0, 0]])
    """

    def __init__(
        self,
        size: int | tuple[int, int],
        value: float = 0,
        mode: str = "constant",
        axes: Sequence[int] = (-2, -1),
    ) -> None:
        self.size = pair("Pad: size", size, 0)
        self.value = value
        self.mode = mode
        self.axes = checked_axes("Pad", axes)
        if mode not in PAD_MODES:
            raise ArgumentError(f"Pad: mode is {mode!r}; it must be one of {', '.join(PAD_MODES)}")

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = to_last("Pad", x, self.axes)
        (h, w), options = self.size, {}
        if self.mode == "constant":
            options = {"constant_values": self.value}
        widths = [(0, 0)] * (x.ndim - 2) + [(h, h), (w, w)]
        return from_last(np.pad(x, widths, self.mode, **options), self.axes)  # type: ignore[call-overload]


class CenterCrop(Transform):
    """The middle of images.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the result.
    axes : (int, int)
        Height and width, counted from the end.

    Examples
    --------
    >>> from pygrad.data.transforms import CenterCrop
    >>> CenterCrop((1, 2))([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
    array([[6, 7]])
    """

    def __init__(self, size: int | tuple[int, int], axes: Sequence[int] = (-2, -1)) -> None:
        self.size = pair("CenterCrop: size", size, 1)
        self.axes = checked_axes("CenterCrop", axes)

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = to_last("CenterCrop", x, self.axes)
        h, w = self.size
        rest_h, rest_w = _room("CenterCrop", x, h, w)
        top, left = rest_h // 2, rest_w // 2
        return from_last(x[..., top : top + h, left : left + w], self.axes)


class RandomCrop(RandomTransform):
    """A part of each image, from a place drawn at random.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the result.
    padding : int or (int, int)
        Pixels of `value` to add on each side before.
    value : number
        What the padding holds.
    axes : (int, int)
        Height and width, counted from the end.
    rng : numpy.random.Generator, optional
        See `RandomTransform`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import RandomCrop
    >>> image = np.arange(12).reshape(3, 4)
    >>> part = RandomCrop(2, rng=np.random.default_rng(0))(image)
    >>> part.shape, int(part[1, 1] - part[0, 0])
    ((2, 2), 5)
    """

    def __init__(
        self,
        size: int | tuple[int, int],
        padding: int | tuple[int, int] = 0,
        value: float = 0,
        axes: Sequence[int] = (-2, -1),
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(rng)
        self.size = pair("RandomCrop: size", size, 1)
        self.axes = checked_axes("RandomCrop", axes)
        self.padding = pair("RandomCrop: padding", padding, 0)
        self._pad = Pad(self.padding, value)

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = to_last("RandomCrop", x, self.axes)
        if any(self.padding):
            x = self._pad.batch(x)
        h, w = self.size
        rest_h, rest_w = _room("RandomCrop", x, h, w)
        rng = self.rng()
        top, left = rng.integers(rest_h + 1, size=len(x)), rng.integers(rest_w + 1, size=len(x))
        # all places where the part could be, without a copy; then one for each image
        places = np.moveaxis(sliding_window_view(x, (h, w), axis=(-2, -1)), (-4, -3), (1, 2))
        return from_last(places[np.arange(len(x)), top, left], self.axes)


class Flip(RandomTransform):
    """Images turned over, each with probability `p`.

    Parameters
    ----------
    direction : {"horizontal", "vertical"}
        Horizontal swaps left and right.
    p : float
        1 flips all of them.
    axes : (int, int)
        Height and width, counted from the end.
    rng : numpy.random.Generator, optional
        See `RandomTransform`.

    Examples
    --------
    >>> from pygrad.data.transforms import Flip
    >>> Flip(p=1)([[1, 2], [3, 4]])
    array([[2, 1],
           [4, 3]])
    """

    def __init__(
        self,
        direction: str = "horizontal",
        p: float = 0.5,
        axes: Sequence[int] = (-2, -1),
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(rng)
        self.direction = direction
        self.p = probability("Flip: p", p)
        self.axes = checked_axes("Flip", axes)
        if direction not in ("horizontal", "vertical"):
            raise ArgumentError(
                f"Flip: direction is {direction!r}; it must be 'horizontal' or 'vertical'"
            )

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        to_last("Flip", x, self.axes)  # for its error
        chosen = self.rng().random(len(x)) < self.p
        result = x.copy()
        axis = self.axes[1 if self.direction == "horizontal" else 0]
        result[chosen] = np.flip(x[chosen], axis)
        return result


class Cutout(RandomTransform):
    """Images with a square hidden, at a place drawn at random (DeVries and Taylor, 2017).

    The middle of the square is anywhere in the image, so some of it may lie outside.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of what is hidden.
    value : number
        What is put there.
    axes : (int, int)
        Height and width, counted from the end.
    rng : numpy.random.Generator, optional
        See `RandomTransform`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import Cutout
    >>> int(Cutout(1, rng=np.random.default_rng(0))(np.ones((4, 4))).sum())
    15
    """

    def __init__(
        self,
        size: int | tuple[int, int],
        value: float = 0,
        axes: Sequence[int] = (-2, -1),
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(rng)
        self.size = pair("Cutout: size", size, 1)
        self.value = value
        self.axes = checked_axes("Cutout", axes)

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        x = to_last("Cutout", x, self.axes)
        height, width = x.shape[-2:]
        rng, n = self.rng(), len(x)
        rows = _within(rng.integers(height, size=n), self.size[0], height)
        columns = _within(rng.integers(width, size=n), self.size[1], width)
        hidden = rows[:, :, np.newaxis] & columns[:, np.newaxis, :]
        hidden = hidden.reshape(n, *(1 for _ in range(x.ndim - 3)), height, width)
        result = np.where(hidden, x.dtype.type(self.value), x)
        return from_last(result, self.axes)


def _within(middle: NDArray[np.int64], size: int, n: int) -> NDArray[np.bool_]:
    start = (middle - size // 2)[:, np.newaxis]
    places = np.arange(n)
    return np.asarray((places >= start) & (places < start + size))


def _room(where: str, x: NDArray[Any], h: int, w: int) -> tuple[int, int]:
    height, width = x.shape[-2:]
    if h > height or w > width:
        raise ShapeError(
            f"{where}: size is {(h, w)} but an image has {(height, width)}; the part must fit: "
            f"pad or resize before"
        )
    return height - h, width - w
