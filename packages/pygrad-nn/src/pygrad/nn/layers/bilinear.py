"""Bilinear, a layer of two inputs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pygrad import Variable
from pygrad.nn.checks import as_floats, whole_number
from pygrad.nn.functional.bilinear_map import bilinear
from pygrad.nn.initializers import parameter
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["Bilinear"]


class Bilinear(Module):
    """Bilinear layer: ``y[k] = x1 @ W[k] @ x2 + b[k]``.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
        How many values the two inputs and the output have.
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
    W : Parameter, shape (out_features, in1_features, in2_features)
    b : Parameter, shape (out_features,), or None
        Both start uniform within ``1 / sqrt(in1_features)`` of 0, as in PyTorch, if `init` does not
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
    >>> nn.Bilinear(3, 4, 2)(np.ones((5, 3)), np.ones((5, 4))).shape
    (5, 2)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer | None = None,
    ) -> None:
        super().__init__()
        n1 = whole_number("Bilinear", "in1_features", in1_features)
        n2 = whole_number("Bilinear", "in2_features", in2_features)
        m = whole_number("Bilinear", "out_features", out_features)
        settings: dict[str, Any] = {"dtype": dtype, "rng": rng, "where": "Bilinear"}
        start: dict[str, Any] = {"init": "fan_in_uniform", "fans": (n1, m), **settings}
        # the two inputs flow in together, but PyTorch's start counts the first alone
        self.W = parameter((m, n1, n2), **(start if init is None else {"init": init, **settings}))
        self.b = parameter((m,), **start) if bias else None

    @property
    def in1_features(self) -> int:
        """How many values the first input has."""
        return self.W.shape[1]

    @property
    def in2_features(self) -> int:
        """How many values the second input has."""
        return self.W.shape[2]

    @property
    def out_features(self) -> int:
        """How many values the output has."""
        return self.W.shape[0]

    def forward(self, x1: Variable, x2: Variable) -> Variable:
        """Compute it for `x1` of shape (..., in1_features) and `x2` of (..., in2_features)."""
        return bilinear(as_floats(x1, self.W), as_floats(x2, self.W), self.W, self.b)

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        # x1 with all matrices, then a product with x2 for each output
        return math.prod(output) * (self.in1_features + 1) * self.in2_features

    def extra_repr(self) -> str:
        bias = "" if self.b is not None else ", bias=False"
        return f"{self.in1_features}, {self.in2_features}, {self.out_features}{bias}"
