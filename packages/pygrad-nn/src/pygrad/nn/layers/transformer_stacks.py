"""Stacks of the layers of transformers."""

from __future__ import annotations

import copy
from typing import Any

from pygrad import Variable
from pygrad.exceptions import DtypeError
from pygrad.nn.checks import whole_number
from pygrad.nn.module import Module

__all__ = ["TransformerDecoder", "TransformerEncoder"]


class _Stack(Module):
    """Copies of a layer, one after another, and a norm at the end if there is one."""

    def __init__(self, layer: Module, num_layers: int, norm: Module | None) -> None:
        super().__init__()
        where = type(self).__name__
        if not isinstance(layer, Module):
            raise DtypeError(f"{where}: the layer is {layer!r}; it must be a module")
        self.layers = [
            copy.deepcopy(layer) for _ in range(whole_number(where, "num_layers", num_layers))
        ]
        self.norm = norm

    @property
    def num_layers(self) -> int:
        """How many layers there are."""
        return len(self.layers)

    def _normed(self, x: Variable) -> Variable:
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """A stack of encoder layers.

    Parameters
    ----------
    encoder_layer : Module
        It is copied, weights and all: the layers begin alike, as in PyTorch.
    num_layers : int
    norm : Module, optional
        Comes last; layers with ``norm_first=True`` want a `LayerNorm` here.

    Raises
    ------
    ArgumentError
        If `num_layers` is not a whole number of at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    >>> encoder = nn.TransformerEncoder(layer, num_layers=2)
    >>> encoder(np.ones((3, 5, 8))).shape
    (3, 5, 8)
    """

    def __init__(self, encoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__(encoder_layer, num_layers, norm)

    def forward(
        self,
        src: Variable,
        mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool = False,
    ) -> Variable:
        """The output, of the shape of `src`; the masks go to every layer."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, is_causal)
        return self._normed(src)


class TransformerDecoder(_Stack):
    """A stack of decoder layers.

    Parameters
    ----------
    decoder_layer : Module
        It is copied, weights and all: the layers begin alike, as in PyTorch.
    num_layers : int
    norm : Module, optional
        Comes last; layers with ``norm_first=True`` want a `LayerNorm` here.

    Raises
    ------
    ArgumentError
        If `num_layers` is not a whole number of at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.TransformerDecoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    >>> decoder = nn.TransformerDecoder(layer, num_layers=2)
    >>> decoder(np.ones((3, 5, 8)), np.ones((3, 7, 8)), tgt_is_causal=True).shape
    (3, 5, 8)
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__(decoder_layer, num_layers, norm)

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
        """The output, of the shape of `tgt`; memory and masks go to every layer."""
        for layer in self.layers:
            tgt = layer(
                tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask,
                memory_key_padding_mask, tgt_is_causal, memory_is_causal,
            )  # fmt: skip
        return self._normed(tgt)
