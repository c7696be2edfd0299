"""What the table cannot say of shapes, places and sequences: ties, ends, nothing, wrong input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, AxisError, DtypeError, ShapeError
from pygrad.transforms import grad


def weighted(f, *inputs):
    """The gradients of the results, each weighted with its number."""

    def total(*xs):
        y = f(*xs)
        return F.sum(y * np.arange(1.0, y.size + 1).reshape(y.shape))

    return grad(total, range(len(inputs)))(*(np.asarray(x, float) for x in inputs))


# ------------------------------------------------------------------- order


def test_equal_values_keep_the_gradients_of_a_stable_sort():
    (g,) = weighted(F.sort, [2, 1, 2, 1])
    np.testing.assert_array_equal(g, [3, 1, 4, 2])
    (g,) = weighted(lambda x: F.sort(x, axis=0), [[1, 2], [1, 1]])
    np.testing.assert_array_equal(g, [[1, 4], [3, 2]])


def test_long_arrays_are_sorted_stably_too():
    x = np.random.default_rng(0).integers(0, 3, 101).astype(float)
    (g,) = weighted(F.sort, x)
    np.testing.assert_array_equal(g[np.argsort(x, kind="stable")], np.arange(1, 102))


def test_nan_is_sorted_last_and_keeps_its_gradient():
    (g,) = weighted(F.sort, [np.nan, 2, 1])
    np.testing.assert_array_equal(g, [3, 2, 1])


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(float, hnp.array_shapes(max_dims=3, max_side=5), elements=st.integers(-3, 3)),
    st.data(),
)
def test_sort_and_partition_move_each_gradient_with_its_value(array, data):
    axis = data.draw(st.integers(-array.ndim, array.ndim - 1))
    kth = data.draw(st.integers(-array.shape[axis], array.shape[axis] - 1))
    for f in (lambda x: F.sort(x, axis), lambda x: F.partition(x, kth, axis)):
        x = Variable(array)
        y = f(x)
        # the values as gradients come back to where they came from
        y.backward(y.data)
        np.testing.assert_array_equal(x.grad.data, array)
    np.testing.assert_array_equal(
        F.partition(array, kth, axis).data.take(kth, axis), np.sort(array, axis).take(kth, axis)
    )


# ---------------------------------------------------------- several results


@pytest.mark.parametrize(
    "call",
    [
        lambda m, x: m.broadcast_arrays(x, np.ones((3, 1)), 2.0),
        lambda m, x: m.atleast_1d(x, 2.0),
        lambda m, x: m.atleast_2d(x[0], 2.0),
        lambda m, x: m.atleast_3d(x, x[0], 2.0),
        lambda m, x: m.meshgrid(x[0], x[:, 0], [1.0]),
        lambda m, x: m.meshgrid(x[0], x[:, 0], indexing="ij", sparse=True),
        lambda m, x: m.array_split(x, 3, axis=1),
        lambda m, x: m.hsplit(x, [1, 3]),
        lambda m, x: m.vsplit(x, 3),
        lambda m, x: m.dsplit(x[None], 2),
        lambda m, x: m.gradient(x),
        lambda m, x: m.average(x, axis=0, weights=[1.0, 2.0, 4.0], returned=True),
        lambda m, x: m.linspace(x, 2.0, 5, retstep=True, axis=1),
    ],
)
def test_several_results_have_each_the_shape_and_the_values_of_numpys(call):
    array = np.arange(12.0).reshape(3, 4)
    ours, theirs = call(F, Variable(array)), call(np, array)
    assert type(ours) is type(theirs)
    for y, expected in zip(ours, theirs, strict=True):
        assert y.shape == np.shape(expected)
        np.testing.assert_allclose(y.data, expected)


# ------------------------------------------------------- places and choices


@settings(max_examples=50, deadline=None)
@given(hnp.array_shapes(max_dims=3, max_side=4), st.data())
def test_take_adds_up_the_gradients_of_places_that_repeat(shape, data):
    array = np.arange(float(np.prod(shape))).reshape(shape)
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    n = array.size if axis is None else shape[axis]
    index = data.draw(
        hnp.arrays(int, hnp.array_shapes(max_dims=2, max_side=4), elements=st.integers(-n, n - 1))
    )
    x = Variable(array)
    y = F.take(x, index, axis)
    np.testing.assert_array_equal(y.data, np.take(array, index, axis))
    y.sum().backward()
    counts = np.bincount(index.ravel() % n, minlength=n).astype(float)
    where = (
        array.shape
        if axis is None
        else [n if i == axis % len(shape) else 1 for i in range(len(shape))]
    )
    np.testing.assert_array_equal(x.grad.data, np.broadcast_to(counts.reshape(where), shape))


def test_changing_the_places_afterwards_changes_no_gradient():
    for f in (F.take, F.take_along_axis):
        x, places = Variable([1.0, 2.0, 3.0]), np.array([0, 0])
        y = f(x, places)
        places[:] = 2
        y.sum().backward()
        np.testing.assert_array_equal(x.grad.data, [2, 0, 0])


def test_variables_of_integers_are_places():
    assert F.take([1.0, 2.0, 3.0], Variable([2, 0])).tolist() == [3, 1]
    assert Variable([1.0, 2.0]).take([1]).tolist() == [2]
    assert Variable([1.0, 2.0]).compress([True, False]).tolist() == [1]


def test_a_piece_never_sees_what_is_not_its_own():
    x = Variable([0.0, 4.0, -1.0])
    seen = []

    def root(v):
        seen.extend(v.tolist())
        return F.sqrt(v)

    y = F.piecewise(x, [x.data > 0], [root, 0.0])
    assert seen == [4]
    y.sum().backward(create_graph=True)
    np.testing.assert_array_equal(x.grad.data, [0, 0.25, 0])
    g = x.grad
    x.zero_grad()
    g.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [0, -1 / 32, 0])
    x.zero_grad()


def test_piecewise_takes_one_condition_and_single_numbers():
    assert F.piecewise(4.0, [True], [F.sqrt]).item() == 2
    assert F.piecewise([1.0, 4.0], [True, False], [F.sqrt, -1.0]).tolist() == [1, -1]
    assert F.piecewise(np.zeros(0), [np.zeros(0, bool)], [F.sqrt]).shape == (0,)


def test_more_choices_than_numpy_takes_are_fine():
    choices = [Variable(float(i)) for i in range(70)]
    y = F.choose([69, 0, 69], choices)
    y.sum().backward()
    assert y.tolist() == [69, 0, 69]
    assert [choices[i].grad.item() for i in (0, 1, 69)] == [1, 0, 2]


# ---------------------------------------------------------- views and copies


def test_flatten_copies_and_ravel_shares():
    x = Variable(np.zeros((2, 2)))
    assert np.shares_memory(F.ravel(x).data, x.data)
    assert not np.shares_memory(F.flatten(x).data, x.data)
    assert x.ravel().shape == x.flatten().shape == (4,)


def test_methods_of_shape():
    x = Variable([[1.0, 2.0], [3.0, 4.0]])
    assert x.repeat(2, axis=1).shape == (2, 4)
    assert x.diagonal(1).tolist() == [2]
    assert x.trace().item() == 5


@settings(max_examples=60, deadline=None)
@given(hnp.array_shapes(max_dims=3, max_side=4), st.data())
def test_padding_of_any_widths_is_numpys(shape, data):
    array = np.random.default_rng(0).normal(size=shape)
    widths = data.draw(st.tuples(*[st.tuples(st.integers(0, 6), st.integers(0, 6))] * len(shape)))
    mode = data.draw(
        st.sampled_from(
            ["constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "maximum",
             "minimum", "mean", "median"]
        )
    )  # fmt: skip
    expected = np.pad(array, widths, mode)
    x = Variable(array)
    y = F.pad(x, widths, mode)
    np.testing.assert_allclose(y.data, expected)
    # y is linear in x, but for the modes that choose: its gradient says what x adds to it
    y.backward(expected)
    assert float((x.grad.data * array).sum()) == pytest.approx(float((expected**2).sum()))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["full", "same", "valid"]))
def test_sequences_of_any_lengths_are_convolved_and_correlated(n, m, mode):
    a, v = np.random.default_rng(0).normal(size=(2, 9))
    a, v = a[:n], v[:m]
    for ours, theirs in ((F.convolve, np.convolve), (F.correlate, np.correlate)):
        x, w = Variable(a), Variable(v)
        y = ours(x, w, mode)
        expected = theirs(a, v, mode)
        np.testing.assert_allclose(y.data, expected, atol=1e-14)
        y.backward(expected)  # y is linear in each
        for z in (x, w):
            assert float((z.grad.data * z.data).sum()) == pytest.approx(float((expected**2).sum()))


# ----------------------------------------------------------- interpolation


def test_the_slope_at_a_point_is_that_of_the_segment_after_it_and_outside_there_is_none():
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 3.0])
    g = grad(lambda v: F.sum(F.interp(v, [0.0, 1.0, 2.0], [0.0, 1.0, 4.0])))(x)
    np.testing.assert_array_equal(g, [0, 1, 1, 3, 0, 0])


def test_interpolation_at_the_ends_takes_the_values_there():
    fp, left, right = Variable([1.0, 2.0]), Variable(7.0), Variable(8.0)
    y = F.interp([-1.0, 0.0, 1.0, 2.0], [0.0, 1.0], fp, left, right)
    assert y.tolist() == [7, 1, 2, 8]
    y.sum().backward()
    assert fp.grad.tolist() == [1, 1]
    assert (left.grad.item(), right.grad.item()) == (1, 1)


def test_interpolation_with_one_point_or_none_between_two():
    fp = Variable([5.0])
    y = F.interp([0.0, 1.0, 2.0], [1.0], fp)
    y.sum().backward()
    assert y.tolist() == [5, 5, 5]
    assert fp.grad.tolist() == [3]
    x = Variable([0.5, 1.5])
    y = F.interp(x, [0.0, 1.0, 1.0, 2.0], [0.0, 1.0, 4.0, 5.0])
    y.sum().backward()
    assert y.tolist() == [0.5, 4.5]
    assert x.grad.tolist() == [1, 1]


def test_segments_without_length_spoil_no_gradient_beyond_the_ends():
    x, xp, fp = Variable([0.0, 2.0, 3.0]), Variable([1.0, 1.0, 2.0, 2.0]), Variable(np.arange(4.0))
    y = F.interp(x, xp, fp)
    assert y.tolist() == [0, 3, 3]
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [0, 0, 0])
    np.testing.assert_array_equal(xp.grad.data, [0, 0, 0, 0])
    np.testing.assert_array_equal(fp.grad.data, [1, 0, 0, 2])


# ------------------------------------------------------------------ spacing


def test_spaced_values_end_exactly_where_they_should():
    y = F.linspace(0.1, 0.7, 7)
    assert (y.data[0], y.data[-1]) == (0.1, 0.7)
    assert F.linspace(1.0, 2.0, 0).shape == (0,)
    assert F.linspace(1.0, 2.0, 1).tolist() == [1]
    assert F.linspace(0, -5, 4, dtype=int).tolist() == np.linspace(0, -5, 4, dtype=int).tolist()
    assert F.linspace(np.float32(0), np.float32(1), 3).dtype == np.float32


def test_full_gives_its_value_the_sum_of_the_gradients():
    x = Variable([1.0, 2.0])
    F.full((3, 2), x).sum().backward()
    assert x.grad.tolist() == [3, 3]
    assert F.full(2, 1.5, dtype=np.float32).dtype == np.float32


# -------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.flip(np.ones(3), 1), AxisError, r"flip: axis 1 is out of bounds"),
        (lambda: F.fliplr(np.ones(3)), ShapeError, r"fliplr: m has shape \(3,\)"),
        (lambda: F.flipud(1.0), ShapeError, r"flipud: m is a single number"),
        (lambda: F.roll(np.ones(3), 1, axis=1), AxisError, r"roll: axis 1"),
        (lambda: F.rot90(np.ones(3)), AxisError, r"rot90: axis 1"),
        (lambda: F.rot90(np.ones((2, 2)), axes=(0, 0)), ArgumentError, r"rot90: axis is \(0, 0\)"),
        (lambda: F.moveaxis(np.ones((2, 3)), [0, 1], 0), ArgumentError, r"2 axes .* 1 places"),
        (lambda: F.moveaxis(np.ones((2, 3)), 2, 0), AxisError, r"moveaxis: axis 2"),
        (lambda: F.matrix_transpose(np.ones(3)), ShapeError, r"matrix_transpose: x has shape"),
        (lambda: F.broadcast_arrays(np.ones(2), np.ones(3)), ShapeError, r"broadcast_arrays: "),
        (lambda: F.hstack([np.ones((2, 3)), np.ones((3, 3))]), ShapeError, r"concatenate: "),
        (lambda: F.vstack([]), ArgumentError, r"there is nothing to join"),
        (lambda: F.block([[1.0], 2.0]), ArgumentError, r"block: .*different depths"),
        (lambda: F.block([[], []]), ArgumentError, r"block: there is an empty list"),
        (lambda: F.array_split(np.ones(3), 0), ArgumentError, r"array_split: there are 0 parts"),
        (lambda: F.vsplit(np.ones(3), 3), ShapeError, r"vsplit: x has shape \(3,\)"),
        (lambda: F.hsplit(np.ones(3), 2), ShapeError, r"split: .*must divide"),
        (lambda: F.repeat(np.ones(3), -1), ArgumentError, r"repeat: repeats is -1"),
        (lambda: F.repeat(np.ones(3), [1, 2]), ArgumentError, r"repeat: .*\(2,\).*length of 3"),
        (lambda: F.meshgrid(np.ones((2, 2))), ShapeError, r"meshgrid: .*must have one axis"),
        (lambda: F.meshgrid([1.0], indexing="yx"), ArgumentError, r"indexing is 'yx'"),
        (lambda: F.pad(np.ones(3), 1, "empty"), ArgumentError, r"pad: mode is 'empty'; .*constant"),
        (lambda: F.pad(np.ones(3), -1), ArgumentError, r"pad: .*must not be negative"),
        (lambda: F.pad(np.ones(3), [1, 2, 3]), ShapeError, r"pad: pad_width is \[1, 2, 3\]"),
        (lambda: F.pad(np.ones(3), 1, "edge", stat_length=1), ArgumentError, r"pad: unsupported"),
        (lambda: F.pad(np.ones(3), 1, "reflect", reflect_type="odd"), ArgumentError, r"'even'"),
        (lambda: F.pad(np.ones(0), 1, "edge"), ArgumentError, r"pad: an axis without values"),
        (lambda: F.insert(np.ones(3), 4, 1.0), AxisError, r"insert: index 4 is out of bounds"),
        (lambda: F.insert(np.ones(3), [0, 1], [1.0, 2.0, 3.0]), ShapeError, r"broadcast_to: "),
        (lambda: F.delete(np.ones(3), 3), AxisError, r"delete: index 3 is out of bounds"),
        (lambda: F.sort(1.0), AxisError, r"sort: axis -1 is out of bounds"),
        (lambda: F.partition(np.ones(3), 3), ArgumentError, r"partition: kth"),
        (lambda: F.take(np.ones(3), 3), AxisError, r"take: index 3 is out of bounds"),
        (lambda: F.take(np.ones(3), [0.5]), DtypeError, r"take: indices have dtype float64"),
        (lambda: F.take(np.ones(3), 1, mode="no"), ArgumentError, r"take: mode is 'no'"),
        (lambda: F.take(np.ones(0), 1, mode="clip"), AxisError, r"take: an axis of length 0"),
        (lambda: F.take_along_axis(np.ones((2, 2)), [0]), ShapeError, r"\(2, 2\) and indices \(1,"),
        (lambda: F.compress([[True]], [1.0]), ShapeError, r"compress: condition has shape"),
        (lambda: F.choose([2], [1.0, 2.0]), ArgumentError, r"choose: a names .*outside 0..1"),
        (lambda: F.choose([-1], [1.0, 2.0]), ArgumentError, r"choose: a names .*outside 0..1"),
        (lambda: F.choose([0], []), ArgumentError, r"choose: there is nothing to choose from"),
        (lambda: F.select([[True]], []), ArgumentError, r"select: there are 1 conditions and 0"),
        (lambda: F.select([[1]], [1.0]), DtypeError, r"select: a condition is not boolean"),
        (lambda: F.piecewise([1.0], [[True]], []), ArgumentError, r"1 conditions and 0 functions"),
        (lambda: F.diag(np.ones((2, 2, 2))), ShapeError, r"diag: v has shape \(2, 2, 2\)"),
        (lambda: F.diagonal(np.ones(2)), ShapeError, r"diagonal: x has shape \(2,\)"),
        (lambda: F.trace(np.ones((2, 2)), axis2=2), AxisError, r"diagonal: axis 2"),
        (lambda: F.tril(1.0), ShapeError, r"tril: m is a single number"),
        (lambda: F.convolve(np.ones((2, 2)), [1.0]), ShapeError, r"convolve: a has shape \(2, 2\)"),
        (lambda: F.correlate([1.0], []), ShapeError, r"correlate: v has shape \(0,\)"),
        (lambda: F.convolve([1.0], [1.0], "half"), ArgumentError, r"convolve: mode is 'half'"),
        (lambda: F.interp(0.0, [1.0, 2.0], [1.0]), ShapeError, r"interp: xp has shape \(2,\)"),
        (lambda: F.interp(0.0, [1.0], [1.0], period=0), ArgumentError, r"interp: period is 0"),
        (lambda: F.geomspace(-1.0, 1.0), ArgumentError, r"geomspace: .*one sign"),
        (lambda: F.linspace(0.0, 1.0, -1), ArgumentError, r"linspace: num is -1"),
    ],
)  # fmt: skip
def test_wrong_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
