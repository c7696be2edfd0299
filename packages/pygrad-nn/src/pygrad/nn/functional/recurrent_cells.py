"""One step of a recurrent layer: what its sequences are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygrad import functions as F
from pygrad.engine.operands import operand
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = ["gru_cell", "lstm_cell", "rnn_cell"]

_ACTIVATIONS = {"tanh": F.tanh, "relu": F.relu}


def rnn_cell(
    x: ArrayLike,
    h: ArrayLike,
    W_ih: ArrayLike,
    W_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
    nonlinearity: str = "tanh",
) -> Variable:
    """One step of a recurrent layer: ``tanh(x @ W_ih + b_ih + h @ W_hh + b_hh)``.

    Parameters
    ----------
    x : array_like, shape (..., n_in)
    h : array_like, shape (..., n)
        The state before.
    W_ih, W_hh : array_like, shape (n_in, n) and (n, n)
    b_ih, b_hh : array_like, shape (n,), optional
    nonlinearity : {"tanh", "relu"}

    Returns
    -------
    Variable, shape (..., n)
        The state after.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    ArgumentError
        If `nonlinearity` is something else.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.rnn_cell([[1.0]], [[0.5]], [[2.0]], [[-1.0]], nonlinearity="relu")
    Variable([[1.5]])
    """
    activation = _ACTIVATIONS[nonlinearity_of(nonlinearity, "rnn_cell")]
    return activation(F.linear(x, W_ih, b_ih) + F.linear(h, W_hh, b_hh))


def lstm_cell(
    x: ArrayLike,
    state: tuple[ArrayLike, ArrayLike],
    W_ih: ArrayLike,
    W_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
) -> tuple[Variable, Variable]:
    """One step of an LSTM.

    With ``i, f, g, o = split(x @ W_ih + b_ih + h @ W_hh + b_hh)`` and s the logistic function:
    ``c' = s(f) * c + s(i) * tanh(g)`` and ``h' = s(o) * tanh(c')``.

    Parameters
    ----------
    x : array_like, shape (..., n_in)
    state : pair of array_like, shape (..., n)
        `h` and `c`, before.
    W_ih, W_hh : array_like, shape (n_in, 4 n) and (n, 4 n)
    b_ih, b_hh : array_like, shape (4 n,), optional

    Returns
    -------
    h, c : Variable, shape (..., n)
        The state after.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    References
    ----------
    Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997); the forget
    gate: Gers, Schmidhuber and Cummins, "Learning to forget", Neural Computation 12 (2000).

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> h, c = F.lstm_cell([[1.0]], ([[0.0]], [[2.0]]), np.zeros((1, 4)), np.zeros((1, 4)))
    >>> c
    Variable([[1.]])
    """
    h, c = state
    gates = F.linear(x, W_ih, b_ih) + F.linear(h, W_hh, b_hh)
    i, f, g, o = F.split(gates, 4, axis=-1)
    c = F.sigmoid(f) * c + F.sigmoid(i) * F.tanh(g)
    return F.sigmoid(o) * F.tanh(c), c


def gru_cell(
    x: ArrayLike,
    h: ArrayLike,
    W_ih: ArrayLike,
    W_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
) -> Variable:
    """One step of a gated recurrent unit.

    With ``r, z, n = split(x @ W_ih + b_ih)``, ``r', z', n' = split(h @ W_hh + b_hh)`` and s the
    logistic function: ``m = tanh(n + s(r + r') * n')`` and ``h' = m + s(z + z') * (h - m)``.

    Parameters
    ----------
    x : array_like, shape (..., n_in)
    h : array_like, shape (..., n)
        The state before.
    W_ih, W_hh : array_like, shape (n_in, 3 n) and (n, 3 n)
    b_ih, b_hh : array_like, shape (3 n,), optional

    Returns
    -------
    Variable, shape (..., n)
        The state after.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    References
    ----------
    Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP (2014); the
    reset gate acts on the product with `W_hh`, as in PyTorch.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.gru_cell([[1.0]], [[2.0]], np.zeros((1, 3)), np.zeros((1, 3)))
    Variable([[1.]])
    """
    h = operand(h, "gru_cell")
    r_x, z_x, n_x = F.split(F.linear(x, W_ih, b_ih), 3, axis=-1)
    r_h, z_h, n_h = F.split(F.linear(h, W_hh, b_hh), 3, axis=-1)
    new = F.tanh(n_x + F.sigmoid(r_x + r_h) * n_h)
    return new + F.sigmoid(z_x + z_h) * (h - new)


def nonlinearity_of(nonlinearity: str, where: str) -> str:
    """The name of an activation that a plain recurrent layer can have."""
    if nonlinearity not in _ACTIVATIONS:
        raise ArgumentError(
            f"{where}: nonlinearity is {nonlinearity!r}; it must be 'tanh' or 'relu'"
        )
    return nonlinearity
