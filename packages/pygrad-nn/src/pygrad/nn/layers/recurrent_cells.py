"""RNNCell, LSTMCell and GRUCell: one step of a recurrent layer, for loops of your own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pygrad import Parameter, Variable
from pygrad.exceptions import ShapeError
from pygrad.nn.checks import as_floats, whole_number
from pygrad.nn.functional.recurrent_cells import gru_cell, lstm_cell, nonlinearity_of, rnn_cell
from pygrad.nn.layers.recurrent_base import as_state, first_weights
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class Cell(Module):
    """What the cells have in common; they document it."""

    gates: ClassVar[int]
    W_ih: Parameter
    W_hh: Parameter
    b_ih: Parameter | None
    b_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer | None = None,
    ) -> None:
        super().__init__()
        where = type(self).__name__
        n_in = whole_number(where, "input_size", input_size)
        n = whole_number(where, "hidden_size", hidden_size)
        weights = first_weights(n_in, n, self.gates, bias, init, dtype, rng, where)
        for name, weight in weights.items():
            setattr(self, name, weight)

    @property
    def input_size(self) -> int:
        """How many features a step has."""
        return self.W_ih.shape[0]

    @property
    def hidden_size(self) -> int:
        """How many values the state has."""
        return self.W_hh.shape[0]

    @property
    def _weights(self) -> tuple[Any, Any, Any, Any]:
        return self.W_ih, self.W_hh, self.b_ih, self.b_hh

    def _state(self, x: Variable, h: Any) -> Variable:
        where = type(self).__name__
        shape = (*x.shape[:-1], self.hidden_size)
        if h is None:
            return Variable(np.zeros(shape, self.W_hh.dtype), requires_grad=False)
        state = as_state(h, self.W_hh.dtype, where)
        if state.shape != shape:
            raise ShapeError(
                f"{where}: the state has shape {state.shape}; for x of shape {x.shape} it must "
                f"have {shape}"
            )
        return state

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: Any) -> int:
        """The matrix products alone: beside them, the gates cost little."""
        return math.prod(inputs[0][:-1]) * (self.W_ih.size + self.W_hh.size)

    def extra_repr(self) -> str:
        bias = "" if self.b_ih is not None else ", bias=False"
        return f"{self.input_size}, {self.hidden_size}{bias}"


class RNNCell(Cell):
    """One step: ``h' = tanh(x @ W_ih + b_ih + h @ W_hh + b_hh)``.

    Parameters
    ----------
    input_size, hidden_size : int
        How many features a step has, and how many values the state.
    bias : bool
        Whether there are `b_ih` and `b_hh`.
    nonlinearity : {"tanh", "relu"}
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        Draws the initial values; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What the matrices start with, each as a whole: the name of one of `nn.initializers`, or a
        function ``f(shape, fans, rng)``.

    Attributes
    ----------
    W_ih, W_hh : Parameter, shape (input_size, hidden_size) and (hidden_size, hidden_size)
    b_ih, b_hh : Parameter, shape (hidden_size,), or None
        All start uniform within ``1 / sqrt(hidden_size)`` of 0, as in PyTorch, if `init` does not
        say otherwise of the matrices.

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
    >>> cell = nn.RNNCell(4, 8)
    >>> h = cell(np.ones((2, 4)))
    >>> cell(np.ones((2, 4)), h).shape
    (2, 8)
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer | None = None,
    ) -> None:
        self.nonlinearity = nonlinearity_of(nonlinearity, "RNNCell")
        super().__init__(input_size, hidden_size, bias, dtype, rng, init)

    def forward(self, x: Variable, hx: Any = None) -> Variable:
        """The state after a step; `x` is (..., input_size), `hx` (..., hidden_size) or zeros."""
        x = as_floats(x, self.W_ih)
        return rnn_cell(x, self._state(x, hx), *self._weights, self.nonlinearity)


class LSTMCell(Cell):
    """One step of an LSTM; `lstm_cell` has the formulas.

    Parameters
    ----------
    input_size, hidden_size : int
        How many features a step has, and how many values `h` and `c` have.
    bias, dtype, rng, init
        As for `RNNCell`.

    Attributes
    ----------
    W_ih, W_hh : Parameter, shape (input_size, 4 hidden_size) and (hidden_size, 4 hidden_size)
    b_ih, b_hh : Parameter, shape (4 hidden_size,), or None
        The gates are i, f, g, o, as in PyTorch.

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
    >>> cell = nn.LSTMCell(4, 8)
    >>> h, c = cell(np.ones((2, 4)))
    >>> h, c = cell(np.ones((2, 4)), (h, c))
    >>> h.shape, c.shape
    ((2, 8), (2, 8))
    """

    gates = 4

    def forward(self, x: Variable, hx: Any = None) -> tuple[Variable, Variable]:
        """The pair (h, c) after a step; `hx` is the pair before it, or zeros."""
        x = as_floats(x, self.W_ih)
        h, c = (None, None) if hx is None else hx
        return lstm_cell(x, (self._state(x, h), self._state(x, c)), *self._weights)


class GRUCell(Cell):
    """One step of a gated recurrent unit; `gru_cell` has the formulas.

    Parameters
    ----------
    input_size, hidden_size : int
        How many features a step has, and how many values the state.
    bias, dtype, rng, init
        As for `RNNCell`.

    Attributes
    ----------
    W_ih, W_hh : Parameter, shape (input_size, 3 hidden_size) and (hidden_size, 3 hidden_size)
    b_ih, b_hh : Parameter, shape (3 hidden_size,), or None
        The gates are r, z, n, as in PyTorch.

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
    >>> nn.GRUCell(4, 8)(np.ones((2, 4))).shape
    (2, 8)
    """

    gates = 3

    def forward(self, x: Variable, hx: Any = None) -> Variable:
        """The state after a step; `hx` is the one before it, or zeros."""
        x = as_floats(x, self.W_ih)
        return gru_cell(x, self._state(x, hx), *self._weights)
