"""Dropout, of values and of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygrad import Variable
from pygrad import functions as F
from pygrad.nn import functional
from pygrad.nn.buffer import Buffer
from pygrad.nn.checks import probability
from pygrad.nn.module import Module

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Dropout", "Dropout2d"]


class Dropout(Module):
    """In training, set a random share of the values to 0 and scale up the others.

    After `eval` it hands on its input as it is.

    Parameters
    ----------
    p : float
        The probability, within [0, 1], that a value is dropped.
    inplace : bool
        Taken for the sake of PyTorch's signature; it changes nothing.
    rng : numpy.random.Generator, optional
        Draws what is dropped; by default the generator that `pygrad.seed` restarts.

    Attributes
    ----------
    dropout : Buffer
        The rate `p`. It is saved and loaded with the weights, and never trained.

    Raises
    ------
    ArgumentError
        If `p` is not a probability.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: a simple way to prevent
    neural networks from overfitting", JMLR 15 (2014).

    Examples
    --------
    >>> from pygrad import nn
    >>> layer = nn.Dropout(0.5)
    >>> layer
    Dropout(0.5)
    >>> layer.eval()([1.0, 2.0, 3.0])
    Variable([1. 2. 3.])
    """

    def __init__(
        self, p: float = 0.5, inplace: bool = False, rng: np.random.Generator | None = None
    ) -> None:
        super().__init__()
        self.dropout = Buffer(probability(type(self).__name__, p))
        self.inplace = inplace
        self.rng = rng

    @property
    def p(self) -> float:
        """The probability that a value is dropped."""
        return self.dropout.item()  # type: ignore[no-any-return]

    def forward(self, x: Variable) -> Variable:
        """Drop values of `x`, of any shape, if the module is in training."""
        return F.dropout(x, self.p, self.training, self.rng)

    def extra_repr(self) -> str:
        return f"{self.p:g}"


class Dropout2d(Dropout):
    """In training, set random channels of images to 0 and scale up the others.

    Neighbouring pixels say much the same: where single ones are dropped, the others give them away.
    After `eval` it hands on its input as it is.

    Parameters
    ----------
    p : float
        The probability, within [0, 1], that a channel is dropped.
    inplace : bool
        Taken for the sake of PyTorch's signature; it changes nothing.
    rng : numpy.random.Generator, optional
        Draws what is dropped; by default the generator that `pygrad.seed` restarts.

    Attributes
    ----------
    dropout : Buffer
        The rate `p`. It is saved and loaded with the weights, and never trained.

    Raises
    ------
    ArgumentError
        If `p` is not a probability.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Dropout2d(0.2)
    Dropout2d(0.2)
    """

    def forward(self, x: Variable) -> Variable:
        """Drop channels of `x`, of shape (N, C, H, W) or (C, H, W), in training."""
        return functional.dropout2d(x, self.p, self.training, self.rng)
