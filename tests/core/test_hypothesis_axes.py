"""Axes of any number and sign, keepdims, and everything else that a function of axes takes."""

import inspect
import warnings

import hypothesis.strategies as st
import numpy as np
import pytest
from drawing import axes_of, axis_arguments, drawn, shapes
from hypothesis import given
from rows import points

from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import PyGradError
from pygrad.testing import check_gradients


def _softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _logsumexp(x, axis=None, keepdims=False):
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


# functions that NumPy does not have under the same name
REFERENCES = {
    "log_softmax": lambda x, axis=-1: np.log(_softmax(x, axis)),
    "logsumexp": _logsumexp,
    "softmax": _softmax,
}


def parameters(name):
    try:
        return inspect.signature(getattr(F, name)).parameters
    except (TypeError, ValueError):
        return {}


def is_a_reduction(name):
    """Whether it takes `keepdims`, and one array alone."""
    p = parameters(name)
    return "keepdims" in p and [q.default for q in p.values()].count(inspect.Parameter.empty) == 1


REDUCTIONS = [n for n in F.__all__ if n[0].islower() and is_a_reduction(n)]
QUANTILES = ["quantile", "percentile", "nanquantile", "nanpercentile"]


def reference(name):
    return REFERENCES.get(name) or getattr(np, name)


def compare(name, x, *args, **kwargs):
    """A function beside NumPy's: the value, the derivatives, and the refusals."""
    ours = getattr(F, name)
    try:
        expected = reference(name)(x, *args, **kwargs)
    except (ValueError, IndexError, TypeError):
        with pytest.raises(PyGradError):
            ours(Variable(x), *args, **kwargs)
        return
    y = ours(Variable(x), *args, **kwargs)
    parts = y if isinstance(y, list | tuple) else [y]
    for part, wanted in zip(
        parts, expected if isinstance(y, list | tuple) else [expected], strict=True
    ):
        assert part.shape == np.shape(wanted)
        assert part.dtype == np.asarray(wanted).dtype
        np.testing.assert_allclose(part.data, wanted, rtol=1e-11, atol=1e-12)
    check_gradients(lambda x: ours(x, *args, **kwargs), [x])


def test_the_reductions_are_found():
    # what takes `keepdims` is tested here without being named; these are the ones of NumPy
    assert {"sum", "mean", "prod", "max", "min", "std", "var", "median", "ptp", "nansum"} <= set(
        REDUCTIONS
    )


@pytest.mark.parametrize("name", REDUCTIONS)
@drawn(15)
@given(shape=shapes(0, 4, 1, 3), keepdims=st.booleans(), data=st.data())
def test_a_reduction_over_any_axes(name, shape, keepdims, data):
    axis = data.draw(axis_arguments(len(shape)))
    x = points(*shape, low=0.2, high=2.0) if shape else np.array(0.7)
    if data.draw(st.booleans()):
        x = np.asfortranarray(x)
    compare(name, x, axis=axis, keepdims=keepdims)


@pytest.mark.parametrize("name", REDUCTIONS)
@drawn(10)
@given(shape=shapes(1, 3, 0, 2), keepdims=st.booleans(), data=st.data())
def test_a_reduction_of_nothing_is_numpys(name, shape, keepdims, data):
    axis = data.draw(axis_arguments(len(shape)))
    x = points(*shape) if 0 not in shape else np.zeros(shape)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a mean of nothing both warn
        try:
            expected = reference(name)(x, axis=axis, keepdims=keepdims)
        except ZeroDivisionError:  # np.average, of a matrix without rows and columns
            return
        except ValueError:
            with pytest.raises(PyGradError):
                getattr(F, name)(Variable(x), axis=axis, keepdims=keepdims)
            return
        leaf = Variable(x)
        y = getattr(F, name)(leaf, axis=axis, keepdims=keepdims)
        np.testing.assert_allclose(y.data, expected, rtol=1e-12)
        assert y.shape == np.shape(expected)
        y.backward(np.ones(y.shape))
    assert leaf.grad is None or leaf.grad.shape == shape


@pytest.mark.parametrize("name", QUANTILES)
@drawn(15)
@given(shape=shapes(0, 3, 1, 3), keepdims=st.booleans(), data=st.data())
def test_quantiles_over_any_axes(name, shape, keepdims, data):
    axis = data.draw(axis_arguments(len(shape)))
    whole = 100 if "percentile" in name else 1
    q = data.draw(st.sampled_from([0.3, [0.12, 0.9], [[0.41]]]))
    x = points(*shape, low=0.2, high=2.0) if shape else np.array(0.7)
    compare(name, x, np.multiply(q, whole), axis=axis, keepdims=keepdims)


def one_axis(data, shape):
    return {"axis": data.draw(axes_of(len(shape)))}


def one_axis_or_none(data, shape):
    return {"axis": data.draw(st.none() | axes_of(len(shape)))}


def any_axes(data, shape):
    return {"axis": data.draw(axis_arguments(len(shape)))}


def diffs(data, shape):
    return {"n": data.draw(st.integers(0, 3)), **one_axis(data, shape)}


def shifts(data, shape):
    axis = data.draw(axis_arguments(len(shape)))
    if isinstance(axis, tuple):
        return {"shift": tuple(data.draw(st.integers(-5, 5)) for _ in axis), "axis": axis}
    return {"shift": data.draw(st.integers(-5, 5)), "axis": axis}


def repeats(data, shape):
    axis = data.draw(axes_of(len(shape)))
    counts = st.lists(st.integers(0, 2), min_size=shape[axis], max_size=shape[axis])
    return {"repeats": data.draw(st.integers(0, 3) | counts), "axis": axis}


def places(data, shape):
    axis = data.draw(axes_of(len(shape)))
    n = shape[axis]
    index = st.integers(-n, n - 1)
    return {"indices": data.draw(index | st.lists(index, min_size=1, max_size=4)), "axis": axis}


def new_axes(data, shape):
    ndim = len(shape)
    one = st.integers(-ndim - 1, ndim)
    several = st.sets(st.integers(0, ndim + 1), min_size=2, max_size=2).map(tuple)
    return {"axis": data.draw(one | several)}


def order(data, shape):
    axes = data.draw(st.permutations(range(len(shape))))
    return {"axes": data.draw(st.none() | st.just([a - len(shape) * (a % 2) for a in axes]))}


def two_axes(data, shape):
    return {
        "axis1": data.draw(axes_of(len(shape))),
        "axis2": data.draw(axes_of(len(shape))),
    }


def sources(data, shape):
    return {
        "source": data.draw(axes_of(len(shape))),
        "destination": data.draw(axes_of(len(shape))),
    }


def sections(data, shape):
    axis = data.draw(axes_of(len(shape)))
    cuts = st.lists(st.integers(0, 4), max_size=3).map(sorted)
    return {"indices_or_sections": data.draw(st.integers(1, 4) | cuts), "axis": axis}


def quarter_turns(data, shape):
    axes = data.draw(st.permutations(range(len(shape))))[:2]
    return {"k": data.draw(st.integers(-4, 4)), "axes": tuple(axes)}


def ranks(data, shape):
    axis = data.draw(axes_of(len(shape)))
    return {"kth": data.draw(st.integers(0, shape[axis] - 1)), "axis": axis}


def copies(data, shape):
    counts = st.lists(st.integers(0, 2), min_size=1, max_size=len(shape) + 1)
    return {"reps": data.draw(st.integers(1, 3) | counts)}


def margins(data, shape):
    one = st.integers(0, 3)
    widths = data.draw(
        one | st.lists(st.tuples(one, one), min_size=len(shape), max_size=len(shape))
    )
    modes = ["constant", "edge", "reflect", "symmetric", "wrap"]
    return {"pad_width": widths, "mode": data.draw(st.sampled_from(modes))}


def a_deletion(data, shape):
    axis = data.draw(axes_of(len(shape)))
    n = shape[axis]
    return {"obj": data.draw(st.integers(-n, n - 1) | st.slices(n)), "axis": axis}


def a_diagonal(data, shape):
    axes = data.draw(st.permutations(range(len(shape))))[:2]
    return {"offset": data.draw(st.integers(-3, 3)), "axis1": axes[0], "axis2": axes[1]}


def offset(data, shape):
    return {"k": data.draw(st.integers(-4, 4))}


def a_condition(data, shape):
    axis = data.draw(axes_of(len(shape)))
    flags = st.lists(st.booleans(), min_size=1, max_size=shape[axis])
    return {"condition": data.draw(flags), "axis": axis}


# name: what is drawn for it, the fewest axes and the shortest side that it makes sense for
CALLS = {
    "array_split": (sections, 1, 1),
    "compress": (a_condition, 1, 1),
    "cumprod": (one_axis_or_none, 1, 1),
    "cumsum": (one_axis_or_none, 1, 1),
    "delete": (a_deletion, 1, 1),
    "diagonal": (a_diagonal, 2, 1),
    "diff": (diffs, 1, 1),
    "expand_dims": (new_axes, 0, 1),
    "flip": (any_axes, 0, 1),
    "gradient": (any_axes, 1, 2),
    "log_softmax": (one_axis, 1, 1),
    "moveaxis": (sources, 1, 1),
    "nancumprod": (one_axis_or_none, 1, 1),
    "nancumsum": (one_axis_or_none, 1, 1),
    "pad": (margins, 1, 1),
    "partition": (ranks, 1, 1),
    "repeat": (repeats, 1, 1),
    "roll": (shifts, 1, 1),
    "rot90": (quarter_turns, 2, 1),
    "softmax": (one_axis, 1, 1),
    "sort": (one_axis_or_none, 1, 1),
    "split": (sections, 1, 1),
    "squeeze": (any_axes, 0, 1),
    "swapaxes": (two_axes, 1, 1),
    "take": (places, 1, 1),
    "tile": (copies, 0, 1),
    "trace": (a_diagonal, 2, 1),
    "transpose": (order, 0, 1),
    "trapezoid": (one_axis, 1, 1),
    "tril": (offset, 2, 1),
    "triu": (offset, 2, 1),
    "unwrap": (one_axis, 1, 1),
}


@pytest.mark.parametrize("name", CALLS)
@drawn(15)
@given(data=st.data())
def test_a_function_of_axes_with_any_arguments(name, data):
    draw, dims, side = CALLS[name]
    shape = data.draw(shapes(dims, 3 if dims < 2 else 4, side, 4))
    kwargs = draw(data, shape)
    x = points(*shape, low=0.2, high=2.0) if shape else np.array(0.7)
    if name == "compress":
        kwargs = {"a": x, **kwargs}
        y = F.compress(kwargs["condition"], Variable(x), kwargs["axis"])
        np.testing.assert_array_equal(y.data, np.compress(**kwargs))
        check_gradients(lambda x: F.compress(kwargs["condition"], x, kwargs["axis"]), [x])
    else:
        compare(name, x, **kwargs)


@pytest.mark.parametrize("name", ["concatenate", "stack"])
@drawn(25)
@given(shape=shapes(1, 3, 0, 3), data=st.data())
def test_arrays_joined_along_any_axis(name, shape, data):
    axis = data.draw(axes_of(len(shape) + (name == "stack")))
    sides = [shape, shape, shape]
    if name == "concatenate":  # they may differ along the axis
        sides = [
            tuple(
                data.draw(st.integers(0, 3)) if k == axis % len(shape) else n
                for k, n in enumerate(shape)
            )
            for _ in sides
        ]
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=s) for s in sides]
    y = getattr(F, name)(list(map(Variable, arrays)), axis)
    np.testing.assert_array_equal(y.data, getattr(np, name)(arrays, axis))
    check_gradients(lambda *xs: getattr(F, name)(xs, axis) ** 2, arrays)


@pytest.mark.parametrize(
    "name", ["sum", "max", "cumsum", "softmax", "sort", "flip", "stack", "take"]
)
@drawn(15)
@given(shape=shapes(0, 3), axis=st.integers(3, 6), sign=st.sampled_from([1, -1]))
def test_an_axis_that_is_not_there_is_refused_by_name(name, shape, axis, sign):
    x = Variable(np.ones(shape))
    first = [x, x] if name == "stack" else x
    more = ([0],) if name == "take" else ()
    with pytest.raises(PyGradError, match=f"(?i){name}|axis"):
        getattr(F, name)(first, *more, axis=sign * (axis + 2))
