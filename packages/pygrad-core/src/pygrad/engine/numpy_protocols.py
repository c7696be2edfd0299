"""How NumPy's own calls find PyGrad: tables of ufuncs and functions, and the way through them.

`np.exp(variable)` finds its rule in `UFUNCS` by way of `Variable.__array_ufunc__` (and
`np.add.reduce(variable)` its method in `ops/ufunc_methods.py`); `np.sum(variable, axis=0)` reaches
`call_function` by way of `Variable.__array_function__`. What
stands in for a module of NumPy's is loaded when one of its functions is first called on a Variable.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import numpy as np

from pygrad.engine import binding
from pygrad.exceptions import PyGradError, UnsupportedError

__all__ = [
    "FUNCTIONS", "LATE", "PLAIN_FUNCTIONS", "PLAIN_UFUNCS", "UFUNCS", "call_function", "implements",
    "plain", "refusal", "rule_of",
]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])

UFUNCS: dict[Any, Callable[..., Any]] = {}
"""NumPy ufunc -> what computes it for Variables."""

FUNCTIONS: dict[Any, Callable[..., Any]] = {}
"""NumPy function -> PyGrad's of the same arguments."""

LATER = {"numpy.fft": "pygrad.fft", "numpy.linalg": "pygrad.linalg"}
"""NumPy module -> PyGrad's for its functions, imported when one of them is first called."""

LATE = "pygrad.engine.ops.late"
"""The same for all other functions and ufuncs."""

# ufuncs whose results are no numbers to differentiate: they see plain arrays and return them
PLAIN_UFUNCS = frozenset(
    {
        np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
        np.isnan, np.isinf, np.isfinite, np.isnat, np.signbit,
        np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
        # of whole numbers and booleans alone
        np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.bitwise_not, np.bitwise_count,
        np.gcd, np.lcm,
    }
)  # fmt: skip

# functions of the same kind: places, counts, shapes, booleans and texts
PLAIN_FUNCTIONS = frozenset(
    {
        np.shape, np.ndim, np.size, np.result_type, np.common_type, np.can_cast,
        np.min_scalar_type,
        np.iscomplexobj, np.isrealobj, np.isreal, np.iscomplex, np.isposinf, np.isneginf,
        np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.lexsort,
        np.searchsorted, np.digitize, np.nonzero, np.flatnonzero, np.argwhere, np.isin, np.ix_,
        np.unravel_index, np.ravel_multi_index,
        np.diag_indices_from, np.tril_indices_from, np.triu_indices_from,
        np.any, np.all, np.count_nonzero, np.isclose, np.allclose, np.array_equal, np.array_equiv,
        np.zeros_like, np.ones_like, np.empty_like, np.shares_memory, np.may_share_memory,
        np.linalg.matrix_rank, np.einsum_path, np.array2string, np.array_repr, np.array_str,
        np.save, np.savez, np.savez_compressed, np.savetxt,  # the values, in a file
    }
)  # fmt: skip

# numpy function -> its parameters and their defaults, those of ours (None: any), and how many of
# its positional arguments are ours as well; read once, for it takes longer than most functions
_parameters: dict[Any, tuple[dict[str, Any], list[str] | None, int]] = {}


def implements(*numpy_functions: Any) -> Callable[[F], F]:
    """Decorate the function that stands in for NumPy's when an argument is a Variable.

    None stands for a function that this NumPy does not have.
    """

    def register(function: F) -> F:
        for numpy_function in numpy_functions:
            if numpy_function is not None:
                FUNCTIONS[numpy_function] = function
        return function

    return register


def rule_of(ufunc: Any) -> Callable[..., Any]:
    """What computes a ufunc for Variables."""
    # ndarray.clip calls a ufunc that has no name of its own in NumPy
    for _ in range(2):
        rule = UFUNCS.get(ufunc) or FUNCTIONS.get(getattr(np, ufunc.__name__, None))
        if rule is not None:
            return rule
        import_module(LATE)
    if ufunc in PLAIN_UFUNCS:
        return lambda *inputs: ufunc(*map(plain, inputs))
    name = ufunc.__name__
    raise UnsupportedError(refusal(f"np.{name}" if hasattr(np, name) else name))  # or SciPy's


def call_function(numpy_function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute ``numpy_function(*args, **kwargs)`` by PyGrad's function for it, or say why not."""
    function = FUNCTIONS.get(numpy_function)
    if numpy_function in PLAIN_FUNCTIONS:
        settings = {key: plain(value) for key, value in kwargs.items()}
        return numpy_function(*map(plain, args), **settings)
    module = getattr(numpy_function, "__module__", "numpy")
    if function is None:
        import_module(LATER.get(module, LATE))
        function = FUNCTIONS.get(numpy_function)
    if function is None:
        module = module.replace("numpy", "np", 1)
        raise UnsupportedError(refusal(f"{module}.{numpy_function.__name__}"))
    if len(args) > 1 or kwargs:
        args, kwargs = _translated(numpy_function, function, args, kwargs)
    try:
        return function(*args, **kwargs)
    except PyGradError as error:
        error.add_note(f"raised by np.{numpy_function.__name__}")  # that may go by another name
        raise


def refusal(name: str) -> str:
    """The message for a function of NumPy's that has no derivative rule."""
    from pygrad.engine.numpy_advice import ADVICE

    instead = f": {ADVICE[name]}" if name in ADVICE else ""
    return (
        f"{name} has no derivative rule{instead}. docs/numpy-functions.md lists what has one. For "
        f"the value alone, pass arrays: x.numpy(); for a rule of your own, subclass pygrad.Function"
    )


def plain(x: Any) -> Any:
    """The plain value of a Variable, within lists and tuples too, and anything else as it is."""
    if x.__class__ in (tuple, list):  # np.lexsort takes its keys so
        return x.__class__(map(plain, x))
    return x._data if isinstance(x, binding.Variable) else x


def _translated(
    numpy_function: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """NumPy's positional arguments by name, where PyGrad's order or first name differs."""
    if numpy_function not in _parameters:
        _parameters[numpy_function] = _read_parameters(numpy_function, function)
    defaults, ours, same = _parameters[numpy_function]
    theirs = list(defaults)
    named = dict(zip(theirs[same:], args[same:], strict=False)) | kwargs
    if same < _ALL and theirs and theirs[0] in named:
        args = (named.pop(theirs[0]), *args[1:])
    for key, value in list(named.items()):
        if ours is not None and key not in ours:
            default = defaults.get(key)
            same_as_default = value is default or (_is_setting(value) and value == default)
            if not (value is None or same_as_default or key in _WITHOUT_EFFECT):
                hint = "assign to it instead, out[...] = ..." if key == "out" else "it takes "
                raise UnsupportedError(
                    f"np.{numpy_function.__name__} does not take {key}= with Variables; "
                    f"{hint if key == 'out' else hint + ', '.join(ours)}"
                )
            del named[key]
    return args[:same], named


_ALL = sys.maxsize
# arguments that say how NumPy goes about it, and change no value
_WITHOUT_EFFECT = frozenset({"copy", "device", "overwrite_input", "subok"})


def _is_setting(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str))


def _read_parameters(
    numpy_function: Any, function: Callable[..., Any]
) -> tuple[dict[str, Any], list[str] | None, int]:
    import inspect

    ours = inspect.signature(function).parameters
    try:
        theirs = inspect.signature(numpy_function).parameters
    except ValueError:
        theirs = ours  # written in C, and then in the same order
    named = {
        name: p for name, p in theirs.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }
    # what NumPy takes by place alone has no name to be found by
    same = max(sum(p.kind is p.POSITIONAL_ONLY for p in theirs.values()), 1)
    for a, b in zip(list(named)[same:], list(ours)[same:], strict=False):
        if a != b:
            break
        same += 1
    if any(p.kind is p.VAR_POSITIONAL for p in theirs.values()):
        same = _ALL  # they are what the function is about
    takes_any = any(p.kind is p.VAR_KEYWORD for p in ours.values())
    defaults = {name: p.default for name, p in named.items()}
    return defaults, None if takes_any else list(ours), same
