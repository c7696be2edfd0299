"""Methods and settings of NumPy's ufuncs: ``np.add.reduce(x)``, ``np.exp(x, out=y, where=mask)``.

What NumPy does value by value is done here line by line with the ufunc's own rule, so every ufunc
that has a rule has it in all of these ways.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.checks import NUMBERS
from pygrad.engine.function import apply
from pygrad.engine.numpy_protocols import PLAIN_UFUNCS, plain, rule_of
from pygrad.engine.operands import as_axes, operand
from pygrad.engine.ops.assignment import target
from pygrad.engine.ops.cumulative import cumprod, cumsum, prod
from pygrad.engine.ops.dimensions import moveaxis
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.elementwise import where as chosen
from pygrad.engine.ops.exponential import logaddexp
from pygrad.engine.ops.indexing import ScatterAdd, frozen
from pygrad.engine.ops.joining import stack
from pygrad.engine.ops.reduction import masked, max, min, sum
from pygrad.engine.ops.shape import broadcast_to, expand_dims, reshape
from pygrad.engine.ops.statistics import logsumexp
from pygrad.exceptions import ArgumentError, DtypeError, UnsupportedError

__all__ = ["call_ufunc"]


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute ``ufunc.method(*inputs, **kwargs)``, or say why not."""
    if ufunc in PLAIN_UFUNCS and method != "at" and not _writes_to_variables(kwargs):
        settings = {key: plain(value) for key, value in kwargs.items()}
        return getattr(ufunc, method)(*map(plain, inputs), **settings)
    return _METHODS[method](ufunc, *inputs, **kwargs)


def _writes_to_variables(kwargs: dict[str, Any]) -> bool:
    return any(isinstance(x, binding.Variable) for x in kwargs.get("out", ()))


def _call(
    ufunc: Any,
    *inputs: Any,
    out: Any = (),
    where: Any = True,
    dtype: Any = None,
    casting: str = "same_kind",
    signature: Any = None,
    order: str = "K",
    subok: bool = True,
    **more: Any,
) -> Any:
    targets = _targets(ufunc, out)
    rule = rule_of(ufunc)
    if "axis" in more and ufunc.signature == "(n),(n)->()":  # np.vecdot
        inputs = tuple(moveaxis(x, more["axis"], -1) for x in inputs)
        del more["axis"]
    more |= {} if order == "K" else {"order": order}
    if more:
        raise UnsupportedError(
            f"np.{ufunc.__name__} does not take {', '.join(f'{key}=' for key in more)} with "
            f"Variables; arrange the axes before and after, with np.moveaxis"
        )
    if dtype is not None or signature is not None or casting != "same_kind":
        inputs = _converted(ufunc, inputs, dtype, casting, signature)
    if where is True:
        results = rule(*inputs)
        return _delivered(results, targets, casting) if targets else results
    if not targets or any(x is None for x in targets) or ufunc.signature is not None:
        raise ArgumentError(
            f"np.{ufunc.__name__}: where= leaves the other values as they are in out=, so it needs "
            f"out=; or write np.where(mask, np.{ufunc.__name__}(...), otherwise)"
        )
    # only what is asked for is computed: log(x, where=x > 0) warns of nothing, and has no NaN
    shape = targets[0].shape
    mask = np.broadcast_to(np.asarray(plain(where), bool), shape)
    results = rule(*(x if np.ndim(x) == 0 else broadcast_to(x, shape)[mask] for x in inputs))
    return _delivered(results, targets, casting, mask)


def _reduce(
    ufunc: Any,
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = (),
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    targets = _targets(ufunc, out)
    x = _array(ufunc, "reduce", array, dtype)
    if x.ndim == 0 and axis in (0, -1):
        axis = ()
    if ufunc in _REDUCTIONS:
        y = _REDUCTIONS[ufunc](x, axis, keepdims, initial=initial, where=where)
    else:
        y = _folded(ufunc, x, axis, initial, where)
        if keepdims:
            y = expand_dims(y, as_axes(axis, x.ndim, _name(ufunc, "reduce")))
    return _delivered(y, targets) if targets else y


def _accumulate(ufunc: Any, array: Any, axis: int = 0, dtype: Any = None, out: Any = ()) -> Any:
    targets = _targets(ufunc, out)
    x = _array(ufunc, "accumulate", array, dtype)
    if x.ndim and ufunc in _RUNNING:
        y = _RUNNING[ufunc](x, axis)
    else:
        lines = _lines(ufunc, "accumulate", x, axis)
        steps = _steps(ufunc, lines)
        y = moveaxis(stack(steps), 0, axis) if steps else x
    return _delivered(y, targets) if targets else y


def _reduceat(
    ufunc: Any, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = ()
) -> Any:
    targets = _targets(ufunc, out)
    x = _array(ufunc, "reduceat", array, dtype)
    lines = _lines(ufunc, "reduceat", x, axis)
    starts = [operator.index(i) for i in plain(indices)]
    for i in starts:
        if not 0 <= i < len(lines):
            raise ArgumentError(
                f"{_name(ufunc, 'reduceat')}: index {i} is outside the axis, of length {len(lines)}"
            )
    parts = [
        _reduce(ufunc, lines[i:end]) if i < end else lines[i]
        for i, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]
    y = moveaxis(stack(parts), 0, axis) if parts else x[:0]
    return _delivered(y, targets) if targets else y


def _outer(ufunc: Any, a: Any, b: Any, **settings: Any) -> Any:
    a, b = (operand(x, _name(ufunc, "outer")) for x in (a, b))
    return _call(ufunc, reshape(a, a.shape + (1,) * b.ndim), b, **settings)


def _at(ufunc: Any, a: Any, indices: Any, *b: Any) -> None:
    a = target(a, _name(ufunc, "at"))
    rule, index = rule_of(ufunc), frozen(indices)
    places = np.arange(a.size).reshape(a.shape)[index]
    values = [broadcast_to(operand(x, _name(ufunc, "at")), places.shape) for x in b]
    if ufunc in (np.add, np.subtract):
        change = apply(ScatterAdd(index, a.shape), values[0])
        a[...] = rule(a, change)
        return
    # a place that is named several times gets its values one after another, in rounds
    order = np.argsort(places, axis=None, kind="stable")
    sorted_places = places.ravel()[order]
    rounds = np.arange(places.size) - np.searchsorted(sorted_places, sorted_places)
    for i in range(int(rounds.max(initial=-1)) + 1):
        turn = order[rounds == i]
        there = np.unravel_index(places.ravel()[turn], a.shape)
        a[there] = rule(a[there], *(reshape(x, -1)[turn] for x in values))


_METHODS: dict[str, Callable[..., Any]] = {
    "__call__": _call, "reduce": _reduce, "accumulate": _accumulate, "reduceat": _reduceat,
    "outer": _outer, "at": _at,
}  # fmt: skip


def _log_of_sum(x: Any, axis: Any, keepdims: bool, *, initial: Any, where: Any) -> Any:
    if where is not True:
        x = masked(x, where, -np.inf, "logaddexp")
    y = logsumexp(x, axis, keepdims)
    return y if initial is None else logaddexp(y, initial)


# what reduces, and what runs along an axis, faster than line by line
_REDUCTIONS: dict[Any, Callable[..., Any]] = {
    np.add: sum, np.multiply: prod, np.maximum: max, np.minimum: min, np.logaddexp: _log_of_sum,
}  # fmt: skip
_RUNNING: dict[Any, Callable[..., Any]] = {np.add: cumsum, np.multiply: cumprod}


def _folded(ufunc: Any, x: Any, axis: Any, initial: Any, where: Any) -> Any:
    """The values along the axes, taken into one result one after another."""
    name = _name(ufunc, "reduce")
    try:  # NumPy knows which ufuncs reduce, and which over several axes
        ufunc.reduce(np.ones((1,) * x.ndim, x.dtype), axis)
    except (ValueError, TypeError) as error:
        raise ArgumentError(f"{name}: {error}; x has shape {x.shape}") from error
    axes = as_axes(axis, x.ndim, name)
    n = int(np.prod([x.shape[i] for i in axes]))
    front = range(len(axes))
    lines = moveaxis(x, axes, front)
    rest = lines.shape[len(axes) :]
    lines = reshape(lines, (n, *rest))
    mask: Any = None
    if where is not True:
        mask = moveaxis(broadcast_to(np.asarray(plain(where), bool), x.shape), axes, front)
        mask = mask.data.reshape(lines.shape)
    if initial is None and (n == 0 or mask is not None):
        initial = ufunc.identity
        if initial is None:
            raise ArgumentError(f"{name}: the ufunc has no identity to begin with; give initial=")
    steps = _steps(ufunc, lines, initial, mask)
    return steps[-1] if steps else broadcast_to(np.asarray(initial, x.dtype), rest)


def _steps(ufunc: Any, lines: Any, y: Any = None, mask: Any = None) -> list[Any]:
    """The running results along the first axis."""
    rule, steps = rule_of(ufunc), []
    for i, line in enumerate(lines):
        new = line if y is None else rule(y, line)
        y = new if mask is None else chosen(mask[i], new, y)
        steps.append(y)
    return steps


def _lines(ufunc: Any, method: str, x: Any, axis: int) -> Any:
    if x.ndim == 0:
        raise ArgumentError(f"{_name(ufunc, method)}: a 0-d array has no axis to go along")
    return moveaxis(x, axis, 0)


def _array(ufunc: Any, method: str, array: Any, dtype: Any) -> Any:
    x = operand(array, _name(ufunc, method))
    return x if dtype is None else astype(x, dtype)


def _converted(
    ufunc: Any, inputs: Sequence[Any], dtype: Any, casting: str, signature: Any
) -> tuple[Any, ...]:
    """The inputs in the dtypes of the loop that NumPy would take."""
    name = f"np.{ufunc.__name__}"
    kinds = [x.__class__ if x.__class__ in NUMBERS else operand(x, name).dtype for x in inputs]
    settings = {} if signature is None else {"signature": signature}
    if dtype is not None:
        settings["signature"] = (None,) * ufunc.nin + (np.dtype(dtype),) * ufunc.nout
    try:
        loop = ufunc.resolve_dtypes((*kinds, *(None,) * ufunc.nout), casting=casting, **settings)
    except TypeError as error:
        raise DtypeError(f"{name}: {error}") from error
    return tuple(
        np.asarray(x, kind) if x.__class__ in NUMBERS else astype(x, kind)
        for x, kind in zip(inputs, loop, strict=False)
    )


def _targets(ufunc: Any, out: Any) -> tuple[Any, ...]:
    """The Variables to write to; an array cannot hold what a Variable knows."""
    targets = tuple(out) if isinstance(out, tuple) else (out,)
    name = f"np.{ufunc.__name__}"
    targets = tuple(x if x is None else target(x, name) for x in targets)
    return () if all(x is None for x in targets) else targets


def _delivered(
    results: Any, targets: tuple[Any, ...], casting: str = "same_kind", index: Any = ...
) -> Any:
    """The results, written to the Variables that were given for them."""
    several = isinstance(results, tuple)
    delivered = []
    for result, place in zip(results if several else (results,), targets, strict=False):
        if place is not None:
            place[index] = astype(result, place.dtype) if casting == "unsafe" else result
        delivered.append(result if place is None else place)
    return tuple(delivered) if several else delivered[0]


def _name(ufunc: Any, method: str) -> str:
    return f"np.{ufunc.__name__}.{method}"
