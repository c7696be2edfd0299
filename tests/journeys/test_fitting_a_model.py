"""A model fitted with SciPy's optimizers: all of its parameters, at once, to the last digit."""

import numpy as np
import pytest

nn = pytest.importorskip("pygrad.nn", reason="a model needs pygrad-nn")
pytest.importorskip("scipy", reason="SciPy is not installed")

from pygrad import Variable  # noqa: E402
from pygrad import functions as F  # noqa: E402
from pygrad.optimize import minimize  # noqa: E402


class Network(nn.Module):
    def __init__(self, rng):
        self.hidden = nn.Linear(1, 8, rng=rng)
        self.last = nn.Linear(8, 1, rng=rng)

    def forward(self, x):
        return self.last(F.tanh(self.hidden(x)))


@pytest.mark.parametrize("method", ["L-BFGS-B", "BFGS", "trust-ncg"])
def test_a_network_is_fitted_to_a_curve(method):
    model = Network(np.random.default_rng(0))
    x = Variable(np.linspace(-2, 2, 40)[:, None].astype(np.float32), requires_grad=False)
    y = np.sin(2 * x.data)

    def loss():
        return F.mean_squared_error(model(x), y)

    before = loss().item()
    dtypes = [p.dtype for p in model.params()]
    found = minimize(loss, model.params(), method=method, options={"maxiter": 300})
    assert loss().item() < before / 300
    assert loss().item() == pytest.approx(found.fun, rel=1e-2)
    assert [p.dtype for p in model.params()] == dtypes
    assert all(p.grad is None for p in model.params())
    assert model.params()[0] is found.x[0]
