"""Optimizers: which parameters they change, how, and what it costs. PyTorch is in tests/peers."""

import copy
import gc
import pickle
import tracemalloc
import weakref

import numpy as np
import pytest

from pygrad import Parameter, Variable, nn, no_grad
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError

FIRST = [nn.optim.SGD, nn.optim.AdaGrad, nn.optim.AdaDelta, nn.optim.Adam]
# Muon trains matrices alone, and LBFGS asks for the loss: they have tests of their own
OPTIMIZERS = [
    *FIRST, nn.optim.AdamW, nn.optim.Adamax, nn.optim.LAMB, nn.optim.Lion, nn.optim.NAdam,
    nn.optim.RAdam, nn.optim.RMSprop, nn.optim.Rprop,
]  # fmt: skip
LARGE = 100_000  # several blocks
each = pytest.mark.parametrize("kind", OPTIMIZERS)
written_out = pytest.mark.parametrize("kind", [*FIRST, nn.optim.Lion, nn.optim.LAMB])


def buckets(optimizer):
    return [bucket for part in optimizer._parts for bucket in part.buckets]


def parameter(shape, dtype=np.float64, seed=0):
    return Parameter(np.asarray(np.random.default_rng(seed).normal(size=shape), dtype))


def give_gradients(params, seed=1):
    rng = np.random.default_rng(seed)
    for p in params:
        p.grad = np.asarray(rng.normal(size=p.shape), p.dtype)


def steps(optimizer, n=3):
    for i in range(n):
        give_gradients(optimizer.params, i)
        optimizer.step()


# ------------------------------------------------------------------ defaults and formulas


def test_the_defaults_are_the_documented_ones():
    def settings(optimizer):
        # what is added to the documented ones is switched off
        return {k: v for k, v in optimizer.settings().items() if v}

    p = [parameter(2)]
    assert settings(nn.optim.SGD(p)) == {"lr": 1e-2, "momentum": 0.9}
    assert settings(nn.optim.AdaGrad(p)) == {"lr": 1e-2, "eps": 1e-10}
    assert settings(nn.optim.AdaDelta(p)) == {"lr": 1.0, "rho": 0.95, "eps": 1e-6}
    assert settings(nn.optim.Adam(p)) == {"lr": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "eps": 1e-7}


def test_the_arguments_come_in_the_documented_order():
    p = [parameter(2)]
    assert repr(nn.optim.SGD(p, 0.1, 0.5)) == "SGD(lr=0.1, momentum=0.5)"
    assert repr(nn.optim.AdaGrad(p, 0.1, 0.5)) == "AdaGrad(lr=0.1, eps=0.5)"
    assert repr(nn.optim.AdaDelta(p, 0.1, 0.5, 0.25)) == "AdaDelta(lr=0.1, rho=0.5, eps=0.25)"
    expected = "Adam(lr=0.1, beta_1=0.5, beta_2=0.25, eps=0.125)"
    assert repr(nn.optim.Adam(p, 0.1, 0.5, 0.25, 0.125)) == expected


def reference(kind, p, gradients):
    """The update as the docstrings give it, for the default settings."""
    a = b = np.zeros_like(p)
    for t, g in enumerate(gradients, 1):
        if kind is nn.optim.SGD:
            a = 0.9 * a + g
            p = p - 0.01 * a
        elif kind is nn.optim.AdaGrad:
            a = a + g**2
            p = p - 0.01 * g / (np.sqrt(a) + 1e-10)
        elif kind is nn.optim.AdaDelta:
            a = 0.95 * a + 0.05 * g**2
            d = np.sqrt(b + 1e-6) / np.sqrt(a + 1e-6) * g
            b = 0.95 * b + 0.05 * d**2
            p = p - d
        elif kind is nn.optim.Lion:
            p = p - 1e-4 * np.sign(0.9 * a + 0.1 * g)
            a = 0.99 * a + 0.01 * g
        elif kind is nn.optim.LAMB:
            a = 0.9 * a + 0.1 * g
            b = 0.999 * b + 0.001 * g**2
            r = (a / (1 - 0.9**t)) / (np.sqrt(b / (1 - 0.999**t)) + 1e-6)
            ratio = np.linalg.norm(p) / np.linalg.norm(r) if p.size else 1.0
            p = p - 1e-3 * ratio * r
        else:
            a = 0.9 * a + 0.1 * g
            b = 0.999 * b + 0.001 * g**2
            p = p - 1e-3 * (a / (1 - 0.9**t)) / (np.sqrt(b / (1 - 0.999**t)) + 1e-7)
    return p


@written_out
@pytest.mark.parametrize("shape", [(), (1,), (3, 4), (0, 2), (LARGE,), (200, 300)])
def test_every_shape_is_updated_by_the_formula(kind, shape):
    p, other = parameter(shape), parameter((5,), seed=2)
    optimizer = kind([other, p])
    start, gradients = p.data.copy(), []
    for i in range(5):
        give_gradients([p, other], i)
        gradients.append(p.grad.data.copy())
        optimizer.step()
    np.testing.assert_allclose(p.data, reference(kind, start, gradients), rtol=1e-12, atol=1e-15)


@written_out
def test_many_small_parameters_of_more_than_a_block_are_updated_by_the_formula(kind):
    params = [parameter((n, 7), seed=n) for n in range(1000, 1040)]
    optimizer = kind(params)
    starts = [p.data.copy() for p in params]
    gradients = []
    for i in range(2):
        give_gradients(params, i)
        gradients.append([p.grad.data.copy() for p in params])
        optimizer.step()
    for p, start, own in zip(params, starts, zip(*gradients, strict=True), strict=True):
        np.testing.assert_allclose(p.data, reference(kind, start, own), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("shape", [(3, 4), (LARGE,)])
def test_weight_decay_of_lion_is_decoupled_and_that_of_lamb_part_of_the_step(shape):
    p, q = parameter(shape), parameter(shape)
    lion = nn.optim.Lion([p], lr=0.1, weight_decay=0.5)
    lamb = nn.optim.LAMB([q], lr=0.1, weight_decay=0.5)
    start = p.data.copy()
    give_gradients([p])
    q.grad = p.grad
    lion.step()
    lamb.step()
    g = p.grad.data
    np.testing.assert_allclose(p.data, start * 0.95 - 0.1 * np.sign(g), rtol=1e-12)
    r = g / (np.abs(g) + 1e-6) + 0.5 * start
    ratio = np.linalg.norm(start) / np.linalg.norm(r)
    np.testing.assert_allclose(q.data, start - 0.1 * ratio * r, rtol=1e-9)


def test_without_momentum_sgd_is_gradient_descent_and_remembers_nothing():
    p = parameter((3,))
    start = p.data.copy()
    optimizer = nn.optim.SGD([p], lr=0.5, momentum=0)
    give_gradients([p])
    optimizer.step()
    np.testing.assert_allclose(p.data, start - 0.5 * p.grad.data)
    assert buckets(optimizer)[0].state == {}


def test_momentum_may_be_switched_on_and_off_on_the_way():
    p = parameter((3,))
    optimizer = nn.optim.SGD([p], lr=1.0, momentum=0)
    expected, velocity = p.data.copy(), np.zeros(3)
    for i, momentum in enumerate([0, 0.5, 0.5, 0, 0.5]):
        optimizer.momentum = momentum
        give_gradients([p], i)
        if momentum:
            velocity = momentum * velocity + p.grad.data
        expected -= velocity if momentum else p.grad.data
        optimizer.step()
    np.testing.assert_allclose(p.data, expected)


@pytest.mark.parametrize("kind", [k for k in OPTIMIZERS if k is not nn.optim.Rprop])
def test_a_new_learning_rate_counts_from_the_next_step(kind):
    p = parameter((3,))
    optimizer = kind([p])
    steps(optimizer)
    before = p.data.copy()
    optimizer.lr = 0.0
    steps(optimizer, 1)
    np.testing.assert_array_equal(p.data, before)


@each
def test_training_makes_the_loss_small(kind):
    x = Variable([3.0, -2.0, 1.0])
    optimizer = kind([x], lr={"AdaDelta": 10.0, "AdaGrad": 0.5}.get(kind.__name__, 0.05))
    for _ in range(300):
        (x * x).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    assert abs(x.data).max() < 0.05


# ------------------------------------------------------------------------ in place, dtypes


@each
@pytest.mark.parametrize("shape", [(), (3, 4), (LARGE,)])
def test_the_update_is_in_place(kind, shape):
    p = parameter(shape)
    array, before = p.data, p.data.copy()
    steps(kind([p]))
    assert p.data is array
    assert (array != before).all()


@each
@pytest.mark.parametrize("shape", [(), (3, 4), (LARGE,)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(kind, shape, dtype):
    p = parameter(shape, dtype)
    optimizer = kind([p])
    steps(optimizer)
    assert p.dtype == dtype
    assert {a.dtype for b in buckets(optimizer) for a in b.state.values()} == {np.dtype(dtype)}


@each
def test_parameters_of_several_dtypes_train_together(kind):
    dtypes = ("f4", "f8", "f4")
    together = [parameter((3,), dtype) for dtype in dtypes]
    alone = [parameter((3,), dtype) for dtype in dtypes]
    optimizers = [kind(together), *(kind([p]) for p in alone)]
    for i in range(3):
        give_gradients(together, i)
        for p, q in zip(together, alone, strict=True):
            q.grad = p.grad
        for optimizer in optimizers:
            optimizer.step()
    for p, q in zip(together, alone, strict=True):
        assert p.dtype == q.dtype
        np.testing.assert_array_equal(p.data, q.data)


@each
@pytest.mark.parametrize("shape", [(300, 400), (3, 4)])
@pytest.mark.parametrize("turn", ["value", "gradient", "both"])
def test_arrays_in_another_memory_order_are_updated_alike(kind, shape, turn):
    plain, turned = parameter(shape), parameter(shape)
    if turn != "gradient":
        turned.data = np.asfortranarray(turned.data)
    a, b = kind([plain]), kind([turned])
    for i in range(3):
        give_gradients([plain, turned], i)
        turned.grad = plain.grad.data.copy()
        if turn != "value":
            turned.grad = np.asfortranarray(plain.grad.data)
        a.step()
        b.step()
    np.testing.assert_allclose(plain.data, turned.data, rtol=1e-12)


@each
@pytest.mark.parametrize("shape", [(3,), (LARGE,)])
def test_gradients_are_not_changed(kind, shape):
    p = parameter(shape)
    give_gradients([p])
    before = p.grad.data.copy()
    kind([p]).step()
    np.testing.assert_array_equal(p.grad.data, before)


def test_a_gradient_may_be_given_in_another_dtype():
    p = parameter((3,), np.float32)
    p.grad = np.ones(3, np.float64)
    optimizer = nn.optim.SGD([p], lr=1.0)
    before = p.data.copy()
    optimizer.step()
    assert p.dtype == np.float32
    np.testing.assert_allclose(p.data, before - 1)


# -------------------------------------------------------------------- which are changed


@each
def test_a_parameter_without_a_gradient_is_skipped_and_keeps_its_own_time(kind):
    # one that gets its gradient every second time moves as if it were trained alone
    always, sometimes, alone = parameter((3,)), parameter((2, 2)), parameter((2, 2))
    both, single = kind([always, sometimes]), kind([alone])
    for i in range(6):
        give_gradients([always, sometimes, alone], i)
        alone.grad = sometimes.grad
        if i % 2:
            sometimes.grad = alone.grad = None
        both.step()
        single.step()
        np.testing.assert_allclose(sometimes.data, alone.data, rtol=1e-12)


@each
def test_parameters_whose_gradients_come_at_random_move_as_if_alone(kind):
    rng = np.random.default_rng(0)
    together = [parameter((i, 3), seed=i) for i in range(1, 7)]
    alone = [parameter((i, 3), seed=i) for i in range(1, 7)]
    optimizer, singles = kind(together), [kind([p]) for p in alone]
    for i in range(20):
        give_gradients(together, i)
        for p, q in zip(together, alone, strict=True):
            if rng.random() < 0.4:
                p.grad = None
            q.grad = p.grad
        optimizer.step()
        for single in singles:
            single.step()
    for p, q in zip(together, alone, strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-12)


@each
def test_a_step_without_any_gradient_changes_nothing(kind):
    p = parameter((3,))
    optimizer = kind([p])
    before = p.data.copy()
    optimizer.step()
    np.testing.assert_array_equal(p.data, before)
    assert buckets(optimizer)[0].steps == 0


def test_a_frozen_parameter_stays():
    layer = nn.Linear(2, 2)
    layer.W.requires_grad = False
    optimizer = nn.optim.Adam(layer.params())
    W, b = layer.W.data.copy(), layer.b.data.copy()
    layer(np.ones((1, 2))).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
    np.testing.assert_array_equal(layer.W.data, W)
    assert (layer.b.data != b).all()
    layer.W.requires_grad = True
    layer(np.ones((1, 2))).sum().backward()
    optimizer.step()
    assert (layer.W.data != W).all()


@each
def test_a_parameter_that_is_given_twice_takes_one_step(kind):
    once, twice = parameter((3,)), parameter((3,))
    a, b = kind([once]), kind([twice, twice])
    assert len(b.params) == 1
    steps(a)
    steps(b)
    np.testing.assert_array_equal(once.data, twice.data)


def test_a_shared_layer_takes_one_step():
    layer = nn.Linear(2, 2)
    model = nn.Sequential(layer, layer)
    assert len(nn.optim.SGD(model.params()).params) == 2
    assert len(nn.optim.SGD([*layer.params(), *model.params()]).params) == 2


def test_zero_grad_makes_gradients_None_and_frees_their_graph():
    x = Variable([1.0, 2.0])
    optimizer = nn.optim.SGD([x])
    (x**3).sum().backward(create_graph=True)
    node = weakref.ref(x.grad.creator)
    gc.disable()
    try:
        optimizer.zero_grad()
        assert x.grad is None
        assert node() is None
    finally:
        gc.enable()


def test_new_data_for_a_parameter_are_trained_from_there_on():
    p = parameter((3,))
    optimizer = nn.optim.SGD([p], lr=1.0, momentum=0)
    p.data = np.zeros(3)
    p.grad = np.ones(3)
    optimizer.step()
    np.testing.assert_array_equal(p.data, [-1, -1, -1])


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize("shape", [(3,), (9,), (LARGE,)])
def test_new_data_of_another_shape_are_explained(shape, started):
    p, other = parameter(shape), parameter((2,))
    optimizer = nn.optim.SGD([p, other])
    if started:
        steps(optimizer)
    p.data = np.zeros((7,))
    give_gradients([p, other])
    before = other.data.copy()
    message = (
        r"a parameter had shape .* when the optimizer was made and has a gradient of shape \(7,\)"
    )
    with pytest.raises(ShapeError, match=message):
        optimizer.step()
    np.testing.assert_array_equal(other.data, before)


def test_a_step_records_nothing():
    p = parameter((3,))
    optimizer = nn.optim.Adam([p])
    steps(optimizer)
    assert p.creator is None
    with no_grad():
        steps(optimizer)


@each
def test_nan_in_a_gradient_reaches_its_own_parameter_alone(kind):
    a, b = parameter((3,)), parameter((3,))
    a.grad, b.grad = np.full(3, np.nan), np.ones(3)
    kind([a, b]).step()
    assert np.isnan(a.data).all()
    assert np.isfinite(b.data).all()


# ---------------------------------------------------------------------------- memory


@each
def test_a_step_allocates_no_arrays_in_steady_state(kind):
    params = [parameter((n,)) for n in (20_000, 20_000, 200_000)]
    optimizer = kind(params)
    steps(optimizer, 2)
    give_gradients(params)
    tracemalloc.start()
    try:
        optimizer.step()
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        optimizer.step()
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak < 10_000


@each
def test_an_optimizer_is_freed_at_once(kind):
    gc.disable()
    try:
        optimizer = kind([parameter((3,))])
        steps(optimizer)
        gone = weakref.ref(optimizer)
        del optimizer
        assert gone() is None
    finally:
        gc.enable()


@each
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_goes_on_as_the_original_does(kind, copied):
    params = [parameter((3,)), parameter(()), parameter((2, 2)), parameter((LARGE,))]
    optimizer = kind(params)
    steps(optimizer)
    params[0].grad = None
    optimizer.step()
    twin = copied(optimizer)
    steps(optimizer)
    steps(twin)
    for p, q in zip(optimizer.params, twin.params, strict=True):
        assert p is not q
        np.testing.assert_array_equal(p.data, q.data)


def test_a_model_copied_with_its_optimizer_is_trained_by_the_copy():
    model = nn.Linear(2, 2)
    twin, optimizer = copy.deepcopy((model, nn.optim.SGD(model.params())))
    before = twin.W.data.copy()
    twin(np.ones((1, 2))).sum().backward()
    optimizer.step()
    assert (twin.W.data != before).all()


# ----------------------------------------------------------------------- wrong arguments


@each
@pytest.mark.parametrize("lr", [-0.1, float("nan"), float("inf"), "fast", None, 1j])
def test_a_learning_rate_must_be_a_finite_number_of_at_least_0(kind, lr):
    message = rf"{kind.__name__}: lr is .*; it must be a finite number of at least 0"
    with pytest.raises(ArgumentError, match=message):
        kind([parameter(2)], lr=lr)


@pytest.mark.parametrize(
    ("kind", "name", "value", "range_"),
    [
        (nn.optim.SGD, "momentum", -1, "of at least 0"),
        (nn.optim.AdaGrad, "eps", -1, "of at least 0"),
        (nn.optim.AdaDelta, "rho", 1.1, r"within \[0, 1\]"),
        (nn.optim.AdaDelta, "eps", float("nan"), "of at least 0"),
        (nn.optim.Adam, "beta_1", 1, r"within \[0, 1\)"),
        (nn.optim.Adam, "beta_2", -0.5, r"within \[0, 1\)"),
        (nn.optim.Adam, "eps", -1e-7, "of at least 0"),
    ],
)
def test_settings_must_lie_in_their_ranges(kind, name, value, range_):
    message = rf"{kind.__name__}: {name} is .*; it must be a finite number {range_}"
    with pytest.raises(ArgumentError, match=message):
        kind([parameter(2)], **{name: value})


def test_settings_may_be_numpy_numbers():
    assert nn.optim.SGD([parameter(2)], lr=np.float32(0.5), momentum=np.int64(0)).lr == 0.5


@each
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ([], "there are no parameters to train; are the layers attributes of the model"),
        (iter([]), "there are no parameters to train"),
        (nn.Linear(1, 1), r"params is a module; give its parameters: model.params\(\)"),
        (Variable([1.0]), r"params is a single Variable; give a list of them: \[x\]"),
        (None, "params is None; give a list of parameters"),
        (nn.Linear(1, 1).named_params(), r"item 0 of params is \('W'.* must be a Parameter or a"),
        ([np.ones(2)], "item 0 of params is array"),
        ([Variable(1.0), None], "item 1 of params is None"),
        ([Variable(1.0) * 2], "item 0 of params was computed from others"),
        ([Variable(1.0, requires_grad=False)], "item 0 of params is a constant"),
        ([Variable(np.broadcast_to(1.0, (2,)))], "item 0 of params has a read-only array"),
    ],
)
def test_what_cannot_be_trained_is_refused(kind, params, message):
    with pytest.raises(ArgumentError, match=f"{kind.__name__}: {message}"):
        kind(params)


@each
def test_whole_numbers_cannot_be_trained(kind):
    with pytest.raises(DtypeError, match=r"item 0 of params has dtype int64; .* must hold floats"):
        kind([Variable([1, 2])])


@each
def test_any_iterable_of_parameters_will_do(kind):
    params = nn.Linear(2, 2).params()
    for given in (params, tuple(params), iter(params), dict.fromkeys(params)):
        assert len(kind(given).params) == 2


def test_a_plain_variable_can_be_trained():
    x = Variable(2.0)
    optimizer = nn.optim.SGD([x], lr=0.25, momentum=0)
    (x * x).backward()
    optimizer.step()
    assert x.item() == 1.0


# ------------------------------------------------------------------------------ subclasses


def test_an_optimizer_of_ones_own_is_numbers_and_update():
    class Decay(nn.optim.Optimizer):
        state_names = ("count",)

        def numbers(self, step):
            return (step,)

        def update(self, out, g, scratch, count, step):
            np.add(count, 1, out=count)
            assert (count == step).all()
            np.multiply(g, step, out=out)

    small, large = parameter((3,)), parameter((LARGE,))
    starts = small.data.copy(), large.data.copy()
    optimizer = Decay([small, large])
    for _ in range(2):
        small.grad, large.grad = np.ones(3), np.ones(LARGE)
        optimizer.step()
    np.testing.assert_allclose(small.data, starts[0] - 3)
    np.testing.assert_allclose(large.data, starts[1] - 3)


@pytest.mark.parametrize("method", ["numbers", "update"])
def test_an_optimizer_without_its_methods_says_so(method):
    class Half(nn.optim.Optimizer):
        if method == "update":

            def numbers(self, step):
                return ()

    p = parameter((2,))
    give_gradients([p])
    with pytest.raises(NotImplementedError, match=rf"Half must define {method}\(self, "):
        Half([p]).step()
