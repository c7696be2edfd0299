"""Subscripts of einsum: written out, so that each axis of each operand has its own letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["LETTERS", "as_text", "written_out"]

# in the order in which an implicit output is sorted
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def as_text(operands: Sequence[Any]) -> tuple[str, list[Any]]:
    """The subscripts and the operands, of ``("ij,j", a, x)`` or of ``(a, [0, 1], x, [1])``."""
    if isinstance(operands[0], str):
        return operands[0].replace(" ", ""), list(operands[1:])
    pairs = len(operands) // 2
    text = ",".join(_subscripts(numbers) for numbers in operands[1 : 2 * pairs : 2])
    if len(operands) % 2:
        text += "->" + _subscripts(operands[-1])
    return text, list(operands[: 2 * pairs : 2])


def written_out(text: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """The terms and the output, with letters in place of ellipses and an output in any case."""
    inputs, arrow, output = text.partition("->")
    terms = inputs.split(",")
    widths = [
        ndim - len(term) + 3 if "..." in term else 0
        for term, ndim in zip(terms, ndims, strict=True)
    ]
    width = max(widths)
    spare = "".join([c for c in LETTERS if c not in text][:width])
    if not arrow:
        letters = inputs.replace(".", "").replace(",", "")
        output = "..." + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    terms = [
        term.replace("...", spare[width - own :]) for term, own in zip(terms, widths, strict=True)
    ]
    return terms, output.replace("...", spare)


def _subscripts(numbers: Sequence[Any]) -> str:
    return "".join("..." if n is Ellipsis else LETTERS[n] for n in numbers)
