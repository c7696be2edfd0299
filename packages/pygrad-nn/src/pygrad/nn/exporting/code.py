"""From operations to lines of NumPy code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pygrad.engine.function import Function
from pygrad.engine.ops import (
    activation,
    arithmetic,
    gelu,
    indexing,
    joining,
    linalg,
    rectifier,
    reduction,
    shape,
    smooth_activation,
)  # fmt: skip
from pygrad.exceptions import ArgumentError
from pygrad.nn.functional import (
    attention,
    convolution,
    lookup,
    normalisation,
    pooling,
    recurrent,
    resampling,
)

__all__ = ["Writing", "expression", "known"]


class Writing:
    """One operation that is being written: its inputs and settings as text.

    The same operation of a second pass, with another batch, shows what depends on the batch.
    """

    def __init__(
        self,
        args: list[str],
        nodes: tuple[Function, Function],
        batches: tuple[Any, Any],
        constant: Callable[[Any], str],
    ) -> None:
        self.args = args
        self.nodes = nodes
        self.batches = batches
        self.constant = constant
        self.helpers: set[str] = set()

    def setting(self, name: str) -> str:
        """The text of a setting of the function."""
        return self.text(*(getattr(node, name) for node in self.nodes))

    def text(self, a: Any, b: Any) -> str:
        """The text of a value that was `a` for the first batch and `b` for the second."""
        if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
            items = [self.text(x, y) for x, y in zip(a, b, strict=True)]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        if isinstance(a, slice) and isinstance(b, slice):
            parts = [self.text(getattr(a, k), getattr(b, k)) for k in ("start", "stop", "step")]
            return f"slice({', '.join(parts)})"
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
            if a.shape == self.batches[0].shape and (a == self.batches[0]).all():
                return "x"  # the input is used as indices
            if a.shape == b.shape and (a == b).all():
                return self.constant(a)
        elif isinstance(a, int) and isinstance(b, int) and a != b:
            m, n = map(len, self.batches)
            if a * n == b * m and a % m == 0:
                return "n" if a == m else f"{a // m} * n"
        elif a == b and isinstance(a, int | float | str | None | type(...)):
            return "..." if a is ... else repr(a)
        raise ArgumentError(
            f"it has a setting that is {_short(a)} for one batch and {_short(b)} for another"
        )

    def call(self, name: str, *rest: str) -> str:
        """A call of one of the functions of `runtime`."""
        self.helpers.add(name)
        return f"{name}({', '.join([*self.args, *rest])})"


Writer = Callable[[Writing], str]


def known(node: Function) -> bool:
    """Whether there is code for a function."""
    return _writer(node) is not None


def expression(writing: Writing) -> str:
    """The code for an operation."""
    writer = _writer(writing.nodes[0])
    assert writer is not None
    return writer(writing)


def _writer(node: Function) -> Writer | None:
    for base in type(node).__mro__:
        if base in _CODE:
            return _CODE[base]
    for base in type(node).__mro__:
        # what is called after a ufunc is that ufunc
        name = base.__name__.lower()
        if isinstance(vars(np).get(name), np.ufunc):
            return _ufunc(name)
    return None


def _ufunc(name: str) -> Writer:
    return lambda w: f"np.{name}({', '.join(w.args)})"


def _infix(symbol: str) -> Writer:
    return lambda w: f"{w.args[0]} {symbol} {w.args[1]}"


def _numpy(name: str, *settings: str) -> Writer:
    def write(w: Writing) -> str:
        return f"np.{name}({', '.join([*w.args, *(f'{w.setting(s)}' for s in settings)])})"

    return write


def _reduction(name: str) -> Writer:
    def write(w: Writing) -> str:
        if getattr(w.nodes[0], "more", None):
            raise ArgumentError("it has an initial value or a mask")
        text = f"axis={w.setting('axis')}"
        text += ", keepdims=True" if w.nodes[0].keepdims else ""  # type: ignore[attr-defined]
        return f"{w.args[0]}.{name}({text})"

    return write


def _helper(name: str, *settings: str) -> Writer:
    return lambda w: w.call(name, *(f"{s}={w.setting(s)}" for s in settings))


def _joined(name: str) -> Writer:
    return lambda w: f"np.{name}([{', '.join(w.args)}], axis={w.setting('axis')})"


def _linear(w: Writing) -> str:
    product = f"{w.args[0]} @ {w.args[1]}"
    return f"{product} + {w.args[2]}" if len(w.args) > 2 else product


def _geometry(w: Writing, padding: Any = None) -> list[str]:
    g = w.nodes[0].geometry  # type: ignore[attr-defined]
    return [f"{k}={getattr(g, k)!r}" if k != "padding" else f"padding={padding or g.padding!r}"
            for k in ("stride", "padding", "dilation")]  # fmt: skip


def _convolution(w: Writing) -> str:
    if len(w.args) == 2:
        w.args.append("None")
    groups = w.nodes[0].geometry.groups  # type: ignore[attr-defined]
    return w.call("convolution", *_geometry(w), f"groups={groups}")


def _convolution_transpose(w: Writing) -> str:
    if len(w.args) == 2:
        w.args.append("None")
    g = w.nodes[0].geometry  # type: ignore[attr-defined]
    return w.call("convolution_transpose", *_geometry(w), f"groups={g.groups}", f"size={g.size!r}")


def _resample(w: Writing) -> str:
    weights = w.nodes[0].weights  # type: ignore[attr-defined]
    longest = max(map(len, weights.rows))
    # where a row is shorter, the value where it starts counts once more, with a weight of 0
    index = np.array(weights.starts)[:, None] + np.zeros(longest, int)
    factors = np.zeros((len(weights.rows), longest))
    for i, row in enumerate(weights.rows):
        index[i, : len(row)] += np.arange(len(row))
        factors[i, : len(row)] = row
    return w.call(
        "resample", f"axis={w.setting('axis')}", f"index={w.constant(index)}",
        f"weights={w.constant(factors)}",
    )  # fmt: skip


def _pool(w: Writing, name: str) -> str:
    g = w.nodes[0].geometry  # type: ignore[attr-defined]
    # as far on the right as the last window reaches: it may stand out
    padding = tuple(
        (before, (out - 1) * s + (k - 1) * d + 1 - size - before)
        for (before, _), out, s, k, d, size in zip(
            g.padding, g.out, g.stride, g.kernel, g.dilation, g.size, strict=True
        )
    )
    padding = tuple((a, max(b, 0)) for a, b in padding)
    return w.call(name, f"kernel={g.kernel!r}", *_geometry(w, padding))


def _avg_pool(w: Writing) -> str:
    weights = [np.asarray(node.weight) for node in w.nodes]  # type: ignore[attr-defined]
    if weights[0].ndim == 0:
        return f"{_pool(w, 'sum_pool')} * {weights[0].item()!r}"
    first, second = (weight.astype(w.batches[0].dtype) for weight in weights)
    return f"{_pool(w, 'sum_pool')} * {w.text(first, second)}"


def _attention(w: Writing, name: str, inputs: int, *more: str) -> str:
    if w.nodes[0].keep is not None:  # type: ignore[attr-defined]
        raise ArgumentError("it drops weights at random")
    if len(w.args) == inputs:
        w.args.append("None")
    return w.call(name, *(f"{s}={w.setting(s)}" for s in ("scale", "barred", "causal", *more)))


def _recurrent(w: Writing, name: str, *more: str) -> str:
    if w.nodes[0].mask is not None:  # type: ignore[attr-defined]
        raise ArgumentError("its sequences have lengths of their own")
    return w.call(name, f"reverse={w.setting('reverse')}", *more)


def _rnn(w: Writing) -> str:
    return _recurrent(w, "rnn", f"relu={w.nodes[0].nonlinearity == 'relu'}")  # type: ignore[attr-defined]


def _leaky(w: Writing) -> str:
    return f"np.where({w.args[0]} > 0, {w.args[0]}, {w.args[0]} * {w.setting('negative_slope')})"


_CODE: dict[type, Writer] = {
    arithmetic.Add: _infix("+"),
    arithmetic.Subtract: _infix("-"),
    arithmetic.Multiply: _infix("*"),
    arithmetic.Divide: _infix("/"),
    arithmetic.Power: _infix("**"),
    arithmetic.Negative: lambda w: f"-{w.args[0]}",
    linalg.Matmul: _infix("@"),
    linalg.Linear: _linear,
    activation.Relu: lambda w: f"np.maximum({w.args[0]}, 0)",
    activation.LeakyRelu: _leaky,
    activation.Sigmoid: _helper("sigmoid"),
    activation.Softmax: _helper("softmax", "axis"),
    activation.LogSoftmax: _helper("log_softmax", "axis"),
    rectifier.Elu: _helper("elu", "height", "width", "scale"),
    rectifier.HardTanh: _numpy("clip", "low", "high"),
    gelu.Gelu: _helper("gelu"),
    gelu.GeluTanh: _helper("gelu_tanh"),
    smooth_activation.Silu: lambda w: f"{w.args[0]} * {w.call('sigmoid')}",
    smooth_activation.Softplus: _helper("softplus", "beta"),
    smooth_activation.LogSigmoid: lambda w: f"-np.logaddexp(-{w.args[0]}, 0)",
    smooth_activation.Mish: lambda w: f"{w.args[0]} * np.tanh({w.call('softplus')})",
    smooth_activation.Softsign: lambda w: f"{w.args[0]} / (1 + np.abs({w.args[0]}))",
    reduction.Sum: _reduction("sum"),
    reduction.Mean: _reduction("mean"),
    reduction.Max: _reduction("max"),
    reduction.Min: _reduction("min"),
    shape.Reshape: lambda w: f"{w.args[0]}.reshape({w.setting('new_shape')})",
    shape.Squeeze: _numpy("squeeze", "axis"),
    shape.ExpandDims: _numpy("expand_dims", "axis"),
    shape.Transpose: _numpy("transpose", "axes"),
    shape.Swapaxes: _numpy("swapaxes", "axis1", "axis2"),
    shape.BroadcastTo: _numpy("broadcast_to", "new_shape"),
    indexing.GetItem: lambda w: f"{w.args[0]}[{w.setting('index')}]",
    joining.Concatenate: _joined("concatenate"),
    joining.Stack: _joined("stack"),
    joining.Split: _numpy("split", "parts", "axis"),
    convolution.Convolution: _convolution,
    convolution.ConvolutionTranspose: _convolution_transpose,
    resampling.Resample: _resample,
    pooling.MaxPool: lambda w: _pool(w, "max_pool"),
    pooling.AvgPool: _avg_pool,
    normalisation.Normalise: _helper("normalise", "axes", "eps", "centred"),
    attention.Attention: lambda w: _attention(w, "attention", 3),
    attention.PackedAttention: lambda w: _attention(w, "packed_attention", 1, "heads"),
    recurrent.Lstm: lambda w: _recurrent(w, "lstm"),
    recurrent.Gru: lambda w: _recurrent(w, "gru"),
    recurrent.Rnn: _rnn,
    lookup.Embedding: lambda w: f"{w.args[0]}[{w.setting('indices')}]",
}


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
