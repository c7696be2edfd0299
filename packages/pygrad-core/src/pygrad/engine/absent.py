"""Attributes that arrays and tensors have and a Variable has not: asking says what to write.

They are descriptors and not the work of a `__getattr__`: on Python 3.11 every attribute of a class
that has one takes five times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any, NoReturn

import numpy as np

from pygrad.engine.numpy_protocols import FUNCTIONS, LATE, PLAIN_FUNCTIONS, PLAIN_UFUNCS, UFUNCS

__all__ = ["Foreign"]

_CPU = "PyGrad computes on the CPU alone; leave the call out"
_CONVERT = "use x.astype(dtype)"

_INSTEAD = {
    "bmm": "write x @ y",
    "chunk": "write np.array_split(x, n, axis)",
    "clamp": "write np.clip(x, low, high)",
    "clone": "use x.copy()",
    "contiguous": "PyGrad needs no such call; leave it out",
    "cpu": _CPU,
    "cuda": _CPU,
    "dim": "it is x.ndim",
    "double": _CONVERT,
    "expand": "write np.broadcast_to(x, shape)",
    "fill": "write x[...] = value",
    "flat": "x.ravel() has the values along one axis",
    "float": _CONVERT,
    "gather": "write np.take_along_axis(x, indices, axis)",
    "index_select": "write np.take(x, indices, axis)",
    "itemset": "write x[index] = value",
    "long": _CONVERT,
    "masked_fill": "write np.where(mask, value, x)",
    "mm": "write x @ y",
    "norm": "write np.linalg.norm(x)",
    "numel": "it is x.size",
    "partition": "np.partition(x, kth) gives a new one",
    "permute": "use x.transpose(axes)",
    "put": "write np.put(x, places, values)",
    "log_softmax": "write F.log_softmax(x)",
    "relu": "write F.relu(x)",
    "requires_grad_": "write x.requires_grad = True",
    "resize": "np.resize(x, shape) gives a new one",
    "sigmoid": "write F.sigmoid(x)",
    "softmax": "write F.softmax(x)",
    "sort": "np.sort(x) gives a sorted one",
    "to": f"{_CONVERT}; PyGrad computes on the CPU alone",
    "unsqueeze": "use np.expand_dims(x, axis)",
    "view": "use x.reshape(shape), or x.data.view(dtype)",
}

# functions of NumPy that are methods of PyTorch's tensors
_METHODS = """
    abs absolute acos acosh add allclose amax amin angle arccos arccosh arcsin arcsinh arctan
    arctan2 arctanh argwhere asin asinh atan atan2 atanh bincount broadcast_to ceil copysign
    corrcoef cos cosh count_nonzero cov cross deg2rad diag diagflat diff divide dsplit equal exp
    exp2 expm1 fix flip fliplr flipud float_power floor floor_divide fmax fmin fmod greater
    greater_equal heaviside hsplit hypot i0 inner isclose isfinite isinf isnan isneginf isposinf
    isreal kron ldexp less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and
    logical_not logical_or logical_xor matmul maximum median minimum moveaxis multiply nan_to_num
    nanmean nanmedian nanquantile nansum negative not_equal outer positive pow quantile rad2deg
    reciprocal remainder roll rot90 select sign signbit sin sinc sinh split sqrt square subtract
    tan tanh tile tril triu true_divide trunc unique vdot vsplit where
"""


class Absent:
    # an attribute that is not there; its docstring is for `help(Variable)`

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, variable: Any, kind: type) -> NoReturn:
        message = f"{kind.__name__!r} object has no attribute {self.name!r}{_hint(self.name)}"
        raise AttributeError(message, name=self.name, obj=variable)

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return f"Not here{_hint(self.name)}"


class Foreign:
    """A class whose objects know what else to write for the attributes of arrays and tensors."""

    __slots__ = ()

    def __dir__(self) -> Iterable[str]:
        hidden = {name for name, value in vars(Foreign).items() if isinstance(value, Absent)}
        for kind in type(self).__mro__:
            if kind is not Foreign:
                hidden.difference_update(vars(kind))
        return sorted({*super().__dir__()} - hidden)


for _name in {*_INSTEAD, *_METHODS.split(), *dir(np.ndarray)}:
    if not _name.startswith("_"):
        setattr(Foreign, _name, Absent(_name))


def _hint(name: str) -> str:
    """What to write for an attribute that an ndarray or a tensor has, and a Variable has not."""
    if name in _INSTEAD:
        return f"; {_INSTEAD[name]}"
    function = getattr(np, name, None)
    import_module(LATE)  # then the tables are whole
    tables = (FUNCTIONS, PLAIN_FUNCTIONS, UFUNCS, PLAIN_UFUNCS)
    if callable(function) and any(function in table for table in tables):
        return f"; write np.{name}(x)"
    return f"; its array has: x.data.{name}" if hasattr(np.ndarray, name) else ""
