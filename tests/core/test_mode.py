"""no_grad and enable_grad: as context managers, as decorators, in threads and in tasks."""

import asyncio
import threading

import pytest

from pygrad import Variable, enable_grad, no_grad
from pygrad.exceptions import ArgumentError

X = Variable(2.0)


def recording():
    return (X * X).requires_grad


def test_nested_switches_are_put_back_in_order():
    with no_grad():
        assert not recording()
        with enable_grad():
            assert recording()
            with no_grad():
                assert not recording()
            assert recording()
        assert not recording()
    assert recording()


def test_one_switch_can_be_entered_twice():
    switch = no_grad()
    with switch:
        with switch:
            assert not recording()
        assert not recording()
    assert recording()


def test_an_error_inside_puts_the_flag_back():
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert recording()


def test_both_work_as_decorators():
    @no_grad()
    def constant():
        """Say it."""
        return recording()

    @enable_grad()
    def recorded():
        return recording()

    assert constant() is False
    assert constant.__name__ == "constant"
    assert constant.__doc__ == "Say it."
    with no_grad():
        assert recorded() is True


def test_a_generator_cannot_be_decorated():
    def numbers():
        yield 1

    with pytest.raises(ArgumentError, match=r"numbers is a generator.*with no_grad\(\):"):
        no_grad()(numbers)


def test_no_grad_in_one_thread_never_shows_in_another():
    inside, done = threading.Event(), threading.Event()

    def quiet():
        with no_grad():
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=quiet)
    thread.start()
    inside.wait(10)
    seen_here = recording()
    done.set()
    thread.join()
    assert seen_here


def test_no_grad_in_one_task_never_shows_in_another():
    async def quiet():
        with no_grad():
            await asyncio.sleep(0.01)
            return recording()

    async def loud():
        await asyncio.sleep(0.005)
        return recording()

    async def both():
        return await asyncio.gather(quiet(), loud())

    assert asyncio.run(both()) == [False, True]
