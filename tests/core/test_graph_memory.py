"""The graph goes away with the last Variable on it, and keeps no array that no rule needs."""

import gc
import subprocess
import sys
import textwrap
import weakref

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F


def run(program, **environment):
    """Run a program in a process of its own; what it prints comes back."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_dropped_graph_is_freed_by_reference_count_alone(no_collector):
    x = Variable(np.ones(3))
    y = (F.exp(x) * x + F.tanh(x) @ x).sum()
    y.backward()
    alive = weakref.ref(y.creator)
    del y
    assert alive() is None
    assert gc.collect() == 0


def test_a_function_of_several_outputs_makes_no_reference_cycle(no_collector):
    x = Variable(np.arange(6.0))
    a, b = F.split(x, 2)
    y = (a * b).sum()
    y.backward(retain_grad=True)
    alive = weakref.ref(a.creator)
    del a, b, y
    assert alive() is None
    assert gc.collect() == 0


def test_the_second_order_leaves_nothing_once_the_gradients_are_dropped(no_collector):
    x = Variable(np.ones(3))
    y = F.sum(x**3)
    y.backward(create_graph=True)
    g = x.grad
    x.zero_grad()
    F.sum(g * g).backward()
    x.zero_grad()
    del y, g
    assert gc.collect() == 0


def test_an_array_that_no_rule_needs_is_freed_during_the_forward_pass():
    x = Variable(np.ones(1000))
    y = x + 1
    held = weakref.ref(y.data)
    z = y + 1  # the rule of + needs no array
    del y
    assert held() is None
    z.backward(np.ones(1000))
    np.testing.assert_array_equal(x.grad.data, np.ones(1000))


def test_a_constant_operand_keeps_only_what_the_other_gradient_needs():
    x = Variable(np.ones(3))
    y = x * 1.0
    held = weakref.ref(y.data)
    z = y * np.full(3, 2.0)
    del y
    assert held() is None
    z.backward(np.ones(3))
    np.testing.assert_array_equal(x.grad.data, [2, 2, 2])


def test_a_million_operations_in_a_thread_with_a_small_stack():
    out = run(
        """
        import gc, sys, sysconfig, threading
        from pygrad import Variable

        gc.collect()  # what the imports left
        gc.disable()
        kilobytes = 1024 if sys.version_info >= (3, 13) else 256
        if sysconfig.get_config_var("Py_GIL_DISABLED"):  # its deallocator's frames are larger
            kilobytes = 2048
        threading.stack_size(kilobytes * 1024)

        def work():
            x = Variable(1.0)
            y = x
            for _ in range(500_000):
                y = y * 1.0
                y = y + 0.0
            y.backward()
            print(x.grad.item())
            del y
            print("freed")

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        print(gc.collect())
        """
    )
    assert out.split() == ["1.0", "freed", "0"]
