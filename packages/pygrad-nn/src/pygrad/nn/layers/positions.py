"""Encodings of positions, added to the inputs of a transformer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ShapeError
from pygrad.nn.checks import whole_number
from pygrad.nn.functional.positions import sinusoidal_positions
from pygrad.nn.initializers import normal, parameter
from pygrad.nn.layers.dropout import Dropout
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import numpy as np
    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["LearnedPositionalEncoding", "SinusoidalPositionalEncoding"]

_small_normal = partial(normal, std=0.02)


class Positional(Module):
    """What the encodings have in common; they document it."""

    def __init__(
        self,
        d_model: int,
        dropout: float,
        max_len: int,
        batch_first: bool,
        rng: np.random.Generator | None,
    ) -> None:
        super().__init__()
        where = type(self).__name__
        self.d_model = whole_number(where, "d_model", d_model)
        self.max_len = whole_number(where, "max_len", max_len)
        self.batch_first = bool(batch_first)
        self.dropout = Dropout(dropout, rng=rng)

    def _added(self, x: Variable, table: Any) -> Variable:
        """`x` with the first rows of the table added along its axis of positions, and dropout."""
        axes = "(batch, positions, d_model)" if self.batch_first else "(positions, batch, d_model)"
        if x.ndim not in (2, 3) or x.shape[-1] != self.d_model:
            raise ShapeError(
                f"{type(self).__name__}: x has shape {x.shape}; it must have the axes {axes}, or "
                f"(positions, d_model), with d_model = {self.d_model}"
            )
        length = x.shape[1 if x.ndim == 3 and self.batch_first else 0]
        if length > self.max_len:
            raise ShapeError(
                f"{type(self).__name__}: x has {length} positions, but there are encodings "
                f"of {self.max_len}; make it with max_len={length}"
            )
        rows = table[:length]
        if x.ndim == 3 and not self.batch_first:
            rows = F.expand_dims(rows, 1)
        return self.dropout(x + rows)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        first = ", batch_first=True" if self.batch_first else ""
        return f"{self.d_model}, max_len={self.max_len}{first}"


class SinusoidalPositionalEncoding(Positional):
    """Add waves of many lengths, so that a model can tell positions apart; then dropout.

    There is nothing to learn: `sinusoidal_positions` has the formula.

    Parameters
    ----------
    d_model : int
        How many values each position has.
    dropout : float
        In training, the probability that a value is dropped.
    max_len : int
        The longest sequence there may be.
    batch_first : bool
        Whether data have the axes (batch, positions, d_model), and not (positions, batch, d_model).
    rng : numpy.random.Generator, optional
        Draws what is dropped; by default the generator that `pygrad.seed` restarts.

    Raises
    ------
    ArgumentError
        If an argument is out of its range.

    References
    ----------
    Vaswani et al., "Attention is all you need", NeurIPS (2017), section 3.5.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.SinusoidalPositionalEncoding(4, dropout=0.0)
    >>> layer(np.zeros((2, 4)))[0]
    Variable([0. 1. 0. 1.])
    """

    def __init__(
        self,
        d_model: int,
        dropout: float = 0.1,
        max_len: int = 5000,
        batch_first: bool = False,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(d_model, dropout, max_len, batch_first, rng)
        self._table: Any = None  # computed, and so not saved with the weights

    def forward(self, x: Variable) -> Variable:
        """Add the encoding to `x`, in its dtype."""
        table = self._table
        if table is None or table.dtype != x.dtype:
            self._table = table = sinusoidal_positions(self.max_len, self.d_model, x.dtype).data
        return self._added(x, table)


class LearnedPositionalEncoding(Positional):
    """Add a learned vector for each position; then dropout.

    Parameters
    ----------
    d_model, dropout, max_len, batch_first
        As for `SinusoidalPositionalEncoding`.
    dtype : dtype, optional
        Of the vectors; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        Draws the initial values and what is dropped; by default the generator that `pygrad.seed`
        restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``.

    Attributes
    ----------
    W : Parameter, shape (max_len, d_model)
        Starts normally distributed with deviation 0.02, if `init` does not say otherwise.

    Raises
    ------
    ArgumentError
        If an argument is out of its range.
    DtypeError
        If `dtype` is not one of floats.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.LearnedPositionalEncoding(4, max_len=16)
    >>> layer(np.zeros((10, 2, 4))).shape
    (10, 2, 4)
    """

    def __init__(
        self,
        d_model: int,
        dropout: float = 0.1,
        max_len: int = 512,
        batch_first: bool = False,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = _small_normal,
    ) -> None:
        super().__init__(d_model, dropout, max_len, batch_first, rng)
        self.W = parameter(
            (self.max_len, self.d_model), init, dtype=dtype, rng=rng,
            where="LearnedPositionalEncoding",
        )  # fmt: skip

    def forward(self, x: Variable) -> Variable:
        """Add the vectors of the positions to `x`."""
        return self._added(x, self.W)

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return 0  # additions alone
