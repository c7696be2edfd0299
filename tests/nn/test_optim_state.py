"""Groups, hooks, closures, and the state of optimizers in and out."""

import io
import tracemalloc

import numpy as np
import pytest

from pygrad import Parameter, Variable, nn, no_grad
from pygrad import functions as F
from pygrad.engine.mode import is_recording
from pygrad.exceptions import ArgumentError, GradientError, WeightsError

NAMES = [name for name in nn.optim.names() if name not in ("LBFGS", "Muon")]
SETTINGS = {
    "SGD": {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}, "Adam": {"amsgrad": True},
    "AdaGrad": {"lr_decay": 0.1}, "RMSprop": {"momentum": 0.5, "centered": True},
}  # fmt: skip


def parameter(shape, dtype=np.float64, seed=0):
    return Parameter(np.asarray(np.random.default_rng(seed).normal(size=shape), dtype))


def parameters(dtype=np.float32):
    return [parameter(shape, dtype, i) for i, shape in enumerate([(3, 4), (), (5,), (200, 300)])]


def step(optimizer, i, missing=()):
    rng = np.random.default_rng(i)
    for k, p in enumerate(optimizer.params):
        g = np.asarray(rng.normal(size=p.shape), p.dtype)
        p.grad = None if k in missing else g
    optimizer.step()


def through_a_file(weights):
    """The dict after a way through ``.npz``, which holds arrays alone."""
    flat = {}

    def gather(inside, way):
        for name, value in inside.items():
            if isinstance(value, dict):
                gather(value, (*way, name))
            else:
                assert type(value) is np.ndarray
                flat["/".join((*way, name))] = value

    gather(weights, ())
    file = io.BytesIO()
    np.savez(file, **flat)
    file.seek(0)
    read = np.load(file, allow_pickle=False)
    result = {}
    for path in read.files:
        *way, name = path.split("/")
        inside = result
        for key in way:
            inside = inside.setdefault(key, {})
        inside[name] = read[path]
    return result


# ------------------------------------------------------------------------------- state


@pytest.mark.parametrize("name", [*NAMES, "Muon"])
@pytest.mark.parametrize("grouped", [False, True])
def test_an_optimizer_that_took_over_anothers_state_goes_on_to_the_bit(name, grouped):
    def make():
        params = parameters()
        if name == "Muon":
            params = [params[0], params[3]]
        if grouped:
            params = [{"params": params[:1], "lr": 0.5}, {"params": params[1:]}]
        return nn.optim.get(name)(params, **SETTINGS.get(name, {}))

    one, other = make(), make()
    other.lr = 0.123
    for i in range(6):
        step(one, i, missing=(0,) if i % 3 == 1 else ())
    for p, q in zip(one.params, other.params, strict=True):
        q.data[...] = p.data
    other.load_weight_dict(through_a_file(one.weight_dict()))
    assert [g["lr"] for g in other.param_groups] == [g["lr"] for g in one.param_groups]
    for i in range(6, 12):
        step(one, i, missing=(1,) if i % 3 == 1 else ())
        step(other, i, missing=(1,) if i % 3 == 1 else ())
        for p, q in zip(one.params, other.params, strict=True):
            np.testing.assert_array_equal(p.data, q.data)


def rosenbrock(x):
    return ((1 - x[:-1]) ** 2 + 100 * (x[1:] - x[:-1] ** 2) ** 2).sum()


def closure(optimizer, function=rosenbrock):
    def evaluate():
        optimizer.zero_grad()
        loss = function(optimizer.params[0])
        loss.backward()
        return loss

    return evaluate


def test_lbfgs_goes_on_to_the_bit():
    start = np.random.default_rng(0).normal(size=9)
    one, other = (
        nn.optim.LBFGS([Variable(start.copy())], line_search_fn="strong_wolfe", max_iter=5)
        for _ in range(2)
    )
    for _ in range(3):
        one.step(closure(one))
    other.params[0].data[...] = one.params[0].data
    other.load_weight_dict(through_a_file(one.weight_dict()))
    for _ in range(3):
        one.step(closure(one))
        other.step(closure(other))
        np.testing.assert_array_equal(one.params[0].data, other.params[0].data)
    with pytest.raises(WeightsError, match="missing: memory"):
        other.load_weight_dict({"groups": {}})
    wrong = one.weight_dict()
    wrong["memory"]["last"] = np.zeros(3)
    with pytest.raises(WeightsError, match=r"memory.last: shape \(3,\), expected \(9,\)"):
        other.load_weight_dict(wrong)


def test_settings_come_back_as_what_they_were():
    a = nn.optim.Rprop([parameter((2,))], lr=0.5, etas=(0.25, 1.5))
    b = nn.optim.Rprop([parameter((2,))])
    b.load_weight_dict(through_a_file(a.weight_dict()))
    assert b.settings() == a.settings()
    assert type(b.etas) is tuple
    c = nn.optim.SGD([parameter((2,))])
    c.load_weight_dict(nn.optim.SGD([parameter((2,))], nesterov=True).weight_dict())
    assert c.nesterov is True


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda w: w.pop("groups"), "missing: groups"),
        (lambda w: w["params"].pop("1"), "missing: params.1"),
        (lambda w: w["params"].update({"9": {}}), "unexpected: params.9"),
        (lambda w: w["params"]["0"].pop("m"), "missing: params.0.m"),
        (lambda w: w["params"]["0"].update(x=1), "unexpected: params.0.x"),
        (lambda w: w["params"]["0"].update(m=np.zeros(7)), r"params.0.m: shape \(7,\), expected"),
        (lambda w: w["params"]["0"].update(m=np.zeros((3, 4), complex)), "params.0.m: dtype"),
        (lambda w: w["params"]["0"].update(steps=-1), "params.0.steps: expected a whole number"),
        (lambda w: w["params"].update({"0": 3}), "params.0: expected a dict, got a int"),
        (lambda w: w["groups"]["0"].pop("lr"), "missing: groups.0.lr"),
        (lambda w: w["groups"]["0"].update(lr="x"), "groups.0.lr: expected a number"),
        (lambda w: w["groups"]["0"].update(tau=1), "unexpected: groups.0.tau"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(spoil, problem):
    one = nn.optim.Adam(parameters())
    other = nn.optim.Adam(parameters(), lr=0.5)
    step(one, 0)
    step(other, 1)
    weights = one.weight_dict()
    spoil(weights)
    before = through_a_file(other.weight_dict())
    with pytest.raises(WeightsError, match=f"Adam, which stays as it was:\n.*{problem}"):
        other.load_weight_dict(weights)
    after = other.weight_dict()
    assert after["groups"]["0"]["lr"] == 0.5
    np.testing.assert_array_equal(before["params"]["0"]["m"], after["params"]["0"]["m"])


def test_the_state_is_a_copy():
    optimizer = nn.optim.Adam(parameters())
    step(optimizer, 0)
    weights = optimizer.weight_dict()
    kept = weights["params"]["0"]["m"].copy()
    step(optimizer, 1)
    np.testing.assert_array_equal(weights["params"]["0"]["m"], kept)


# ------------------------------------------------------------------------------ groups


def test_a_setting_of_the_optimizer_is_every_groups_unless_it_has_its_own():
    a, b, c = (parameter((2,)) for _ in range(3))
    optimizer = nn.optim.SGD(
        [{"params": [a]}, {"params": b, "lr": 0.5}, {"params": [c], "momentum": 0}], lr=0.1
    )
    groups = optimizer.param_groups
    assert [g["lr"] for g in groups] == [0.1, 0.5, 0.1]
    assert [g["momentum"] for g in groups] == [0.9, 0.9, 0.0]
    assert [g["params"] for g in groups] == [[a], [b], [c]]
    assert set(groups[0]) == {
        "params", "lr", "momentum", "dampening", "weight_decay", "nesterov",
    }  # fmt: skip
    groups[2]["lr"] = 0.7
    assert [g["lr"] for g in optimizer.param_groups] == [0.1, 0.5, 0.7]
    assert optimizer.lr == 0.1
    optimizer.lr = 0.2  # for all of them
    assert [g["lr"] for g in optimizer.param_groups] == [0.2, 0.2, 0.2]
    assert repr(optimizer) == "SGD(lr=0.2, momentum=0.9, groups=3)"
    assert optimizer.params == [a, b, c]


def test_a_single_group_shares_its_settings_with_the_optimizer():
    optimizer = nn.optim.Adam([{"params": [parameter((2,))], "betas": (0.5, 0.25)}])
    group = optimizer.param_groups[0]
    assert (group["beta_1"], group["beta_2"]) == (0.5, 0.25)
    group["lr"] = 0.25
    assert optimizer.lr == 0.25
    optimizer.lr = 0.5
    assert group["lr"] == 0.5


def test_groups_move_as_if_each_had_an_optimizer_of_its_own():
    together, alone = parameters(), parameters()
    optimizer = nn.optim.Adam(
        [{"params": together[:2], "lr": 0.1}, {"params": together[2:], "weight_decay": 0.3}]
    )
    singles = [nn.optim.Adam(alone[:2], lr=0.1), nn.optim.Adam(alone[2:], weight_decay=0.3)]
    for i in range(4):
        rng = np.random.default_rng(i)
        for p, q in zip(together, alone, strict=True):
            p.grad = q.grad = np.asarray(rng.normal(size=p.shape), p.dtype)
        optimizer.step()
        for single in singles:
            single.step()
    for p, q in zip(together, alone, strict=True):
        np.testing.assert_array_equal(p.data, q.data)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (lambda p: [{"params": [p], "rate": 1}], "SGD: group 0: .*unexpected keyword.*'rate'"),
        (lambda p: [{"params": [p], "lr": -1}], "SGD: lr is -1; it must be"),
        (lambda p: [{"lr": 1}], "SGD: group 0 is {'lr': 1}; it must be a dict with the parameters"),
        (lambda p: [{"params": [p]}, p], "SGD: group 1 is Parameter"),
        (lambda p: [{"params": [p]}, {"params": [p]}], "group 1 has a parameter that is in"),
        (lambda p: [{"params": []}], "SGD: group 0: there are no parameters"),
        (lambda p: {"params": [p]}, r"params is a single group; give a list of them: \[group\]"),
    ],
)  # fmt: skip
def test_groups_that_make_no_sense_are_refused(groups, message):
    with pytest.raises(ArgumentError, match=message):
        nn.optim.SGD(groups(parameter((2,))))


def test_a_group_refuses_settings_that_nobody_has():
    group = nn.optim.SGD([parameter((2,))]).param_groups[0]
    with pytest.raises(ArgumentError, match="SGD: there is no setting 'rate'; its groups have lr"):
        group["rate"] = 1
    with pytest.raises(ArgumentError, match="'lr' cannot be deleted"):
        del group["lr"]
    assert len(group) == 6


def test_a_group_is_added_later():
    a, b = parameter((2,)), parameter((3,))
    optimizer = nn.optim.SGD([a], lr=0.1, momentum=0)
    optimizer.add_param_group({"params": b, "lr": 1.0})
    starts = a.data.copy(), b.data.copy()
    a.grad, b.grad = np.ones(2), np.ones(3)
    optimizer.step()
    np.testing.assert_allclose(a.data, starts[0] - 0.1)
    np.testing.assert_allclose(b.data, starts[1] - 1)
    with pytest.raises(ArgumentError, match="add_param_group: group has a parameter that is in"):
        optimizer.add_param_group({"params": [a]})


# ---------------------------------------------------------------------- hooks, closures


def test_hooks_run_before_each_update_in_their_order():
    optimizer = nn.optim.SGD([parameter((2,))])
    calls = []
    first = optimizer.add_hook(lambda o: calls.append(("first", o)))
    optimizer.add_hook(lambda o: calls.append(("second", o)))
    optimizer.step()
    assert calls == [("first", optimizer), ("second", optimizer)]
    optimizer.remove_hook(first)
    optimizer.step()
    assert [name for name, _ in calls] == ["first", "second", "second"]
    with pytest.raises(ArgumentError, match="remove_hook: .* was not added"):
        optimizer.remove_hook(first)
    with pytest.raises(ArgumentError, match="add_hook: 3 cannot be called"):
        optimizer.add_hook(3)


def test_the_hook_of_weight_decay_is_the_setting_of_weight_decay():
    by_hook, by_setting = parameters(), parameters()
    a, b = nn.optim.Adam(by_hook), nn.optim.Adam(by_setting, weight_decay=0.25)
    a.add_hook(nn.optim.hooks.WeightDecay(0.25))
    for i in range(3):
        step(a, i)
        step(b, i)
    for p, q in zip(by_hook, by_setting, strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-6)


def test_weight_decay_may_be_for_some_parameters():
    x, y = Variable([1.0]), Variable([1.0])
    optimizer = nn.optim.SGD([x, y], lr=1.0)
    optimizer.add_hook(nn.optim.hooks.WeightDecay(0.5, [y]))
    x.grad = y.grad = np.zeros(1)
    y.grad = np.zeros(1)
    optimizer.step()
    assert (x.item(), y.item()) == (1.0, 0.5)


def test_a_frozen_parameter_moves_again_when_the_hook_is_gone():
    x = Variable([1.0])
    optimizer = nn.optim.SGD([x], lr=1.0, weight_decay=0.5)
    hook = optimizer.add_hook(nn.optim.hooks.Freeze([x]))
    x.grad = np.ones(1)
    optimizer.step()
    assert x.item() == 1.0
    optimizer.remove_hook(hook)
    x.grad = np.ones(1)
    optimizer.step()
    assert x.item() == -0.5


def test_a_huge_gradient_is_clipped_without_overflow():
    x = Variable(np.array([3e30, 4e30], np.float32))
    x.grad = np.array([3e30, 4e30], np.float32)
    assert nn.optim.clip_grad_norm([x], 1.0) == pytest.approx(5e30)
    np.testing.assert_allclose(x.grad.data, [0.6, 0.8], rtol=1e-6)


def test_a_tiny_gradient_has_its_norm():
    x = Variable(np.zeros(2))
    x.grad = np.array([3e-200, 4e-200])
    assert nn.optim.clip_grad_norm([x], 1.0) == pytest.approx(5e-200)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_is_refused_on_request(bad):
    x = Variable([1.0, 2.0])
    x.grad = np.array([bad, 1.0])
    with pytest.raises(GradientError, match="clip_grad_norm: the norm of the gradients is"):
        nn.optim.clip_grad_norm([x], 1.0, error_if_nonfinite=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.optim.hooks.ClipGradNorm(-1), "max_norm is -1"),
        (lambda: nn.optim.hooks.ClipGradNorm(1, 0), "norm_type 0"),
        (lambda: nn.optim.hooks.ClipGradValue(-1), "clip_value is -1"),
        (lambda: nn.optim.hooks.WeightDecay(-1), "rate is -1"),
        (lambda: nn.optim.SGD([Variable(1.0)], momentum=0, nesterov=True), "nesterov needs a mom"),
        (lambda: nn.optim.SGD([Variable(1.0)], dampening=0.1, nesterov=True), "no dampening"),
        (lambda: nn.optim.Rprop([Variable(1.0)], etas=(1.2, 0.5)), "etas is"),
        (lambda: nn.optim.Rprop([Variable(1.0)], etas=0.5), "etas is 0.5; it must be 2 numbers"),
        (lambda: nn.optim.Adam([Variable(1.0)], betas=0.5), "betas is 0.5; it must be 2 numbers"),
        (lambda: nn.optim.Adam([Variable(1.0)], betas=(0.5, 1)), "beta_2 is 1.0; it must be"),
        (lambda: nn.optim.Muon([Variable([1.0])]), r"Muon: item 0 of params has shape \(1,\)"),
        (lambda: nn.optim.Muon([Variable([[1.0]])], adjust_lr_fn="x"), "adjust_lr_fn is 'x'"),
        (lambda: nn.optim.LBFGS([Variable(1.0)], line_search_fn="x"), "line_search_fn is 'x'"),
        (lambda: nn.optim.LBFGS([Variable(1.0)]).step(), "LBFGS.step: it evaluates the loss"),
        (
            lambda: nn.optim.LBFGS([{"params": Variable(1.0)}, {"params": Variable(1.0)}]),
            "LBFGS: there are several groups",
        ),
        (lambda: nn.optim.LBFGS([Variable(1.0)]).add_param_group({}), "LBFGS: it sees all"),
        (
            lambda: nn.optim.Muon([Variable([[1.0]])]).add_param_group({"params": [Variable(1.0)]}),
            "Muon: item 0 of params has shape",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()


def test_a_closure_is_called_with_recording_on_and_its_loss_returned():
    x = Variable([2.0])
    optimizer = nn.optim.SGD([x], lr=0.25)
    seen = []

    def evaluate():
        seen.append(is_recording())
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    with no_grad():
        loss = optimizer.step(evaluate)
    assert seen == [True]
    assert loss.item() == 4.0
    assert x.item() == 1.0


# -------------------------------------------------------------------- Muon and L-BFGS


def test_muon_takes_singular_values_to_about_one():
    W = parameter((30, 20))
    start = W.data.copy()
    optimizer = nn.optim.Muon([W], lr=1.0, weight_decay=0.0, adjust_lr_fn="match_rms_adamw")
    W.grad = np.random.default_rng(1).normal(size=(30, 20))
    optimizer.step()
    values = np.linalg.svd((start - W.data) / (0.2 * np.sqrt(30)), compute_uv=False)
    assert values.min() > 0.6
    assert values.max() < 1.3


def allocated(step):
    step()
    step()
    tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        step()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "AdaGrad", "AdaDelta", "NAdam"])
def test_weight_decay_and_clipping_allocate_no_parameters_in_steady_state(name):
    params = [parameter((n,)) for n in (20_000, 20_000, 300_000)]
    optimizer = nn.optim.get(name)(params, weight_decay=0.1)
    optimizer.add_hook(nn.optim.hooks.ClipGradNorm(1.0))
    optimizer.add_hook(nn.optim.hooks.ClipGradValue(0.5))
    step(optimizer, 0)
    assert allocated(optimizer.step) < 10_000
    optimizer.add_hook(nn.optim.hooks.WeightDecay(0.1))
    assert allocated(optimizer.step) < 65536 * 8 + 10_000  # one block


@pytest.mark.parametrize("turn", [False, True])
def test_the_hook_of_weight_decay_takes_every_size_and_memory_order(turn):
    p = parameter((300, 400))
    if turn:
        p.data = np.asfortranarray(p.data)
    optimizer = nn.optim.SGD([p], lr=1.0, momentum=0)
    optimizer.add_hook(nn.optim.hooks.WeightDecay(0.25))
    start = p.data.copy()
    p.grad = np.ones((300, 400))
    optimizer.step()
    np.testing.assert_allclose(p.data, start - 1 - 0.25 * start, rtol=1e-12, atol=1e-12)


def test_muon_allocates_no_arrays_in_steady_state():
    optimizer = nn.optim.Muon([parameter((300, 200)), parameter((100, 150))])
    step(optimizer, 0)
    assert allocated(optimizer.step) < 10_000


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_allocates_no_vectors_in_steady_state(search):
    n = 50_000
    x = parameter((n,))
    gradient = np.empty(n)
    weights = np.linspace(1, 20, n)
    optimizer = nn.optim.LBFGS(
        [x], lr=0.1, history_size=3, max_iter=8, tolerance_change=0.0, line_search_fn=search
    )

    def evaluate():  # a loss that allocates nothing itself
        np.multiply(x.data, weights, out=gradient)
        x.grad = gradient
        return np.dot(gradient, x.data) / 2

    before = evaluate()
    peak = allocated(lambda: optimizer.step(evaluate))
    assert peak < n * 8 / 4
    assert optimizer._memory.steps > 15
    assert evaluate() < before / 100


def test_lbfgs_stops_where_there_is_nothing_to_gain():
    x = Variable([0.0, 0.0])
    optimizer = nn.optim.LBFGS([x], line_search_fn="strong_wolfe")
    optimizer.step(closure(optimizer, lambda x: (x * x).sum()))
    np.testing.assert_array_equal(x.data, [0, 0])
    x.data[...] = 3.0
    for _ in range(2):
        optimizer.step(closure(optimizer, lambda x: (x * x).sum()))
    np.testing.assert_allclose(x.data, 0, atol=1e-7)
    assert optimizer._memory.evaluations < 8


def test_lbfgs_trains_parameters_of_several_shapes_and_dtypes():
    W, b = Variable(np.zeros((2, 1))), Variable(np.zeros(1, np.float32))
    x = np.random.default_rng(0).normal(size=(20, 2))
    y = x @ [[1.0], [-2.0]] + 0.5
    optimizer = nn.optim.LBFGS([W, b], line_search_fn="strong_wolfe")

    def evaluate():
        optimizer.zero_grad()
        loss = F.mean_squared_error(F.linear(x, W, b.astype(float)), y)
        loss.backward()
        return loss

    for _ in range(3):
        optimizer.step(evaluate)
    np.testing.assert_allclose(W.data, [[1], [-2]], atol=1e-5)
    np.testing.assert_allclose(b.data, 0.5, atol=1e-5)
    assert b.dtype == np.float32
