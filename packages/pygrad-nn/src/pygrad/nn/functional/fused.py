"""Functions of many steps that are one node: a kernel for training, a definition for the rest."""

from __future__ import annotations

from typing import Any

from pygrad import Function, Variable, vjp

__all__ = ["Fused"]


class Fused(Function):
    """A function that is `composed` of others, and that a kernel computes in less time.

    The rule has two ways. For arrays, in a first-order pass, it is `by_hand`. For Variables, in a
    ``create_graph=True`` pass, it is the gradient of `composed`, which the engine finds: so every
    order beyond the first comes from the definition, and nothing is derived twice. The table of
    cases holds that both give the same.

    A forward pass may leave on `self`, for `by_hand` alone, what it came by on its way.
    """

    requires = ""

    def composed(self, *inputs: Any) -> Any:
        """The same function of Variables, made of functions that have rules."""
        raise NotImplementedError(f"{type(self).__name__} must define composed(self, *inputs)")

    def by_hand(self, *gys: Any) -> Any:
        """The gradients of the inputs, from arrays alone."""
        raise NotImplementedError(f"{type(self).__name__} must define by_hand(self, *gys)")

    def backward(self, *gys: Any) -> Any:
        if not any(isinstance(gy, Variable) for gy in gys):
            return self.by_hand(*gys)
        _, pull_back = vjp(self.composed, *self.saved)
        return pull_back(gys if hasattr(self, "outputs_like") else gys[0])
