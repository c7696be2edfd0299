"""The layers of transformers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError
from pygrad.nn.checks import whole_number
from pygrad.nn.layers.attention import MultiheadAttention
from pygrad.nn.layers.dropout import Dropout
from pygrad.nn.layers.linear import Linear
from pygrad.nn.layers.normalisation import LayerNorm
from pygrad.nn.module import Module

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["TransformerDecoderLayer", "TransformerEncoderLayer"]

_ACTIVATIONS: dict[str, Callable[[Any], Variable]] = {"relu": F.relu, "gelu": F.gelu}


class _Layer(Module):
    """What encoder and decoder layers have in common: attentions, then a small network."""

    def __init__(
        self,
        attentions: tuple[str, ...],
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        dropout: float,
        activation: str | Callable[[Any], Variable],
        layer_norm_eps: float,
        batch_first: bool,
        norm_first: bool,
        bias: bool,
        dtype: npt.DTypeLike | None,
        rng: np.random.Generator | None,
        init: Initializer | None,
    ) -> None:
        super().__init__()
        where = type(self).__name__
        width = whole_number(where, "dim_feedforward", dim_feedforward)
        for name in attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype, rng=rng,
                init=init,
            )  # fmt: skip
            setattr(self, name, attention)
        linear: Initializer = "fan_in_uniform" if init is None else init
        self.linear1 = Linear(d_model, width, bias, dtype, rng, linear)
        self.dropout = Dropout(dropout, rng=rng)
        self.linear2 = Linear(width, d_model, bias, dtype, rng, linear)
        self.norm_first = bool(norm_first)
        parts = range(1, len(attentions) + 2)
        for i in parts:
            setattr(self, f"norm{i}", LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype))
        for i in parts:
            setattr(self, f"dropout{i}", Dropout(dropout, rng=rng))
        if not callable(activation) and activation not in _ACTIVATIONS:
            raise ArgumentError(
                f"{where}: activation is {activation!r}; it must be 'relu', 'gelu' or a function"
            )
        self.activation = activation

    def _around(self, i: int, x: Variable, part: Callable[[Variable], Variable]) -> Variable:
        """Part `i`, with its dropout, its norm, and the way around it."""
        norm, dropout = getattr(self, f"norm{i}"), getattr(self, f"dropout{i}")
        if self.norm_first:
            y: Variable = x + dropout(part(norm(x)))
        else:
            y = norm(x + dropout(part(x)))
        return y

    def _feed_forward(self, x: Variable) -> Variable:
        activation = self.activation
        f = activation if callable(activation) else _ACTIVATIONS[activation]
        y: Variable = self.linear2(self.dropout(f(self.linear1(x))))
        return y


class TransformerEncoderLayer(_Layer):
    """A layer of a transformer's encoder: self-attention, then a network of two linear layers.

    Around each of the two lead a short cut and a layer norm. With a causal mask it is the layer of
    models like GPT.

    Parameters
    ----------
    d_model : int
        How many values each position has.
    nhead : int
        How many heads the attention has.
    dim_feedforward : int
        The width between the two linear layers.
    dropout : float
        In training, the probability that a value is dropped: in the attention's weights, between
        the linear layers, and behind each part.
    activation : {"relu", "gelu"} or callable
        Between the linear layers.
    layer_norm_eps : float
    batch_first : bool
        Whether data have the axes (batch, length, d_model), and not (length, batch, d_model).
    norm_first : bool
        Whether the norms come before the parts, and not behind their short cuts.
    bias : bool
        Whether linear layers and norms have one.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        Draws the initial values and what is dropped; by default the generator that `pygrad.seed`
        restarts.
    init : str or callable, optional
        What all matrices start with, each as a whole: the name of one of `nn.initializers`, or a
        function ``f(shape, fans, rng)``. By default they start as those of the layers inside.

    Attributes
    ----------
    self_attn : MultiheadAttention
    linear1, linear2 : Linear
    norm1, norm2 : LayerNorm
    dropout, dropout1, dropout2 : Dropout

    Raises
    ------
    ArgumentError
        If an argument is out of its range.
    DtypeError
        If `dtype` is not one of floats.

    References
    ----------
    Vaswani et al., "Attention is all you need", NeurIPS (2017).

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    >>> layer(np.ones((3, 5, 8)), is_causal=True).shape
    (3, 5, 8)
    """

    self_attn: MultiheadAttention

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Any], Variable] = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer | None = None,
    ) -> None:
        super().__init__(
            ("self_attn",), d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps,
            batch_first, norm_first, bias, dtype, rng, init,
        )  # fmt: skip

    def forward(
        self,
        src: Variable,
        src_mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool = False,
    ) -> Variable:
        """The output, of the shape of `src`; the masks are those of `MultiheadAttention`."""

        def attend(x: Variable) -> Variable:
            y: Variable
            y, _ = self.self_attn(
                x, x, x, src_key_padding_mask, False, src_mask, is_causal=is_causal
            )
            return y

        return self._around(2, self._around(1, src, attend), self._feed_forward)


class TransformerDecoderLayer(_Layer):
    """A layer of a transformer's decoder: self-attention, attention to a memory, a small network.

    The memory is what an encoder made of the other sequence.

    Parameters
    ----------
    d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, \
bias, dtype, rng, init
        As for `TransformerEncoderLayer`.

    Attributes
    ----------
    self_attn, multihead_attn : MultiheadAttention
    linear1, linear2 : Linear
    norm1, norm2, norm3 : LayerNorm
    dropout, dropout1, dropout2, dropout3 : Dropout

    Raises
    ------
    ArgumentError
        If an argument is out of its range.
    DtypeError
        If `dtype` is not one of floats.

    References
    ----------
    Vaswani et al., "Attention is all you need", NeurIPS (2017).

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.TransformerDecoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    >>> layer(np.ones((3, 5, 8)), np.ones((3, 7, 8)), tgt_is_causal=True).shape
    (3, 5, 8)
    """

    self_attn: MultiheadAttention
    multihead_attn: MultiheadAttention

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Any], Variable] = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer | None = None,
    ) -> None:
        super().__init__(
            ("self_attn", "multihead_attn"), d_model, nhead, dim_feedforward, dropout, activation,
            layer_norm_eps, batch_first, norm_first, bias, dtype, rng, init,
        )  # fmt: skip

    def forward(
        self,
        tgt: Variable,
        memory: Variable,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Variable:
        """The output, of the shape of `tgt`; the masks are those of `MultiheadAttention`."""

        def attend(x: Variable) -> Variable:
            y: Variable
            y, _ = self.self_attn(
                x, x, x, tgt_key_padding_mask, False, tgt_mask, is_causal=tgt_is_causal
            )
            return y

        def look(x: Variable) -> Variable:
            y: Variable
            y, _ = self.multihead_attn(
                x, memory, memory, memory_key_padding_mask, False, memory_mask,
                is_causal=memory_is_causal,
            )  # fmt: skip
            return y

        x = self._around(2, self._around(1, tgt, attend), look)
        return self._around(3, x, self._feed_forward)
