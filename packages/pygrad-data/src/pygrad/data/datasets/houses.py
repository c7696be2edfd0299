"""Houses sold in one county in one year: eight facts about each, and its price."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pygrad.data.dataset import Dataset
from pygrad.data.datasets.bundled import load_bundled

__all__ = ["houses"]

SHA256 = "8d1ccc93a3af69d02e7a279bde3a234f01712ae024019f176b16c27b880d56a5"


def houses(
    *,
    transform: Callable[[Any], Any] | None = None,
    target_transform: Callable[[Any], Any] | None = None,
) -> Dataset:
    """Prices of the 4,378 single family houses sold in Lucas County, Ohio, in 1998.

    Parameters
    ----------
    transform, target_transform : callable, optional
        Called with one house (price), each time it is read; see `Dataset`.

    Returns
    -------
    Dataset
        ``data`` of shape (4378, 8), float32: year built, living area (square feet), rooms,
        bedrooms, bathrooms, half bathrooms, area of the garage (square feet, 0 for none), area
        of the lot (square feet). ``label`` of shape (4378, 1), float32: the price in dollars.

    Raises
    ------
    DataError
        If the file that comes with PyGrad is damaged.

    Notes
    -----
    Records of the county's auditor, in the copy of the R package spData, licence CC0 1.0.
    ``houses.txt`` beside this file says more. A few prices, from 3,000 dollars on, are not what a
    stranger would have paid. The columns differ a thousandfold in size, and prices spread over
    two powers of ten: bring them to one scale, and learn the logarithm of the price.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> sold = datasets.houses()
    >>> sold.data.shape, sold.label.shape, float(sold.label.mean().round())
    ((4378, 8), (4378, 1), 84370.0)
    """
    arrays = load_bundled("houses.npz", SHA256)
    prices = arrays["prices"].astype(np.float32).reshape(-1, 1)
    return Dataset(arrays["data"].astype(np.float32), prices, transform, target_transform)
