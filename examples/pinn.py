"""Solve the heat equation with a network, from nothing but the equation:  python examples/pinn.py

A rod of length 1 starts at u(x, 0) = sin(pi x) and is kept at 0 at both ends; its heat spreads as
u_t = a u_xx. The network is a function u(x, t) for which that must hold at random points: its
second derivative with respect to x stands in the loss, whose gradient is then of the third order.
"""

import numpy as np

import pygrad
from pygrad import Variable, nn
from pygrad import functions as F

A = 0.1  # how fast heat spreads
STEPS = 1500

pygrad.seed(0)
rng = np.random.default_rng(0)


class Rod(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 32, dtype=np.float64, rng=rng)
        self.fc2 = nn.Linear(32, 32, dtype=np.float64, rng=rng)
        self.fc3 = nn.Linear(32, 1, dtype=np.float64, rng=rng)

    def forward(self, x, t):
        y = F.tanh(self.fc1(F.concatenate([x, t], axis=1)))
        y = self.fc3(F.tanh(self.fc2(y)))
        # it starts as sin(pi x) and is 0 at the ends, whatever the weights are
        return F.sin(np.pi * x) + t * x * (1 - x) * y


def derivative(y, x):
    """dy/dx at every point; a graph again, so it can be differentiated further."""
    return pygrad.grad(lambda x: y(x).sum())(x)


def residual(x, t):
    """u_t - a u_xx, which should be 0."""
    u_t = derivative(lambda t: model(x, t), t)
    u_xx = derivative(lambda x: derivative(lambda x: model(x, t), x), x)
    return u_t - A * u_xx


model = Rod()
optimizer = nn.optim.Adam(model.params(), lr=0.005)
schedule = nn.schedulers.CosineAnnealingLR(optimizer, STEPS)

for step in range(STEPS):
    x = Variable(rng.uniform(0, 1, (128, 1)))
    t = Variable(rng.uniform(0, 1, (128, 1)))
    loss = (residual(x, t) ** 2).mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    schedule.step()
    if step % 300 == 0:
        print(f"step {step}: loss {loss.item():.2e}", flush=True)

grid = np.meshgrid(np.linspace(0, 1, 101), np.linspace(0, 1, 101))
places, times = (axis.reshape(-1, 1) for axis in grid)
exact = np.exp(-A * np.pi**2 * times) * np.sin(np.pi * places)
with pygrad.no_grad():
    found = model(places, times).data
error = np.linalg.norm(found - exact) / np.linalg.norm(exact)
print(f"relative L2 error: {error:.2e}")
