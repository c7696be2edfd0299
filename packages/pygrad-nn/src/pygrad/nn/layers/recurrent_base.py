"""What recurrent layers have in common: weights, states, several layers and directions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pygrad import Parameter, Variable
from pygrad import functions as F
from pygrad.engine.operands import operand, value_of
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.checks import as_floats, probability, whole_number
from pygrad.nn.initializers import parameter
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike
    from pygrad.nn.initializers import Initializer

__all__ = ["Recurrent", "as_state", "first_weights"]

_WEIGHTS = ("W_ih", "W_hh", "b_ih", "b_hh")


class Recurrent(Module):
    """The base of RNN, LSTM and GRU, which document it."""

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
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer | None = None,
    ) -> None:
        super().__init__()
        where = type(self).__name__
        self.input_size = whole_number(where, "input_size", input_size)
        self.hidden_size = whole_number(where, "hidden_size", hidden_size)
        self.num_layers = whole_number(where, "num_layers", num_layers)
        self.bias = bool(bias)
        self.batch_first = bool(batch_first)
        self.dropout = probability(where, dropout)
        self.bidirectional = bool(bidirectional)
        self.rng = rng
        for layer in range(self.num_layers):
            n_in = self.input_size if layer == 0 else self.hidden_size * len(self._directions)
            for direction in self._directions:
                weights = first_weights(
                    n_in, self.hidden_size, self.gates, bias, init, dtype, rng, where
                )
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
        x = as_floats(x, self.W_hh_l0)
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

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: Any) -> int:
        """The matrix products alone: beside them, the gates cost little."""
        steps = math.prod(inputs[0][:-1])
        matrices = (p.size for name, p in self.named_params() if name.startswith("W"))
        return steps * sum(matrices)  # each weight once at each step, in each direction

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


def first_weights(
    n_in: int,
    n: int,
    gates: int,
    bias: bool,
    init: Initializer | None,
    dtype: npt.DTypeLike | None,
    rng: np.random.Generator | None,
    where: str,
) -> dict[str, Parameter | None]:
    """W_ih, W_hh, b_ih and b_hh at the start; without `bias`, None for those."""
    wide = gates * n
    settings: dict[str, Any] = {"dtype": dtype, "rng": rng, "where": where}
    # PyTorch's start goes by the size of the state, whatever flows in
    start: dict[str, Any] = {"init": "fan_in_uniform", "fans": (n, wide), **settings}
    weights: dict[str, Parameter | None] = dict.fromkeys(_WEIGHTS)
    for name, shape in zip(_WEIGHTS, [(n_in, wide), (n, wide), (wide,), (wide,)], strict=True):
        if len(shape) == 2 and init is not None:
            weights[name] = parameter(shape, init, **settings)
        elif len(shape) == 2 or bias:
            weights[name] = parameter(shape, **start)
    return weights


def as_state(h: Any, dtype: Any, where: str) -> Variable:
    """A state as a Variable; plain data get the dtype of the weights."""
    return h if isinstance(h, Variable) else operand(np.asarray(h, dtype), where)
