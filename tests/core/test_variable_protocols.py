"""A Variable where Python and NumPy expect a number or an array: what works, and what explains."""

import copy
import math
import operator
import pickle
import re

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, Variable, as_variable, grad, no_grad
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, GraphError, PyGradError, ShapeError

V = np.array([1.0, 2.5, -3.0])
M = np.arange(6.0).reshape(2, 3)


# ------------------------------------------------------- arrays that would lose a gradient unseen


def test_a_variable_assigned_into_an_array_would_lose_its_gradient_and_is_refused():
    x, array = Variable(2.5), np.zeros(3)
    message = r"array\[index\] = x: .*array = as_variable\(array\), or assign x\.numpy\(\)"
    with pytest.raises(GraphError, match=message):
        array[1:] = Variable([1.0, 2.0])
    with pytest.raises(GraphError, match=message):
        array[:] = x
    # NumPy asks a single number for a float, and puts an error of its own on top of ours
    with pytest.raises((ValueError, GraphError)) as caught:
        array[0] = x
    assert re.search(message, str(caught.value.__cause__ or caught.value))
    with pytest.raises((ValueError, GraphError)) as caught:
        array[0] += x
    assert re.search(message, str(caught.value.__cause__ or caught.value))
    for other, value in ((np.zeros(3, complex), x), (np.zeros(3, int), Variable(2))):
        with pytest.raises((ValueError, TypeError, GraphError)):
            other[0] = value
    np.testing.assert_array_equal(array, [0, 0, 0])


def test_so_a_function_that_fills_an_array_never_has_a_silent_gradient_of_zero():
    def wrong(x):
        filled = np.zeros(2)
        filled[0] = x * x
        return filled.sum()

    def right(x):
        filled = as_variable(np.zeros(2))
        filled[0] = x * x
        return filled.sum()

    with pytest.raises((ValueError, GraphError)):
        grad(wrong)(3.0)
    assert grad(right)(3.0) == 6.0


def test_the_values_of_constants_and_under_no_grad_can_be_assigned():
    array = np.zeros(4)
    x = Variable(2.0)
    array[0] = x.detach()
    array[1] = x.item()
    array[2] = float(x)
    with no_grad():
        array[3] = x
    np.testing.assert_array_equal(array, [2, 2, 2, 2])


def test_conversions_that_somebody_asked_for_are_no_assignments():
    table, x = {}, Variable(2.0)
    table[float(x)] = float(x)
    table["int"] = int(x)
    values = [0.0]
    values[0] = x
    assert values[0] is x
    assert table == {2.0: 2.0, "int": 2}


@pytest.mark.parametrize(
    "lossy",
    [
        lambda x: np.asarray(x),
        lambda x: np.ascontiguousarray(x),
        lambda x: np.array([x[0], x[1]]),
        lambda x: np.array([x, x], dtype=object),
        lambda x: np.sum([x[0], x[1]]),
        lambda x: np.r_[x, x],
        lambda x: np.arange(x[1]),
        lambda x: np.full(3, x[0]),
        lambda x: np.full(3, x[0], float),
        lambda x: np.vectorize(abs)(x),
        lambda x: V.dot(x),
        lambda x: np.random.default_rng(0).normal(x),
        lambda x: np.ma.array(x),
        lambda x: np.from_dlpack(x),
        lambda x: np.copyto(V, x),
        lambda x: np.put(V, [0], x[0]),
        lambda x: np.fill_diagonal(np.eye(3), x),
        lambda x: np.add(V, x, out=V),
        lambda x: np.histogram(x),
        lambda x: np.emath.sqrt(x),
        lambda x: np.frompyfunc(abs, 1, 1)(x),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, 2),
    ],
)
def test_no_call_of_numpys_loses_a_gradient_unseen(lossy):
    with pytest.raises(PyGradError, match=r"F\.|x\.numpy\(\)|as_variable|x\.detach\(\)"):
        lossy(Variable(V))


def test_methods_of_an_array_that_dispatch_are_differentiated():
    x = Variable(V)
    y = V.clip(x, None)
    y.sum().backward()
    assert isinstance(y, Variable)
    np.testing.assert_array_equal((V + x).data, V.__add__(x).data)


# ---------------------------------------------------------------------------- Python's protocols


def test_rounding_and_its_kin():
    x = Variable(V)
    np.testing.assert_array_equal(round(x).data, [1, 2, -3])
    np.testing.assert_array_equal(round(Variable([1.26]), 1).data, [1.3])
    assert isinstance(round(Variable(2.5)), Variable)
    assert (math.floor(Variable(2.5)), math.ceil(Variable(2.5)), math.sqrt(Variable(4.0))) == (
        2,
        3,
        2,
    )
    quotient, rest = divmod(x, 2.0)
    np.testing.assert_array_equal(quotient.data, V // 2)
    np.testing.assert_array_equal(rest.data, V % 2)


def test_only_whole_numbers_are_indices():
    assert [10, 20, 30][Variable(1)] == 20
    assert M[Variable(1)].tolist() == [3, 4, 5]
    assert Variable(3) in range(5)
    for wrong in (Variable(1.0), Variable([1, 2])):
        with pytest.raises(TypeError):
            operator.index(wrong)


def test_lists_and_numpys_numbers_are_operands_in_any_place():
    x = Variable(V)
    for y, expected in (
        ([1, 2, 3] * x, [1, 5, -9]), (x * [1, 2, 3], [1, 5, -9]), ((1, 1, 1) - x, 1 - V),
        (np.float64(2) * x, 2 * V), (np.float64(2) - x, 2 - V), (V * x, V * V), (V @ x, V @ V),
        (np.int64(2) ** abs(x), 2 ** abs(V)), ([2, 0, 0] @ x, 2), (np.float32(1) / x, 1 / V),
        ([1, 2] * Variable(3), [3, 6]),
    ):  # fmt: skip
        assert isinstance(y, Variable)
        np.testing.assert_array_equal(y.data, expected)


def test_comparison_with_anything():
    x = Variable(V)
    assert (x == None).tolist() == [False] * 3  # noqa: E711
    assert (None != x).tolist() == [True] * 3  # noqa: E711
    assert (x == "a").tolist() == [False] * 3
    assert (x == [1.0, 0.0, -3.0]).tolist() == [True, False, True]
    assert (x == [Variable(1.0), 0.0, Variable(-3.0)]).tolist() == [True, False, True]
    assert (x > (0, 3, -4)).tolist() == [True, False, True]
    assert (Variable(1.0) == None) is False  # noqa: E711
    assert bool(Variable(1.0) == "a") is False
    assert [V, x].index(x, 1) == 1
    assert (2.5 in x, "a" in x, None in x) == (True, False, False)
    with pytest.raises(TypeError):
        _ = x < "a"


def test_formatting_a_number_and_an_array():
    assert f"{Variable(3.14159):.3f}" == "3.142"
    assert f"{Variable(1234.5):>12,.1f}|" == "     1,234.5|"
    assert f"{Variable(7):d}" == "7"
    assert f"{Variable([1, 2]):>20}" == "     Variable([1 2])"
    with pytest.raises(TypeError, match=r"'\.3f' is for a single number.*shape \(3,\)"):
        f"{Variable(V):.3f}"


def test_copies_have_the_value_the_name_and_no_graph():
    x = Parameter(V, name="x")
    y = x * 2
    for copied in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert type(copied) is Parameter
        assert copied.name == "x"
        np.testing.assert_array_equal(copied.data, V)
        assert not np.shares_memory(copied.data, x.data)
        assert copied.grad is None
    for copied in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert copied.creator is None
        np.testing.assert_array_equal(copied.data, 2 * V)


def test_the_method_copy_is_part_of_the_graph():
    x = Variable(V)
    y = x.copy()
    y[0] = 0.0
    y.sum().backward()
    np.testing.assert_array_equal(x.data, V)
    np.testing.assert_array_equal(x.grad.data, [0, 1, 1])


def test_iteration_and_sequences():
    x = Variable(V)
    assert [v.item() for v in reversed(x)] == [-3, 2.5, 1]
    assert [v.item() for v in sorted(x)] == [-3, 1, 2.5]
    assert (min(x).item(), max(x).item(), sum(x).item()) == (-3, 2.5, 0.5)
    a, *rest = x
    assert (a.item(), len(rest)) == (1.0, 2)
    assert not np.iterable(Variable(1.0))
    assert np.isscalar(Variable(1.0)) is False


# ------------------------------------------------------------------------ what an ndarray has


def test_methods_and_attributes_of_an_array():
    x, cube = Variable(V), Variable(np.arange(24.0).reshape(2, 3, 4))
    np.testing.assert_array_equal(x.round().data, V.round())
    np.testing.assert_array_equal(x.round(decimals=1).data, V.round(1))
    assert x.nonzero()[0].tolist() == [0, 1, 2]
    assert Variable([1.0, 2.0]).searchsorted([0.5, 1.5, 2.0], side="right").tolist() == [0, 1, 2]
    np.testing.assert_array_equal(cube.mT.data, cube.data.swapaxes(-1, -2))
    np.testing.assert_array_equal(x.clip(min=0.0).data, V.clip(min=0))
    np.testing.assert_array_equal(x.clip(max=1.0).data, V.clip(max=1))
    assert x.astype(np.float32, copy=False).dtype == np.float32
    for order in ("C", "F", "A"):
        for y, expected in (
            (cube.reshape(4, 6, order=order), cube.data.reshape(4, 6, order=order)),
            (cube.T.reshape((4, 6), order=order), cube.data.T.reshape(4, 6, order=order)),
            (cube.ravel(order), cube.data.ravel(order)),
            (cube.T.flatten(order), cube.data.T.flatten(order)),
        ):
            np.testing.assert_array_equal(y.data, expected)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sort", r"np\.sort\(x\) gives a sorted one"),
        ("fill", r"write x\[\.\.\.\] = value"),
        ("flat", r"x\.ravel\(\)"),
        ("strides", r"its array has: x\.data\.strides"),
        ("tobytes", r"its array has: x\.data\.tobytes"),
        ("nbytes", r"its array has: x\.data\.nbytes"),
        ("argpartition", r"write np\.argpartition\(x\)"),
        ("exp", r"write np\.exp\(x\)"),
        ("isnan", r"write np\.isnan\(x\)"),
        ("unsqueeze", r"np\.expand_dims"),
        ("view", r"use x\.reshape\(shape\)"),
        ("softmax", r"write F\.softmax\(x\)$"),
        ("to", r"use x\.astype\(dtype\)"),
        ("masked_fill", r"write np\.where\(mask, value, x\)"),
        ("get", r"no attribute 'get'$"),
        ("gard", r"no attribute 'gard'$"),
        ("__array_interface__", r"no attribute '__array_interface__'$"),
    ],
)
def test_what_is_missing_says_what_to_write(name, hint):
    x = Variable(V)
    assert not hasattr(x, name)
    with pytest.raises(AttributeError, match=hint):
        getattr(x, name)


def test_what_is_missing_is_not_listed():
    from pygrad.engine.absent import Absent, Foreign

    missing = {name for name, value in vars(Foreign).items() if isinstance(value, Absent)}
    assert {"sort", "exp", "cuda"} < missing
    listed = set(dir(Variable(1.0)))
    assert {"T", "sum", "data", "__add__"} <= listed
    x = Variable(np.ones((1, 1)))
    assert all(hasattr(x, name) == (name in listed) for name in missing)
    assert not hasattr(Variable, "sort")


def test_a_subclass_may_have_what_a_variable_has_not():
    class Signal(Variable):
        def exp(self):
            return "mine"

    assert Signal(1.0).exp() == "mine"
    assert "exp" in dir(Signal(1.0))
    assert "sort" not in dir(Signal(1.0))


def test_no_getattr_makes_attributes_slow():
    # on Python 3.11 every attribute of a class that has one takes five times as long
    assert not hasattr(Variable, "__getattr__")


@pytest.mark.parametrize(
    ("name", "ours"),
    [("mse_loss", "F.mean_squared_error(x, target)"), ("cat", "F.concatenate([x, y], axis)")],
)
def test_a_function_that_PyTorch_calls_otherwise_says_its_name(name, ours):
    with pytest.raises(AttributeError) as caught:
        getattr(F, name)
    assert str(caught.value) == f"functions: there is no function called {name!r}; write {ours}"


def test_every_call_that_a_hint_for_PyTorch_names_works():
    from pygrad.engine.refusals import _FUNCTIONS_INSTEAD

    x = Variable(np.arange(1.0, 5.0).reshape(1, 1, 2, 2))
    names = {
        "F": F, "np": np, "x": x, "y": x, "target": x, "axis": 1, "axes": (0, 1, 3, 2),
        "low": 0.0, "high": 1.0, "classes": 3, "labels": [1, 2],
    }  # fmt: skip
    known = {*F.names(), "linalg"}
    for name, call in _FUNCTIONS_INSTEAD.items():
        if not {f.removeprefix("F.") for f in re.findall(r"F\.\w+", call)} <= known:
            assert not hasattr(pygrad, "nn"), call  # which registers some of them
            continue
        assert not hasattr(F, name)
        assert np.size(eval(call, names)) > 0, call


def test_the_habits_of_views_are_told_what_to_write():
    x = Variable(np.ones((2, 3, 4)))
    with pytest.raises(ShapeError, match=r"x\.swapaxes\(i, j\) exchanges two"):
        x.transpose(1, 2)
    with pytest.raises(ArgumentError, match=r"write x\.reshape\(len\(x\), -1\)"):
        x.flatten(1)


def test_texts_and_objects_are_no_dtypes():
    for dtype in (str, object, "datetime64[s]"):
        with pytest.raises(DtypeError, match="holds no numbers"):
            Variable(V).astype(dtype)


# ---------------------------------------------------------------------------------------- DLPack


def test_an_array_comes_back_through_dlpack():
    x = Variable(V, requires_grad=False)
    array = np.from_dlpack(x)
    np.testing.assert_array_equal(array, V)
    assert np.shares_memory(array, x.data)
    assert x.__dlpack_device__() == V.__dlpack_device__()
    np.testing.assert_array_equal(np.from_dlpack(Variable(V).detach()), V)
    with no_grad():
        np.testing.assert_array_equal(np.from_dlpack(Variable(V) * 2), 2 * V)
    assert np.from_dlpack(F.sum(V)).shape == ()


def test_a_graph_cannot_be_exported():
    for lossy in (np.from_dlpack, lambda x: x.__dlpack__()):
        with pytest.raises(GraphError, match=r"would be lost.*x\.detach\(\)"):
            lossy(Variable(V) * 2)
