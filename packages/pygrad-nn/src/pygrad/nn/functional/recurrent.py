"""Recurrent layers over a whole sequence, each direction as one node of the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pygrad import functions as F
from pygrad.engine.function import apply
from pygrad.engine.operands import operand, value_of
from pygrad.exceptions import ShapeError
from pygrad.nn.functional.fused import Fused
from pygrad.nn.functional.kernels import recurrent as kernels
from pygrad.nn.functional.recurrent_cells import gru_cell, lstm_cell, nonlinearity_of, rnn_cell

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = ["gru", "lstm", "rnn"]


class Recurrent(Fused):
    """A recurrent layer over a sequence, in one direction; what all kinds have in common.

    The inputs are x, the state h (an LSTM: h and c), W_ih, W_hh, b_ih and b_hh; the outputs are y
    and the last state.
    """

    requires = (
        "x must have shape (T, B, n_in), states (B, n), W_ih (n_in, gates * n), "
        "W_hh (n, gates * n) and biases (gates * n,)"
    )
    n_states: ClassVar[int] = 1

    # of each kind: its kernel forwards, its kernel back, and one step in Variables
    run: Callable[..., kernels.Tape]
    pull: Callable[..., tuple[Any, ...]]
    step: Callable[..., tuple[Variable, ...]]

    def __init__(self, mask: Any, reverse: bool) -> None:
        self.mask = mask
        self.reverse = reverse
        held = None if mask is None or mask.all() else ~mask
        self.held = held if held is None else self.in_order(held)

    def in_order(self, steps: Any) -> Any:
        """The steps in the order in which they are taken."""
        return steps[::-1] if self.reverse else steps

    def counted(self, x: Any) -> Any:
        """The inputs in their order, those of steps that are skipped as 0, whatever they are."""
        x = self.in_order(x)
        return x if self.held is None else np.where(self.held[:, :, None], x.dtype.type(0), x)

    def forward(self, x, *rest):
        self.tape = tape = self.run(self.counted(x), *rest)
        y = self.in_order(tape.hs[1:].transpose(0, 2, 1))
        if self.mask is not None:
            y = y * self.mask[:, :, None]
        last = [states[-1].T.copy() for states in (tape.hs, tape.cs) if states is not None]
        return (y, *last)

    def by_hand(self, gy, *glast):
        x, W_ih, W_hh = self.saved[0], self.saved[-4], self.saved[-3]
        of_hidden, of_last, *gstates = self.pull(W_hh, self.in_order(gy), *glast)
        gweights: tuple[Any, ...] = (None,) * 4
        if any(edge is not None for edge in self.edges[-4:]):
            gweights = kernels.weight_gradients(self.counted(x), self.tape.hs, of_hidden, of_last)
        gx = None
        if self.wants(0):
            gx = kernels.input_gradient(W_ih, of_hidden, of_last)
            gx = self.in_order(gx.reshape(x.shape))
        return gx, *gstates, *gweights

    def composed(self, x, *rest):
        if self.mask is not None:
            x = F.where(self.mask[:, :, None], x, 0)
        states, weights = rest[: self.n_states], rest[self.n_states :]
        ys: list[Any] = [None] * len(x)
        for t in self.in_order(range(len(x))):
            new = self.step(x[t], states, weights)
            if self.mask is None:
                states, ys[t] = new, new[0]
            else:
                taken = self.mask[t][:, None]
                states = tuple(F.where(taken, a, b) for a, b in zip(new, states, strict=True))
                ys[t] = F.where(taken, new[0], 0)
        return (F.stack(ys), *states)


class Lstm(Recurrent):
    """An LSTM over a sequence (see `lstm`)."""

    n_states = 2

    def run(self, x, *rest):
        return kernels.lstm_forward(self.held, x, *rest)

    def pull(self, W_hh, gy, gh, gc):
        return kernels.lstm_backward(self.tape, W_hh, self.held, gy, gh, gc)

    def step(self, x, states, weights):
        return lstm_cell(x, states, *weights)


class Gru(Recurrent):
    """A GRU over a sequence (see `gru`)."""

    def run(self, x, *rest):
        return kernels.gru_forward(self.held, x, *rest)

    def pull(self, W_hh, gy, gh):
        return kernels.gru_backward(self.tape, W_hh, self.held, gy, gh)

    def step(self, x, states, weights):
        return (gru_cell(x, *states, *weights),)


class Rnn(Recurrent):
    """A plain recurrent layer over a sequence (see `rnn`)."""

    def __init__(self, mask: Any, reverse: bool, nonlinearity: str) -> None:
        super().__init__(mask, reverse)
        self.nonlinearity = nonlinearity

    def run(self, x, *rest):
        return kernels.rnn_forward(self.held, self.nonlinearity == "relu", x, *rest)

    def pull(self, W_hh, gy, gh):
        relu = self.nonlinearity == "relu"
        return kernels.rnn_backward(self.tape, W_hh, self.held, relu, gy, gh)

    def step(self, x, states, weights):
        (h,), (W_ih, W_hh, b_ih, b_hh) = states, weights
        return (rnn_cell(x, h, W_ih, W_hh, b_ih, b_hh, self.nonlinearity),)


def rnn(
    x: ArrayLike,
    h: ArrayLike,
    W_ih: ArrayLike,
    W_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
    *,
    nonlinearity: str = "tanh",
    mask: ArrayLike | None = None,
    reverse: bool = False,
) -> tuple[Variable, Variable]:
    """A recurrent layer over a sequence: `rnn_cell` at every step.

    Parameters
    ----------
    x : array_like, shape (T, B, n_in)
        T steps of B samples.
    h : array_like, shape (B, n)
        The state at the start.
    W_ih, W_hh : array_like, shape (n_in, n) and (n, n)
    b_ih, b_hh : array_like, shape (n,), optional
    nonlinearity : {"tanh", "relu"}
    mask : array_like of bool, shape (T, B), optional
        Where it is False the sample skips the step: its state stays, and its output is 0.
    reverse : bool
        Whether to begin with the last step.

    Returns
    -------
    y : Variable, shape (T, B, n)
        The states after each step.
    h : Variable, shape (B, n)
        The state at the end.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    ArgumentError
        If `nonlinearity` is something else.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> y, h = F.rnn([[[1.0]], [[2.0]]], [[0.0]], [[1.0]], [[10.0]], nonlinearity="relu")
    >>> y.tolist(), h.tolist()
    ([[[1.0]], [[12.0]]], [[12.0]])
    """
    inputs, mask = _checked_inputs("rnn", 1, x, (h,), (W_ih, W_hh, b_ih, b_hh), mask)
    outputs: tuple[Variable, Variable]
    outputs = apply(Rnn(mask, reverse, nonlinearity_of(nonlinearity, "rnn")), *inputs)
    return outputs


def lstm(
    x: ArrayLike,
    state: tuple[ArrayLike, ArrayLike],
    W_ih: ArrayLike,
    W_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
    *,
    mask: ArrayLike | None = None,
    reverse: bool = False,
) -> tuple[Variable, tuple[Variable, Variable]]:
    """An LSTM over a sequence: `lstm_cell` at every step, as one node of the graph.

    Parameters
    ----------
    x : array_like, shape (T, B, n_in)
        T steps of B samples.
    state : pair of array_like, shape (B, n)
        `h` and `c` at the start.
    W_ih, W_hh : array_like, shape (n_in, 4 n) and (n, 4 n)
        The gates are i, f, g, o, as in PyTorch.
    b_ih, b_hh : array_like, shape (4 n,), optional
    mask : array_like of bool, shape (T, B), optional
        Where it is False the sample skips the step: its state stays, and its output is 0.
    reverse : bool
        Whether to begin with the last step.

    Returns
    -------
    y : Variable, shape (T, B, n)
        `h` after each step.
    (h, c) : Variable, shape (B, n)
        The state at the end.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> zeros = np.zeros((2, 3))
    >>> y, (h, c) = F.lstm(np.ones((5, 2, 4)), (zeros, zeros), np.ones((4, 12)), np.ones((3, 12)))
    >>> y.shape, h.shape, bool((y[-1] == h).all())
    ((5, 2, 3), (2, 3), True)
    """
    inputs, mask = _checked_inputs("lstm", 4, x, tuple(state), (W_ih, W_hh, b_ih, b_hh), mask)
    y, h, c = apply(Lstm(mask, reverse), *inputs)
    return y, (h, c)


def gru(
    x: ArrayLike,
    h: ArrayLike,
    W_ih: ArrayLike,
    W_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
    *,
    mask: ArrayLike | None = None,
    reverse: bool = False,
) -> tuple[Variable, Variable]:
    """A GRU over a sequence: `gru_cell` at every step, as one node of the graph.

    Parameters
    ----------
    x : array_like, shape (T, B, n_in)
        T steps of B samples.
    h : array_like, shape (B, n)
        The state at the start.
    W_ih, W_hh : array_like, shape (n_in, 3 n) and (n, 3 n)
        The gates are r, z, n, as in PyTorch.
    b_ih, b_hh : array_like, shape (3 n,), optional
    mask : array_like of bool, shape (T, B), optional
        Where it is False the sample skips the step: its state stays, and its output is 0.
    reverse : bool
        Whether to begin with the last step.

    Returns
    -------
    y : Variable, shape (T, B, n)
        The states after each step.
    h : Variable, shape (B, n)
        The state at the end.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> y, h = F.gru(np.ones((5, 2, 4)), np.zeros((2, 3)), np.ones((4, 9)), np.ones((3, 9)))
    >>> y.shape, h.shape, bool((y[-1] == h).all())
    ((5, 2, 3), (2, 3), True)
    """
    inputs, mask = _checked_inputs("gru", 3, x, (h,), (W_ih, W_hh, b_ih, b_hh), mask)
    outputs: tuple[Variable, Variable] = apply(Gru(mask, reverse), *inputs)
    return outputs


def _checked_inputs(
    where: str, gates: int, x: Any, states: tuple[Any, ...], weights: tuple[Any, ...], mask: Any
) -> tuple[list[Any], Any]:
    """The inputs as Variables whose shapes fit, with biases of 0 if there are none; the mask."""
    x, W_ih, W_hh = (operand(v, where) for v in (x, *weights[:2]))
    states = tuple(operand(state, where) for state in states)
    if x.ndim != 3 or W_hh.ndim != 2:
        raise ShapeError(
            f"{where}: x has shape {x.shape} and W_hh {W_hh.shape}; x must have the axes (steps, "
            f"samples, features) and W_hh must be a matrix"
        )
    steps, batch, n_in = x.shape
    n = W_hh.shape[0]
    wide = gates * n
    zeros = np.zeros(wide, W_hh.dtype)
    biases = [operand(zeros if b is None else b, where) for b in weights[2:]]
    named: dict[str, Any] = {"W_ih": W_ih, "W_hh": W_hh, "b_ih": biases[0], "b_hh": biases[1]}
    expected = {"W_ih": (n_in, wide), "W_hh": (n, wide), "b_ih": (wide,), "b_hh": (wide,)}
    for name, state in zip(("h", "c"), states, strict=False):
        named[name], expected[name] = state, (batch, n)
    if mask is not None:
        named["mask"] = mask = np.asarray(value_of(mask), bool)
        expected["mask"] = (steps, batch)
    for name, array in named.items():
        if array.shape != expected[name]:
            raise ShapeError(
                f"{where}: {name} has shape {array.shape}, but for x of shape {x.shape} and W_hh "
                f"of {W_hh.shape} it must have {expected[name]}"
            )
    return [x, *states, W_ih, W_hh, *biases], mask
