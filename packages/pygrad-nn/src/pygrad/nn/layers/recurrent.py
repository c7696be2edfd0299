"""RNN, LSTM and GRU: layers over sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygrad import Variable
from pygrad.nn.functional.recurrent import gru, lstm, rnn
from pygrad.nn.functional.recurrent_cells import nonlinearity_of
from pygrad.nn.layers.recurrent_base import Recurrent

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(Recurrent):
    """Plain recurrent layer: at every step ``h = tanh(x @ W_ih + b_ih + h @ W_hh + b_hh)``.

    Parameters
    ----------
    input_size, hidden_size : int
        How many features a step has, and how many values the state.
    num_layers : int
        How many layers, each over the states of the one before it.
    nonlinearity : {"tanh", "relu"}
    bias : bool
        Whether there are `b_ih` and `b_hh`.
    batch_first : bool
        Whether the data have the axes (batch, steps, features), and not (steps, batch, features).
    dropout : float
        In training, the probability that a value between two layers is dropped.
    bidirectional : bool
        Whether a second network goes from the end to the beginning; outputs stand side by side.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        Draws the initial values and what is dropped; by default the generator that `pygrad.seed`
        restarts.
    init : str or callable, optional
        What the matrices start with, each as a whole: the name of one of `nn.initializers`, or a
        function ``f(shape, fans, rng)``.

    Attributes
    ----------
    W_ih_l0, W_hh_l0 : Parameter, shape (input_size, hidden_size) and (hidden_size, hidden_size)
    b_ih_l0, b_hh_l0 : Parameter, shape (hidden_size,), or None
        Of the first layer; ``_l1`` is the second, and ``_l0_reverse`` goes backwards. All start
        uniform within ``1 / sqrt(hidden_size)`` of 0, as in PyTorch, if `init` does not say
        otherwise of the matrices.

    Raises
    ------
    ArgumentError
        If an argument is out of its range.
    DtypeError
        If `dtype` is not one of floats.

    Notes
    -----
    A call takes ``x``; optionally ``hx``, the state to begin with, of shape (layers * directions,
    batch, hidden_size), by default zeros; and, for sequences of different lengths in one batch,
    either ``lengths``, a whole number for each, or ``mask``, of the first two axes of x, True where
    a step counts. Behind the end of a sequence the outputs are 0; the last state is that at its
    end, and the way back begins there: it is what PyTorch does with packed sequences. ``x`` may
    also be a single sequence, (steps, features); then nothing has a batch axis.

    It returns the outputs, of shape (steps, batch, directions * hidden_size), and the last state,
    of the shape of ``hx``.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.RNN(4, 8, batch_first=True)
    >>> y, h = layer(np.ones((2, 5, 4)), lengths=[5, 3])
    >>> y.shape, h.shape
    ((2, 5, 8), (1, 2, 8))
    >>> bool((y[1, 3:] == 0).all()), bool((h[0, 1] == y[1, 2]).all())
    (True, True)
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer | None = None,
    ) -> None:
        self.nonlinearity = nonlinearity_of(nonlinearity, "RNN")
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            dtype,
            rng,
            init,
        )

    def _run(
        self, x: Variable, start: tuple[Variable, ...], weights: list[Any], **how: Any
    ) -> tuple[Variable, tuple[Variable, ...]]:
        y, h = rnn(x, *start, *weights, nonlinearity=self.nonlinearity, **how)
        return y, (h,)

    def extra_repr(self) -> str:
        kind = "" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity!r}"
        return super().extra_repr() + kind


class LSTM(Recurrent):
    """Long short-term memory over sequences; `lstm_cell` has the formulas.

    Parameters
    ----------
    input_size, hidden_size : int
        How many features a step has, and how many values `h` and `c` have.
    num_layers, bias, batch_first, dropout, bidirectional, dtype, rng, init
        As for `RNN`.

    Attributes
    ----------
    W_ih_l0, W_hh_l0 : Parameter, shape (input_size, 4 hidden_size), (hidden_size, 4 hidden_size)
    b_ih_l0, b_hh_l0 : Parameter, shape (4 hidden_size,), or None
        The gates are i, f, g, o, as in PyTorch, whose matrices are the transposes of these. Named,
        and filled at the start, as those of `RNN`.

    Raises
    ------
    ArgumentError
        If an argument is out of its range.
    DtypeError
        If `dtype` is not one of floats.

    Notes
    -----
    Calls are those of `RNN`, but the state is a pair: ``y, (h, c) = layer(x, (h0, c0))``.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.LSTM(4, 8, num_layers=2, bidirectional=True)
    >>> y, (h, c) = layer(np.ones((5, 2, 4)))
    >>> y.shape, h.shape, c.shape
    ((5, 2, 16), (4, 2, 8), (4, 2, 8))
    """

    gates = 4
    n_states = 2

    def _run(
        self, x: Variable, start: tuple[Variable, ...], weights: list[Any], **how: Any
    ) -> tuple[Variable, tuple[Variable, ...]]:
        h, c = start
        return lstm(x, (h, c), *weights, **how)


class GRU(Recurrent):
    """Gated recurrent units over sequences; `gru_cell` has the formulas.

    Parameters
    ----------
    input_size, hidden_size : int
        How many features a step has, and how many values the state.
    num_layers, bias, batch_first, dropout, bidirectional, dtype, rng, init
        As for `RNN`.

    Attributes
    ----------
    W_ih_l0, W_hh_l0 : Parameter, shape (input_size, 3 hidden_size), (hidden_size, 3 hidden_size)
    b_ih_l0, b_hh_l0 : Parameter, shape (3 hidden_size,), or None
        The gates are r, z, n, as in PyTorch, whose matrices are the transposes of these. Named, and
        filled at the start, as those of `RNN`.

    Raises
    ------
    ArgumentError
        If an argument is out of its range.
    DtypeError
        If `dtype` is not one of floats.

    Notes
    -----
    Calls are those of `RNN`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> y, h = nn.GRU(4, 8)(np.ones((5, 2, 4)))
    >>> y.shape, h.shape
    ((5, 2, 8), (1, 2, 8))
    """

    gates = 3

    def _run(
        self, x: Variable, start: tuple[Variable, ...], weights: list[Any], **how: Any
    ) -> tuple[Variable, tuple[Variable, ...]]:
        y, h = gru(x, *start, *weights, **how)
        return y, (h,)
