"""Cofactors of matrices, singular ones included."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["cofactors", "is_far_from_singular", "pushed_cofactors"]


def is_far_from_singular(a: Any) -> bool:
    """Whether the inverses of all matrices are good for half of the digits at least."""
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return False
    condition = _largest_row(a) * _largest_row(inverse)
    return not np.any(condition * np.sqrt(np.finfo(inverse.dtype).eps) >= 1)


def cofactors(a: Any) -> Any:
    """The derivatives of the determinant by each value: of degree n - 1, and never a quotient.

    With ``a = U S V^H`` they are ``det(U V^H) conj(U) C conj(V)^H``, where C is diagonal and holds
    the products of all singular values but one.
    """
    u, s, vh = np.linalg.svd(a)
    phase = (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    return phase * (np.conj(u) * _without(s)[..., None, :]) @ np.conj(vh)


def pushed_cofactors(a: Any, h: Any) -> Any:
    """How the cofactors of `a` change along `h`: linear in `h`, and symmetric.

    In the bases of the singular vectors, those on the diagonal change by the diagonal of `h` and
    those off it by its transpose, each times the product of all singular values but two.
    """
    u, s, vh = np.linalg.svd(a)
    phase = (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    h = np.conj(u.swapaxes(-1, -2)) @ h @ np.conj(vh.swapaxes(-1, -2))
    n = s.shape[-1]
    products = np.zeros((*s.shape, n), s.dtype)
    for i in range(n):
        others = np.delete(s, i, axis=-1)
        products[..., i, np.arange(n) != i] = _without(others)
    diagonal = np.einsum("...ij,...jj->...i", products, h)
    change = -products * h.swapaxes(-1, -2)
    change[..., np.arange(n), np.arange(n)] = diagonal
    return phase * (np.conj(u) @ change @ np.conj(vh))


def _without(s: Any) -> Any:
    """The products of all values but one."""
    ones = np.ones_like(s[..., :1])
    before = np.concatenate([ones, np.cumprod(s, axis=-1)[..., :-1]], axis=-1)
    after = np.concatenate([np.cumprod(s[..., :0:-1], axis=-1)[..., ::-1], ones], axis=-1)
    return before * after


def _largest_row(a: Any) -> Any:
    return np.abs(a).sum(axis=-1).max(axis=-1, initial=0)
