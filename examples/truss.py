"""Find the weak bar of a bridge from how it sags under a load:  python examples/truss.py

A truss is solved as engineers do it: each bar adds to one matrix of stiffness, and a linear system
gives how far the joints move. Here the question is turned round, by differentiating the solution:
which stiffness of each bar explains what was measured under a few loads?
"""

import numpy as np

from pygrad import jacobian

joints = np.array([[0, 0], [1, 0], [2, 0], [3, 0], [0.5, 1], [1.5, 1], [2.5, 1]], float)
bars = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 1), (1, 5), (5, 2), (2, 6), (6, 3), (4, 5), (5, 6)]
free = [2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]  # of x0, y0, x1, ...: joints 0 and 3 stand on ground
loads = np.eye(len(free))[:, [1, 3, 6, 10]]  # one column each


def moved(stiffness):
    """How far the free joints move under each of the loads."""
    matrix = np.zeros((2 * len(joints), 2 * len(joints)))
    for k, (i, j) in zip(stiffness, bars, strict=True):
        along = joints[j] - joints[i]
        along = along / np.linalg.norm(along)
        stretch = np.zeros(2 * len(joints))
        stretch[2 * i : 2 * i + 2], stretch[2 * j : 2 * j + 2] = -along, along
        matrix = matrix + k / np.linalg.norm(joints[j] - joints[i]) * np.outer(stretch, stretch)
    return np.linalg.solve(matrix[np.ix_(free, free)], loads)


truth = np.ones(len(bars))
truth[6] = 0.6  # the weak one
measured = moved(truth)


def missed(logs):
    return (moved(np.exp(logs)) - measured).ravel()


logs = np.zeros(len(bars))  # of the stiffnesses, which thus stay positive
for step in range(6):  # Gauss and Newton's method
    error = missed(logs)
    print(f"step {step}: misses by {np.linalg.norm(error):.1e}", flush=True)
    logs = logs - np.linalg.lstsq(jacobian(missed)(logs), error)[0]
weak = int(np.argmin(logs))
print(f"bar {weak} is weak, with {np.exp(logs[weak]):.3f} of the stiffness of the others")
