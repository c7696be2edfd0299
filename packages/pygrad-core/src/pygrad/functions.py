"""`F`: every function that PyGrad differentiates, built in or registered by a plugin.

``F.relu`` is a function; ``F.Relu`` is the Function class behind it, whose objects can be called
as well: ``F.Relu()(x)``. ``F.names()`` lists the functions, those of plugins included.
``F.linalg`` and ``F.fft`` hold what NumPy has in modules of these names; each is imported on first
use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pygrad.engine.ops.activation import (
    Dropout, LeakyRelu, LogSoftmax, Relu, Sigmoid, Softmax,
    dropout, leaky_relu, log_softmax, relu, sigmoid, softmax,
)  # fmt: skip
from pygrad.engine.ops.arithmetic import (
    Add, Divide, FloorDivide, Multiply, Negative, Positive, Power, Remainder, Subtract,
    add, divide, floor_divide, multiply, negative, positive, power, remainder, subtract,
)  # fmt: skip
from pygrad.engine.ops.arithmetic import remainder as mod
from pygrad.engine.ops.assignment import SetItem
from pygrad.engine.ops.complex_parts import (
    Angle, Conj, Imag, Real,
    angle, conj, imag, real, real_if_close,
)  # fmt: skip
from pygrad.engine.ops.complex_parts import conj as conjugate
from pygrad.engine.ops.cross_entropy import SoftmaxCrossEntropy, softmax_cross_entropy
from pygrad.engine.ops.cumulative import (
    Cumprod, Cumsum, Prod, Recurrence,
    cumprod, cumsum, cumulative_prod, cumulative_sum, prod,
)  # fmt: skip
from pygrad.engine.ops.diagonal import diag, diagflat, diagonal, trace, tril, triu
from pygrad.engine.ops.dimensions import (
    Flatten,
    atleast_1d, atleast_2d, atleast_3d, broadcast_arrays, flatten, matrix_transpose, moveaxis,
    ravel, rollaxis,
)  # fmt: skip
from pygrad.engine.ops.elementwise import (
    Abs, Astype, Clip, Exp, Log, Maximum, Minimum, Sign, Sqrt, Square, Where,
    abs, astype, clip, copy, exp, log, maximum, minimum, sign, sqrt, square, where,
)  # fmt: skip
from pygrad.engine.ops.elementwise import abs as absolute
from pygrad.engine.ops.exponential import (
    Exp2, Expm1, Log1p, Log2, Log10, Logaddexp, Logaddexp2,
    exp2, expm1, log1p, log2, log10, logaddexp, logaddexp2,
)  # fmt: skip
from pygrad.engine.ops.indexing import GetItem, ScatterAdd, get_item
from pygrad.engine.ops.joining import Concatenate, Split, Stack, concatenate, split, stack
from pygrad.engine.ops.linalg import Linear, Matmul, linear, matmul
from pygrad.engine.ops.loss import MeanSquaredError, mean_squared_error
from pygrad.engine.ops.products import (
    Dot, Outer, Tensordot, Vecdot,
    dot, inner, kron, matvec, outer, tensordot, vdot, vecdot, vecmat,
)  # fmt: skip
from pygrad.engine.ops.reduction import Max, Mean, Min, Sum, max, mean, min, sum
from pygrad.engine.ops.repeating import meshgrid, repeat, resize, tile
from pygrad.engine.ops.rounding import (
    Ceil, Floor, Fmod, Heaviside, Modf, Rint, Round, Trunc,
    ceil, divmod, floor, fmod, heaviside, modf, rint, round, trunc,
)  # fmt: skip
from pygrad.engine.ops.shape import (
    BroadcastTo, ExpandDims, Reshape, Squeeze, SumTo, Swapaxes, Transpose,
    broadcast_to, expand_dims, reshape, squeeze, sum_to, swapaxes, transpose,
)  # fmt: skip
from pygrad.engine.ops.stacking import append, block, column_stack, dstack, hstack, vstack
from pygrad.engine.ops.statistics import Logsumexp, average, corrcoef, cov, logsumexp, ptp
from pygrad.engine.ops.taking import (
    Take, TakeAlongAxis,
    choose, compress, extract, piecewise, select, take, take_along_axis,
)  # fmt: skip
from pygrad.engine.ops.trigonometric import (
    Arccos, Arccosh, Arcsin, Arcsinh, Arctan, Arctan2, Arctanh, Cos, Cosh, Sin, Sinh, Tan, Tanh,
    arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh, cos, cosh, sin, sinh, tan, tanh,
)  # fmt: skip
from pygrad.engine.ops.variance import Std, Var, std, var
from pygrad.plugins import registry as _registry

if TYPE_CHECKING:  # families that are imported on first use: see engine/ops/late.py
    from pygrad.engine.ops.along import apply_along_axis, apply_over_axes
    from pygrad.engine.ops.angles import Deg2rad, Rad2deg, deg2rad, rad2deg
    from pygrad.engine.ops.convolution import Convolve, convolve, correlate
    from pygrad.engine.ops.counting import (
        bincount, unique, unique_all, unique_counts, unique_inverse, unique_values,
    )  # fmt: skip
    from pygrad.engine.ops.cross import Cross, cross
    from pygrad.engine.ops.differences import diff, ediff1d, gradient, trapezoid, unwrap
    from pygrad.engine.ops.editing import delete, insert, trim_zeros
    from pygrad.engine.ops.einsum import Einsum, einsum
    from pygrad.engine.ops.gelu import Gelu, GeluTanh, NormalCdf, gelu
    from pygrad.engine.ops.interpolation import interp
    from pygrad.engine.ops.magnitude import Copysign, Fabs, Hypot, copysign, fabs, hypot
    from pygrad.engine.ops.nan_aware import Fmax, Fmin, NanToNum, fmax, fmin, nan_to_num
    from pygrad.engine.ops.nan_reduction import (
        Nanmax, Nanmin,
        nancumprod, nancumsum, nanmax, nanmean, nanmin, nanprod, nanstd, nansum, nanvar,
    )  # fmt: skip
    from pygrad.engine.ops.padding import pad
    from pygrad.engine.ops.plain import (
        all, allclose, any, argmax, argmin, argpartition, argsort, argwhere, array_equal,
        array_equiv, count_nonzero, digitize, empty_like, equal, flatnonzero, greater,
        greater_equal, isclose, iscomplex, iscomplexobj, isfinite, isin, isinf, isnan, isneginf,
        isposinf, isreal, isrealobj, less, less_equal, lexsort, logical_and, logical_not,
        logical_or, logical_xor, nanargmax, nanargmin, ndim, nonzero, not_equal, ones_like,
        result_type, searchsorted, shape, signbit, size, zeros_like,
    )  # fmt: skip
    from pygrad.engine.ops.polynomials import (
        polyadd, polyder, polyint, polymul, polysub, polyval, vander,
    )  # fmt: skip
    from pygrad.engine.ops.powers import (
        Cbrt, Frexp, Ldexp, Reciprocal,
        cbrt, float_power, frexp, ldexp, reciprocal,
    )  # fmt: skip
    from pygrad.engine.ops.quantiles import (
        median, nanmedian, nanpercentile, nanquantile, percentile, quantile,
    )  # fmt: skip
    from pygrad.engine.ops.rearranging import Flip, Roll, flip, fliplr, flipud, roll, rot90
    from pygrad.engine.ops.rectifier import (
        Celu, Elu, HardTanh, Selu,
        celu, elu, hard_tanh, selu,
    )  # fmt: skip
    from pygrad.engine.ops.smooth_activation import (
        Glu, LogSigmoid, Mish, Silu, Softplus, Softsign,
        glu, log_sigmoid, mish, silu, softplus, softsign,
    )  # fmt: skip
    from pygrad.engine.ops.sorting import Permute, partition, sort
    from pygrad.engine.ops.spacing import full, full_like, geomspace, linspace, logspace
    from pygrad.engine.ops.special import I0, Sinc, i0, sinc
    from pygrad.engine.ops.splitting import array_split, dsplit, hsplit, unstack, vsplit
    from pygrad.engine.ops.writing import (
        copyto, fill_diagonal, place, put, put_along_axis, putmask,
    )  # fmt: skip

__all__ = [
    "I0", "Abs", "Add", "Angle", "Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctan2",
    "Arctanh", "Astype", "BroadcastTo", "Cbrt", "Ceil", "Celu", "Clip", "Concatenate", "Conj",
    "Convolve", "Copysign", "Cos", "Cosh", "Cross", "Cumprod", "Cumsum", "Deg2rad", "Divide",
    "Dot", "Dropout", "Einsum", "Elu", "Exp", "Exp2", "ExpandDims", "Expm1", "Fabs", "Flatten",
    "Flip", "Floor", "FloorDivide", "Fmax", "Fmin", "Fmod", "Frexp", "Gelu", "GeluTanh",
    "GetItem", "Glu", "HardTanh", "Heaviside", "Hypot", "Imag", "Ldexp", "LeakyRelu", "Linear",
    "Log", "Log1p", "Log2", "Log10", "LogSigmoid", "LogSoftmax", "Logaddexp", "Logaddexp2",
    "Logsumexp", "Matmul", "Max", "Maximum", "Mean", "MeanSquaredError", "Min", "Minimum",
    "Mish", "Modf", "Multiply", "NanToNum", "Nanmax", "Nanmin", "Negative", "NormalCdf",
    "Outer", "Permute", "Positive", "Power", "Prod", "Rad2deg", "Real", "Reciprocal",
    "Recurrence", "Relu", "Remainder", "Reshape", "Rint", "Roll", "Round", "ScatterAdd",
    "Selu", "SetItem", "Sigmoid", "Sign", "Silu", "Sin", "Sinc", "Sinh", "Softmax",
    "SoftmaxCrossEntropy", "Softplus", "Softsign", "Split", "Sqrt", "Square", "Squeeze",
    "Stack", "Std", "Subtract", "Sum", "SumTo", "Swapaxes", "Take", "TakeAlongAxis", "Tan",
    "Tanh", "Tensordot", "Transpose", "Trunc", "Var", "Vecdot", "Where",
    "abs", "absolute", "add", "all", "allclose", "angle", "any", "append", "apply_along_axis",
    "apply_over_axes", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2",
    "arctanh", "argmax", "argmin", "argpartition", "argsort", "argwhere", "array_equal",
    "array_equiv", "array_split", "astype", "atleast_1d", "atleast_2d", "atleast_3d",
    "average", "bincount", "block", "broadcast_arrays", "broadcast_to", "cbrt", "ceil", "celu",
    "choose", "clip", "column_stack", "compress", "concatenate", "conj", "conjugate",
    "convolve", "copy", "copysign", "copyto", "corrcoef", "correlate", "cos", "cosh",
    "count_nonzero", "cov", "cross", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum",
    "deg2rad", "delete", "diag", "diagflat", "diagonal", "diff", "digitize", "divide",
    "divmod", "dot", "dropout", "dsplit", "dstack", "ediff1d", "einsum", "elu", "empty_like",
    "equal", "exp", "exp2", "expand_dims", "expm1", "extract", "fabs", "fill_diagonal",
    "flatnonzero", "flatten", "flip", "fliplr", "flipud", "float_power", "floor",
    "floor_divide", "fmax", "fmin", "fmod", "frexp", "full", "full_like", "gelu", "geomspace",
    "get", "get_item", "glu", "gradient", "greater", "greater_equal", "hard_tanh", "heaviside",
    "hsplit", "hstack", "hypot", "i0", "imag", "inner", "insert", "interp", "isclose",
    "iscomplex", "iscomplexobj", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf",
    "isreal", "isrealobj", "kron", "ldexp", "leaky_relu", "less", "less_equal", "lexsort",
    "linear", "linspace", "log", "log1p", "log2", "log10", "log_sigmoid", "log_softmax",
    "logaddexp", "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor",
    "logspace", "logsumexp", "matmul", "matrix_transpose", "matvec", "max", "maximum", "mean",
    "mean_squared_error", "median", "meshgrid", "min", "minimum", "mish", "mod", "modf",
    "moveaxis", "multiply", "names", "nan_to_num", "nanargmax", "nanargmin", "nancumprod",
    "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod",
    "nanquantile", "nanstd", "nansum", "nanvar", "ndim", "negative", "nonzero", "not_equal",
    "ones_like", "outer", "pad", "partition", "percentile", "piecewise", "place", "polyadd",
    "polyder", "polyint", "polymul", "polysub", "polyval", "positive", "power", "prod", "ptp",
    "put", "put_along_axis", "putmask", "quantile", "rad2deg", "ravel", "real",
    "real_if_close", "reciprocal", "relu", "remainder", "repeat", "reshape", "resize",
    "result_type", "rint", "roll", "rollaxis", "rot90", "round", "searchsorted", "select",
    "selu", "shape", "sigmoid", "sign", "signbit", "silu", "sin", "sinc", "sinh", "size",
    "softmax", "softmax_cross_entropy", "softplus", "softsign", "sort", "split", "sqrt",
    "square", "squeeze", "stack", "std", "subtract", "sum", "sum_to", "swapaxes", "take",
    "take_along_axis", "tan", "tanh", "tensordot", "tile", "trace", "transpose", "trapezoid",
    "tril", "trim_zeros", "triu", "trunc", "unique", "unique_all", "unique_counts",
    "unique_inverse", "unique_values", "unstack", "unwrap", "vander", "var", "vdot", "vecdot",
    "vecmat", "vsplit", "vstack", "where", "zeros_like",
]  # fmt: skip

_functions = _registry("functions")


def get(name: str) -> Any:
    """The function registered under this name, built in or a plugin's.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.get("relu")(-1.0)
    Variable(0.0)
    """
    return _functions.get(name)


def names() -> list[str]:
    """The names of all functions, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.names()[:2]
    ['abs', 'absolute']
    """
    return _functions.names()


_LATER = ("fft", "linalg")


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return import_module(f"pygrad.{name}")
    if name in __all__:
        _import_the_rest()
        return globals()[name]
    try:
        return _functions.attribute(name)
    except AttributeError as error:
        if name.startswith("_"):  # the interpreter asks every module for such
            raise
        from pygrad.engine import refusals

        message = refusals.missing_function(name, str(error))
        raise AttributeError(message, name=name) from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_LATER})


def _import_the_rest() -> None:
    """The functions and classes of the families that are imported on first use."""
    from pygrad.engine.ops.late import FAMILIES

    names = set(__all__)
    for family in FAMILIES:
        for name, thing in vars(family).items():
            if name in names and getattr(thing, "__module__", None) == family.__name__:
                globals()[name] = thing
