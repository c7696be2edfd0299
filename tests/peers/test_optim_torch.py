"""Optimizers take the same steps as PyTorch's, to 1e-6 over 100 of them."""

import numpy as np
import pytest

from pygrad import Parameter, Variable, nn
from pygrad import functions as F

torch = pytest.importorskip("torch")

DECOUPLED = {"weight_decay": 0.1, "decoupled_weight_decay": True}
SETTINGS = [
    ("SGD", {"lr": 1e-2, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.0}),
    ("SGD", {"lr": 0.02, "momentum": 0.99, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.02, "momentum": 0.5, "dampening": 0.3}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("AdaGrad", {"lr": 1e-2, "eps": 1e-10}),
    ("AdaGrad", {"lr": 0.3, "eps": 1e-3}),
    ("AdaGrad", {"lr": 0.3, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 2}),
    ("AdaDelta", {"lr": 1.0, "rho": 0.95, "eps": 1e-6}),
    ("AdaDelta", {"lr": 2.0, "rho": 0.5, "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 1e-3, "eps": 1e-7, "betas": (0.9, 0.999)}),
    ("Adam", {"lr": 0.02, "eps": 1e-3, "betas": (0.5, 0.9), "weight_decay": 0.1}),
    ("Adam", {"lr": 0.02, "eps": 1e-8, "amsgrad": True}),
    ("Adam", {"lr": 0.02, "eps": 1e-8, **DECOUPLED}),
    ("AdamW", {"lr": 0.02}),
    ("AdamW", {"lr": 0.02, "weight_decay": 0.3, "amsgrad": True}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.02, "betas": (0.5, 0.9), "momentum_decay": 0.1, "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.02, **DECOUPLED}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.02, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.02, **DECOUPLED}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.02, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("RMSprop", {}),
    # with weight decay the gradients near the end are tiny, and without an eps their signs rule
    ("RMSprop", {"lr": 0.005, "alpha": 0.9, "eps": 1e-2, "momentum": 0.5, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.02, "centered": True, "momentum": 0.5, "eps": 1e-3}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (1e-3, 0.5)}),
]
PEERS = {"AdaGrad": "Adagrad", "AdaDelta": "Adadelta"}
each = pytest.mark.parametrize(("name", "settings"), SETTINGS)


@pytest.fixture(autouse=True)
def _one_thread():
    # on a busy machine, threads that wait for one another take minutes over these small arrays
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def pair(name, settings, params, tensors):
    peer = getattr(torch.optim, PEERS.get(name, name))
    return getattr(nn.optim, name)(params, **settings), peer(tensors, **settings)


def parameters(shapes, dtype=np.float64):
    rng = np.random.default_rng(0)
    values = [np.asarray(rng.normal(size=shape), dtype) for shape in shapes]
    return (
        [Parameter(value.copy()) for value in values],
        [torch.nn.Parameter(torch.tensor(value)) for value in values],
    )


def assert_alike(params, tensors, rtol, atol):
    for p, tensor in zip(params, tensors, strict=True):
        np.testing.assert_allclose(p.data, tensor.detach().numpy(), rtol=rtol, atol=atol)


@each
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_given_the_same_gradients_the_parameters_stay_the_same(name, settings, dtype):
    params, tensors = parameters([(), (7,), (4, 5), (0, 3), (300, 250)], dtype)
    ours, theirs = pair(name, settings, params, tensors)
    rng = np.random.default_rng(1)
    for step in range(100):
        for i, (p, tensor) in enumerate(zip(params, tensors, strict=True)):
            # one has no gradient for a while, and one has tiny ones
            missing = i == 1 and step % 3 == 1
            g = np.asarray(rng.normal(size=p.shape) * (1e-6 if i == 2 else 1), dtype)
            p.grad = None if missing else g
            tensor.grad = None if missing else torch.tensor(g)
        ours.step()
        theirs.step()
    # PyTorch keeps NAdam's momentum in float32, whatever the parameters are
    tolerance = (1e-6 if name == "NAdam" else 1e-9) if dtype is np.float64 else 2e-4
    assert_alike(params, tensors, tolerance, tolerance / 100)


def losses(params, tensors):
    """The same loss of a small network, in PyGrad and in PyTorch."""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(32, 5)), rng.integers(0, 3, 32)

    def ours():
        hidden = F.tanh(F.linear(Variable(x, requires_grad=False), *params[:2]))
        return F.softmax_cross_entropy(F.linear(hidden, *params[2:]), labels)

    def theirs():
        hidden = torch.tanh(torch.tensor(x) @ tensors[0] + tensors[1])
        logits = hidden @ tensors[2] + tensors[3]
        return torch.nn.functional.cross_entropy(logits, torch.tensor(labels))

    return ours, theirs


NETWORK = [(5, 8), (8,), (8, 3), (3,)]


@each
def test_a_network_trained_by_both_ends_with_the_same_weights(name, settings):
    params, tensors = parameters(NETWORK)
    ours, theirs = pair(name, settings, params, tensors)
    our_loss, their_loss = losses(params, tensors)
    for _ in range(100):
        our_loss().backward()
        ours.step()
        ours.zero_grad()
        their_loss().backward()
        theirs.step()
        theirs.zero_grad()
    assert_alike(params, tensors, 1e-6, 1e-9)


@pytest.mark.parametrize("name", ["SGD", "AdamW", "RMSprop"])
def test_groups_have_their_own_settings_as_in_torch(name):
    params, tensors = parameters(NETWORK)

    def groups(p):
        return [
            {"params": p[:2], "lr": 0.05},
            {"params": p[2], "weight_decay": 0.3},
        ]

    ours = getattr(nn.optim, name)(groups(params), lr=0.01)
    theirs = getattr(torch.optim, name)(
        groups(tensors), lr=0.01, **({"momentum": 0.9} if name == "SGD" else {})
    )
    our_loss, their_loss = losses(params, tensors)
    for step in range(100):
        if step == 30:
            ours.add_param_group({"params": params[3], "lr": 0.1})
            theirs.add_param_group({"params": tensors[3], "lr": 0.1})
        if step == 60:
            for optimizer in (ours, theirs):
                optimizer.param_groups[1]["lr"] = 0.002
        our_loss().backward()
        their_loss().backward()
        for optimizer in (ours, theirs):
            optimizer.step()
            optimizer.zero_grad()
    assert_alike(params, tensors, 1e-6, 1e-9)


@pytest.mark.parametrize(
    "settings",
    [
        {}, {"nesterov": False, "weight_decay": 0.0}, {"adjust_lr_fn": "match_rms_adamw"},
        {"lr": 0.02, "momentum": 0.5, "ns_steps": 3},
    ],
)  # fmt: skip
def test_muon_takes_pytorchs_steps_within_the_precision_of_bfloat16(settings):
    params, tensors = parameters([(4, 6), (6, 4), (9, 9), (200, 250)], np.float32)
    starts = [p.data.copy() for p in params]
    ours, theirs = nn.optim.Muon(params, **settings), torch.optim.Muon(tensors, **settings)
    rng = np.random.default_rng(1)
    for _ in range(100):
        for p, tensor in zip(params, tensors, strict=True):
            g = rng.normal(size=p.shape).astype(np.float32)
            p.grad, tensor.grad = g, torch.tensor(g)
        ours.step()
        theirs.step()
    for p, tensor, start in zip(params, tensors, starts, strict=True):
        moved = np.linalg.norm(tensor.detach().numpy() - start)
        assert np.linalg.norm(p.data - tensor.detach().numpy()) < 1e-2 * moved


def rosenbrock(x):
    return ((1 - x[:-1]) ** 2 + 100 * (x[1:] - x[:-1] ** 2) ** 2).sum()


def quartic(x):
    return ((x - 0.5) ** 4).sum() + (x[0] * x[1]) ** 2


def wavy(x):
    return (x**2).sum() + 3 * (np.sin if isinstance(x, Variable) else torch.sin)(3 * x).sum()


@pytest.mark.parametrize("function", [rosenbrock, quartic, wavy])
@pytest.mark.parametrize(
    "settings",
    [
        {"line_search_fn": "strong_wolfe"}, {"line_search_fn": "strong_wolfe", "history_size": 3},
        {"line_search_fn": "strong_wolfe", "max_iter": 4, "lr": 0.3},
        {"line_search_fn": "strong_wolfe", "max_eval": 3},
        {"lr": 1e-2}, {"lr": 1e-3, "history_size": 2, "max_iter": 5},
    ],
)  # fmt: skip
def test_lbfgs_takes_pytorchs_steps(function, settings):
    start = np.random.default_rng(0).normal(size=6)
    x, tensor = Variable(start.copy()), torch.tensor(start, requires_grad=True)
    ours = nn.optim.LBFGS([x], **settings)
    theirs = torch.optim.LBFGS([tensor], **settings)

    def closure(optimizer, point):
        def evaluate():
            optimizer.zero_grad()
            loss = function(point)
            loss.backward()
            return loss

        return evaluate

    for _ in range(5):  # of up to 20 steps each
        a, b = ours.step(closure(ours, x)), theirs.step(closure(theirs, tensor))
        np.testing.assert_allclose(a.item(), b.item(), rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(x.data, tensor.detach().numpy(), rtol=1e-6, atol=1e-8)


def test_lbfgs_trains_a_network_as_pytorch_does():
    params, tensors = parameters(NETWORK)
    our_loss, their_loss = losses(params, tensors)
    ours = nn.optim.LBFGS(params, line_search_fn="strong_wolfe")
    theirs = torch.optim.LBFGS(tensors, line_search_fn="strong_wolfe")

    def closure(optimizer, loss):
        def evaluate():
            optimizer.zero_grad()
            y = loss()
            y.backward()
            return y

        return evaluate

    for _ in range(5):
        ours.step(closure(ours, our_loss))
        theirs.step(closure(theirs, their_loss))
    assert our_loss().item() < 0.05
    assert_alike(params, tensors, 1e-6, 1e-6)


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.0, float("inf")])
@pytest.mark.parametrize("max_norm", [0.5, 1e6, 0.0])
def test_clipping_by_norm_is_pytorchs(norm_type, max_norm):
    params, tensors = parameters([(3, 4), (5,), ()])
    rng = np.random.default_rng(1)
    for p, tensor in zip(params[:2], tensors[:2], strict=True):
        g = rng.normal(size=p.shape)
        p.grad, tensor.grad = g, torch.tensor(g)
    ours = nn.optim.clip_grad_norm(params, max_norm, norm_type)
    theirs = torch.nn.utils.clip_grad_norm_(tensors, max_norm, norm_type)
    assert ours == pytest.approx(theirs.item(), rel=1e-12)
    for p, tensor in zip(params[:2], tensors[:2], strict=True):
        np.testing.assert_allclose(p.grad.data, tensor.grad.numpy(), rtol=1e-12)
