"""The types in the signature of an initializer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

__all__ = ["Array", "Fans", "Generator", "Initializer", "Shape"]

Array: TypeAlias = np.ndarray[Any, Any]
Fans: TypeAlias = tuple[int, int]
Generator: TypeAlias = "np.random.Generator"
Initializer: TypeAlias = str | Callable[..., Any]
Shape: TypeAlias = Sequence[int]
