"""A function of PyGrad's beside the same of another library: to the second order, at float64."""

import numpy as np
import pytest

from pygrad import Variable


def beside_torch(ours, theirs, arrays):
    """Compare value, first and second gradients with PyTorch's."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    y, firsts, seconds = ours_of(ours, arrays)
    ts = [torch.tensor(a, requires_grad=True) for a in arrays]
    t = theirs(torch, *ts)
    np.testing.assert_allclose(y, t.detach(), rtol=1e-12, atol=1e-12)
    w, vs = directions(y.shape, arrays)
    gs = torch.autograd.grad((t * torch.tensor(w)).sum(), ts, create_graph=True)
    slope = sum((g * torch.tensor(v)).sum() for g, v in zip(gs, vs, strict=True))
    slope = slope + 0 * sum(t.nansum() for t in ts)  # for functions that are known to be linear
    for found, g in zip(firsts, gs, strict=True):
        np.testing.assert_allclose(found, g.detach(), rtol=1e-10, atol=1e-12)
    for found, g in zip(seconds, torch.autograd.grad(slope, ts), strict=True):
        np.testing.assert_allclose(found, g, rtol=1e-8, atol=1e-10)


def beside_autograd(ours, theirs, arrays):
    """Compare value, first and second gradients with HIPS autograd's."""
    autograd = pytest.importorskip(
        "autograd", reason="autograd is not installed: nothing to compare with"
    )
    import autograd.numpy as anp

    y, firsts, seconds = ours_of(ours, arrays)
    np.testing.assert_allclose(y, theirs(anp, *arrays), rtol=1e-12, atol=1e-12)
    w, vs = directions(y.shape, arrays)
    every = tuple(range(len(arrays)))
    first = autograd.grad(lambda *xs: anp.sum(theirs(anp, *xs) * w), every)

    def slope(*xs):
        # zero times all: autograd refuses to differentiate what does not depend on anything
        zero = sum(0.0 * anp.sum(x) for x in xs)
        return sum(anp.sum(g * v) for g, v in zip(first(*xs), vs, strict=True)) + zero

    for found, g in zip(firsts, first(*arrays), strict=True):
        np.testing.assert_allclose(found, g, rtol=1e-10, atol=1e-12)
    for found, g in zip(seconds, autograd.grad(slope, every)(*arrays), strict=True):
        np.testing.assert_allclose(found, g, rtol=1e-8, atol=1e-10)


def ours_of(f, arrays):
    """Value, first and second gradients in fixed directions, by PyGrad."""
    xs = [Variable(a) for a in arrays]
    y = f(*xs)
    w, vs = directions(y.shape, arrays)
    (y * w).sum().backward(create_graph=True)
    firsts = [x.grad for x in xs]
    slope = Variable(0.0)
    for x, v in zip(xs, vs, strict=True):
        slope = slope + (x.grad * v).sum()
        x.zero_grad()
    slope.backward()
    seconds = [np.zeros(x.shape) if x.grad is None else x.grad.data for x in xs]
    return y.data, [g.data for g in firsts], seconds


def directions(shape, arrays):
    generator = np.random.default_rng(1)
    return generator.normal(size=shape), [generator.normal(size=a.shape) for a in arrays]
