"""Dropout of whole channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad import default_rng
from pygrad.engine.kernels.dropout import keep_mask
from pygrad.engine.operands import operand
from pygrad.exceptions import ShapeError
from pygrad.nn.checks import probability

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = ["dropout2d"]


def dropout2d(
    x: ArrayLike,
    p: float = 0.5,
    training: bool = True,
    rng: np.random.Generator | None = None,
) -> Variable:
    """Set random channels of images to 0 and scale up the others, so that the mean stays.

    Neighbouring pixels say much the same: where single ones are dropped, the others give them away.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W) or (C, H, W)
    p : float
        The probability, within [0, 1], that a channel is dropped. It is rounded to 1 / 65536.
    training : bool
        Without it, nothing is dropped.
    rng : numpy.random.Generator, optional
        Where the random numbers come from; by default the generator that `pygrad.seed` restarts.

    Raises
    ------
    ArgumentError
        If `p` is not a probability.
    ShapeError
        If `x` is no image.

    References
    ----------
    Tompson and others, "Efficient object localization using convolutional networks", CVPR 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> y = F.dropout2d(np.ones((100, 8, 2, 2)), 0.5, rng=np.random.default_rng(0))
    >>> sorted(set(y.data.sum(axis=(2, 3)).ravel().tolist()))
    [0.0, 8.0]
    """
    x = operand(x, "dropout2d")
    p = probability("dropout2d", p)
    if x.ndim not in (3, 4):
        raise ShapeError(
            f"dropout2d: x has shape {x.shape}; it must have the axes samples (or none), channels, "
            f"height and width"
        )
    if not training or p == 0:
        return x
    dtype = x.dtype if x.dtype.kind in "fc" else np.dtype(np.float64)
    rng = default_rng() if rng is None else rng
    return x * keep_mask((*x.shape[:-2], 1, 1), p, dtype, rng)
