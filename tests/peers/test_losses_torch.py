"""Losses, activations and initializers beside PyTorch's, on random shapes and settings.

Values and gradients must agree at float64 to 1e-10 and at float32 to 1e-5, and at float64 the
second derivatives too.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pygrad import Variable, nn
from pygrad import functions as F

torch = pytest.importorskip("torch")
T = torch.nn.functional

sizes = st.integers(1, 5)
seeds = st.integers(0, 2**32 - 1)
reductions = st.sampled_from(["mean", "sum", "none"])
few = settings(max_examples=25, derandomize=True, deadline=None)
PRECISION = {np.float64: 1e-10, np.float32: 1e-5}
dtypes = pytest.mark.parametrize("dtype", [np.float64, np.float32])


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def compare(ours, theirs, inputs, dtype, second=True):
    """Ours of Variables and theirs of tensors: values, gradients, and their gradients."""
    arrays = [np.asarray(x, dtype) for x in inputs]
    xs = [Variable(x.copy()) for x in arrays]
    ts = [torch.tensor(x, requires_grad=True) for x in arrays]
    y, t = ours(*xs), theirs(*ts)
    tolerance = PRECISION[dtype]

    def same(a, b):
        b = b.detach().numpy(force=True)
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * max(1, np.abs(b).max()))

    same(y.data, t)
    weights = np.asarray(np.random.default_rng(0).normal(size=y.shape), dtype)
    second = second and dtype is np.float64
    (y * weights).sum().backward(create_graph=second)
    gs = torch.autograd.grad(
        (t * torch.tensor(weights)).sum(), ts, create_graph=second, allow_unused=True
    )
    for x, g in zip(xs, gs, strict=True):
        same(x.grad.data, g)
    if not second:
        return
    ours_total, theirs_total = Variable(0.0), torch.zeros((), dtype=torch.float64)
    for x, g in zip(xs, gs, strict=True):
        v = np.random.default_rng(1).normal(size=x.shape)
        ours_total = ours_total + (x.grad * v).sum()
        theirs_total = theirs_total + (g * torch.tensor(v)).sum()
        x.zero_grad()
    if not theirs_total.requires_grad:
        return
    ours_total.backward()
    hs = torch.autograd.grad(theirs_total, ts, allow_unused=True)
    for x, h in zip(xs, hs, strict=True):
        if h is not None:
            found = np.zeros(x.shape) if x.grad is None else x.grad.data
            np.testing.assert_allclose(found, h.numpy(force=True), rtol=1e-9, atol=1e-9)


PAIRS = {
    "mse": (nn.MSELoss, torch.nn.MSELoss, {}),
    "l1": (nn.L1Loss, torch.nn.L1Loss, {}),
    "smooth l1": (nn.SmoothL1Loss, torch.nn.SmoothL1Loss, {"beta": 0.5}),
    "smooth l1, default": (nn.SmoothL1Loss, torch.nn.SmoothL1Loss, {}),
    "huber": (nn.HuberLoss, torch.nn.HuberLoss, {"delta": 0.7}),
    "poisson": (nn.PoissonNLLLoss, torch.nn.PoissonNLLLoss, {}),
    "bce with logits": (nn.BCEWithLogitsLoss, torch.nn.BCEWithLogitsLoss, {}),
    "kl, log": (nn.KLDivLoss, torch.nn.KLDivLoss, {"log_target": True}),
}


@dtypes
@pytest.mark.parametrize("name", PAIRS)
@few
@given(shape=st.lists(sizes, min_size=0, max_size=3), seed=seeds, reduction=reductions)
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
def test_losses_of_two_operands_are_pytorchs(name, dtype, shape, seed, reduction):
    ours, theirs, keywords = PAIRS[name]
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(2, *shape)) * 2
    compare(
        ours(reduction=reduction, **keywords), theirs(reduction=reduction, **keywords),
        list(inputs), dtype,
    )  # fmt: skip


@dtypes
@few
@given(shape=st.lists(sizes, min_size=1, max_size=3), seed=seeds, reduction=reductions)
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
def test_losses_of_probabilities_are_pytorchs(dtype, shape, seed, reduction):
    rng = np.random.default_rng(seed)
    p, t = rng.uniform(0.02, 0.98, (2, *shape))
    weight = np.asarray(rng.uniform(0.2, 2, shape[-1:]), dtype)
    x = rng.normal(size=shape)

    compare(
        lambda p: F.binary_cross_entropy(p, np.asarray(t, dtype), weight, reduction),
        lambda p: T.binary_cross_entropy(
            p, torch.tensor(np.asarray(t, dtype)), torch.tensor(weight), reduction=reduction
        ),
        [p], dtype,
    )  # fmt: skip
    compare(
        lambda x, t: F.binary_cross_entropy_with_logits(x, t, weight, reduction, weight * 2),
        lambda x, t: T.binary_cross_entropy_with_logits(
            x, t, torch.tensor(weight), reduction=reduction, pos_weight=torch.tensor(weight * 2)
        ),
        [x * 4, t], dtype,
    )  # fmt: skip
    compare(
        lambda x, t: F.kl_div(x, t, reduction),
        lambda x, t: T.kl_div(x, t, reduction=reduction),
        [x, t], dtype,
    )  # fmt: skip
    compare(
        lambda x, t: F.poisson_nll_loss(x, t, False, True, 1e-3, reduction),
        lambda x, t: T.poisson_nll_loss(
            x, t, log_input=False, full=True, eps=1e-3, reduction=reduction
        ),
        [p * 3, t * 4], dtype,
    )  # fmt: skip


@dtypes
@few
@given(
    n=sizes, classes=st.integers(2, 5), rest=st.lists(sizes, max_size=2), seed=seeds,
    reduction=reductions, weighted=st.booleans(), smoothing=st.sampled_from([0.0, 0.2]),
)  # fmt: skip
def test_losses_of_classes_are_pytorchs(
    dtype, n, classes, rest, seed, reduction, weighted, smoothing
):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, classes, *rest)) * 3
    labels = rng.integers(0, classes, (n, *rest))
    labels.flat[0] = 0
    ignored = labels.copy()
    ignored[rng.random(labels.shape) < 0.2] = -100
    ignored.flat[0] = 0
    weight = np.asarray(rng.uniform(0.2, 2, classes), dtype) if weighted else None
    w = None if weight is None else torch.tensor(weight)
    compare(
        lambda x: F.nll_loss(x, ignored, weight, reduction=reduction),
        lambda x: T.nll_loss(x, torch.tensor(ignored), w, reduction=reduction),
        [x], dtype,
    )  # fmt: skip
    loss = nn.CrossEntropyLoss(weight, reduction=reduction, label_smoothing=smoothing)
    compare(
        lambda x: loss(x, ignored),
        lambda x: T.cross_entropy(
            x, torch.tensor(ignored), w, reduction=reduction, label_smoothing=smoothing
        ),
        [x], dtype,
    )  # fmt: skip
    if not rest:
        for p in (1, 2):
            compare(
                lambda x, p=p: F.multi_margin_loss(x, labels, p, 1.5, weight, reduction),
                lambda x, p=p: T.multi_margin_loss(
                    x, torch.tensor(labels), p, 1.5, w, reduction=reduction
                ),
                [x], dtype, second=False,
            )  # fmt: skip


@dtypes
@few
@given(n=sizes, d=st.integers(2, 5), seed=seeds, reduction=reductions, swap=st.booleans(),
       p=st.sampled_from([1.0, 2.0, 3.0]))  # fmt: skip
def test_losses_of_pairs_and_triples_are_pytorchs(dtype, n, d, seed, reduction, swap, p):
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(size=(3, n, d))
    signs = rng.choice([-1, 1], n)
    s = torch.tensor(signs)
    compare(
        lambda a, b: F.cosine_embedding_loss(a, b, signs, 0.1, reduction),
        lambda a, b: T.cosine_embedding_loss(a, b, s, 0.1, reduction=reduction),
        [a, b], dtype,
    )  # fmt: skip
    compare(
        lambda a, b, c: F.triplet_margin_loss(a, b, c, 1.0, p, 1e-6, swap, reduction),
        lambda a, b, c: T.triplet_margin_loss(
            a, b, c, 1.0, p, 1e-6, swap=swap, reduction=reduction
        ),
        [a, b, c], dtype,
    )  # fmt: skip
    compare(
        lambda a, b: F.margin_ranking_loss(a, b, signs, 0.3, reduction),
        lambda a, b: T.margin_ranking_loss(a, b, s, 0.3, reduction=reduction),
        [a[:, 0], b[:, 0]], dtype,
    )  # fmt: skip
    compare(
        lambda a: F.soft_margin_loss(a, signs, reduction),
        lambda a: T.soft_margin_loss(a, s.to(a.dtype), reduction=reduction),
        [a[:, 0]], dtype,
    )  # fmt: skip
    compare(
        lambda a: F.hinge_embedding_loss(a, signs, 0.8, reduction),
        lambda a: T.hinge_embedding_loss(a, s, 0.8, reduction=reduction),
        [a[:, 0]], dtype,
    )  # fmt: skip
    for v in (c**2 + 0.1, c[:, :1] ** 2 + 0.1):
        compare(
            lambda a, b, v: F.gaussian_nll_loss(a, b, v, True, 1e-6, reduction),
            lambda a, b, v: T.gaussian_nll_loss(a, b, v, full=True, reduction=reduction),
            [a, b, v], dtype,
        )  # fmt: skip


@dtypes
@few
@given(frames=st.integers(1, 12), n=st.integers(1, 4), classes=st.integers(2, 5), seed=seeds,
       reduction=reductions, flat=st.booleans())  # fmt: skip
def test_ctc_is_pytorchs(dtype, frames, n, classes, seed, reduction, flat):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(frames, n, classes)) * 2
    frames_of = rng.integers(1, frames + 1, n)
    lengths = np.array([rng.integers(0, f + 1) for f in frames_of])
    blank = int(rng.integers(0, classes))
    others = [k for k in range(classes) if k != blank]
    labels = rng.choice(others, (n, max(1, lengths.max())))
    if flat:
        labels = np.concatenate([row[:m] for row, m in zip(labels, lengths, strict=True)])
    compare(
        lambda x: F.ctc_loss(
            F.log_softmax(x), labels, frames_of, lengths, blank, reduction, zero_infinity=True
        ),
        lambda x: T.ctc_loss(
            T.log_softmax(x, -1), torch.tensor(labels), torch.tensor(frames_of),
            torch.tensor(lengths), blank, reduction, zero_infinity=True,
        ),
        [x], dtype, second=False,
    )  # fmt: skip


# ------------------------------------------------------------- activations, initializers

ACTIVATIONS = [
    ("ReLU", {}), ("ReLU6", {}), ("LeakyReLU", {"negative_slope": 0.2}), ("ELU", {"alpha": 0.7}),
    ("SELU", {}), ("CELU", {"alpha": 0.5}), ("GELU", {}), ("GELU", {"approximate": "tanh"}),
    ("SiLU", {}), ("Mish", {}), ("Sigmoid", {}), ("LogSigmoid", {}), ("Tanh", {}),
    ("Hardtanh", {"min_val": -0.5, "max_val": 2.0}), ("Softplus", {"beta": 2.0, "threshold": 20.0}),
    ("Softsign", {}), ("Softmax", {"dim": 1}), ("LogSoftmax", {"dim": -1}), ("GLU", {"dim": 0}),
]  # fmt: skip


@dtypes
@pytest.mark.parametrize(("name", "keywords"), ACTIVATIONS)
def test_activations_are_pytorchs_layers(name, keywords, dtype):
    layer = getattr(nn, name)(**keywords)
    assert nn.layers.get(name) is type(layer)
    x = np.random.default_rng(0).normal(size=(4, 3, 2)) * 3
    compare(layer, getattr(torch.nn, name)(**keywords), [x], dtype)
    defaults = getattr(nn, name)()
    assert repr(defaults).startswith(f"{name}(")


INITIALIZERS = [
    ("xavier_uniform", {"gain": 1.7}), ("xavier_normal", {}), ("kaiming_uniform", {"a": 0.3}),
    ("kaiming_normal", {"mode": "fan_out", "nonlinearity": "relu"}), ("trunc_normal", {"std": 0.7}),
    ("orthogonal", {"gain": 2.0}), ("sparse", {"sparsity": 0.3, "std": 2.0}), ("normal", {}),
    ("uniform", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "keywords"), INITIALIZERS)
@pytest.mark.parametrize("shape", [(120, 300), (300, 120), (120, 80, 3, 3)])
def test_initializers_have_pytorchs_distributions(name, keywords, shape):
    if name == "sparse" and len(shape) != 2:
        shape = (250, 250)
    ours = getattr(nn.initializers, name)(shape, rng=np.random.default_rng(0), **keywords)
    torch.manual_seed(0)
    # PyTorch's matrices are (out, in), and its kernels are as ours
    tensor = torch.empty(shape if len(shape) > 2 else shape[::-1], dtype=torch.float64)
    theirs = getattr(torch.nn.init, f"{name}_")(tensor, **keywords).numpy()
    a, b = np.sort(ours, axis=None), np.sort(theirs, axis=None)
    spread = b.std()
    # the quantiles of two samples of this size lie near one another
    quantiles = np.linspace(0.02, 0.98, 49)
    np.testing.assert_allclose(
        np.quantile(a, quantiles), np.quantile(b, quantiles), atol=0.06 * spread
    )
    assert abs(a.std() / spread - 1) < 0.02
    if "uniform" in name or name == "trunc_normal":
        np.testing.assert_allclose([a[0], a[-1]], [b[0], b[-1]], atol=0.01 * spread)


@pytest.mark.parametrize("name", ["linear", "conv2d", "sigmoid", "tanh", "relu", "selu"])
def test_gains_are_pytorchs(name):
    assert nn.initializers.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    for slope in (None, 0.3):
        assert nn.initializers.calculate_gain("leaky_relu", slope) == pytest.approx(
            torch.nn.init.calculate_gain("leaky_relu", slope), rel=1e-15
        )


def test_a_linear_layer_starts_as_pytorchs_does():
    ours, theirs = nn.Linear(300, 200, rng=np.random.default_rng(0)), torch.nn.Linear(300, 200)
    for a, b in ((ours.W, theirs.weight), (ours.b, theirs.bias)):
        b = b.detach().numpy()
        assert np.abs(a.data).max() == pytest.approx(np.abs(b).max(), rel=0.02)
        assert a.data.std() == pytest.approx(b.std(), rel=0.1)
