"""Wrong use is explained: what came, what must hold, what to do. By every function."""

import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest
from table import CASES

from pygrad import Function, Variable, no_grad
from pygrad import functions as F
from pygrad.exceptions import DtypeError, GraphError, PyGradError, ShapeError

TESTS = Path(__file__).resolve().parents[1]
STRANGE = np.full((7, 11, 13), 0.7)
TEXTS = {
    "text": "abc", "None": None, "objects": np.array([1, None], dtype=object),
    "texts": np.array(["a", "b"]), "an object": object(), "a set": {1, 2},
}  # fmt: skip


def error_of(case, i, wrong):
    """What PyGrad raises for a wrong input; None if it takes it, or the row trips over it."""
    xs = [Variable(np.asarray(x)) for x in case.inputs]
    xs[i] = wrong
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            case.function(*xs, **case.kwargs)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1].filename
        return None if Path(where).is_relative_to(TESTS) else error
    return None


@pytest.mark.parametrize("kind", TEXTS)
def test_text_and_objects_are_refused_by_every_function(kind):
    refused = 0
    for name, case in CASES.items():
        for i in range(len(case.inputs)):
            error = error_of(case, i, TEXTS[kind])
            if error is not None:
                assert isinstance(error, PyGradError), f"{name}: {error!r}"
                refused += 1
    assert refused > 400


def test_shapes_that_do_not_fit_are_named_by_every_function():
    refused = 0
    for name, case in CASES.items():
        for i, x in enumerate(case.inputs):
            if len(case.inputs) < 2 or np.asarray(x).dtype.kind != "f":
                continue
            error = error_of(case, i, Variable(STRANGE))
            if error is not None:
                assert isinstance(error, PyGradError), f"{name}: {error!r}"
                assert ": " in str(error)
                refused += 1
    assert refused > 150


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x, y: x + y, r"^add: .*\(2, 3\) and \(4,\); the shapes must broadcast together"),
        (lambda x, y: x @ y, r"^matmul: .*\(2, 3\) and \(4,\)"),
        (lambda x, y: np.maximum(x, y), r"^maximum: .*\(2, 3\) and \(4,\)"),
        (lambda x, y: F.where(x > 0, x, y), r"^where: .*\(2, 3\) and \(2, 3\) and \(4,\)"),
        (lambda x, y: F.concatenate([x, y]), r"^concatenate: .*\(2, 3\) and \(4,\)"),
        (lambda x, y: F.stack([x, y]), r"^stack: .*\(2, 3\) and \(4,\)"),
        (lambda x, y: F.linspace(x, y), r"^linspace: start has shape \(2, 3\) and stop \(4,\)"),
        (lambda x, y: F.mean_squared_error(x, y), r"\(2, 3\).*\(4,\)"),
        (lambda x, y: x.reshape(5), r"^reshape: .*\(2, 3\)"),
        (lambda x, y: np.broadcast_to(y, (3, 5)), r"^broadcast_to: .*\(4,\).*\(3,5\)"),
        (lambda x, y: np.putmask(y, [True] * 3, 0.0), r"^putmask: .*\(3,\) and the array \(4,\)"),
    ],
)
def test_an_error_of_shapes_names_the_function_and_both_shapes(call, message):
    with pytest.raises(ShapeError, match=message):
        call(Variable(np.ones((2, 3))), Variable(np.ones(4)))


def test_an_error_inside_a_function_of_several_steps_has_a_note_with_its_name():
    with pytest.raises(ShapeError) as caught:
        np.trapezoid(Variable(np.ones((2, 3))), Variable(np.ones((4, 7))))
    assert "raised by np.trapezoid" in caught.value.__notes__


def test_backward_on_a_constant_says_why_there_is_no_graph():
    x = Variable(2.0)
    with no_grad():
        unrecorded = x * x
    for constant in (Variable(2.0, requires_grad=False), F.exp(1.0), x.detach(), unrecorded):
        with pytest.raises(GraphError, match=r"computed from constants or under no_grad"):
            constant.backward()


class Wrong(Function):
    """A rule that returns what it is told to."""

    def __init__(self, *gradients):
        self.gradients = gradients

    def forward(self, *xs):
        return sum(xs)

    def backward(self, gy):
        return self.gradients


@pytest.mark.parametrize(
    ("gradients", "error", "message"),
    [
        ((np.ones(3),), GraphError, r"Wrong\.backward returned 1 gradients for 2 inputs"),
        ((np.ones(3),) * 3, GraphError, r"Wrong\.backward returned 3 gradients for 2 inputs"),
        ((np.ones(3), np.ones((3, 1))), ShapeError, r"shape \(3, 1\) for input 1 of shape \(3,\)"),
        ((np.ones(()), np.ones(3)), ShapeError, r"shape \(\) for input 0 of shape \(3,\)"),
        ((np.ones(3), [1, 1, 1]), DtypeError, r"returned a list as the gradient of input 1"),
    ],
)
def test_a_rule_that_returns_what_cannot_be_gradients_is_named(gradients, error, message):
    y = Wrong(*gradients)(Variable(np.ones(3)), Variable(np.ones(3)))
    for create_graph in (False, True):
        with pytest.raises(error, match=message):
            y.backward(np.ones(3), create_graph=create_graph)


def test_a_rule_that_returns_texts_is_named():
    y = Wrong(np.array(["a", "b", "c"]), None)(Variable(np.ones(3)), Variable(np.ones(3)))
    with pytest.raises(DtypeError, match=r"Wrong\.backward returned an array of <U1 .* input 0"):
        y.backward(np.ones(3))
