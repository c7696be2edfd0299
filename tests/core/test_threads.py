"""Threads and tasks: switches stay where they are set, and a graph may be walked by several."""

import asyncio
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pygrad import Parameter, Variable, enable_grad, grad, hvp, no_grad
from pygrad import functions as F

THREADS = 8


@pytest.fixture(autouse=True)
def _switch_often():
    """Threads take turns every few bytecodes, so that they meet in the midst of everything."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work):
    """What `work(i)` returns in each of several threads that start together."""
    barrier = threading.Barrier(THREADS)

    def begin(i):
        barrier.wait(30)
        return work(i)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_switches_of_many_threads_never_show_in_one_another():
    x = Variable(2.0)

    def work(i):
        seen = set()
        for _ in range(200):
            with (no_grad if i % 2 else enable_grad)():
                seen.add((x * x).requires_grad)
            seen.add(("outside", (x * x).requires_grad))
        return seen

    for i, seen in enumerate(at_once(work)):
        assert seen == {i % 2 == 0, ("outside", True)}


def test_a_thread_that_is_started_under_no_grad_records():
    found = []
    x = Variable(2.0)
    with no_grad():
        thread = threading.Thread(target=lambda: found.append((x * x).requires_grad))
        thread.start()
        thread.join()
    inherits = getattr(sys.flags, "thread_inherit_context", 0)  # CPython 3.14, free-threaded
    assert found == [not inherits]


def test_a_task_begins_as_its_maker_was_and_keeps_its_switches_to_itself():
    x = Variable(2.0)
    seen = {}

    async def look(name):
        seen[name] = (x * x).requires_grad
        with enable_grad():
            await asyncio.sleep(0)
            seen[f"{name}, enabled"] = (x * x).requires_grad
            await asyncio.sleep(0.01)

    async def main():
        with no_grad():
            task = asyncio.create_task(look("made under no_grad"))
            await asyncio.sleep(0.005)
            seen["its maker"] = (x * x).requires_grad
            await asyncio.to_thread(lambda: seen.update(helper=(x * x).requires_grad))
        await task
        seen["afterwards"] = (x * x).requires_grad

    asyncio.run(main())
    assert seen == {
        "made under no_grad": False,
        "made under no_grad, enabled": True,
        "its maker": False,
        "helper": False,  # asyncio.to_thread takes the context along
        "afterwards": True,
    }


def test_tasks_that_train_in_turns_do_not_disturb_one_another():
    async def train(start):
        W = Parameter(np.array(start))
        for _ in range(20):
            loss = (W * W).sum()
            await asyncio.sleep(0)
            loss.backward()
            await asyncio.sleep(0)
            with no_grad():
                await asyncio.sleep(0)
                W.data -= 0.1 * W.grad.data
            W.zero_grad()
        return W.item()

    async def main():
        return await asyncio.gather(*(train(float(i)) for i in range(5)))

    np.testing.assert_allclose(asyncio.run(main()), np.arange(5) * 0.8**20)


def test_several_threads_differentiate_through_one_graph():
    rng = np.random.default_rng(0)
    W = Parameter(rng.integers(-3, 4, (4, 4)).astype(float))  # whole numbers: sums are exact
    x = Variable(rng.integers(-3, 4, 4).astype(float))
    shared = (W @ x) * (W.T @ x)

    def work(i):
        for _ in range(25):
            (shared * (i + 1)).sum().backward()

    at_once(work)
    found = W.grad.data, x.grad.data
    W.zero_grad(), x.zero_grad()
    (shared * 25.0 * sum(range(1, THREADS + 1))).sum().backward()
    np.testing.assert_array_equal(found[0], W.grad.data)
    np.testing.assert_array_equal(found[1], x.grad.data)


def test_no_gradient_is_lost_where_threads_store_at_once():
    x = Variable(1.0)
    y = x * 2.0

    def work(i):
        for _ in range(500):
            y.backward()

    at_once(work)
    assert x.grad.item() == 2 * 500 * THREADS


def test_several_threads_take_second_derivatives_through_one_graph():
    x = Variable(np.array([0.3, -1.1, 0.8]))
    shared = F.exp(x) * F.sin(x)

    def work(i):
        def f(scale):
            return (shared * scale).sum()

        return [float(grad(grad(lambda s: f(s * s)))(float(i))) for _ in range(10)]

    expected = 2 * float(np.sum(np.exp(x.data) * np.sin(x.data)))
    for found in at_once(work):
        np.testing.assert_allclose(found, expected)
    assert x.grad is None


def test_transforms_in_many_threads_at_once_come_to_the_same():
    def energy(x):
        return (F.exp(x) * x[::-1]).sum() + (grad(lambda y: (y**3).sum())(x) ** 2).sum()

    points = np.random.default_rng(0).normal(size=(THREADS, 5))

    def work(i):
        return [hvp(energy, points[i], points[i - 1]) for _ in range(10)]

    alone = [hvp(energy, points[i], points[i - 1]) for i in range(THREADS)]
    for found, expected in zip(at_once(work), alone, strict=True):
        for each in found:
            np.testing.assert_array_equal(each, expected)


def test_the_first_use_of_everything_may_be_in_many_threads_at_once():
    # what is imported, loaded or cached on first use: a fresh interpreter has done none of it
    program = """
    import sys, threading
    import numpy as np
    import pygrad
    from pygrad import functions as F

    sys.setswitchinterval(1e-6)
    barrier = threading.Barrier(8)
    results = [None] * 8

    def work(i):
        barrier.wait(30)
        x = pygrad.Variable(np.arange(6.0).reshape(2, 3))
        y = np.concatenate([np.exp(-x), np.sort(x, axis=1)]) @ np.ones(3)
        names = F.names()
        pygrad.testing.check_gradients(F.tanh, [[0.5]])
        y.sum().backward()
        pygrad.default_rng().random()
        results[i] = (len(names), x.grad.data.tolist(), id(pygrad.default_rng()))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert results[0] is not None
    assert all(r == results[0] for r in results), results
    print("the same")
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "the same\n"


def test_a_name_is_looked_up_by_many_threads_at_once():
    def work(i):
        return [F.get(name) for name in F.names()]

    first, *others = at_once(work)
    assert all(found == first for found in others)
