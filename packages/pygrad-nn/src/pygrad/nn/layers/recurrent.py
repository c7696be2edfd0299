"""RNN, LSTM and GRU: layers over sequences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pygrad import Parameter, Variable, default_rng
from pygrad import functions as F
from pygrad.engine.operands import operand, value_of
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.functional.recurrent import gru, lstm, rnn
from pygrad.nn.functional.recurrent_cells import nonlinearity_of
from pygrad.nn.layers.checks import float_dtype, probability, size
from pygrad.nn.module import Module

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike

__all__ = ["GRU", "LSTM", "RNN"]

_WEIGHTS = ("W_ih", "W_hh", "b_ih", "b_hh")


class Recurrent(Module):
    """What RNN, LSTM and GRU have in common; they document it."""

    gates: ClassVar[int]
    n_states: ClassVar[int] = 1
    W_hh_l0: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        dtype: npt.DTypeLike = np.float32,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__()
        where = type(self).__name__
        self.input_size = size(where, "input_size", input_size)
        self.hidden_size = size(where, "hidden_size", hidden_size)
        self.num_layers = size(where, "num_layers", num_layers)
        self.bias = bool(bias)
        self.batch_first = bool(batch_first)
        self.dropout = probability(where, dropout)
        self.bidirectional = bool(bidirectional)
        self.rng = rng
        dtype = float_dtype(where, dtype)
        for layer in range(self.num_layers):
            n_in = self.input_size if layer == 0 else self.hidden_size * len(self._directions)
            for direction in self._directions:
                weights = first_weights(n_in, self.hidden_size, self.gates, bias, dtype, rng)
                for name, weight in weights.items():
                    setattr(self, f"{name}_l{layer}{direction}", weight)

    @property
    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def forward(
        self,
        x: Variable,
        hx: Any = None,
        lengths: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> tuple[Variable, Any]:
        """Run over the sequences; the class documents shapes and arguments."""
        where = type(self).__name__
        dtype = self.W_hh_l0.dtype
        if x.dtype.kind in "biu":
            x = x.astype(dtype)
        if x.ndim not in (2, 3) or x.shape[-1] != self.input_size:
            axes = "(batch, steps, features)" if self.batch_first else "(steps, batch, features)"
            raise ShapeError(
                f"{where}: x has shape {x.shape}; it must have the axes {axes}, or (steps, "
                f"features) for a single sequence, and {self.input_size} features"
            )
        single = x.ndim == 2
        if single:
            x = F.expand_dims(x, 1)
        elif self.batch_first:
            x = x.swapaxes(0, 1)
        mask = self._mask(x, lengths, mask, single)
        states = self._states(x, hx, single)
        y, last = self._layers(x, states, mask)
        if single:
            y = y[:, 0]
            last = [state[:, 0] for state in last]
        elif self.batch_first:
            y = y.swapaxes(0, 1)
        return y, (last[0] if self.n_states == 1 else tuple(last))

    def _layers(self, x: Variable, states: list[Variable], mask: Any) -> tuple[Variable, list[Any]]:
        ends: list[tuple[Variable, ...]] = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = F.dropout(x, self.dropout, self.training, self.rng)
            ys = []
            for direction in self._directions:
                weights = [getattr(self, f"{name}_l{layer}{direction}") for name in _WEIGHTS]
                start = tuple(state[len(ends)] for state in states)
                y, end = self._run(x, start, weights, mask=mask, reverse=bool(direction))
                ys.append(y)
                ends.append(end)
            x = ys[0] if len(ys) == 1 else F.concatenate(ys, axis=-1)
        return x, [F.stack(list(of_all)) for of_all in zip(*ends, strict=True)]

    def _run(
        self, x: Variable, start: tuple[Variable, ...], weights: list[Any], **how: Any
    ) -> tuple[Variable, tuple[Variable, ...]]:
        """One layer in one direction: its outputs, and its states at the end."""
        raise NotImplementedError

    def _states(self, x: Variable, hx: Any, single: bool) -> list[Variable]:
        """The states to begin with, each of shape (layers * directions, batch, hidden_size)."""
        where = type(self).__name__
        n = self.num_layers * len(self._directions)
        shape = (n, x.shape[1], self.hidden_size)
        if hx is None:
            zeros = Variable(np.zeros(shape, self.W_hh_l0.dtype), requires_grad=False)
            return [zeros] * self.n_states
        given = (hx,) if self.n_states == 1 else tuple(hx)
        expected = shape[::2] if single else shape
        if len(given) != self.n_states or any(np.shape(value_of(h)) != expected for h in given):
            names = "hx must be h" if self.n_states == 1 else "hx must be a pair (h, c), each"
            raise ShapeError(
                f"{where}: hx has shape {' and '.join(str(np.shape(value_of(h))) for h in given)}; "
                f"{names} of shape {expected}: layers times directions, "
                f"{'' if single else 'batch, '}hidden_size"
            )
        states = [as_state(h, self.W_hh_l0.dtype, where) for h in given]
        return [F.expand_dims(h, 1) for h in states] if single else states

    def _mask(self, x: Variable, lengths: Any, mask: Any, single: bool) -> Any:
        """Which steps count, of shape (steps, batch); None if all do."""
        where = type(self).__name__
        steps, batch = x.shape[:2]
        if mask is not None and lengths is not None:
            raise ArgumentError(f"{where}: give lengths or a mask, not both: they say the same")
        if mask is not None:
            mask = np.asarray(value_of(mask), bool)
            if single:
                mask = mask[:, None]
            elif self.batch_first:
                mask = mask.T
            if mask.shape != (steps, batch):
                axes = "(batch, steps)" if self.batch_first else "(steps, batch)"
                raise ShapeError(
                    f"{where}: mask has shape {np.shape(mask)[:: -1 if self.batch_first else 1]}; "
                    f"it must have the axes {axes} of x, with {steps} steps and a batch of {batch}"
                )
            return mask
        if lengths is None:
            return None
        lengths = np.atleast_1d(value_of(lengths))
        if lengths.shape != (batch,) or lengths.dtype.kind not in "iu":
            raise ShapeError(
                f"{where}: lengths have shape {lengths.shape} and dtype {lengths.dtype}; there "
                f"must be one whole number for each of the {batch} sequences"
            )
        if lengths.size and (lengths.min() < 0 or lengths.max() > steps):
            raise ArgumentError(
                f"{where}: lengths reach from {lengths.min()} to {lengths.max()}; they must lie "
                f"within 0..{steps}, the steps of x"
            )
        return np.arange(steps)[:, None] < lengths

    def extra_repr(self) -> str:
        parts = [f"{self.input_size}, {self.hidden_size}"]
        if self.num_layers > 1:
            parts.append(f"num_layers={self.num_layers}")
        if not self.bias:
            parts.append("bias=False")
        if self.batch_first:
            parts.append("batch_first=True")
        if self.dropout:
            parts.append(f"dropout={self.dropout:g}")
        if self.bidirectional:
            parts.append("bidirectional=True")
        return ", ".join(parts)


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
    dtype : dtype
        Of the parameters.
    rng : numpy.random.Generator, optional
        Draws the initial values and what is dropped; by default the generator that `pygrad.seed`
        restarts.

    Attributes
    ----------
    W_ih_l0, W_hh_l0 : Parameter, shape (input_size, hidden_size) and (hidden_size, hidden_size)
    b_ih_l0, b_hh_l0 : Parameter, shape (hidden_size,), or None
        Of the first layer; ``_l1`` is the second, and ``_l0_reverse`` goes backwards. All start
        uniform within ``1 / sqrt(hidden_size)`` of 0, as in PyTorch.

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
        dtype: npt.DTypeLike = np.float32,
        rng: np.random.Generator | None = None,
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
    num_layers, bias, batch_first, dropout, bidirectional, dtype, rng
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
    num_layers, bias, batch_first, dropout, bidirectional, dtype, rng
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


def first_weights(
    n_in: int, n: int, gates: int, bias: bool, dtype: Any, rng: np.random.Generator | None
) -> dict[str, Parameter | None]:
    """W_ih, W_hh, b_ih and b_hh at the start; without `bias`, None for those."""
    rng = default_rng() if rng is None else rng
    bound = 1 / math.sqrt(n)
    wide = gates * n
    weights: dict[str, Parameter | None] = dict.fromkeys(_WEIGHTS)
    for name, shape in zip(_WEIGHTS, [(n_in, wide), (n, wide), (wide,), (wide,)], strict=True):
        if bias or len(shape) == 2:
            weights[name] = Parameter(rng.uniform(-bound, bound, shape).astype(dtype))
    return weights


def as_state(h: Any, dtype: Any, where: str) -> Variable:
    """A state as a Variable; plain data get the dtype of the weights."""
    return h if isinstance(h, Variable) else operand(np.asarray(h, dtype), where)
