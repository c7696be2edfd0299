"""NumPy's own calls on Variables: what they give, and what they refuse."""

import numpy as np
import pytest

from pygrad import Variable, no_grad
from pygrad import functions as F
from pygrad.engine.numpy_protocols import FUNCTIONS, PLAIN_FUNCTIONS, PLAIN_UFUNCS, UFUNCS
from pygrad.exceptions import GraphError, PyGradError, UnsupportedError

# the rows of the table of cases try each function that has one through NumPy, too


def test_ufuncs_of_two_operands_take_them_in_either_order():
    x = Variable(np.array([1.0, 2.0]))
    for y in (np.subtract([5, 5], x), np.array([5, 5]) - x):
        np.testing.assert_array_equal(y.data, [4, 3])
        x.zero_grad()
        y.sum().backward()
        np.testing.assert_array_equal(x.grad.data, [-1, -1])


def test_positional_arguments_have_numpys_order():
    array = np.arange(6.0).reshape(2, 3)
    x = Variable(array)
    np.testing.assert_array_equal(
        np.var(x, 0, None, None, 1, True).data, np.var(array, 0, None, None, 1, True)
    )
    np.testing.assert_array_equal(
        np.sum(x, 1, None, None, True).data, np.sum(array, 1, None, None, True)
    )
    np.testing.assert_array_equal(np.sum(a=x, axis=0).data, np.sum(array, axis=0))
    np.testing.assert_array_equal(np.mean(x, (0, 1), keepdims=True).data, np.full((1, 1), 2.5))


def test_variables_within_a_list_are_found():
    x, y = Variable([1.0, 2.0]), Variable([3.0])
    z = np.concatenate([x, [10.0], y])
    z.backward([1, 2, 3, 4])
    np.testing.assert_array_equal(x.grad.data, [1, 2])
    np.testing.assert_array_equal(y.grad.data, [4])


def test_predicates_and_counts_give_plain_results():
    x = Variable([[1.0, np.nan, 3.0]])
    assert type(np.isnan(x)) is np.ndarray
    assert np.shape(x) == (1, 3)
    assert np.ndim(x) == 2
    assert np.size(x) == 3
    assert np.argmax(Variable([1, 5, 2])) == 1
    assert np.any(np.greater(x, 2))
    assert np.allclose(Variable([1.0]), Variable([1.0]))
    assert np.logical_not(Variable([0, 1])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda x: np.spacing(x), r"np\.spacing has no derivative rule"),
        (lambda x: np.poly(x), r"np\.poly has no derivative rule"),
        (lambda x: np.polyfit(x, x, 1), r"np\.polyfit has no derivative rule: .*np\.linalg\.pinv"),
        (lambda x: np.histogram(x), r"np\.histogram .* derivative: np\.histogram\(x\.numpy\(\)\)"),
        (lambda x: np.union1d(x, x), r"use np\.unique\(np\.concatenate\(\[x, y\]\)\)"),
        (lambda x: np.roots(x), r"docs/numpy-functions\.md lists what has one"),
        (lambda x: np.frompyfunc(abs, 1, 1)(x), r"^abs \(vectorized\) has no derivative rule"),
        (lambda x: np.sum(x, out=np.zeros(())), r"np\.sum does not take out=.*assign to it"),
        (lambda x: np.sort(x, order="a"), r"np\.sort does not take order=.*it takes x, axis"),
    ],
)
def test_what_has_no_rule_is_refused_by_name(call, name):
    with pytest.raises(UnsupportedError, match=name):
        call(Variable([[1.0]]))


def test_updating_an_array_in_place_by_a_variable_says_what_to_write():
    array = np.ones(2)
    with pytest.raises(UnsupportedError, match=r"write a = a \+ x for a \+= x"):
        array += Variable([1.0, 2.0])
    np.testing.assert_array_equal(array, [1, 1])


def test_an_array_of_variables_would_lose_their_gradients_and_is_refused():
    x = Variable(2.0)
    for lossy in (
        lambda: np.array([x, x * x]),
        lambda: np.asarray(x),
        lambda: np.array(x),
        lambda: F.exp([x, x]),
        lambda: Variable([x, x]),
    ):
        with pytest.raises(GraphError, match=r"F\.stack\(\[\.\.\.\]\).*x\.numpy\(\)"):
            lossy()


def test_an_array_of_constants_or_under_no_grad_is_fine():
    x = Variable([2.0, 3.0])
    with no_grad():
        assert type(np.asarray(x)) is np.ndarray
        assert np.asarray(x, dtype=np.float32).dtype == np.float32
        copied = np.array(x)
    copied[0] = 100
    assert x.data[0] == 2.0
    assert np.asarray(x.detach()).tolist() == [2.0, 3.0]


def test_where_and_clip_find_a_variable_in_any_place():
    x = Variable([1.0, 2.0])
    for y in (np.where([True, False], 0.0, x), np.where([False, True], x, [0.0, 0.0])):
        assert isinstance(y, Variable)
    y = np.clip([0.0, 5.0], x, 3.0)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, 0])


PROMISED = """
add subtract multiply divide floor_divide remainder mod fmod power float_power negative positive
square sqrt cbrt reciprocal absolute fabs exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin
arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh deg2rad rad2deg maximum minimum fmax
fmin clip logaddexp logaddexp2 hypot copysign heaviside sinc i0 ldexp nan_to_num where sign floor
ceil rint trunc round equal not_equal less less_equal greater greater_equal logical_and logical_or
logical_xor logical_not isnan isinf isfinite isposinf isneginf isreal iscomplex argmax argmin
argsort nanargmax nanargmin searchsorted signbit isclose allclose array_equal shape ndim size
result_type iscomplexobj isrealobj zeros_like ones_like empty_like full_like copy sum mean average
prod max min ptp var std median quantile percentile cumsum cumprod nansum nanmean nanprod nanmax
nanmin nanvar nanstd nanmedian nanquantile nanpercentile nancumsum nancumprod diff ediff1d gradient
trapezoid cov corrcoef any all count_nonzero reshape ravel transpose matrix_transpose swapaxes
moveaxis squeeze expand_dims broadcast_to broadcast_arrays atleast_1d atleast_2d atleast_3d
concatenate stack vstack hstack dstack column_stack block split array_split hsplit vsplit dsplit
flip fliplr flipud roll rot90 repeat tile pad append insert delete meshgrid sort partition take
take_along_axis choose compress extract select piecewise diag diagonal diagflat tril triu trace
fill_diagonal matmul interp convolve correlate unwrap linspace logspace geomspace
""".split()  # noqa: SIM905


@pytest.mark.parametrize("name", PROMISED)
def test_what_is_promised_has_its_name_in_both_places(name):
    assert callable(getattr(F, name))
    function = getattr(np, name)
    tables = (UFUNCS, FUNCTIONS, PLAIN_UFUNCS, PLAIN_FUNCTIONS)
    assert any(function in table for table in tables), f"np.{name} does not take Variables"


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("acos", "arccos"), ("acosh", "arccosh"), ("asin", "arcsin"), ("asinh", "arcsinh"),
        ("atan", "arctan"), ("atan2", "arctan2"), ("atanh", "arctanh"), ("pow", "power"),
        ("concat", "concatenate"), ("permute_dims", "transpose"), ("abs", "absolute"),
        ("bitwise_invert", "bitwise_not"), ("conjugate", "conj"), ("true_divide", "divide"),
        ("radians", "deg2rad"), ("degrees", "rad2deg"), ("around", "round"), ("amax", "max"),
        ("amin", "min"), ("fix", "trunc"),
    ],
)  # fmt: skip
def test_second_names_are_as_good_as_the_first(name, same):
    handled = UFUNCS | FUNCTIONS | dict.fromkeys(PLAIN_UFUNCS)
    assert getattr(np, name) in handled
    assert getattr(np, same) in handled


def test_functions_of_whole_numbers_and_booleans_are_plain():
    n = Variable([6, 10])
    for y, expected in (
        (np.gcd(n, 4), [2, 2]), (np.bitwise_and(n, 3), [2, 2]), (np.bitwise_count(n), [2, 2]),
        (np.isin(n, [6]), [True, False]), (np.array([12, 5]) & n, [4, 0]),
    ):  # fmt: skip
        assert type(y) is np.ndarray
        np.testing.assert_array_equal(y, expected)


def test_the_values_can_be_written_to_a_file(tmp_path):
    x = Variable([1.0, 2.0])
    np.save(tmp_path / "x.npy", x)
    np.savez(tmp_path / "x.npz", x=x)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), [1, 2])
    np.testing.assert_array_equal(np.load(tmp_path / "x.npz")["x"], [1, 2])
    assert np.array2string(x) == "[1. 2.]"


def test_the_first_of_equal_values_has_the_gradient_of_unique():
    x = Variable([0.5, 2.0, 0.5, 2.0])
    values, index, inverse, counts = np.unique(x, True, True, True)
    (values * [1.0, 10.0]).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, 10, 0, 0])
    for plain, expected in ((index, [0, 1]), (inverse, [0, 1, 0, 1]), (counts, [2, 2])):
        assert type(plain) is np.ndarray
        np.testing.assert_array_equal(plain, expected)


def test_counts_are_plain_and_weights_are_not():
    assert type(np.bincount(Variable([0, 2, 2]))) is np.ndarray
    w = Variable([1.0, 2.0, 3.0])
    np.bincount([0, 2, 2], w, minlength=5)[2].backward()
    np.testing.assert_array_equal(w.grad.data, [0, 1, 1])
    with pytest.raises(PyGradError, match="bincount: an input is complex"):
        np.bincount([0, 1], Variable([1j, 2.0], requires_grad=False))
    with pytest.raises(PyGradError, match="bincount: .*whole numbers"):
        np.bincount(Variable([0.5]))


def test_every_refusal_is_a_pygrad_error():
    assert issubclass(UnsupportedError, PyGradError)
    assert issubclass(UnsupportedError, TypeError)
