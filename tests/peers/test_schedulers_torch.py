"""Schedules and averages of weights are PyTorch's, over 100 steps."""

import numpy as np
import pytest

from pygrad import Variable, nn

torch = pytest.importorskip("torch")
theirs = torch.optim.lr_scheduler

SETTINGS = [
    ("StepLR", {"step_size": 7, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [30, 5, 30, 80], "gamma": 0.3}),
    ("ExponentialLR", {"gamma": 0.97}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 13}),
    ("ConstantLR", {}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.7, "total_iters": 50}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 20}),
    ("PolynomialLR", {"total_iters": 60, "power": 2.5}),
    ("PolynomialLR", {}),
    ("CosineAnnealingLR", {"T_max": 100}),
    ("CosineAnnealingLR", {"T_max": 17, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("CosineAnnealingWarmRestarts", {"T_0": 9}),
    ("CosineAnnealingWarmRestarts", {"T_0": 5, "T_mult": 2, "eta_min": 0.03}),
    ("OneCycleLR", {"max_lr": 0.7, "total_steps": 101}),
    ("OneCycleLR", {"max_lr": [0.7, 0.2], "epochs": 11, "steps_per_epoch": 10, "pct_start": 0.4}),
    ("OneCycleLR", {"max_lr": 0.7, "total_steps": 101, "three_phase": True,
                    "anneal_strategy": "linear", "div_factor": 7, "final_div_factor": 30}),
    ("OneCycleLR", {"max_lr": 0.7, "total_steps": 101, "cycle_momentum": False}),
    ("LambdaLR", {"lr_lambda": [lambda t: 0.9**t, lambda t: 1 / (1 + t)]}),
]  # fmt: skip


def optimizers(kind="SGD"):
    x, y = Variable([1.0]), Variable([1.0])
    a, b = (torch.ones(1, requires_grad=True) for _ in range(2))
    settings = {"momentum": 0.9} if kind == "SGD" else {}
    return (
        getattr(nn.optim, kind)([{"params": [x], "lr": 0.4}, {"params": [y]}], lr=0.1),
        getattr(torch.optim, kind)(
            [{"params": [a], "lr": 0.4}, {"params": [b]}], lr=0.1, **settings
        ),
    )


def compare(ours, peer, step, n=100):
    for i in range(n):
        for group, other in zip(ours.param_groups, peer.param_groups, strict=True):
            assert group["lr"] == pytest.approx(other["lr"], rel=1e-10, abs=1e-14), i
            momentum = other["betas"][0] if "betas" in other else other["momentum"]
            assert group.get("momentum", group.get("beta_1")) == pytest.approx(momentum, rel=1e-12)
        ours.step()
        peer.step()
        step(i)


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize(("name", "settings"), SETTINGS)
def test_the_learning_rates_are_pytorchs(name, settings, kind):
    ours, peer = optimizers(kind)
    a, b = getattr(nn.schedulers, name)(ours, **settings), getattr(theirs, name)(peer, **settings)

    def step(i):
        a.step()
        b.step()

    compare(ours, peer, step)
    assert a.get_last_lr() == pytest.approx(b.get_last_lr(), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize(
    "settings",
    [
        {"patience": 2}, {"mode": "max", "patience": 3, "cooldown": 2, "factor": 0.5},
        {"threshold_mode": "abs", "threshold": 0.1, "patience": 1, "min_lr": [0.05, 0.01]},
        {"mode": "max", "threshold_mode": "abs", "patience": 0, "eps": 1e-3},
    ],
)  # fmt: skip
def test_a_plateau_is_found_where_pytorch_finds_it(settings):
    ours, peer = optimizers()
    a = nn.schedulers.ReduceLROnPlateau(ours, **settings)
    b = theirs.ReduceLROnPlateau(peer, **settings)
    losses = np.cumsum(np.random.default_rng(0).normal(size=100)) + 5

    def step(i):
        a.step(losses[i])
        b.step(losses[i])

    compare(ours, peer, step)


def test_chained_and_sequential_schedules_are_pytorchs():
    def chained(module, optimizer):
        parts = [
            module.ConstantLR(optimizer, factor=0.1, total_iters=10),
            module.ExponentialLR(optimizer, gamma=0.95),
            module.StepLR(optimizer, 30, 0.5),
            module.LinearLR(optimizer, total_iters=20),
        ]
        return module.ChainedScheduler(parts)

    def sequential(module, optimizer):
        parts = [
            module.LinearLR(optimizer, start_factor=0.1, total_iters=20),
            module.CosineAnnealingLR(optimizer, 50, eta_min=0.01),
            module.ExponentialLR(optimizer, gamma=0.9),
        ]
        return module.SequentialLR(optimizer, parts, milestones=[20, 70])

    for make in (chained, sequential):
        ours, peer = optimizers()
        a, b = make(nn.schedulers, ours), make(theirs, peer)

        def step(i, a=a, b=b):
            a.step()
            b.step()

        compare(ours, peer, step)


@pytest.mark.parametrize(
    "settings",
    [
        {"swa_lr": 0.05}, {"swa_lr": [0.05, 0.3], "anneal_epochs": 30},
        {"swa_lr": 0.05, "anneal_epochs": 7, "anneal_strategy": "linear"},
        {"swa_lr": 0.05, "anneal_epochs": 0},
    ],
)  # fmt: skip
def test_the_way_to_the_rate_of_averaging_is_pytorchs(settings):
    ours, peer = optimizers()
    a, b = nn.schedulers.SWALR(ours, **settings), torch.optim.swa_utils.SWALR(peer, **settings)

    def step(i):
        a.step()
        b.step()

    compare(ours, peer, step)


@pytest.mark.parametrize("decay", [None, 0.9])
def test_averages_of_weights_are_pytorchs(decay):
    model, peer = nn.Linear(3, 2), torch.nn.Linear(3, 2)
    if decay is None:
        average = nn.optim.AveragedModel(model)
        other = torch.optim.swa_utils.AveragedModel(peer)
    else:
        average = nn.optim.ExponentialMovingAverage(model, decay)
        other = torch.optim.swa_utils.AveragedModel(
            peer, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
        )
    rng = np.random.default_rng(0)
    for _ in range(100):
        W, b = rng.normal(size=(3, 2)).astype("f4"), rng.normal(size=2).astype("f4")
        model.W.data[...], model.b.data[...] = W, b
        with torch.no_grad():
            peer.weight.copy_(torch.tensor(W.T))
            peer.bias.copy_(torch.tensor(b))
        average.update(model)
        other.update_parameters(peer)
    np.testing.assert_allclose(
        average.module.W.data, other.module.weight.detach().numpy().T, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(
        average.module.b.data, other.module.bias.detach().numpy(), rtol=1e-5, atol=1e-6
    )


def test_statistics_measured_anew_are_pytorchs():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, momentum=0.3))
    peer = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4, momentum=0.3))
    peer.load_state_dict(
        {k: torch.tensor(v) for k, v in nn.interop.to_torch_state_dict(model).items()}
    )
    rng = np.random.default_rng(0)
    batches = [(rng.normal(1, 2, (n, 3)).astype("f4"), n) for n in (8, 8, 5)]
    model(batches[0][0])  # what was measured before does not count
    model.eval()
    nn.optim.update_bn(batches, model)
    torch.optim.swa_utils.update_bn([(torch.tensor(x), n) for x, n in batches], peer)
    ours, theirs = model[1], peer[1]
    for a, b in ((ours.running_mean, theirs.running_mean), (ours.running_var, theirs.running_var)):
        np.testing.assert_allclose(a.data, b.numpy(), rtol=1e-5)
    assert ours.num_batches_tracked.item() == theirs.num_batches_tracked.item() == 3
    assert ours.momentum == theirs.momentum == 0.3
