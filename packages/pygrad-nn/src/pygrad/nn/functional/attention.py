"""Scaled dot-product attention."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Variable, default_rng
from pygrad import functions as F
from pygrad.engine.broadcasting import sum_to_shape
from pygrad.engine.function import apply
from pygrad.engine.kernels.dropout import keep_mask
from pygrad.engine.mode import is_recording
from pygrad.engine.operands import operand
from pygrad.exceptions import DtypeError, ShapeError
from pygrad.nn.checks import probability
from pygrad.nn.functional.fused import Fused
from pygrad.nn.functional.kernels.attention import attention_backward, attention_forward

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike

__all__ = ["attention_weights", "scaled_dot_product_attention"]


class Attention(Fused):
    """y = softmax(scale q k^T + bias) v, for q, k and v with the same leading axes.

    With w the softmax, gw = gy v^T and gs = w (gw - sum(w gw)): gq = scale gs k,
    gk = scale gs^T q, gv = w^T gy, gbias = gs.
    """

    requires = "q must have shape (..., L, E), k (..., S, E), v (..., S, E_v), bias (..., L, S)"

    def __init__(self, scale: float, barred: Any, causal: bool, keep: Any) -> None:
        self.scale = scale
        self.barred = barred
        self.causal = causal
        self.keep = keep

    def forward(self, q, k, v, bias=None):
        self.shape_of_scores = shape = (*q.shape[:-1], k.shape[-2])
        bias, barred, keep = (_four(a, shape) for a in (bias, self.barred, self.keep))
        q, k, v = map(_four, (q, k, v))
        factor = np.array(self.scale, q.dtype)
        recording = is_recording()
        y, weights = attention_forward(q, k, v, factor, bias, barred, self.causal, keep, recording)
        self.tape = q, k, v, weights, factor, keep
        return y.reshape(*shape[:-1], y.shape[-1])

    def by_hand(self, gy):
        outs = [np.empty_like(x) for x in self.tape[:3]]
        gbias = self.pulled(3, gy, outs)
        gradients = [g.reshape(x.shape) for g, x in zip(outs, self.saved, strict=False)]
        return (*gradients, gbias) if len(self.edges) > 3 else tuple(gradients)

    def pulled(self, i, gy, outs):
        """Write the gradients of q, k and v; that of the bias, input `i`, if it wants one."""
        wants_bias = len(self.edges) > i and self.wants(i)
        gs = attention_backward(*self.tape, _four(gy), outs, wants_bias)
        if gs is None:
            return None
        return sum_to_shape(gs.reshape(self.shape_of_scores), self.saved[i].shape)

    def composed(self, *inputs):
        q, k, v, bias = inputs if len(inputs) == 4 else (*inputs, None)
        weights = _weights(q, k, bias, self.barred, self.causal, self.scale)
        return (weights if self.keep is None else weights * self.keep) @ v


class PackedAttention(Attention):
    """`Attention` in heads of what one product made: all of q, k and v side by side.

    So neither they nor their gradients are ever cut apart or joined, and of nine nodes there is
    one: x of shape (N, L, 3 D) gives y of shape (N, L, D).
    """

    requires = "x must have shape (N, L, 3 D), bias (N, heads, L, L)"

    def __init__(self, heads: int, *settings: Any) -> None:
        super().__init__(*settings)
        self.heads = heads

    def forward(self, *inputs):
        x, *bias = inputs
        y = super().forward(*self.parts(x), *bias)  # in memory its heads lie side by side
        return y.transpose(0, 2, 1, 3).reshape(*x.shape[:2], -1)

    def by_hand(self, gy):
        gx = np.empty_like(self.saved[0])
        gbias = self.pulled(1, self.in_heads(gy, 1)[0], self.parts(gx))
        return (gx, gbias) if len(self.edges) > 1 else gx

    def composed(self, *inputs):
        x, *bias = inputs
        y = super().composed(*self.parts(x), *bias)
        return y.transpose(0, 2, 1, 3).reshape(*x.shape[:2], -1)

    def parts(self, x):
        """Views of q, k and v, each of shape (N, heads, L, D / heads)."""
        parts = self.in_heads(x, 3)
        return [parts[i] for i in range(3)]

    def in_heads(self, x, n):
        """(N, L, n D) as (n, N, heads, L, D / heads)."""
        width = x.shape[2] // (n * self.heads)
        return x.reshape(*x.shape[:2], n, self.heads, width).transpose(2, 0, 3, 1, 4)


def _weights(q: Any, k: Any, bias: Any, barred: Any, causal: bool, scale: float) -> Any:
    """softmax(scale q k^T + bias), 0 where it is barred; made of functions that have rules."""
    scores = (q * scale) @ k.swapaxes(-1, -2)
    if bias is not None:
        scores = scores + bias
    if causal:
        later = np.triu(np.ones(scores.shape[-2:], bool), 1)
        barred = later if barred is None else barred | later
    if barred is None:
        return F.softmax(scores)
    # a query without a key gets zeros, by a way around the softmax of nothing
    lost = barred.all(axis=-1, keepdims=True)
    return F.where(lost, 0, F.softmax(F.where(barred & ~lost, -np.inf, scores)))


def scaled_dot_product_attention(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    attn_mask: ArrayLike | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    *,
    rng: np.random.Generator | None = None,
) -> Variable:
    """Attention: ``softmax(scale * query @ key.T + mask) @ value``, the softmax along the keys.

    Parameters
    ----------
    query : array_like, shape (..., L, E)
    key : array_like, shape (..., S, E)
    value : array_like, shape (..., S, E_v)
        The leading axes, such as samples and heads, broadcast together.
    attn_mask : array_like of bool or float, shape (..., L, S), optional
        Of bool: True where a query may attend to a key. Of float: it is added to the scores, and
        may have a gradient. A query that may attend to no key gets zeros.
    dropout_p : float
        The probability that a weight is dropped. There is no training mode here: pass 0 in
        evaluation.
    is_causal : bool
        Whether a query attends only to the keys up to its own position.
    scale : float, optional
        By default ``1 / sqrt(E)``.
    enable_gqa : bool
        Grouped queries: the heads, on the third axis from the end, of key and value are repeated to
        match those of the query.
    rng : numpy.random.Generator, optional
        Draws what is dropped; by default the generator that `pygrad.seed` restarts.

    Returns
    -------
    Variable, shape (..., L, E_v)

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    ArgumentError
        If `dropout_p` is no probability.
    DtypeError
        If `attn_mask` is made of whole numbers, of which nobody knows whether 1 means yes.

    References
    ----------
    Vaswani et al., "Attention is all you need", NeurIPS (2017), equation 1.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> q = k = np.zeros((2, 4))
    >>> F.scaled_dot_product_attention(q, k, [[2.0], [4.0]], is_causal=True)
    Variable([[2.]
              [3.]])
    """
    q, k, v = (operand(x, "scaled_dot_product_attention") for x in (query, key, value))
    dropout_p = probability("scaled_dot_product_attention", dropout_p, "dropout_p")
    if enable_gqa:
        k, v = (_repeated_heads(x, q) for x in (k, v))
    q, k, v = _fitting(q, k, v)
    scores = (*q.shape[:-1], k.shape[-2])
    bias, barred, keep = _masks(attn_mask, scores, q.dtype, dropout_p, rng)
    factor = 1 / math.sqrt(q.shape[-1]) if scale is None else float(scale)
    rule = Attention(factor, barred, bool(is_causal), keep)
    y: Variable = apply(rule, q, k, v) if bias is None else apply(rule, q, k, v, bias)
    return y


def packed_attention(
    x: Variable, heads: int, mask: Any, dropout_p: float, causal: bool, rng: Any
) -> Variable:
    """`scaled_dot_product_attention` of the heads of `x`, whose last axis holds q, k and v.

    Of shape (N, L, 3 D), it gives (N, L, D): what `MultiheadAttention` does between its products.
    """
    n, length, width = x.shape
    bias, barred, keep = _masks(mask, (n, heads, length, length), x.dtype, dropout_p, rng)
    rule = PackedAttention(heads, math.sqrt(3 * heads / width), barred, causal, keep)
    y: Variable = apply(rule, x) if bias is None else apply(rule, x, bias)
    return y


def attention_weights(
    query: ArrayLike,
    key: ArrayLike,
    attn_mask: ArrayLike | None = None,
    is_causal: bool = False,
    scale: float | None = None,
) -> Variable:
    """The weights of `scaled_dot_product_attention`: ``softmax(scale * query @ key.T + mask)``.

    They are what pictures of attention show. The attention itself is quicker without them.

    Parameters
    ----------
    query : array_like, shape (..., L, E)
    key : array_like, shape (..., S, E)
    attn_mask, is_causal, scale
        As for `scaled_dot_product_attention`.

    Returns
    -------
    Variable, shape (..., L, S)

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.attention_weights(np.zeros((2, 4)), np.zeros((2, 4)), is_causal=True)
    Variable([[1.  0. ]
              [0.5 0.5]])
    """
    q, k = (operand(x, "attention_weights") for x in (query, key))
    q, k, _ = _fitting(q, k, k)
    bias, barred = _split_mask(attn_mask, (*q.shape[:-1], k.shape[-2]), q.dtype)
    factor = 1 / math.sqrt(q.shape[-1]) if scale is None else float(scale)
    weights: Variable = _weights(q, k, bias, barred, is_causal, factor)
    return weights


def _fitting(q: Variable, k: Variable, v: Variable) -> tuple[Variable, Variable, Variable]:
    """The three in one dtype, with the same leading axes."""
    fits = min(q.ndim, k.ndim, v.ndim) >= 2
    if fits and q.shape[-1] == k.shape[-1] and k.shape[-2] == v.shape[-2]:
        dtype = np.result_type(q.dtype, k.dtype, v.dtype)
        dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)
        q, k, v = (x if x.dtype == dtype else x.astype(dtype) for x in (q, k, v))
        if q.shape[:-2] == k.shape[:-2] == v.shape[:-2]:
            return q, k, v
        try:
            lead = np.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
        except ValueError:
            pass
        else:
            q, k, v = (F.broadcast_to(x, (*lead, *x.shape[-2:])) for x in (q, k, v))
            return q, k, v
    raise ShapeError(
        f"scaled_dot_product_attention: query has shape {q.shape}, key {k.shape} and value "
        f"{v.shape}; they must be (..., L, E), (..., S, E) and (..., S, E_v), with leading axes "
        f"that broadcast together"
    )


def _masks(mask: Any, scores: tuple[int, ...], dtype: Any, dropout_p: float, rng: Any) -> Any:
    """What is added to the scores, where there is no attention, and what the weights are times."""
    bias, barred = _split_mask(mask, scores, dtype)
    keep = None
    if dropout_p:
        keep = keep_mask(scores, dropout_p, dtype, default_rng() if rng is None else rng)
    return bias, barred, keep


def _split_mask(mask: Any, shape: tuple[int, ...], dtype: Any) -> tuple[Any, Any]:
    """What is added to the scores, and where there is to be no attention; None for neither."""
    if mask is None:
        return None, None
    mask = operand(mask, "scaled_dot_product_attention")
    try:
        fits = np.broadcast_shapes(mask.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(
            f"scaled_dot_product_attention: attn_mask has shape {mask.shape}, which does not "
            f"broadcast to the scores' {shape}, (..., queries, keys)"
        )
    if mask.dtype == np.bool_:
        return None, ~mask.data
    if mask.dtype.kind != "f":
        raise DtypeError(
            f"scaled_dot_product_attention: attn_mask has dtype {mask.dtype}; it must be bool, "
            f"True where attention is allowed, or float, which is added to the scores"
        )
    if mask.dtype != dtype:
        mask = mask.astype(dtype)
    barred = np.isneginf(mask.data)
    if not barred.any():
        return mask, None
    return F.where(barred, 0, mask), barred


def _repeated_heads(x: Variable, q: Variable) -> Variable:
    if x.ndim < 3 or q.ndim < 3 or not x.shape[-3] or q.shape[-3] % x.shape[-3]:
        raise ShapeError(
            f"scaled_dot_product_attention: with enable_gqa, query has shape {q.shape} and key or "
            f"value {x.shape}; query must have a multiple of their heads, the third axis from the "
            f"end"
        )
    return F.repeat(x, q.shape[-3] // x.shape[-3], axis=-3)


def _four(a: Any, shape: tuple[int, ...] | None = None) -> Any:
    """`a` with four axes; first broadcast to `shape`, if there is one. None stays."""
    if a is None:
        return None
    if shape is not None:
        a = np.broadcast_to(a, shape)
    if a.ndim < 4:
        return a.reshape((1,) * (4 - a.ndim) + a.shape)
    return a if a.ndim == 4 else a.reshape(math.prod(a.shape[:-3]), *a.shape[-3:])
