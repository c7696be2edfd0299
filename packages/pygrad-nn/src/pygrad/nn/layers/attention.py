"""Multi-head attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Parameter, Variable
from pygrad import functions as F
from pygrad.engine.operands import operand
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.checks import probability, whole_number
from pygrad.nn.functional.attention import (
    attention_weights,
    packed_attention,
    scaled_dot_product_attention,
)
from pygrad.nn.initializers import parameter
from pygrad.nn.layers.linear import Linear
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["MultiheadAttention"]

_WHERE = "MultiheadAttention"


class MultiheadAttention(Module):
    """Attention in several heads side by side, each in a space of its own.

    Queries, keys and values are projected, ``query @ W + b``; every head takes its part of each,
    and `scaled_dot_product_attention` of it; the heads' outputs, joined, are projected once more.

    Parameters
    ----------
    embed_dim : int
        How many values a query and the output have; a multiple of `num_heads`.
    num_heads : int
    dropout : float
        In training, the probability that a weight of the attention is dropped.
    bias : bool
        Whether the projections add a bias.
    add_bias_kv : bool
        Whether there is one more key and one more value, which are learned.
    add_zero_attn : bool
        Whether there is one more key and one more value of zeros.
    kdim, vdim : int, optional
        How many values a key and a value have; by default `embed_dim`.
    batch_first : bool
        Whether data have the axes (batch, length, values), and not (length, batch, values).
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        Draws the initial values and what is dropped; by default the generator that `pygrad.seed`
        restarts.
    init : str or callable, optional
        What the matrices of all projections start with, each as a whole: the name of one of
        `nn.initializers`, or a function ``f(shape, fans, rng)``.

    Attributes
    ----------
    in_proj_W : Parameter, shape (embed_dim, 3 embed_dim), or None
        The projections of queries, keys and values, side by side. With `kdim` or `vdim` they are
        apart: `q_proj_W`, `k_proj_W`, `v_proj_W`, each with `embed_dim` columns.
    in_proj_b : Parameter, shape (3 embed_dim,), or None
    out_proj : Linear
    k_b, v_b : Parameter, shape (1, 1, embed_dim), or None
        The further key and value of `add_bias_kv`. Everything starts as in PyTorch, if `init` does
        not say otherwise of the matrices: "xavier_uniform" those that come first, "fan_in_uniform"
        that of `out_proj`, zeros the biases, "xavier_normal" `k_b` and `v_b`.

    Raises
    ------
    ArgumentError
        If an argument is out of its range.
    DtypeError
        If `dtype` is not one of floats.

    References
    ----------
    Vaswani et al., "Attention is all you need", NeurIPS (2017), section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.MultiheadAttention(8, 2, batch_first=True)
    >>> x = np.ones((3, 5, 8), np.float32)
    >>> y, weights = layer(x, x, x, is_causal=True)
    >>> y.shape, weights.shape
    ((3, 5, 8), (3, 5, 5))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer | None = None,
    ) -> None:
        super().__init__()
        self.embed_dim = n = whole_number(_WHERE, "embed_dim", embed_dim)
        self.num_heads = whole_number(_WHERE, "num_heads", num_heads)
        if n % self.num_heads:
            raise ArgumentError(
                f"{_WHERE}: embed_dim is {n} and num_heads {num_heads}; every head takes an equal "
                f"part, so embed_dim must be a multiple of num_heads"
            )
        self.kdim = n if kdim is None else whole_number(_WHERE, "kdim", kdim)
        self.vdim = n if vdim is None else whole_number(_WHERE, "vdim", vdim)
        self.dropout = probability(_WHERE, dropout)
        self.add_zero_attn = bool(add_zero_attn)
        self.batch_first = bool(batch_first)
        self.rng = rng
        settings: dict[str, Any] = {"dtype": dtype, "rng": rng, "where": _WHERE}
        first = "xavier_uniform" if init is None else init
        self.in_proj_W: Parameter | None = None
        self.q_proj_W: Parameter | None = None
        self.k_proj_W: Parameter | None = None
        self.v_proj_W: Parameter | None = None
        if self.kdim == n == self.vdim:
            self.in_proj_W = parameter((n, 3 * n), first, **settings)
        else:
            self.q_proj_W, self.k_proj_W, self.v_proj_W = (
                parameter((n_in, n), first, **settings) for n_in in (n, self.kdim, self.vdim)
            )
        self.in_proj_b = parameter((3 * n,), "zeros", **settings) if bias else None
        self.out_proj = Linear(n, n, bias, dtype, rng, "fan_in_uniform" if init is None else init)
        if self.out_proj.b is not None:
            self.out_proj.b.data[...] = 0
        self.k_b, self.v_b = (
            parameter((1, 1, n), "xavier_normal", **settings) if add_bias_kv else None
            for _ in range(2)
        )

    def forward(
        self,
        query: Variable,
        key: Variable,
        value: Variable,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Variable, Variable | None]:
        """The attended values, and with `need_weights` the weights.

        Parameters
        ----------
        query : Variable, shape (L, N, embed_dim); (N, L, embed_dim) with `batch_first`
        key : Variable, shape (S, N, kdim), or (N, S, kdim)
        value : Variable, shape (S, N, vdim), or (N, S, vdim)
            All three without the N for a single sequence.
        key_padding_mask : array_like, shape (N, S), optional
            Of bool: True for keys to be ignored, as in PyTorch. Of float: added to the scores.
        need_weights : bool
            Whether to return the weights, too; it is quicker without.
        attn_mask : array_like, shape (L, S) or (N * num_heads, L, S), optional
            Of bool: True where a query may **not** attend to a key, as in PyTorch. Of float: added
            to the scores.
        average_attn_weights : bool
            Whether to return the mean of the heads' weights, of shape (N, L, S), and not the
            weights of each, of shape (N, num_heads, L, S).
        is_causal : bool
            Whether a query attends only to the keys up to its own position. Unlike in PyTorch it
            is no hint about `attn_mask`, and needs none.
        """
        single = query.ndim == 2
        # who attends to itself hands over one Variable, which is then projected once
        same_kv = key is value
        same = query is key and same_kv
        query, key, value = self._batches(query, key, value)
        if same:
            key = value = query
        elif same_kv:
            value = key
        weights = None
        if same and not need_weights and self._is_plain:
            y = self._attended_alike(query, attn_mask, key_padding_mask, is_causal)
        else:
            y, weights = self._attended(
                (query, key, value), attn_mask, key_padding_mask, is_causal, need_weights
            )
        y = self.out_proj(y)
        if weights is not None:
            weights = weights.mean(axis=1) if average_attn_weights else weights
            weights = weights[0] if single else weights
        if single:
            return y[0], weights
        return (y if self.batch_first else y.swapaxes(0, 1)), weights

    @property
    def _is_plain(self) -> bool:
        """Whether one matrix projects all, and no keys are added."""
        return self.in_proj_W is not None and self.k_b is None and not self.add_zero_attn

    def _attended_alike(self, x: Variable, attn_mask: Any, padding: Any, causal: bool) -> Variable:
        """The heads' outputs, side by side, where `x` attends to itself: one product, one node."""
        n, length = x.shape[:2]
        mask = self._mask(attn_mask, padding, causal, (n, self.num_heads, length, length), 0)
        x = F.linear(x, self.in_proj_W, self.in_proj_b)  # type: ignore[arg-type]
        p = self.dropout if self.training else 0.0
        return packed_attention(x, self.num_heads, mask, p, bool(causal), self.rng)

    def _attended(
        self,
        inputs: tuple[Variable, Variable, Variable],
        attn_mask: Any,
        padding: Any,
        is_causal: bool,
        need_weights: bool,
    ) -> tuple[Variable, Variable | None]:
        """The heads' outputs, side by side, and with `need_weights` the weights."""
        q, k, v = self._projected(*inputs)
        n, length = q.shape[:2]
        extra = 0
        if self.k_b is not None and self.v_b is not None:
            more = (n, 1, self.embed_dim)
            k = F.concatenate([k, F.broadcast_to(self.k_b, more)], axis=1)
            v = F.concatenate([v, F.broadcast_to(self.v_b, more)], axis=1)
            extra += 1
        q, k, v = (self._heads(x) for x in (q, k, v))
        if self.add_zero_attn:
            zeros = np.zeros((*k.shape[:2], 1, k.shape[3]), k.dtype)
            k, v = (F.concatenate([x, zeros], axis=2) for x in (k, v))
            extra += 1
        scores = (n, self.num_heads, length, k.shape[2])
        mask = self._mask(attn_mask, padding, is_causal, scores, extra)
        causal = is_causal and not extra
        p = self.dropout if self.training else 0.0
        weights = None
        if need_weights:
            weights = F.dropout(attention_weights(q, k, mask, causal), p, True, self.rng)
            y = weights @ v
        else:
            y = scaled_dot_product_attention(q, k, v, mask, p, causal, rng=self.rng)
        return y.transpose(0, 2, 1, 3).reshape(n, length, self.embed_dim), weights

    def _batches(self, *inputs: Variable) -> list[Variable]:
        """The inputs with the axes (batch, length, values)."""
        expected = (self.embed_dim, self.kdim, self.vdim)
        shapes = [x.shape for x in inputs]
        ndim = len(shapes[0])
        batch = 0 if self.batch_first else 1
        if (
            ndim not in (2, 3)
            or any(len(s) != ndim or s[-1] != m for s, m in zip(shapes, expected, strict=True))
            or (ndim == 3 and len({s[batch] for s in shapes}) > 1)
            or shapes[1][:-1] != shapes[2][:-1]
        ):
            axes = "(batch, length, values)" if self.batch_first else "(length, batch, values)"
            raise ShapeError(
                f"{_WHERE}: query, key and value have shapes {', '.join(map(str, shapes))}; they "
                f"must have the axes {axes}, with one batch, as many keys as values, and "
                f"{', '.join(map(str, expected))} values"
            )
        if ndim == 2:
            return [F.expand_dims(x, 0) for x in inputs]
        return list(inputs) if self.batch_first else [x.swapaxes(0, 1) for x in inputs]

    def _projected(self, query: Variable, key: Variable, value: Variable) -> list[Variable]:
        """Queries, keys and values, each of shape (batch, length, embed_dim)."""
        W, b = self.in_proj_W, self.in_proj_b
        if W is not None and query is key is value:
            return F.split(F.linear(query, W, b), 3, axis=-1)
        biases: list[Any] = [None] * 3 if b is None else F.split(b, 3)
        weights: list[Any] = [self.q_proj_W, self.k_proj_W, self.v_proj_W]
        if W is not None:
            weights = F.split(W, 3, axis=1)
        inputs = (query, key, value)
        return [F.linear(x, W, b) for x, W, b in zip(inputs, weights, biases, strict=True)]

    def _heads(self, x: Variable) -> Variable:
        """(batch, length, embed_dim) as (batch, heads, length, embed_dim / heads)."""
        width = self.embed_dim // self.num_heads
        return x.reshape(*x.shape[:2], self.num_heads, width).transpose(0, 2, 1, 3)

    def _mask(
        self, attn_mask: Any, padding_mask: Any, causal: bool, scores: tuple[int, ...], extra: int
    ) -> Variable | None:
        """One mask of both, as `scaled_dot_product_attention` wants it."""
        n, heads, length, keys = scores
        masks = []
        if attn_mask is not None:
            mask = operand(attn_mask, _WHERE)
            keys_given = keys - extra
            if mask.shape == (n * heads, length, keys_given):
                mask = mask.reshape(n, heads, length, keys_given)
            elif mask.shape != (length, keys_given):
                raise ShapeError(
                    f"{_WHERE}: attn_mask has shape {mask.shape}; it must have "
                    f"{(length, keys_given)} or {(n * heads, length, keys_given)}"
                )
            masks.append(mask)
        if padding_mask is not None:
            mask = operand(padding_mask, _WHERE)
            if mask.shape not in ((n, keys - extra), (keys - extra,)):
                raise ShapeError(
                    f"{_WHERE}: key_padding_mask has shape {mask.shape}; it must have "
                    f"{(n, keys - extra)}"
                )
            masks.append(mask.reshape(mask.size // max(keys - extra, 1), 1, 1, keys - extra))
        if causal and extra:
            masks.append(operand(np.triu(np.ones((length, keys - extra), bool), 1), _WHERE))
        if extra:  # everybody may attend to what was added
            masks = [F.pad(m, [(0, 0)] * (m.ndim - 1) + [(0, extra)]) for m in masks]
        if all(m.dtype == np.bool_ for m in masks):
            # PyTorch's meaning here, True for what is left out, is the opposite of that there
            barred: Any = None
            for m in masks:
                barred = m.data if barred is None else barred | m.data
            return None if barred is None else operand(~barred, _WHERE)
        total: Any = None
        for m in masks:
            added = F.where(m.data, -np.inf, 0.0) if m.dtype == np.bool_ else m
            total = added if total is None else total + added
        return total  # type: ignore[no-any-return]

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: Any) -> int | None:
        """The projections, but for `out_proj`, a module of its own; scores and weighted values."""
        if len(inputs) < 3:
            return None  # they were given by name
        query, key = inputs[:2]
        axis = len(query) - 2 if self.batch_first else 0  # of the positions
        n = query[1 - axis] if len(query) == 3 else 1
        length, keys = query[axis], key[axis]
        projected = length * self.embed_dim + keys * (self.kdim + self.vdim)
        keys += (self.k_b is not None) + self.add_zero_attn
        return n * self.embed_dim * (projected + 2 * length * keys)

    def extra_repr(self) -> str:
        parts = [f"{self.embed_dim}, {self.num_heads}"]
        if self.dropout:
            parts.append(f"dropout={self.dropout:g}")
        if self.batch_first:
            parts.append("batch_first=True")
        return ", ".join(parts)
