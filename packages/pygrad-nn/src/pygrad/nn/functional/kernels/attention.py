"""Scaled dot-product attention, a block of heads at a time, so that a block's scores stay in cache.

Scale and sums go to the scores, although the outputs are smaller: a block of scores is contiguous,
and heads that are views of what a projection made are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["attention_backward", "attention_forward"]

_BLOCK = 131_072  # scores
_QUERIES = 128  # a causal block: later keys are not even looked at
_SAFE = 30.0  # exp of scores within this needs no shift, and sums of them have all their digits


def attention_forward(
    q: Any, k: Any, v: Any, scale: Any, bias: Any, barred: Any, causal: bool, keep: Any, kept: bool
) -> tuple[Any, Any]:
    """The output for 4-d q, k and v, and with `kept` the weights for the way back.

    `bias` is added to the scores, `barred` is True where there is to be no attention, `keep` holds
    the factors of a dropout.
    """
    n_queries, n_keys = q.shape[2], k.shape[2]
    # like q in the order of its axes in memory: heads lie side by side, if a projection made them
    y = np.empty_like(q, shape=(*q.shape[:3], v.shape[3]))
    skips = causal and n_queries > _QUERIES
    weights = None
    if kept:
        weights = (np.zeros if causal else np.empty)((*q.shape[:3], n_keys), q.dtype)
    ones = np.ones((n_keys, 1), q.dtype)
    for block in _blocks(len(q), q.shape[1], n_queries * n_keys):
        for low in range(0, n_queries, _QUERIES if skips else max(n_queries, 1)):
            high = low + _QUERIES if skips else n_queries
            seen = min(high, n_keys) if causal else n_keys
            part, keys = (*block, slice(low, high)), (*block, slice(seen))
            scores = (*part, slice(seen))
            out = None if weights is None else weights[scores]
            s = np.matmul(q[part], k[keys].swapaxes(2, 3), out=out)
            s *= scale
            if bias is not None:
                s += bias[scores]
            no = None if barred is None else barred[scores]
            if causal:
                later = np.arange(seen) > np.arange(low, low + s.shape[2])[:, None]
                no = later if no is None else no | later
            _exponentials(s, no)
            total = s @ ones[:seen]
            if no is not None or not seen:
                total[total == 0] = 1  # a query without a key: it gets zeros
            s *= np.reciprocal(total, out=total)
            np.matmul(s if keep is None else s * keep[scores], v[keys], out=y[part])
    return y, weights


def attention_backward(
    q: Any, k: Any, v: Any, weights: Any, scale: Any, keep: Any, gy: Any, outs: Any, wants: bool
) -> Any:
    """Write the gradients of q, k and v to `outs`; with `wants`, return that of the scores."""
    gq, gk, gv = outs
    gs = np.empty_like(weights) if wants else None
    for block in _blocks(len(q), q.shape[1], weights.shape[2] * weights.shape[3]):
        w, g = weights[block], gy[block]
        s = np.matmul(g, v[block].swapaxes(2, 3), out=None if gs is None else gs[block])
        if keep is None:
            np.matmul(w.swapaxes(2, 3), g, out=gv[block])
        else:
            s *= keep[block]
            np.matmul((w * keep[block]).swapaxes(2, 3), g, out=gv[block])
        # not vecdot(g, y): that is the same sum, but rounded otherwise, and would not cancel
        s -= np.vecdot(w, s)[..., None]
        s *= w
        t = s * scale if wants else np.multiply(s, scale, out=s)
        np.matmul(t, k[block], out=gq[block])
        np.matmul(t.swapaxes(2, 3), q[block], out=gk[block])
    return gs


def _blocks(batch: int, heads: int, scores: int) -> Iterator[tuple[slice, slice]]:
    """Parts of batch and heads with about `_BLOCK` scores each: several samples, or some heads."""
    of_heads = min(heads, max(1, _BLOCK // max(scores, 1)))
    of_batch = max(1, _BLOCK // max(heads * scores, 1)) if of_heads == heads else 1
    for i in range(0, batch, of_batch):
        for j in range(0, heads, max(of_heads, 1)):
            yield slice(i, i + of_batch), slice(j, j + of_heads)


def _exponentials(s: Any, barred: Any) -> None:
    """``exp(s)`` in place, 0 where it is barred; rows are shifted by their maximum if need be."""
    if s.dtype != np.float16 and s.size and s.min() > -_SAFE and s.max() < _SAFE:
        np.exp(s, out=s)
        if barred is not None:
            np.copyto(s, 0, where=barred)
        return
    if barred is not None:
        np.copyto(s, -np.inf, where=barred)
    top = np.maximum.reduce(s, axis=-1, keepdims=True, initial=-np.inf)
    if barred is not None:
        top[top == -np.inf] = 0
    s -= top
    np.exp(s, out=s)
