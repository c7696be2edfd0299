"""Fit a Gaussian process, in NumPy's own words:  python examples/gaussian_process.py

Nothing in `loss` names PyGrad: it is the negative log likelihood as it stands in textbooks, written
for arrays. `minimize` differentiates it and hands it to SciPy (pip install 'pygrad-core[scipy]').
"""

import numpy as np

from pygrad import optimize

rng = np.random.default_rng(0)
x = np.linspace(0, 10, 60)
y = np.sin(x) + 0.2 * rng.normal(size=60)


def kernel(p, a, b):
    """How much the values at `a` say about those at `b`."""
    return np.exp(2 * p["height"] - 0.5 * ((a[:, None] - b) / np.exp(p["width"])) ** 2)


def loss(p):
    covariance = kernel(p, x, x) + np.exp(2 * p["noise"]) * np.eye(len(x))
    logdet = np.linalg.slogdet(covariance).logabsdet
    return 0.5 * (y @ np.linalg.solve(covariance, y) + logdet + len(x) * np.log(2 * np.pi))


found = optimize.minimize(loss, {"height": 0.0, "width": -1.0, "noise": 0.0}, method="BFGS")
p = found.x
print(f"negative log likelihood {found.fun:.2f}; noise {np.exp(p['noise']):.3f}, really 0.2")

at = np.linspace(0, 10, 201)
covariance = kernel(p, x, x) + np.exp(2 * p["noise"]) * np.eye(len(x))
mean = kernel(p, at, x) @ np.linalg.solve(covariance, y)
print(f"largest error of the curve: {np.abs(mean - np.sin(at)).max():.3f}")
