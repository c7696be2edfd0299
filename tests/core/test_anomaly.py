"""detect_anomaly: what it finds, what it says, and that it leaves nothing behind."""

import asyncio
import inspect
import threading

import numpy as np
import pytest

from pygrad import (
    Function,
    Parameter,
    Variable,
    detect_anomaly,
    enable_grad,
    grad,
    hessian,
    no_grad,
)
from pygrad import functions as F
from pygrad.exceptions import AnomalyError

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def here() -> str:
    """File and line of the caller's next line."""
    frame = inspect.currentframe().f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno + 1}"


def test_the_first_infinity_of_the_forward_pass_is_named_with_its_line():
    x = Variable([1.0, 0.0], name="x")
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        at = here()
        F.log(x) + 1
    assert str(caught.value) == f"log gave infinity for input of shape (2,), at {at} (F.log(x) + 1)"


def test_nan_that_was_there_before_is_blamed_on_the_input_that_held_it():
    x = Variable([1.0, np.nan], name="weights")
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match="multiply gave NaN.*; weights, its input 1, held NaN b"),
    ):
        2.0 * x


def test_the_line_is_the_users_through_numpys_functions_too():
    x = Variable([1.0, -1.0])
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        at = here()
        np.sqrt(x)
    assert at in str(caught.value)
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        at = here()
        np.var(x * np.inf, axis=0)
    assert at in str(caught.value)


def test_a_second_derivative_is_blamed_on_the_line_of_the_forward_pass():
    def f(x):
        nonlocal at
        at = here()
        return np.sum(x**1.5)

    at = ""
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        hessian(f)(np.zeros(2))
    assert f"power was called at {at} (return np.sum(x**1.5))" in str(caught.value)


def test_what_was_assigned_is_blamed_and_not_what_it_was_assigned_to():
    y = Variable([1.0, 2.0]) * 1.0
    with detect_anomaly(), pytest.raises(AnomalyError, match="its input 1, held infinity before"):
        y[0] = np.inf


def test_a_derivative_that_is_infinite_is_named_with_the_line_of_the_forward_pass():
    x = Variable([0.0, 4.0])
    with detect_anomaly():
        at = here()
        y = np.sqrt(x)
        with pytest.raises(AnomalyError) as caught:
            y.sum().backward()
    message = str(caught.value)
    assert message.startswith(
        "sqrt.backward gave infinity as the gradient of its input 0, of shape (2,), from a "
        "gradient of shape (2,); sqrt was called"
    )
    assert at in message


def test_a_rule_of_ones_own_and_one_output_of_several_are_named_as_well():
    class Bad(Function):
        def forward(self, x):
            return x, x

        def backward(self, ga, gb):
            return ga * np.nan

    with detect_anomaly():
        a, _ = Bad()(Variable(1.0))
        with pytest.raises(AnomalyError, match="Bad.backward gave NaN"):
            a.backward()


def test_the_zero_of_a_branch_not_taken_is_no_anomaly():
    x = Variable([0.0, 4.0])
    with detect_anomaly():
        F.where(x.data > 0, np.sqrt(x), 0).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [0, 0.25])


def test_an_array_changed_between_the_passes_is_named_with_its_variable_and_line():
    x = Variable([1.0, 2.0], name="x")
    with detect_anomaly():
        at = here()
        y = (x * x).sum()
        x.data[0] = 5
        with pytest.raises(AnomalyError) as caught:
            y.backward()
    message = str(caught.value)
    assert message.startswith("multiply: x, its input 0 of shape (2,), was changed in place")
    assert at in message


def test_a_captured_array_that_was_changed_is_found():
    a, x = np.ones(2), Variable([1.0, 2.0])
    with detect_anomaly():
        y = (x * a).sum()
        a += 1
        with pytest.raises(AnomalyError, match="multiply: its input 1 of .* changed in place"):
            y.backward()


def test_an_output_that_was_changed_is_found_by_its_name():
    x = Variable([1.0, 2.0])
    with detect_anomaly():
        y = F.exp(x)
        y.name = "likelihood"
        y.data[0] = 3
        with pytest.raises(AnomalyError, match="exp: likelihood, its result of shape"):
            y.sum().backward()


def test_an_update_of_weights_between_the_passes_is_found():
    W = Parameter(np.ones((2, 2)), name="W")
    x = Variable(np.ones((3, 2)))
    with detect_anomaly():
        y = F.matmul(x, W).sum()
        with no_grad():
            W[:] = 0.0
        with pytest.raises(AnomalyError, match="matmul: W, its input 1"):
            y.backward()


def test_nothing_is_found_where_nothing_is_wrong():
    x = Variable([[1.0, 2.0], [3.0, 5.0]])
    with detect_anomaly():
        y = (F.softmax(x @ x) * F.split(F.tanh(x), 2)[0] + x[0]).mean()
        y.backward(create_graph=True)
        slope = x.grad
        x.zero_grad()
        (slope * slope).sum().backward()
    watched = x.grad.data
    x.zero_grad()
    y = (F.softmax(x @ x) * F.split(F.tanh(x), 2)[0] + x[0]).mean()
    y.backward(create_graph=True)
    slope = x.grad
    x.zero_grad()
    (slope * slope).sum().backward()
    np.testing.assert_array_equal(watched, x.grad.data)


def test_transforms_inside_are_looked_at_and_constants_are_not():
    with detect_anomaly():
        assert not F.log(np.zeros(2)).requires_grad
        with pytest.raises(AnomalyError, match="log gave infinity"):
            grad(lambda x: np.log(x))(0.0)
        with no_grad():
            F.log(Variable(0.0))
            with enable_grad(), pytest.raises(AnomalyError):
                F.log(Variable(0.0))


def test_it_is_a_decorator_too_and_ends_with_the_function():
    @detect_anomaly()
    def f(x):
        return F.log(x)

    with pytest.raises(AnomalyError):
        f(Variable(0.0))
    assert F.log(Variable(0.0)).data == -np.inf


def test_it_holds_for_its_own_thread_and_task_alone():
    found = []

    def elsewhere():
        found.append(F.log(Variable(0.0)).item())

    async def task():
        return F.log(Variable(0.0)).item()

    async def both():
        other = asyncio.create_task(task())
        with detect_anomaly():
            return await other

    with detect_anomaly():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert found == [-np.inf]
    assert asyncio.run(both()) == -np.inf


def test_the_forward_pass_outside_is_said_to_be_outside():
    y = np.sqrt(Variable(0.0))
    with detect_anomaly(), pytest.raises(AnomalyError, match="called outside of detect_anomaly"):
        y.backward()
