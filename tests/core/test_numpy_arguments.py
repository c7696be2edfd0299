"""Every function of NumPy's that has a rule takes every argument that NumPy documents for it.

A call below is made with arrays and with Variables, its arguments by name and by position, and must
come to the same. An argument that no call gives must be refused by name, or change nothing.
"""

import inspect

import numpy as np
import pytest

from pygrad import Variable, fft, linalg  # noqa: F401  (they fill the table)
from pygrad.engine.numpy_protocols import FUNCTIONS
from pygrad.exceptions import PyGradError

rng = np.random.default_rng(0)
A, B = rng.normal(size=(2, 3, 4))
V, W = A[0], B[0]
CUBE = rng.normal(size=(2, 3, 4))
SQUARE = rng.normal(size=(4, 4))
POSITIVE = SQUARE @ SQUARE.T + np.eye(4)
GAPS = np.where(np.abs(CUBE) < 0.4, np.nan, CUBE)
MASK = CUBE > -0.5
MOST = np.arange(24).reshape(2, 3, 4) % 7 > 0
HALVES = np.array([[0.5, 1.5, 2.5, 3.5]] * 4)
C = A + 1j * B
ORDER = np.argsort(B, axis=1)


class Call:
    """The arguments of a call."""

    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs


REDUCED = Call(CUBE, axis=(0, -1), keepdims=True, initial=0.3, where=MASK)
SUMMED = Call(CUBE, axis=1, dtype=np.float64, keepdims=True, initial=0.3, where=MASK)
SPREAD = (
    Call(CUBE, axis=1, dtype=np.float64, ddof=1, keepdims=True, where=MOST, mean=CUBE[:, :1]),
    Call(CUBE, axis=(0, 2), correction=1),
)
QUANTILE = (
    Call(CUBE, 0.3, axis=1, overwrite_input=True, method="lower", keepdims=True),
    Call(CUBE, [0.1, 0.9]),
)
RUNNING = Call(CUBE, axis=1, dtype=np.float64)
SPACED = Call(0.5, V + 9, num=3, endpoint=False, dtype=np.float64, axis=-1)
FFT = (Call(A, n=3, axis=0, norm="ortho"), Call(C, n=6, axis=-1, norm="forward"))
FFTN = (Call(A, s=(3, 2), axes=(1, 0), norm="ortho"), Call(C, norm="backward"))
SHIFT = Call(A, axes=1)

CALLS = {
    "numpy": {
        **dict.fromkeys(("sum", "prod", "nansum", "nanprod"), SUMMED),
        **dict.fromkeys(("max", "min", "amax", "amin", "nanmax", "nanmin"), REDUCED),
        **dict.fromkeys(
            ("mean", "nanmean"),
            Call(CUBE, axis=1, dtype=np.float64, keepdims=True, where=MASK),
        ),
        **dict.fromkeys(("var", "std", "nanvar", "nanstd"), SPREAD),
        **dict.fromkeys(("quantile", "nanquantile"), QUANTILE),
        **dict.fromkeys(
            ("percentile", "nanpercentile"),
            Call(CUBE, 30, axis=(0, 1), overwrite_input=True, method="linear", keepdims=True),
        ),
        **dict.fromkeys(
            ("median", "nanmedian"), Call(GAPS, axis=1, overwrite_input=True, keepdims=True)
        ),
        **dict.fromkeys(("cumsum", "cumprod", "nancumsum", "nancumprod"), RUNNING),
        **dict.fromkeys(
            ("cumulative_sum", "cumulative_prod"),
            Call(CUBE, axis=1, dtype=np.float64, include_initial=True),
        ),
        "linspace": [SPACED, Call(0.5, V, retstep=True, device="cpu")],
        "geomspace": SPACED,
        "logspace": Call(0.5, V, num=3, endpoint=False, base=2.5, dtype=np.float64, axis=-1),
        **dict.fromkeys(("round", "around"), Call(A, decimals=1)),
        **dict.fromkeys(("fix", "sinc", "i0", "real", "imag", "flipud", "fliplr"), Call(A)),
        **dict.fromkeys(("unique_values", "matrix_transpose"), Call(A)),
        **dict.fromkeys(("unique_all", "unique_counts", "unique_inverse"), Call(A)),
        "angle": [Call(A, deg=True), Call(C)],
        "real_if_close": Call(C, tol=10),
        "append": Call(A, B[:2], axis=0),
        "apply_along_axis": Call(np.sum, 1, CUBE, keepdims=True),
        "apply_over_axes": Call(np.sum, CUBE, [0, 2]),
        "array_split": Call(A, 3, axis=1),
        "astype": Call(A, np.float32, copy=False, device="cpu"),
        **dict.fromkeys(("atleast_1d", "atleast_2d", "atleast_3d"), Call(V, A)),
        "average": Call(A, axis=1, weights=np.abs(V), returned=True, keepdims=True),
        "bincount": Call(np.array([0, 2, 2, 1]), weights=V, minlength=7),
        "block": Call([[A, B], [B, A]]),
        "broadcast_arrays": Call(A, V, subok=True),
        "broadcast_to": Call(V, (3, 4), subok=True),
        "choose": Call([0, 3, 1, 0], [V, W], mode="wrap"),
        "clip": [Call(A, a_min=-0.5, a_max=W), Call(A, min=-0.5, max=W), Call(A, V - 1, None)],
        "column_stack": Call([V, W]),
        "compress": Call([True, False, True], A, axis=0),
        **dict.fromkeys(
            ("concatenate", "concat"), Call([A, B], axis=1, dtype=np.float32, casting="unsafe")
        ),
        "stack": Call([A, B], axis=1, dtype=np.float32, casting="unsafe"),
        **dict.fromkeys(("vstack", "hstack"), Call([A, B], dtype=np.float32, casting="same_kind")),
        "dstack": Call([A, B]),
        **dict.fromkeys(("convolve", "correlate"), Call(V, W[:2], mode="same")),
        "copy": Call(A, order="K", subok=True),
        "copyto": Call(A, W, casting="unsafe", where=MASK[0]),
        "corrcoef": Call(A, y=B, rowvar=False, dtype=np.float64),
        "cov": [
            Call(A, y=B, rowvar=True, bias=True, fweights=[1, 2, 1, 3], aweights=np.abs(V)),
            Call(A, ddof=0, dtype=np.float64),
        ],
        "cross": [
            Call(A[:, :3], B[:, :3].T, axisa=1, axisb=0, axisc=0),
            Call(A[:, :3], B[:, :3], axis=0),
        ],
        "delete": Call(A, [0, 2], axis=1),
        **dict.fromkeys(("diag", "diagflat"), Call(V, k=1)),
        "diagonal": Call(CUBE, offset=1, axis1=2, axis2=1),
        "diff": Call(A, n=2, axis=0, prepend=V[None], append=W[None]),
        **dict.fromkeys(("dot", "inner", "kron"), Call(A, SQUARE)),
        **dict.fromkeys(("vdot", "outer"), Call(V, W)),
        "dsplit": Call(CUBE, 2),
        "ediff1d": Call(A, to_end=V, to_begin=W),
        "einsum": Call("ij,kj->ik", A, B),
        "expand_dims": Call(A, (0, -1)),
        "extract": Call(MASK[0], A),
        "fill_diagonal": [Call(rng.normal(size=(9, 4)), W, wrap=True)],
        "flip": Call(CUBE, axis=(0, -1)),
        "full_like": Call(A, np.array(0.7), dtype=np.float32, order="K", shape=(2, 3)),
        "gradient": Call(A, 0.5, 2.0, axis=(0, 1), edge_order=2),
        "hsplit": Call(A, [1, 3]),
        "insert": Call(A, 1, W, axis=0),
        "interp": [
            Call(V, np.array([-1.0, 0.1, 2.0]), W[:3], left=0.5, right=-0.5),
            Call(V, np.array([-1.0, 0.1, 2.0]), W[:3], period=3.0),
        ],
        "meshgrid": Call(V, W, copy=True, sparse=True, indexing="ij"),
        "moveaxis": Call(CUBE, [0, 1], [-1, 0]),
        "nan_to_num": Call(GAPS, copy=True, nan=0.5, posinf=1.0, neginf=-1.0),
        "pad": Call(A, ((1, 2), (0, 1)), mode="constant", constant_values=0.3),
        "partition": Call(A, 1, axis=0, kind="introselect"),
        **dict.fromkeys(("transpose", "permute_dims"), Call(CUBE, axes=(2, 0, 1))),
        "piecewise": Call(V, [V > 0], [np.sqrt, np.square]),
        "place": Call(A, MASK[0], W),
        **dict.fromkeys(("polyadd", "polysub", "polymul", "polyval"), Call(V, W[:2])),
        "polyder": Call(V, m=2),
        "polyint": Call(V, m=2, k=W[:2]),
        "ptp": Call(CUBE, axis=(0, 2), keepdims=True),
        "put": Call(A, [7, -1, 99], W, mode="clip"),
        "put_along_axis": Call(A, ORDER[:, :2], B[:, :2], axis=1),
        "putmask": Call(A, MASK[0], B),
        "ravel": Call(A, order="F"),
        "repeat": Call(A, [1, 0, 2], axis=0),
        "reshape": Call(A, (2, 6), order="F", copy=True),
        "resize": Call(A, (5, 4)),
        "roll": Call(CUBE, (1, -2), axis=(0, 2)),
        "rollaxis": Call(CUBE, 2, start=1),
        "rot90": Call(CUBE, k=3, axes=(2, 0)),
        "select": Call([V > 0.5, V > 0], [V, W], default=0.3),
        "sort": [Call(A, axis=0, kind="stable"), Call(A, stable=True)],
        "split": Call(A, [1, 3], axis=1),
        "squeeze": Call(CUBE[:, :1], axis=1),
        "swapaxes": Call(CUBE, 0, -1),
        "take": Call(CUBE, [7, 1], axis=1, mode="wrap"),
        "take_along_axis": Call(A, ORDER, axis=1),
        "tensordot": Call(CUBE, A, axes=([1, 2], [0, 1])),
        "tile": Call(A, (2, 1)),
        "trace": Call(CUBE, offset=1, axis1=2, axis2=1, dtype=np.float64),
        "trapezoid": [Call(A, x=V, axis=1), Call(A, dx=0.5, axis=0)],
        **dict.fromkeys(("tril", "triu"), Call(A, k=1)),
        "trim_zeros": Call(np.array([0.0, 1.0, 0.0, 2.0, 0.0]), trim="f"),
        "unique": [
            Call(A, return_index=True, return_inverse=True, return_counts=True, axis=0),
            Call(GAPS, equal_nan=False),
        ],
        "unstack": Call(CUBE, axis=1),
        "unwrap": Call(9 * A, discont=2.0, axis=0, period=3.0),
        "vander": Call(V, N=3, increasing=True),
        "vsplit": Call(A, 3),
        "where": Call(MASK[0], A, B),
    },
    "numpy.linalg": {
        "cholesky": Call(POSITIVE, upper=True),
        "cond": Call(POSITIVE, p="fro"),
        "cross": Call(A[:, :3], B[:, :3], axis=1),
        **dict.fromkeys(("det", "inv", "slogdet"), Call(POSITIVE)),
        "svdvals": Call(A),
        "diagonal": Call(CUBE, offset=1),
        **dict.fromkeys(("eigh", "eigvalsh"), Call(POSITIVE, UPLO="U")),
        **dict.fromkeys(("eig", "eigvals"), Call(POSITIVE)),
        "lstsq": Call(SQUARE[:, :2], V, rcond=None),
        "matmul": Call(A, SQUARE),
        "matrix_norm": Call(CUBE, keepdims=True, ord=1),
        "matrix_power": Call(SQUARE, 3),
        "matrix_transpose": Call(CUBE),
        "multi_dot": Call([A, SQUARE, SQUARE]),
        "norm": [Call(CUBE, ord=1, axis=(0, 1), keepdims=True), Call(V, ord=3)],
        "outer": Call(V, W),
        "pinv": [Call(SQUARE[:, :2], rcond=1e-12), Call(POSITIVE, hermitian=True)],
        "qr": Call(SQUARE, mode="reduced"),
        "solve": Call(POSITIVE, SQUARE),
        "svd": [
            Call(A, full_matrices=False, compute_uv=True),
            Call(POSITIVE, compute_uv=False, hermitian=True),
        ],
        "tensordot": Call(CUBE, A, axes=([1, 2], [0, 1])),
        "tensorinv": Call(rng.normal(size=(4, 2, 2)), ind=1),
        "tensorsolve": Call(rng.normal(size=(2, 2, 4)), A[:2, :2], axes=None),
        "trace": Call(CUBE, offset=1, dtype=np.float64),
        "vecdot": Call(A, B, axis=0),
        "vector_norm": Call(CUBE, axis=1, keepdims=True, ord=3),
    },
    "numpy.fft": {
        **dict.fromkeys(("fft", "ifft", "irfft", "hfft"), FFT),
        **dict.fromkeys(("rfft", "ihfft"), FFT[:1]),
        **dict.fromkeys(("fft2", "ifft2", "fftn", "ifftn", "irfft2", "irfftn"), FFTN),
        **dict.fromkeys(("rfft2", "rfftn"), FFTN[:1]),
        **dict.fromkeys(("fftshift", "ifftshift"), SHIFT),
    },
}
MODULES = {"numpy": np, "numpy.linalg": np.linalg, "numpy.fft": np.fft}

# what is given for an argument that no call above gives
VALUES = {
    "out": np.zeros(()), "order": "F", "weights": np.abs(CUBE), "hermitian": True, "sorted": True,
    "device": "cpu", "descending": True, "subok": True, "axis": 0, "optimize": True, "rtol": 1e-9,
    "bias": True, "interpolation": "lower", "ddof": 1,  # of an older NumPy
}  # fmt: skip

# their first argument is by position only, which their signatures do not say
POSITIONAL_UNLISTED = {"unique_all", "unique_counts", "unique_inverse", "unique_values"}


def implemented():
    found = []
    for module, calls in CALLS.items():
        for name, given in calls.items():
            function = getattr(MODULES[module], name, None)
            if function in FUNCTIONS:
                for i, call in enumerate([given] if isinstance(given, Call) else given):
                    if fits(function, call):
                        found.append(pytest.param(function, call, id=f"{module}.{name} {i}"))
    return found


def fits(function, call):
    """Whether this NumPy, which may be an older one, knows all the arguments."""
    try:
        inspect.signature(function).bind(*call.args, **call.kwargs)
    except TypeError:
        return False
    except ValueError:  # written in C, it does not say which it takes
        return not call.kwargs
    return True


def parameters(function):
    try:
        return inspect.signature(function).parameters
    except ValueError:
        return {}


def with_variables(value):
    """The argument with its arrays of floats as Variables, within lists too."""
    if isinstance(value, list | tuple):
        return type(value)(map(with_variables, value))
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        return Variable(value.copy())
    return value


def compared(function, args, kwargs, expected):
    args = with_variables(args)
    # settings stay plain, but for what is differentiated as well
    kwargs = {k: with_variables(v) if k != "where" else v for k, v in kwargs.items()}
    y = function(*args, **kwargs)
    if y is None:  # it wrote to the first
        y, expected = args[0], expected[1][0]
    else:
        expected = expected[0]
    several = isinstance(expected, list | tuple)
    for one, wanted in zip(y if several else [y], expected if several else [expected], strict=True):
        value = one.data if isinstance(one, Variable) else one
        np.testing.assert_allclose(value, wanted, rtol=1e-6, atol=1e-12)
        if isinstance(value, np.ndarray):
            assert value.dtype == wanted.dtype
    return y


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated")  # since NumPy 2.5
@pytest.mark.parametrize(("function", "call"), implemented())
def test_arguments_by_name_and_by_position(function, call):
    on = [x.copy() if isinstance(x, np.ndarray) else x for x in call.args]
    expected = function(*on, **call.kwargs), on
    y = compared(function, call.args, call.kwargs, expected)
    parts = y if isinstance(y, list | tuple) else [y]
    assert any(isinstance(part, Variable) and part.requires_grad for part in parts)

    listed = parameters(function)
    kinds = {p.kind for p in listed.values()}
    if not listed or kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        return
    bound = inspect.signature(function).bind(*call.args, **call.kwargs).arguments
    unlisted = function.__name__ in POSITIONAL_UNLISTED
    only_by_place = unlisted or any(p.kind is p.POSITIONAL_ONLY for p in listed.values())
    if expected[0] is not None and not only_by_place:
        compared(function, (), bound, expected)
    places = [k for k, p in listed.items() if p.kind is not p.KEYWORD_ONLY]
    last = max(places.index(k) for k in bound if k in places)
    by_place = [bound.get(k, listed[k].default) for k in places[: last + 1]]
    rest = {k: v for k, v in bound.items() if k not in places}
    compared(function, tuple(by_place), rest, expected)


def refused(function, args, kwargs):
    try:
        function(*args, **kwargs)
    except PyGradError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("function", "call"), implemented())
def test_an_argument_that_no_call_gives_is_refused_by_name_or_changes_nothing(function, call):
    listed = parameters(function)
    mine = [c.values[1] for c in implemented() if c.values[0] is function]
    given = (
        set().union(
            *(inspect.signature(function).bind(*c.args, **c.kwargs).arguments for c in mine)
        )
        if listed
        else set()
    )
    for name, p in listed.items():
        if name in given or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        assert name in VALUES, f"no call gives {name}="
        kwargs = {**call.kwargs, name: VALUES[name]}
        refusal = refused(function, with_variables(call.args), kwargs)
        if refusal:
            assert name in refusal
        else:
            assert name != "out"
            expected = function(*call.args, **kwargs)
            compared(function, call.args, call.kwargs, (expected, call.args))


def test_this_numpy_knows_most_of_the_calls():
    assert len(implemented()) > 130


def test_there_is_a_call_for_every_function_that_has_a_rule():
    missing = [
        f"{module}.{name}"
        for module, calls in CALLS.items()
        for name in dir(MODULES[module])
        if not name.startswith("_")
        and name not in calls
        and callable(function := getattr(MODULES[module], name))
        and not isinstance(function, type)
        and function in FUNCTIONS
        and not isinstance(function, np.ufunc)
    ]
    assert not missing
