"""Find a pendulum's length and friction from its swings:  python examples/pendulum.py

The simulation is an ordinary loop that writes each step into an array; PyGrad differentiates
through the loop and through the writing. What is found is improved by Gauss and Newton's method.
It wants the slopes of 300 angles by two numbers, so `jvp`, which costs the same however many
results there are, is asked twice; `jacobian` would walk back 300 times.
"""

import numpy as np

from pygrad import as_variable, jvp

STEPS, DT, GRAVITY = 300, 0.02, 9.81


def angles(p):
    """The angle at every step, of a pendulum that is let go at 1 rad."""
    length, friction = p
    path = as_variable(np.zeros(STEPS))  # a Variable, for an array could not hold gradients
    angle, speed = 1.0, 0.0
    for i in range(STEPS):
        speed = speed - DT * (GRAVITY / length * np.sin(angle) + friction * speed)
        angle = angle + DT * speed
        path[i] = angle
    return path


truth = np.array([0.7, 0.3])
rng = np.random.default_rng(0)
measured = angles(truth).numpy() + 0.01 * rng.normal(size=STEPS)

p = np.array([0.8, 0.1])
for step in range(6):
    columns = [jvp(angles, (p,), (direction,)) for direction in np.eye(2)]
    missed = columns[0][0] - measured
    print(f"step {step}: misses by {np.sqrt(np.mean(missed**2)):.4f} rad", flush=True)
    p = p - np.linalg.lstsq(np.stack([slope for _, slope in columns], axis=1), missed)[0]
print(f"length {p[0]:.3f} m, friction {p[1]:.3f} /s; really {truth[0]} and {truth[1]}")
