"""Hooks on modules see and do what PyTorch's see and do."""

import numpy as np
import pytest

from pygrad import Variable, nn

torch = pytest.importorskip("torch")


def networks():
    """The same network twice: two inputs, the second of which may be a constant."""
    rng = np.random.default_rng(0)
    W, V = rng.normal(size=(2, 3, 4))

    class Ours(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(3, 4, bias=False), nn.Linear(3, 4, bias=False)
            self.a.W.data, self.b.W.data = W.copy(), V.copy()

        def forward(self, x, y):
            return self.a(x) * self.b(y), self.a(x)

    class Theirs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = torch.nn.Linear(3, 4, bias=False, dtype=torch.float64)
            self.b = torch.nn.Linear(3, 4, bias=False, dtype=torch.float64)
            with torch.no_grad():
                self.a.weight.copy_(torch.tensor(W.T))
                self.b.weight.copy_(torch.tensor(V.T))

        def forward(self, x, y):
            return self.a(x) * self.b(y), self.a(x)

    return Ours(), Theirs()


def shown(gradients):
    arrays = []
    for g in gradients:
        if g is None:
            arrays.append(None)
        else:
            arrays.append(g.data.copy() if isinstance(g, Variable) else g.detach().numpy().copy())
    return arrays


@pytest.mark.filterwarnings("ignore:Full backward hook is firing:UserWarning")
@pytest.mark.parametrize("second_is_constant", [False, True])
@pytest.mark.parametrize("changing", [False, True])
def test_backward_hooks_are_pytorchs(second_is_constant, changing):
    ours, theirs = networks()
    seen = {"ours": [], "theirs": []}

    def hook(name):
        def see(module, grad_input, grad_output):
            seen[name].append((shown(grad_input), shown(grad_output)))
            if changing:
                return tuple(None if g is None else g * 3 for g in grad_input)
            return None

        return see

    handles = [
        module.register_full_backward_hook(hook(name))
        for name, net in (("ours", ours), ("theirs", theirs))
        for module in (net, net.b)
    ]
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 5, 3))
    a = Variable(x)
    b = Variable(y, requires_grad=not second_is_constant)
    s, t = ours(a, b)
    ((s * s).sum() + t.sum()).backward()
    ta = torch.tensor(x, requires_grad=True)
    tb = torch.tensor(y, requires_grad=not second_is_constant)
    s, t = theirs(ta, tb)
    ((s * s).sum() + t.sum()).backward()
    for handle in handles:
        handle.remove()
    assert len(seen["ours"]) == len(seen["theirs"]) == 2
    for mine, other in zip(seen["ours"], seen["theirs"], strict=True):
        for found, expected in zip(mine, other, strict=True):
            for g, h in zip(found, expected, strict=True):
                if g is None:  # PyTorch shows zeros for a constant beside one that is none
                    assert h is None or not h.any()
                else:
                    np.testing.assert_allclose(g, h, rtol=1e-12)
    np.testing.assert_allclose(a.grad.data, ta.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(ours.b.W.grad.data, theirs.b.weight.grad.numpy().T, rtol=1e-12)


def test_forward_hooks_change_values_as_in_pytorch():
    ours, theirs = networks()
    handles = []
    for net in (ours, theirs):
        handles.append(net.a.register_forward_pre_hook(lambda module, args: args[0] * 2))
        handles.append(net.a.register_forward_hook(lambda module, args, y: y + args[0].sum()))
    x, y = np.random.default_rng(1).normal(size=(2, 5, 3))
    found = ours(x, y)
    expected = theirs(torch.tensor(x), torch.tensor(y))
    for handle in handles:
        handle.remove()
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a.data, b.detach().numpy(), rtol=1e-12)
