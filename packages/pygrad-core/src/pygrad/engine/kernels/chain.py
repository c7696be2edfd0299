"""In which order to multiply a chain of matrices."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["best_split"]


def best_split(lengths: Sequence[int]) -> dict[tuple[int, int], int]:
    """Where to split the product of matrices i to j, for the fewest multiplications.

    Matrix i has shape ``(lengths[i], lengths[i + 1])``. (Cormen et al., Introduction to Algorithms,
    "Matrix-chain multiplication".)
    """
    n = len(lengths) - 1
    cost = {(i, i): 0 for i in range(n)}
    split = {}
    for width in range(1, n):
        for i in range(n - width):
            j = i + width
            cost[i, j], split[i, j] = min(
                (
                    cost[i, k] + cost[k + 1, j] + lengths[i] * lengths[k + 1] * lengths[j + 1],
                    k,
                )
                for k in range(i, j)
            )
    return split
