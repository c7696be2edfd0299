"""Linear, the fully connected layer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pygrad import Variable
from pygrad import functions as F
from pygrad.nn.checks import whole_number
from pygrad.nn.initializers import parameter
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["Linear"]


class Linear(Module):
    """Fully connected layer: ``y = x @ W + b``.

    Parameters
    ----------
    in_features, out_features : int
        How many values a sample has before and after.
    bias : bool
        Whether there is a `b`.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`. Whole numbers as input
        are converted to it.
    rng : numpy.random.Generator, optional
        Draws the initial values; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``.

    Attributes
    ----------
    W : Parameter, shape (in_features, out_features)
    b : Parameter, shape (out_features,), or None
        Both start uniform within ``1 / sqrt(in_features)`` of 0, as in PyTorch, if `init` does not
        say otherwise of `W`.

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
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "fan_in_uniform",
    ) -> None:
        super().__init__()
        n = whole_number("Linear", "in_features", in_features)
        m = whole_number("Linear", "out_features", out_features)
        settings: dict[str, Any] = {"fans": (n, m), "dtype": dtype, "rng": rng, "where": "Linear"}
        self.W = parameter((n, m), init, **settings)
        self.b = parameter((m,), "fan_in_uniform", **settings) if bias else None

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
        if x.dtype.kind in "biu":
            x = x.astype(self.W.dtype)
        return F.linear(x, self.W, self.b)

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return math.prod(output) * self.in_features

    def extra_repr(self) -> str:
        bias = "" if self.b is not None else ", bias=False"
        return f"{self.in_features}, {self.out_features}{bias}"
