"""What the table cannot say of reductions: ties, zeros, NaN, nothing at all, and wrong input."""

import warnings

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, AxisError, ShapeError, UnsupportedError
from pygrad.transforms import grad

NAN, INF = np.nan, np.inf


def first(f, x):
    """The gradient of the sum."""
    return grad(lambda v: F.sum(f(v)))(np.asarray(x, float))


def second(f, x):
    """The gradient of the sum of the squares of the gradient."""
    slope = grad(lambda v: F.sum(f(v)))
    return grad(lambda v: F.sum(slope(v) ** 2))(np.asarray(x, float))


def hessian(f, x):
    x = np.asarray(x, float)
    return np.array([grad(lambda v, i=i: grad(f)(v)[i])(x) for i in range(x.size)])


# -------------------------------------------------------------- arguments


def test_the_dtype_is_that_of_the_calculation():
    x = Variable(np.array([1.5, 2.5], np.float32))
    for f in (F.sum, F.mean, F.prod, F.var, F.std, F.nansum, F.nanmean, F.nanprod, F.nanvar):
        x.zero_grad()
        y = f(x, dtype=np.float64)
        assert y.dtype == np.float64
        y.backward()
        assert x.grad.dtype == np.float32
    assert F.cumsum([1, 2], dtype=float).dtype == float
    assert F.mean([1, 2], dtype=np.float32).dtype == np.float32
    assert F.trace([[1, 2], [3, 4]], dtype=np.float32).dtype == np.float32


def test_initial_keeps_the_dtype_and_has_a_gradient_in_sums_and_products():
    x = Variable(np.ones(2, np.float32))
    assert F.sum(x, initial=1.5).dtype == np.float32
    assert F.prod(x, initial=np.float64(1.5)).dtype == np.float32
    start = Variable(3.0)
    F.sum([1.0, 2.0], initial=start).backward()
    assert start.grad.item() == 1
    start.zero_grad()
    F.prod([2.0, 5.0], initial=start).backward()
    assert start.grad.item() == 10


def test_a_setting_that_wants_a_gradient_is_refused_not_forgotten():
    x, v = [1.0, 2.0], Variable(0.5)
    for call, name in [
        (lambda: F.max(x, initial=v), "max: there is no gradient with respect to initial"),
        (lambda: F.quantile(x, v), "quantile: there is no gradient with respect to q"),
        (lambda: np.quantile(x, v), "quantile: there is no gradient with respect to q"),
        (lambda: F.pad(x, 1, constant_values=v), "pad: .* constant_values"),
    ]:
        with pytest.raises(ArgumentError, match=name):
            call()


def test_initial_is_one_of_equal_maxima():
    np.testing.assert_allclose(first(lambda x: F.max(x, initial=3.0), [3, 1, 3]), [1 / 3, 0, 1 / 3])
    np.testing.assert_array_equal(first(lambda x: F.max(x, initial=4.0), [3, 1]), [0, 0])
    np.testing.assert_array_equal(first(lambda x: F.min(x, initial=0.0), [3, 0]), [0, 0.5])


def test_what_where_leaves_out_has_no_gradient_whatever_it_is():
    mask = np.array([True, False, True])
    x = [2.0, NAN, 5.0]
    for f in (F.sum, F.prod, F.mean, F.var, F.std):
        g = first(lambda v, f=f: f(v, where=mask), x)
        assert g[1] == 0
        assert np.isfinite(g).all()
        np.testing.assert_allclose(g[[0, 2]], first(f, [2.0, 5.0]))
    assert F.max([1.0, 9.0], where=[True, False], initial=-INF).item() == 1
    with pytest.raises(ArgumentError, match="max: where needs initial"):
        F.max([1.0, 9.0], where=[True, False])


def test_numpys_defaults_may_be_given_by_place():
    array = np.arange(6.0).reshape(2, 3)
    x = Variable(array)
    for call in (
        lambda a: np.percentile(a, 30, 0, None, False, "lower", True),
        lambda a: np.nanmedian(a, 0, None, False, True),
        lambda a: np.sum(a, axis=None, keepdims=np._NoValue),
        lambda a: np.std(a, 0, None, None, 1, True),
        lambda a: np.ravel(a, "F"),
        lambda a: np.take(a, [7, 1], 1, None, "wrap"),
    ):
        y = call(x)
        assert isinstance(y, Variable)
        np.testing.assert_allclose(y.data, call(array))
    with pytest.raises(UnsupportedError, match="np.quantile does not take weights="):
        np.quantile(x, 0.5, method="inverted_cdf", weights=np.ones((2, 3)))


def test_methods_take_the_same_arguments():
    x = Variable([[1.0, 2.0], [3.0, 4.0]])
    mask = np.array([[True, False], [True, True]])
    assert x.sum(0, where=mask, initial=1.0).tolist() == [5, 5]
    assert x.mean(1, where=mask, keepdims=True).tolist() == [[1], [3.5]]
    assert x.prod(where=mask).item() == 12
    assert x.max(0, where=mask, initial=2.0).tolist() == [3, 4]
    assert x.min(where=mask, initial=2.0).item() == 1
    assert x.std(0).tolist() == [1, 1]
    assert x.var(where=mask).item() == pytest.approx(np.var([1, 3, 4]))
    assert x.cumsum().tolist() == [1, 3, 6, 10]
    assert x.cumprod(1).tolist() == [[1, 2], [3, 12]]
    for plain in (x.argmax(), x.argmin(0), x.argsort(), x.any(), x.all(1)):
        assert not isinstance(plain, Variable)
    assert x.argmax() == 3
    assert x.argmin(0).tolist() == [0, 0]
    assert x.argsort(0).tolist() == [[0, 0], [1, 1]]
    assert x.all(1, keepdims=True).tolist() == [[True], [True]]
    assert not Variable([0, 0]).any()


# ------------------------------------------------------ standard deviation


def test_std_of_equal_values_has_gradient_zero():
    for f in (F.std, F.nanstd):
        np.testing.assert_array_equal(first(f, [2, 2, 2]), [0, 0, 0])
        np.testing.assert_array_equal(hessian(f, [2, 2, 2]), np.zeros((3, 3)))
    g = first(lambda x: F.std(x, axis=1), [[2, 2], [1, 3]])
    np.testing.assert_array_equal(g, [[0, 0], [-0.5, 0.5]])


def test_what_does_not_count_has_gradient_zero_even_where_the_result_is_nan():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for f in (F.nanvar, F.nanstd):
            g = first(lambda x, f=f: f(x, ddof=1), [1.0, NAN])
            np.testing.assert_array_equal(g, [NAN, 0])


def test_no_degrees_of_freedom_give_nan_and_no_other_error():
    for f in (F.var, F.std):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert np.isnan(first(lambda x, f=f: f(x, ddof=1), [2.0])).all()


# ---------------------------------------------------------------- weights


def test_weights_belong_to_their_axes_in_the_order_given():
    x, w = np.random.default_rng(0).normal(size=(2, 3, 4)), np.arange(1.0, 9.0).reshape(4, 2)
    y = F.average(x, axis=(2, 0), weights=w)
    np.testing.assert_allclose(y.data, np.einsum("ijk,ki->j", x, w) / w.sum())
    y = F.average(x, axis=(0, 2), weights=w.T)
    np.testing.assert_allclose(y.data, np.einsum("ijk,ki->j", x, w) / w.sum())
    total = F.average(x, axis=(2, 0), weights=w, returned=True)[1]
    assert total.tolist() == [36, 36, 36]


# -------------------------------------------------------------- logsumexp


def test_logsumexp_neither_overflows_nor_makes_nan():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x, y, g in [
            ([1e4, 1e4], 1e4 + np.log(2), [0.5, 0.5]),
            ([-1e4, 1e4], 1e4, [0, 1]),
            ([-INF, -INF], -INF, [0, 0]),
            ([-INF, 3.0], 3.0, [0, 1]),
            ([], -INF, []),
        ]:
            assert F.logsumexp(x).item() == pytest.approx(y, rel=1e-15)
            np.testing.assert_allclose(first(F.logsumexp, x), g, atol=1e-15)
            assert np.isfinite(second(F.logsumexp, x)).all()
        rows = first(lambda x: F.logsumexp(x, axis=1), [[-INF, -INF], [0, 0]])
        np.testing.assert_array_equal(rows, [[0, 0], [0.5, 0.5]])
    assert F.logsumexp([0, 0]).dtype == float


# --------------------------------------------------------------- products


def test_products_are_right_where_values_are_zero():
    np.testing.assert_array_equal(first(F.prod, [2, 0, 5]), [0, 10, 0])
    np.testing.assert_array_equal(first(F.prod, [0, 0, 5]), [0, 0, 0])
    np.testing.assert_array_equal(hessian(F.prod, [2, 0, 5]), [[0, 5, 0], [5, 0, 2], [0, 2, 0]])
    np.testing.assert_array_equal(hessian(F.prod, [0, 0, 5]), [[0, 5, 0], [5, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(hessian(F.prod, [0, 0, 0]), np.zeros((3, 3)))
    assert first(F.prod, 0.0) == 1


def test_running_products_are_right_where_values_are_zero():
    def written_out(x):
        y, parts = 1.0, []
        for i in range(x.shape[0]):
            y = y * x[i]
            parts.append(y)
        return F.stack(parts)

    weights = np.array([1.0, -2.0, 3.0, 5.0, 7.0])
    for x in ([2, 0, 5, 3, -1], [0, 0, 5, 2, 3], [0, 1, 0, 2, 0], [0] * 5, [1, 2, 3, 4, 5]):
        x = np.array(x, float)
        ours = lambda v: F.sum(F.cumprod(v) * weights)  # noqa: E731
        theirs = lambda v: F.sum(written_out(v) * weights)  # noqa: E731
        np.testing.assert_allclose(grad(ours)(x), grad(theirs)(x))
        np.testing.assert_allclose(hessian(ours, x), hessian(theirs, x))


def test_running_products_of_every_length_have_the_gradient_of_a_loop():
    rng = np.random.default_rng(0)
    for n in (1, 2, 3, 4, 5, 7, 8, 9, 31, 33):
        x, w = rng.normal(size=(2, n))
        expected = [
            sum(w[k] * np.prod(np.delete(x[: k + 1], i)) for k in range(i, n)) for i in range(n)
        ]
        np.testing.assert_allclose(grad(lambda v, w=w: F.sum(F.cumprod(v) * w))(x), expected)


def test_products_of_integers_have_integer_gradients():
    for values in ([2, 3, 4], [2, 0, 4]):
        x = Variable(values)
        F.prod(x).backward()
        assert x.grad.dtype.kind == "i"
        x.zero_grad()
        F.cumprod(x).sum().backward()
        assert x.grad.dtype.kind == "i"


def test_of_nothing_there_is_the_neutral_value():
    for f in (F.sum, F.prod, F.nansum, F.nanprod):
        x = Variable(np.zeros((0, 3)))
        y = f(x, axis=0)
        assert y.tolist() == [f(np.zeros(0)).item()] * 3
        y.sum().backward()
        assert x.grad.shape == (0, 3)
    for f in (F.cumsum, F.cumprod, F.sort, F.diff):
        x = Variable(np.zeros((3, 0)))
        y = f(x, axis=1)
        y.sum().backward()
        assert x.grad.shape == y.shape == (3, 0)
    with pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        assert np.isnan(F.median(np.zeros((0, 2)), axis=0).data).tolist() == [True, True]


# -------------------------------------------------------------------- NaN

ROWS = [[NAN, NAN, NAN], [1.0, NAN, 3.0], [2.0, 2.0, NAN], [5.0, NAN, NAN]]


@pytest.mark.parametrize(
    "name",
    ["nansum", "nanmean", "nanprod", "nanmax", "nanmin", "nanvar", "nanstd", "nanmedian",
     "nancumsum", "nancumprod"],
)  # fmt: skip
def test_a_nan_has_gradient_zero_to_every_order(name):
    ours, theirs = getattr(F, name), getattr(np, name)
    x = np.array(ROWS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_allclose(ours(x, axis=1).data, theirs(x, axis=1))
        g = first(lambda v: ours(v, axis=1), x)
        h = second(lambda v: ours(v, axis=1), x)
    assert (g[np.isnan(x)] == 0).all()
    assert (h[np.isnan(x)] == 0).all()
    assert np.isfinite(g).all()
    assert np.isfinite(h).all()
    if "cum" in name:  # a gap has a result of its own there
        return
    # the rest has the gradient that it would have alone
    alone = getattr(F, name.removeprefix("nan"))
    np.testing.assert_allclose(g[1, [0, 2]], first(alone, [1.0, 3.0]))
    np.testing.assert_allclose(g[2, :2], first(alone, [2.0, 2.0]))


def test_slices_of_nan_alone_warn_as_in_numpy():
    x = Variable([[NAN, NAN], [1.0, 2.0]])
    for f, message in [
        (F.nanmean, "Mean of empty slice"),
        (F.nanmax, "All-NaN"),
        (F.nanmedian, "All-NaN"),
        (lambda v, axis: F.nanquantile(v, 0.3, axis), "All-NaN"),
    ]:
        with pytest.warns(RuntimeWarning, match=message):
            y = f(x, axis=1)
        assert np.isnan(y.data).tolist() == [True, False]
        x.zero_grad()
        y.sum().backward()
        np.testing.assert_array_equal(x.grad.data[0], [0, 0])


def test_equal_maxima_share_the_gradient_beside_nan():
    np.testing.assert_array_equal(first(F.nanmax, [3, NAN, 3, 1]), [0.5, 0, 0.5, 0])


def test_a_nan_makes_the_median_nan_and_takes_its_gradient():
    x = Variable([[NAN, 2.0, 1.0], [1.0, 5.0, 2.0]])
    y = F.median(x, axis=1)
    np.testing.assert_array_equal(y.data, [NAN, 2])
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [[1, 0, 0], [0, 0, 1]])


# -------------------------------------------------------------- quantiles


def test_of_equal_values_the_median_takes_those_of_a_stable_sort():
    np.testing.assert_array_equal(first(F.median, [2, 1, 2, 2, 3]), [0, 0, 1, 0, 0])
    np.testing.assert_array_equal(first(F.median, [1, 1, 1, 1]), [0, 0.5, 0.5, 0])


def test_ties_are_in_stable_order_in_long_arrays_too():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, 101).astype(float)
    middle = np.argsort(x, kind="stable")[50]
    np.testing.assert_array_equal(np.flatnonzero(first(F.median, x)), [middle])


def test_medians_between_infinities_are_no_nan():
    assert F.median([1.0, INF, INF, INF]).item() == INF
    assert F.median([-INF, 1.0, INF]).item() == 1


def test_quantiles_of_integers_are_numpys():
    x = np.array([3, 1, 2, 7])
    for method in ("linear", "lower", "higher", "nearest", "midpoint"):
        for q in (0.0, 0.4, 1.0):
            y, expected = F.quantile(x, q, method=method), np.quantile(x, q, method=method)
            assert (y.item(), y.dtype) == (expected, expected.dtype)
    assert F.median([1, 2, 3]).dtype == float


# ------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.std(np.ones(3), axis=1), AxisError, r"std: axis 1 is out of bounds"),
        (lambda: F.prod(np.ones(3), axis=(0, 0)), ShapeError, r"prod: duplicate value in 'axis'"),
        (lambda: F.cumsum(np.ones(3), axis=1), AxisError, r"cumsum: axis 1 is out of bounds"),
        (lambda: F.cumprod(np.ones(3), axis=-2), AxisError, r"cumprod: axis -2 is out of bounds"),
        (lambda: F.median(np.ones(3), axis=1), AxisError, r"median: axis 1 is out of bounds"),
        (lambda: F.median(np.ones(3), axis=(0, 0)), ArgumentError, r"median: axis is \(0, 0\)"),
        (lambda: F.logsumexp(np.ones(3), axis=1), AxisError, r"logsumexp: axis 1"),
        (lambda: F.nanmax(np.ones(3), axis=1), AxisError, r"nanmax: axis 1"),
        (lambda: F.quantile(np.ones(3), 1.5), ArgumentError,
         r"quantile: q is 1.5; it must lie within \[0, 1\]"),
        (lambda: F.percentile(np.ones(3), -1), ArgumentError, r"percentile: .*within \[0, 100\]"),
        (lambda: F.quantile(np.ones(3), 0.5, method="best"), ArgumentError,
         r"quantile: method is 'best'"),
        (lambda: F.average([1.0, 2.0], weights=[1.0, -1.0]), ArgumentError,
         r"average: weights sum to zero"),
        (lambda: F.average(np.ones((2, 3)), weights=np.ones(3)), ShapeError,
         r"average: x has shape \(2, 3\) and weights \(3,\); .*say which axis"),
        (lambda: F.average(np.ones((2, 3)), 0, np.ones(3)), ShapeError, r"average: .*along axis 0"),
        (lambda: F.cov(np.ones((2, 3, 4))), ShapeError, r"cov: m has shape \(2, 3, 4\)"),
        (lambda: F.cov([1.0]), ArgumentError, r"cov: there are 0 degrees of freedom"),
        (lambda: F.cov([1.0, 2.0], fweights=[1, 2, 3]), ShapeError, r"cov: fweights .*\(2,\)"),
        (lambda: F.cov([1.0, 2.0], fweights=[1, 0.5]), ArgumentError, r"fweights must be whole"),
        (lambda: F.cov([1.0, 2.0], aweights=[1, -1]), ArgumentError, r"aweights holds negative"),
        (lambda: F.diff(1.0), ShapeError, r"diff: x is a single number"),
        (lambda: F.diff([1.0], -1), ArgumentError, r"diff: n is -1"),
        (lambda: F.diff([1.0], axis=1), AxisError, r"diff: axis 1"),
        (lambda: F.gradient([1.0]), ShapeError, r"gradient: axis 0 has length 1; .*at least"),
        (lambda: F.gradient([1.0, 2.0], 1.0, 2.0), ArgumentError, r"2 spacings for 1 axes"),
        (lambda: F.gradient([1.0, 2.0], [1.0]), ShapeError, r"a spacing has shape \(1,\)"),
        (lambda: F.gradient([1.0, 2.0], edge_order=3), ArgumentError, r"edge_order is 3"),
        (lambda: np.prod(Variable([1.0]), out=np.zeros(())), UnsupportedError,
         r"np\.prod does not take out="),
    ],
)  # fmt: skip
def test_wrong_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
