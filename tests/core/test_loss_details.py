"""Losses: reductions, ignored rows, weights, smoothing, and wrong input."""

import warnings

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError

X = np.array([[1.0, 2.0, 3.0], [0.0, 0.5, -1.0], [2.0, 0.0, 1.0]])
LABELS = np.array([2, 0, 1])


def log_softmax(x):
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def gradient(f, x):
    x = Variable(x)
    f(x).sum().backward()
    return x.grad.data


def test_an_ignored_row_has_no_loss_no_gradient_and_no_part_in_the_mean():
    labels = np.array([2, -100, 1])
    rows = F.softmax_cross_entropy(X, labels, reduction="none")
    assert rows.data[1] == 0
    loss = F.softmax_cross_entropy(X, labels)
    assert loss.item() == pytest.approx(rows.data.sum() / 2, rel=1e-15)
    g = gradient(lambda x: F.softmax_cross_entropy(x, labels), X)
    np.testing.assert_array_equal(g[1], np.zeros(3))
    assert g[0].any()


def test_any_label_can_be_the_one_that_is_ignored():
    for ignored in (0, 1, 7, -1):
        labels = np.where(LABELS == 1, ignored, LABELS)
        counted = labels != ignored
        loss = F.softmax_cross_entropy(X, labels, ignore_index=ignored)
        assert loss.item() == pytest.approx(
            F.softmax_cross_entropy(X[counted], labels[counted]).item(), rel=1e-15
        )


def test_a_mean_of_ignored_rows_alone_is_nan_without_a_warning():
    x = Variable(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = F.softmax_cross_entropy(x, [-100, -100, -100])
        y.backward()
    assert np.isnan(y.item())
    assert F.softmax_cross_entropy(X, [-100, -100, -100], reduction="sum").item() == 0


def test_an_ignored_row_may_be_infinite():
    x = X.copy()
    x[1] = [np.inf, 0, 0]
    for smoothing in (0.0, 0.1):
        with np.errstate(invalid="ignore"):
            loss = F.softmax_cross_entropy(x, [2, -100, 1], label_smoothing=smoothing)
        assert np.isfinite(loss.item())


def test_the_mean_is_weighted_by_the_weights_of_the_labels():
    weight = np.array([1.0, 2.0, 5.0])
    rows = -log_softmax(X)[range(3), LABELS] * weight[LABELS]
    loss = F.softmax_cross_entropy(X, LABELS, weight)
    assert loss.item() == pytest.approx(rows.sum() / 8, rel=1e-14)
    total = F.softmax_cross_entropy(X, LABELS, weight, reduction="sum")
    assert total.item() == pytest.approx(rows.sum(), rel=1e-14)


def test_probabilities_that_are_zeros_and_ones_are_labels():
    onehot = np.eye(3)[LABELS]
    for options in ({}, {"label_smoothing": 0.3}, {"reduction": "none"}, {"reduction": "sum"}):
        a = F.softmax_cross_entropy(X, LABELS, **options)
        b = F.softmax_cross_entropy(X, onehot, **options)
        np.testing.assert_allclose(a.data, b.data, rtol=1e-13)
        np.testing.assert_allclose(
            gradient(lambda x, o=options: F.softmax_cross_entropy(x, LABELS, **o), X),
            gradient(lambda x, o=options: F.softmax_cross_entropy(x, onehot, **o), X),
            atol=1e-15,
        )


def test_probabilities_are_differentiable():
    p = Variable(np.full((3, 3), 1 / 3))
    F.softmax_cross_entropy(X, p).backward()
    np.testing.assert_allclose(p.grad.data, -log_softmax(X) / 3)


def test_smoothing_spreads_its_share_over_all_classes():
    scores = -log_softmax(X)
    expected = 0.9 * scores[range(3), LABELS] + 0.1 * scores.mean(axis=1)
    loss = F.softmax_cross_entropy(X, LABELS, label_smoothing=0.1, reduction="none")
    np.testing.assert_allclose(loss.data, expected, rtol=1e-14)


def test_a_class_may_be_ruled_out_by_minus_infinity():
    x = np.array([[0.0, 1.0, -np.inf]])
    loss = F.softmax_cross_entropy(x, [0], [1.0, 1.0, 2.0])
    assert loss.item() == pytest.approx(np.log(1 + np.e))
    g = gradient(lambda x: F.softmax_cross_entropy(x, [0], [1.0, 1.0, 2.0]), x)
    assert g[0, 2] == 0
    assert np.isfinite(g).all()


@pytest.mark.parametrize("labels", [LABELS, np.array([2, -100, 1]), np.eye(3)[LABELS]], ids=repr)
@pytest.mark.parametrize(
    "options",
    [{}, {"weight": [1, 2, 3]}, {"label_smoothing": 0.1}, {"reduction": "none"}],
    ids=repr,
)
def test_nothing_overflows_at_ten_thousand_and_float32_stays(labels, options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for dtype in (np.float64, np.float32):
            x = Variable((X * 1e4).astype(dtype))
            target = labels.astype(dtype) if labels.ndim == 2 else labels
            y = F.softmax_cross_entropy(x, target, **options)
            y.sum().backward(create_graph=True)
            assert y.dtype == x.grad.dtype == dtype
            assert np.isfinite(y.data).all()
            assert np.isfinite(x.grad.data).all()


def test_both_passes_give_the_same_gradient_for_every_option():
    for labels in (LABELS, np.array([2, -100, 1])):
        for weight in (None, [1.0, 2.0, 5.0]):
            for smoothing in (0.0, 0.2):
                for reduction in ("mean", "sum", "none"):

                    def loss(x, n=labels, w=weight, s=smoothing, r=reduction):
                        return F.softmax_cross_entropy(x, n, w, label_smoothing=s, reduction=r)

                    x = Variable(X)
                    loss(x).sum().backward(create_graph=True)
                    np.testing.assert_allclose(x.grad.data, gradient(loss, X), atol=1e-15)
                    x.zero_grad()


def test_one_row_needs_no_axis_for_rows():
    assert F.softmax_cross_entropy(X[0], 2, reduction="none").shape == ()
    assert F.softmax_cross_entropy(X[0], 2).item() == pytest.approx(-log_softmax(X[0])[2])


def test_scores_may_be_integers():
    expected = F.softmax_cross_entropy([[1.0, 2.0]], [0], label_smoothing=0.5).item()
    assert F.softmax_cross_entropy([[1, 2]], [0], label_smoothing=0.5).item() == expected


@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "u8"])
def test_labels_may_be_integers_of_any_kind(dtype):
    loss = F.softmax_cross_entropy(X, LABELS.astype(dtype))
    assert loss.item() == F.softmax_cross_entropy(X, LABELS).item()
    with pytest.raises(ArgumentError, match="3 classes"):
        F.softmax_cross_entropy(X, np.array([2, 0, np.iinfo(dtype).max], dtype))


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1}, {"reduction": "none"}])
def test_scores_may_lie_in_memory_in_any_order(options):
    def f(x):
        return F.softmax_cross_entropy(x, LABELS, **options)

    expected, slope = f(X).data, gradient(f, X)
    for x in (np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2], X[::-1].copy()[::-1]):
        np.testing.assert_allclose(f(x).data, expected, rtol=1e-15)
        np.testing.assert_allclose(gradient(f, x), slope, rtol=1e-15)


def test_many_equal_scores_are_summed_to_rounding():
    x = np.full((1, 30_000), -2.3, np.float32)
    x[0, 0] = 0
    exact = np.log(1 + 29_999 * np.exp(np.float64(x[0, 1])))
    assert abs(F.softmax_cross_entropy(x, [0]).item() - exact) < 1e-6


def test_no_rows_have_a_sum_and_a_list_but_no_mean():
    x = np.zeros((0, 3))
    for labels in (np.zeros(0, int), np.zeros((0, 3))):
        assert F.softmax_cross_entropy(x, labels, reduction="sum").item() == 0
        assert F.softmax_cross_entropy(x, labels, reduction="none").shape == (0,)
        with pytest.raises(ShapeError, match="there are no rows"):
            F.softmax_cross_entropy(x, labels)


def test_the_reductions_of_mean_squared_error():
    a, b = X[0], X[1]
    squares = (a - b) ** 2
    assert F.mean_squared_error(a, b, "sum").item() == squares.sum()
    np.testing.assert_array_equal(F.mean_squared_error(a, b, "none").data, squares)
    g = gradient(lambda x: F.mean_squared_error(x, b, "none"), a)
    np.testing.assert_array_equal(g, 2 * (a - b))
    assert F.mean_squared_error(np.float32([1]), np.float32([2]), "none").dtype == np.float32


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.mean_squared_error(1.0, 2.0, "average"), ArgumentError,
         r"mean_squared_error: reduction is 'average'; it must be 'mean', 'sum' or 'none'"),
        (lambda: F.softmax_cross_entropy(X, LABELS, reduction=None), ArgumentError,
         r"softmax_cross_entropy: reduction is None"),
        (lambda: F.softmax_cross_entropy(X, LABELS, label_smoothing=1.5), ArgumentError,
         r"label_smoothing is 1.5; it must lie within \[0, 1\]"),
        (lambda: F.softmax_cross_entropy(X, LABELS, [1.0, 2.0]), ShapeError,
         r"weight has shape \(2,\) but x has \(3, 3\); there must be one weight for each class"),
        (lambda: F.softmax_cross_entropy(X, [0, 1, -1]), ArgumentError,
         r"a label -1, but x has 3 classes; labels must lie within 0..2, or be -100"),
        (lambda: F.softmax_cross_entropy(X, [-100, 5, 1]), ArgumentError, r"a label 5"),
        (lambda: F.softmax_cross_entropy(X, np.eye(3), ignore_index=1), ArgumentError,
         r"ignore_index is 1, but the labels are probabilities"),
        (lambda: F.softmax_cross_entropy(X, np.ones((3, 2))), DtypeError,
         r"or probabilities, as floats of the shape of x, which is \(3, 3\) \(labels have \("),
        (lambda: F.softmax_cross_entropy(X, np.eye(3, dtype=int)), ShapeError,
         r"labels has \(3, 3\); labels.shape must equal x.shape\[:-1\]"),
        (lambda: F.softmax_cross_entropy(1.0, 0), ShapeError, r"x has shape \(\)"),
    ],
)  # fmt: skip
def test_wrong_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
