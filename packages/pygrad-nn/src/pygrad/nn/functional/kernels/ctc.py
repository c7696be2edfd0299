"""The forward and backward recursions of CTC, in logarithms, for all samples at once.

The states of a sample are its labels, with a blank before, between and after them. Arrays of states
have shape (n, states); `skips` is 0 where a step over two states is allowed, else `NEVER`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["NEVER", "log_likelihoods", "occupancies"]

NEVER = -1e30
"""The logarithm of no probability at all: finite, so that no difference of two of them is NaN, and
so large that no sum of logarithms of probabilities comes near it."""


def log_likelihoods(e: Any, skips: Any, frames: Any, ends: Any) -> tuple[Any, Any]:
    """The logarithm of each sample's likelihood, and that of each state at each time on the way.

    `e` has the logarithms of the probabilities of what the states emit, of shape (time, n, states);
    `frames` the number of frames of each sample, at least 1; `ends` says which states may be last.
    """
    # two more states in front, where nothing ever is, so that a step needs no cases
    alpha = np.full((len(e), e.shape[1], e.shape[2] + 2), NEVER, e.dtype)
    states = alpha[:, :, 2:]
    states[0, :, :2] = e[0, :, :2]
    buffers = np.empty((3, *e.shape[1:]), e.dtype)
    for t in range(1, int(frames.max(initial=0))):
        _step(alpha[t - 1], skips, states[t], *buffers)
        states[t] += e[t]
    last = np.where(ends, states[frames - 1, np.arange(len(frames))], NEVER)
    top = last.max(axis=1, initial=NEVER)
    total = top + np.log(np.exp(last - top[:, None]).sum(axis=1))
    return total.astype(e.dtype, copy=False), states


def occupancies(e: Any, skips: Any, frames: Any, ends: Any, alpha: Any, total: Any) -> Any:
    """How likely each state is at each time, given the target; 0 where there is no alignment."""
    n, n_states = e.shape[1:]
    gamma = np.full_like(e, NEVER)
    # The way back is the way forward with times and states reversed.
    back = np.full((n, n_states + 2), NEVER, e.dtype)
    over = np.full((n, n_states), NEVER, e.dtype)
    over[:, 2:] = skips[:, ::-1][:, : n_states - 2]
    beta, *buffers = np.full((4, n, n_states), NEVER, e.dtype)
    last = np.where(ends, 0, NEVER)[:, ::-1]
    ending = set(frames.tolist())
    for t in range(int(frames.max(initial=0)) - 1, -1, -1):
        _step(back, over, beta, *buffers)
        if t + 1 in ending:
            begins = frames == t + 1
            beta[begins] = last[begins]
        np.add(alpha[t], beta[:, ::-1], out=gamma[t])
        np.add(beta, e[t][:, ::-1], out=back[:, 2:])
    gamma -= np.where(total > NEVER / 2, total, 0)[:, None]
    return np.exp(gamma, out=gamma)


def _step(before: Any, skips: Any, out: Any, over: Any, top: Any, scratch: Any) -> None:
    """Write to `out` what arrives in each state: from itself, and from the two before it."""
    same, next_ = before[:, 2:], before[:, 1:-1]
    np.add(before[:, :-2], skips, out=over)
    np.maximum(same, next_, out=top)
    np.maximum(top, over, out=top)
    np.subtract(same, top, out=out)
    np.exp(out, out=out)
    for way in (next_, over):
        np.subtract(way, top, out=scratch)
        np.exp(scratch, out=scratch)
        np.add(out, scratch, out=out)
    np.log(out, out=out)
    np.add(out, top, out=out)
