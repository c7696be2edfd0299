"""Linear, the fully connected layer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pygrad import Parameter, Variable, default_rng
from pygrad import functions as F
from pygrad.nn.layers.checks import as_floats, float_dtype, size
from pygrad.nn.module import Module

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Linear"]


class Linear(Module):
    """Fully connected layer: ``y = x @ W + b``.

    Parameters
    ----------
    in_features, out_features : int
        How many values a sample has before and after.
    bias : bool
        Whether there is a `b`.
    dtype : dtype
        Of the parameters. Whole numbers as input are converted to it.
    rng : numpy.random.Generator, optional
        Draws the initial values; by default the generator that `pygrad.seed` restarts.

    Attributes
    ----------
    W : Parameter, shape (in_features, out_features)
    b : Parameter, shape (out_features,), or None
        Both start uniform within ``1 / sqrt(in_features)`` of 0, as in PyTorch.

    Raises
    ------
    ArgumentError
        If a size is not a whole number of at least 1.
    DtypeError
        If `dtype` is not one of floats.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.Linear(3, 2)
    >>> layer.W.shape, layer.b.shape, layer.W.dtype
    ((3, 2), (2,), dtype('float32'))
    >>> layer(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        dtype: npt.DTypeLike = np.float32,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__()
        n = size("Linear", "in_features", in_features)
        m = size("Linear", "out_features", out_features)
        dtype = float_dtype("Linear", dtype)
        rng = default_rng() if rng is None else rng
        bound = 1 / math.sqrt(n)
        self.W = Parameter(rng.uniform(-bound, bound, (n, m)).astype(dtype))
        self.b = Parameter(rng.uniform(-bound, bound, m).astype(dtype)) if bias else None

    @property
    def in_features(self) -> int:
        """How many values a sample has before."""
        return self.W.shape[0]

    @property
    def out_features(self) -> int:
        """How many values a sample has after."""
        return self.W.shape[1]

    def forward(self, x: Variable) -> Variable:
        """Compute ``x @ W + b`` for `x` of shape (..., in_features)."""
        return F.linear(as_floats(x, self.W), self.W, self.b)

    def extra_repr(self) -> str:
        bias = "" if self.b is not None else ", bias=False"
        return f"{self.in_features}, {self.out_features}{bias}"
