"""Embedding: a table of vectors, looked up by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Variable
from pygrad.exceptions import ShapeError
from pygrad.nn.checks import whole_number
from pygrad.nn.functional.lookup import embedding, row_number
from pygrad.nn.initializers import parameter
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike
    from pygrad.nn.initializers import Initializer

__all__ = ["Embedding"]


class Embedding(Module):
    """A vector for each of `num_embeddings` things, such as words: ``y = W[indices]``.

    Parameters
    ----------
    num_embeddings : int
        How many things there are.
    embedding_dim : int
        How many values each vector has.
    padding_idx : int, optional
        A thing that stands for none: its vector starts as zeros and gets no gradient.
    max_norm : float, optional
        Vectors that are looked up and are longer are first scaled down to this length, in place.
    norm_type : float
        The p of that norm.
    scale_grad_by_freq : bool
        Divide the gradient of each vector by how often it was looked up.
    dtype : dtype, optional
        Of the vectors; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        Draws the initial values; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``.

    Attributes
    ----------
    W : Parameter, shape (num_embeddings, embedding_dim)
        Starts normally distributed with deviation 1, as in PyTorch, if `init` does not say
        otherwise.

    Raises
    ------
    ArgumentError
        If an argument is out of its range.
    DtypeError
        If `dtype` is not one of floats.

    Examples
    --------
    >>> from pygrad import nn
    >>> layer = nn.Embedding(10, 4, padding_idx=0)
    >>> layer([[1, 2, 0]]).shape
    (1, 3, 4)
    >>> layer([0])
    Variable([[0. 0. 0. 0.]])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "normal",
    ) -> None:
        super().__init__()
        n = whole_number("Embedding", "num_embeddings", num_embeddings)
        width = whole_number("Embedding", "embedding_dim", embedding_dim)
        self.W = parameter((n, width), init, dtype=dtype, rng=rng, where="Embedding")
        if padding_idx is not None:
            padding_idx = row_number("Embedding", padding_idx, n)
            self.W.data[padding_idx] = 0
        self.padding_idx = padding_idx
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq

    @classmethod
    def from_pretrained(cls, W: ArrayLike, freeze: bool = True, **settings: Any) -> Embedding:
        """An embedding that starts from vectors that are there, which it copies.

        Parameters
        ----------
        W : array_like of float, shape (num_embeddings, embedding_dim)
        freeze : bool
            Whether they are to stay as they are: then they want no gradient.
        **settings
            The other arguments of `Embedding`.

        Raises
        ------
        ShapeError
            If `W` is no matrix.

        Examples
        --------
        >>> from pygrad import nn
        >>> nn.Embedding.from_pretrained([[1.0, 2.0], [3.0, 4.0]])([1])
        Variable([[3. 4.]])
        """
        vectors = np.array(W.data if isinstance(W, Variable) else W)
        if vectors.ndim != 2:
            raise ShapeError(
                f"Embedding.from_pretrained: W has shape {vectors.shape}; it must be a matrix, of "
                f"shape (num_embeddings, embedding_dim)"
            )
        layer = cls(*vectors.shape, **{"dtype": vectors.dtype, **settings})
        layer.W.data[...] = vectors
        layer.W.requires_grad = not freeze
        return layer

    @property
    def num_embeddings(self) -> int:
        """How many things there are."""
        return self.W.shape[0]

    @property
    def embedding_dim(self) -> int:
        """How many values each vector has."""
        return self.W.shape[1]

    def forward(self, indices: Variable) -> Variable:
        """The vectors of `indices`, whole numbers of any shape; that shape with one more axis."""
        return embedding(
            indices,
            self.W,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
        )

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return 0  # it looks up, and computes nothing

    def extra_repr(self) -> str:
        parts = [f"{self.num_embeddings}, {self.embedding_dim}"]
        if self.padding_idx is not None:
            parts.append(f"padding_idx={self.padding_idx}")
        if self.max_norm is not None:
            parts.append(f"max_norm={self.max_norm:g}")
        return ", ".join(parts)
