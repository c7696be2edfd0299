"""How NumPy's own calls find PyGrad: tables of ufuncs and functions, and the way through them.

`np.exp(variable)` reaches `call_ufunc` by way of `Variable.__array_ufunc__`, and
`np.sum(variable, axis=0)` reaches `call_function` by way of `Variable.__array_function__`. What
stands in for a module of NumPy's is loaded when one of its functions is first called on a Variable.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import numpy as np

from pygrad.engine import binding
from pygrad.exceptions import UnsupportedError

__all__ = ["FUNCTIONS", "UFUNCS", "call_function", "call_ufunc", "implements"]

F = TypeVar("F", bound=Callable[..., Any])

UFUNCS: dict[Any, Callable[..., Any]] = {}
"""NumPy ufunc -> what computes it for Variables."""

FUNCTIONS: dict[Any, Callable[..., Any]] = {}
"""NumPy function -> PyGrad's of the same arguments."""

LATER = {"numpy.fft": "pygrad.fft", "numpy.linalg": "pygrad.linalg"}
"""NumPy module -> PyGrad's for its functions, imported when one of them is first called."""

# ufuncs whose results are no numbers to differentiate: they see plain arrays and return them
PLAIN_UFUNCS = frozenset(
    {
        np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
        np.isnan, np.isinf, np.isfinite, np.signbit,
        np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    }
)  # fmt: skip

# functions of the same kind: nothing in their results can be differentiated
PLAIN_FUNCTIONS = frozenset(
    {
        np.shape, np.ndim, np.size, np.result_type, np.common_type, np.can_cast,
        np.iscomplexobj, np.isrealobj, np.isreal, np.iscomplex, np.isposinf, np.isneginf,
        np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.lexsort,
        np.searchsorted, np.digitize, np.nonzero, np.flatnonzero, np.argwhere, np.isin,
        np.any, np.all, np.count_nonzero, np.isclose, np.allclose, np.array_equal, np.array_equiv,
        np.einsum_path, np.linalg.matrix_rank,
        np.zeros_like, np.ones_like, np.empty_like, np.shares_memory, np.may_share_memory,
    }
)  # fmt: skip

# signatures are read once: it takes longer than most of the functions
_parameters: dict[Any, tuple[dict[str, Any], list[str], int] | None] = {}


def implements(*numpy_functions: Any) -> Callable[[F], F]:
    """Decorate the function that stands in for NumPy's when an argument is a Variable."""

    def register(function: F) -> F:
        for numpy_function in numpy_functions:
            FUNCTIONS[numpy_function] = function
        return function

    return register


@implements(np.full_like)
def _full_like(a: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
    """Plain, as `np.zeros_like` is; but a fill value would lose its gradient."""
    if isinstance(fill_value, binding.Variable) and fill_value.requires_grad:
        raise UnsupportedError(
            "np.full_like has no derivative rule for its fill value; write "
            "np.broadcast_to(fill_value, np.shape(a))"
        )
    return np.full_like(_plain(a), _plain(fill_value), *args, **kwargs)


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute ``ufunc(*inputs, **kwargs)``, or say why not."""
    name = f"np.{ufunc.__name__}"
    if method != "__call__":
        raise UnsupportedError(
            f"{name}.{method} has no derivative rule for Variables; use the function of the same "
            f"meaning (np.sum for np.add.reduce), or pass arrays: x.numpy()"
        )
    if ufunc in PLAIN_UFUNCS:
        return ufunc(*map(_plain, inputs), **kwargs)
    function = UFUNCS.get(ufunc)
    if function is None:
        raise UnsupportedError(f"{name} has no derivative rule. {_ADVICE}")
    if ufunc.signature and kwargs.keys() <= {"axis"}:  # np.vecdot and its like
        return function(*inputs, **kwargs)
    if kwargs:
        given = ", ".join(f"{key}=" for key in kwargs)
        hint = "; an array cannot be updated in place by a Variable: write a = a + x for a += x"
        raise UnsupportedError(
            f"{name} does not take {given} with Variables{hint if 'out' in kwargs else ''}"
        )
    return function(*inputs)


def call_function(numpy_function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute ``numpy_function(*args, **kwargs)`` by PyGrad's function for it, or say why not."""
    function = FUNCTIONS.get(numpy_function)
    if numpy_function in PLAIN_FUNCTIONS:
        plain = {key: _plain(value) for key, value in kwargs.items()}
        return numpy_function(*map(_plain, args), **plain)
    module = getattr(numpy_function, "__module__", "numpy")
    if function is None and module in LATER:
        import_module(LATER[module])
        function = FUNCTIONS.get(numpy_function)
    if function is None:
        module = module.replace("numpy", "np", 1)
        raise UnsupportedError(
            f"{module}.{numpy_function.__name__} has no derivative rule. {_ADVICE}"
        )
    if len(args) > 1 or kwargs:
        args, kwargs = _translated(numpy_function, function, args, kwargs)
    return function(*args, **kwargs)


_ADVICE = (
    "dir(pygrad.functions) lists what has one. For the value alone, pass arrays: x.numpy(); "
    "for a rule of your own, subclass pygrad.Function"
)


def _translated(
    numpy_function: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """NumPy's positional arguments by name, where PyGrad's order or first name differs."""
    if numpy_function not in _parameters:
        _parameters[numpy_function] = _names(numpy_function, function)
    names = _parameters[numpy_function]
    if names is None:
        return args, kwargs
    defaults, ours, same = names
    theirs = list(defaults)
    while same < min(len(theirs), len(ours)) and theirs[same] == ours[same]:
        same += 1
    named = dict(zip(theirs[same:], args[same:], strict=False)) | kwargs
    if theirs[0] in named:
        args = (named.pop(theirs[0]), *args[1:])
    for key, value in list(named.items()):
        if key not in ours:
            default = defaults.get(key)
            if not (value is None or value is default or (_is_setting(value) and value == default)):
                raise UnsupportedError(
                    f"np.{numpy_function.__name__} does not take {key}= with Variables; "
                    f"it takes {', '.join(ours)}"
                )
            del named[key]
    return args[:same], named


def _is_setting(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str))


def _names(
    numpy_function: Any, function: Callable[..., Any]
) -> tuple[dict[str, Any], list[str], int] | None:
    """NumPy's arguments with their defaults, ours, and how many go by place alone."""
    import inspect

    try:
        theirs = inspect.signature(numpy_function).parameters
    except ValueError:
        return None  # written in C, and then in the same order as ours
    ours = inspect.signature(function).parameters
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in (*theirs.values(), *ours.values())):
        return None
    unnamed = sum(p.kind is p.POSITIONAL_ONLY for p in theirs.values())
    return {name: p.default for name, p in theirs.items()}, list(ours), max(unnamed, 1)


def _plain(x: Any) -> Any:
    if x.__class__ in (tuple, list):  # np.lexsort takes its keys so
        return x.__class__(map(_plain, x))
    return x._data if isinstance(x, binding.Variable) else x
