"""Schedules and averages: their state, and what they refuse. PyTorch is in tests/peers."""

import math

import numpy as np
import pytest

import pygrad
from pygrad import Variable, hookimpl, nn
from pygrad.exceptions import ArgumentError, ShapeError, UnknownNameError, WeightsError

S = nn.schedulers


def optimizer(lr=0.5, groups=1):
    return nn.optim.SGD([{"params": [Variable([1.0])]} for _ in range(groups)], lr=lr)


MAKE = {
    "StepLR": lambda o: S.StepLR(o, 3),
    "MultiStepLR": lambda o: S.MultiStepLR(o, [2, 9]),
    "ExponentialLR": lambda o: S.ExponentialLR(o, 0.9),
    "ConstantLR": lambda o: S.ConstantLR(o, 0.5, 7),
    "LambdaLR": lambda o: S.LambdaLR(o, lambda t: 0.9**t),
    "LinearLR": lambda o: S.LinearLR(o, total_iters=9),
    "WarmupLR": lambda o: S.WarmupLR(o, 8),
    "PolynomialLR": lambda o: S.PolynomialLR(o, 11, 2.0),
    "CosineAnnealingLR": lambda o: S.CosineAnnealingLR(o, 7),
    "CosineAnnealingWarmRestarts": lambda o: S.CosineAnnealingWarmRestarts(o, 3, 2),
    "SWALR": lambda o: S.SWALR(o, 0.05, 9),
    "OneCycleLR": lambda o: S.OneCycleLR(o, 1.0, 20),
    "ReduceLROnPlateau": lambda o: S.ReduceLROnPlateau(o, patience=1, cooldown=2),
    "ChainedScheduler": lambda o: S.ChainedScheduler(
        [S.WarmupLR(o, 8), S.ReduceLROnPlateau(o, patience=99), S.StepLR(o, 3)][::2]
    ),
    "SequentialLR": lambda o: S.SequentialLR(o, [S.WarmupLR(o, 3), S.StepLR(o, 4)], [3]),
}


def advance(schedule, i):
    if isinstance(schedule, S.ReduceLROnPlateau):
        schedule.step(math.cos(i))
    else:
        schedule.step()


@pytest.mark.parametrize("name", S.names())
def test_a_schedule_that_took_over_anothers_state_goes_on_to_the_bit(name):
    one, other = optimizer(), optimizer(lr=0.125)
    a, b = MAKE[name](one), MAKE[name](other)
    for i in range(6):
        advance(a, i)
    other.load_weight_dict(one.weight_dict())
    b.load_weight_dict(a.weight_dict())
    for i in range(6, 15):
        assert one.lr == other.lr
        advance(a, i)
        advance(b, i)
    assert one.lr == other.lr
    with pytest.raises(WeightsError, match=f"{name}.load_weight_dict: "):
        b.load_weight_dict({"last": 1})


def test_a_warm_up_ends_at_the_full_rate_to_the_last_digits():
    o = optimizer(lr=0.3)
    schedule = S.WarmupLR(o, 1000)
    rates = []
    for _ in range(1010):
        rates.append(o.lr)
        schedule.step()
    np.testing.assert_allclose(rates[:1000], 0.3 * np.arange(1, 1001) / 1001, rtol=1e-12)
    np.testing.assert_allclose(rates[1000:], 0.3, rtol=1e-12)


def test_schedules_say_what_they_are():
    assert repr(S.StepLR(optimizer(), 3)) == "StepLR(step_size=3, gamma=0.1)"
    assert repr(MAKE["SequentialLR"](optimizer())).startswith("SequentialLR(WarmupLR(start_factor=")


def test_a_group_that_is_added_later_keeps_its_own_rate():
    o = optimizer(lr=1.0, groups=2)
    schedule = S.ExponentialLR(o, 0.5)
    o.add_param_group({"params": [Variable([2.0])], "lr": 0.25})
    schedule.step()
    assert [g["lr"] for g in o.param_groups] == [0.5, 0.5, 0.25]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda o: S.StepLR(o, 0), "StepLR: step_size is 0; it must be a whole number of at least"),
        (lambda o: S.StepLR(o, 1.5), "step_size is 1.5"),
        (lambda o: S.StepLR("o", 1), "StepLR: expected an optimizer, got a str"),
        (lambda o: S.ConstantLR(o, 2), r"factor is 2; it must be within \(0, 1\]"),
        (lambda o: S.LinearLR(o, 0), r"start_factor is 0"),
        (lambda o: S.LinearLR(o, 1, 2), r"end_factor is 2"),
        (lambda o: S.LambdaLR(o, [abs, abs]), "there are 2 functions for 1 groups"),
        (lambda o: S.OneCycleLR(o, 1.0), "give total_steps, or epochs and steps_per_epoch"),
        (lambda o: S.OneCycleLR(o, [1.0, 2.0], 9), "max_lr has 2 rates for 1 groups"),
        (lambda o: S.OneCycleLR(o, 1.0, 9, pct_start=2), "pct_start is 2"),
        (lambda o: S.OneCycleLR(o, 1.0, 9, anneal_strategy="x"), "anneal_strategy is 'x'"),
        (lambda o: S.SWALR(o, [1.0, 2.0]), "swa_lr has 2 rates for 1 groups"),
        (lambda o: S.SWALR(o, 1.0, -1), "anneal_epochs is -1"),
        (lambda o: S.SWALR(o, 1.0, 3, "x"), "anneal_strategy is 'x'"),
        (lambda o: S.ReduceLROnPlateau(o, "least"), "mode is 'least'"),
        (lambda o: S.ReduceLROnPlateau(o, factor=1), "factor is 1"),
        (lambda o: S.ReduceLROnPlateau(o, min_lr=[0, 0]), "min_lr has 2 rates for 1 groups"),
        (lambda o: S.ReduceLROnPlateau(o).step(), r"give it the measure: step\(loss\)"),
        (lambda o: S.ChainedScheduler([]), "ChainedScheduler: there are no schedules"),
        (lambda o: S.ChainedScheduler([o]), "item 0 is a SGD, not a schedule"),
        (
            lambda o: S.ChainedScheduler([S.StepLR(o, 1), S.StepLR(optimizer(), 1)]),
            "item 1 is a schedule of another optimizer",
        ),
        (lambda o: S.SequentialLR(o, [S.StepLR(o, 1)], [3]), "1 schedules and 1 milestones"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ArgumentError, match=message):
        call(optimizer())


def test_a_cycle_that_is_over_has_no_further_step():
    schedule = S.OneCycleLR(optimizer(), 1.0, 3)
    for _ in range(3):
        schedule.step()
    with pytest.raises(ArgumentError, match="step number 4 of 3; the cycle is over"):
        schedule.step()


def test_a_cycle_wants_a_momentum():
    plain = nn.optim.SGD([Variable(1.0)], momentum=0)
    with pytest.raises(ArgumentError, match="has no momentum to cycle"):
        S.OneCycleLR(plain, 1.0, 3)
    S.OneCycleLR(plain, 1.0, 3, cycle_momentum=False)


def test_schedules_are_found_by_name():
    assert S.get("StepLR") is S.StepLR
    with pytest.raises(UnknownNameError, match="there is no scheduler called 'stepLR'; did you"):
        S.get("stepLR")

    class SqrtLR(S.Scheduler):
        def rate(self, lr, base_lr, step):
            return base_lr / math.sqrt(step + 1)

    class Plugin:
        @hookimpl
        def register_schedulers(self, register):
            register("SqrtLR", SqrtLR)

    pygrad.plugins.register(Plugin())
    try:
        assert S.get("SqrtLR") is S.SqrtLR is SqrtLR
    finally:
        pygrad.plugins.unregister("Plugin")
    schedule = SqrtLR(optimizer(1.0))
    for _ in range(3):
        schedule.step()
    assert schedule.get_last_lr() == [0.5]


# ---------------------------------------------------------------------------- averages


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.count = nn.Buffer(np.zeros(2))

    def forward(self, x):
        return self.fc(x)


def test_buffers_are_copied_or_averaged():
    model = Net()
    copied, averaged = nn.optim.AveragedModel(model), nn.optim.AveragedModel(model, None, True)
    for value in (1.0, 3.0):
        model.count.data[...] = value
        copied.update(model)
        averaged.update(model)
    assert (copied.module.count.data == 3).all()
    assert (averaged.module.count.data == 2).all()


def test_an_average_is_a_module_that_is_saved_with_its_count():
    model = Net()
    average = nn.optim.ExponentialMovingAverage(model, 0.5)
    average.update(model)
    average.update(model)
    other = nn.optim.ExponentialMovingAverage(Net(), 0.5)
    other.load_weight_dict(average.weight_dict())
    assert other.n_averaged.item() == 2
    x = np.ones((3, 2))
    np.testing.assert_array_equal(other(x).data, model(x).data)
    assert average.module.fc.W is not model.fc.W


def test_an_average_by_a_function_of_ones_own():
    model = Net()
    average = nn.optim.AveragedModel(model, lambda a, w, n: np.maximum(a, w))
    for value in (1.0, 5.0, 3.0):
        model.fc.W.data[...] = value
        average.update(model)
    assert (average.module.fc.W.data == 5).all()


def test_another_model_is_refused():
    average = nn.optim.AveragedModel(Net())
    with pytest.raises(ArgumentError, match="Linear: its weights are not those of the model"):
        average.update(nn.Linear(2, 2))
    larger = Net()
    larger.fc = nn.Linear(2, 3)
    with pytest.raises(ShapeError, match=r"fc.W has shape \(2, 3\), and its average \(2, 2\)"):
        average.update(larger)
    with pytest.raises(ArgumentError, match="decay is 2"):
        nn.optim.ExponentialMovingAverage(Net(), 2)


def test_measuring_statistics_anew_puts_modes_and_momenta_back():
    model = nn.Sequential(nn.BatchNorm1d(2, momentum=0.3), nn.Dropout(0.5), nn.BatchNorm1d(2))
    model[0].eval()
    modes = [m.training for m in model.modules()]
    x = np.arange(12.0).reshape(3, 2, 2)
    nn.optim.update_bn(x, model)
    np.testing.assert_allclose(model[0].running_mean.data, [5, 6])

    def broken():
        yield [x[0]]
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        nn.optim.update_bn(broken(), model)
    np.testing.assert_allclose(model[0].running_mean.data, [1, 2])
    assert [m.training for m in model.modules()] == modes
    assert (model[0].momentum, model[2].momentum) == (0.3, 0.1)
    assert all(p.grad is None for p in model.params())


def test_a_model_without_batch_norms_reads_no_data():
    nn.optim.update_bn(iter(lambda: pytest.fail("read"), None), Net())
