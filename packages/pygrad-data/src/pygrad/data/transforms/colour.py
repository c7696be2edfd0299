"""Colours of images, changed at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.transforms.images import restore
from pygrad.data.transforms.transform import RandomTransform
from pygrad.exceptions import ArgumentError, ShapeError

__all__ = ["ColorJitter"]

# ITU-R BT.601: how bright red, green and blue look
LUMA = np.array([0.299, 0.587, 0.114])
# RGB to luma and two axes of colour, in whose plane a hue is an angle
TO_YIQ = np.array([LUMA, [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
FROM_YIQ = np.linalg.inv(TO_YIQ)


class ColorJitter(RandomTransform):
    """Images a little brighter or darker, more or less contrasted, coloured and tinted.

    The factors are drawn for each image from ``1 - setting`` to ``1 + setting``, and applied in
    the order of the settings. Values are kept in range: from 0 to 1, or to what an integer dtype
    holds.

    Parameters
    ----------
    brightness, contrast, saturation : float
        From 0 to 1; 0 changes nothing.
    hue : float
        From 0 to 0.5, in turns of the colour circle.
    axis : int
        The axis of the channels, counted from the end: -3 for (channels, height, width), -1 for
        (height, width, channels). Grey images, without it or with one channel, have no colour
        to change.
    rng : numpy.random.Generator, optional
        See `RandomTransform`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import ColorJitter
    >>> image = np.full((3, 2, 2), 0.5)
    >>> jittered = ColorJitter(brightness=0.2, rng=np.random.default_rng(0))(image)
    >>> bool(0.4 <= jittered.min() == jittered.max() <= 0.6)
    True
    """

    def __init__(
        self,
        brightness: float = 0.0,
        contrast: float = 0.0,
        saturation: float = 0.0,
        hue: float = 0.0,
        axis: int = -3,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(rng)
        settings = {"brightness": brightness, "contrast": contrast, "saturation": saturation}
        for name, setting in settings.items():
            if not 0 <= setting <= 1:
                raise ArgumentError(f"ColorJitter: {name} is {setting!r}; it must be from 0 to 1")
        if not 0 <= hue <= 0.5:
            raise ArgumentError(f"ColorJitter: hue is {hue!r}; it must be from 0 to 0.5")
        if axis not in (-3, -1):
            raise ArgumentError(
                f"ColorJitter: axis is {axis!r}; it must be -3, for (channels, height, width), or "
                f"-1, for (height, width, channels)"
            )
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
        self.hue = hue
        self.axis = axis

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        shape, n = x.shape, len(x)
        grey = x.ndim == 3
        if not grey and (x.ndim != 4 or shape[self.axis] not in (1, 3)):
            raise ShapeError(
                f"ColorJitter: a sample of shape {shape[1:]}; it must be (height, width), or have "
                f"1 or 3 channels along axis {self.axis}"
            )
        top = float(np.iinfo(x.dtype).max) if x.dtype.kind in "iu" else 1.0
        y = x[:, np.newaxis] if grey else np.moveaxis(x, self.axis, 1)
        y = y.astype(np.promote_types(np.float32, x.dtype) if x.dtype.kind == "f" else np.float32)
        colour = y.shape[1] == 3
        rng = self.rng()
        for name in ("brightness", "contrast", "saturation"):
            if not (setting := getattr(self, name)):
                continue
            factor = rng.uniform(1 - setting, 1 + setting, (n, 1, 1, 1)).astype(y.dtype)
            if name == "brightness":
                y = y * factor
            elif name == "contrast":
                middle = _luma(y).mean(axis=(2, 3), keepdims=True)
                y = middle + factor * (y - middle)
            elif colour:
                light = _luma(y)
                y = light + factor * (y - light)
            y = np.clip(y, 0, top)
        if self.hue:
            turns = rng.uniform(-self.hue, self.hue, n)
            if colour:
                y = np.clip(_turned(y, 2 * np.pi * turns), 0, top)
        y = y[:, 0] if grey else np.moveaxis(y, 1, self.axis)
        return np.ascontiguousarray(restore(y, x.dtype))


def _luma(y: NDArray[Any]) -> NDArray[Any]:
    if y.shape[1] == 1:
        return y
    return np.asarray(np.tensordot(LUMA.astype(y.dtype), y, (0, 1))[:, np.newaxis])


def _turned(y: NDArray[Any], angle: NDArray[np.float64]) -> NDArray[Any]:
    turn = np.zeros((len(y), 3, 3))
    turn[:, 0, 0] = 1
    turn[:, 1, 1] = turn[:, 2, 2] = np.cos(angle)
    turn[:, 2, 1] = np.sin(angle)
    turn[:, 1, 2] = -turn[:, 2, 1]
    matrix = (FROM_YIQ @ turn @ TO_YIQ).astype(y.dtype)
    return np.asarray((matrix @ y.reshape(*y.shape[:2], y.shape[2] * y.shape[3])).reshape(y.shape))
