"""Modules that hold other modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygrad.exceptions import DtypeError
from pygrad.nn.module import Module

__all__ = ["Sequential"]


class Sequential(Module):
    """Modules one after the other: each is called with what the one before it returned.

    Parameters
    ----------
    *layers : Module
        In the order of the calls. Their names are their positions: ``"0"``, ``"1"``, ...

    Raises
    ------
    DtypeError
        If one of them is no module.

    Examples
    --------
    >>> from pygrad import nn
    >>> model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.1), nn.Linear(8, 2))
    >>> model([[1.0, 2.0, 3.0, 4.0]]).shape
    (1, 2)
    >>> model[0], len(model)
    (Linear(4, 8), 3)
    """

    def __init__(self, *layers: Module) -> None:
        super().__init__()
        for i, layer in enumerate(layers):
            if not isinstance(layer, Module):
                raise DtypeError(
                    f"Sequential: item {i} is {layer!r}, not a module; write the modules one by "
                    f"one, and * before a list of them: Sequential(*layers)"
                )
            setattr(self, str(i), layer)

    def forward(self, x: Any) -> Any:
        for layer in self:
            x = layer(x)
        return x

    def __iter__(self) -> Iterator[Module]:
        return (value for name, value in vars(self).items() if name.isdigit())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, index: int) -> Module:
        return list(self)[index]
