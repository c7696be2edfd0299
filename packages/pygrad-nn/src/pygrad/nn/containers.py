"""Modules that hold other modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, overload

from pygrad.exceptions import ArgumentError, DtypeError
from pygrad.nn.module import Module

__all__ = ["ModuleDict", "ModuleList", "Sequential"]


class _Numbered(Module):
    """Modules under their positions: ``"0"``, ``"1"``, ..."""

    def __init__(self, modules: Iterable[Any]) -> None:
        super().__init__()
        for module in modules:
            self.append(module)

    def append(self, module: Module) -> Any:
        """Put a module at the end; returns this container."""
        position = len(self)
        setattr(self, str(position), self._checked(module, position))
        return self

    def extend(self, modules: Iterable[Module]) -> Any:
        """Put several modules at the end; returns this container."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> None:
        """Put a module before the one at `index`."""
        modules = list(self)
        modules.insert(index, self._checked(module, index))
        self._renumber(modules)

    def __iter__(self) -> Iterator[Module]:
        return (value for name, value in vars(self).items() if name.isdigit())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __setitem__(self, index: int, module: Module) -> None:
        modules = list(self)
        modules[index] = self._checked(module, index)
        self._renumber(modules)

    def __delitem__(self, index: int | slice) -> None:
        modules = list(self)
        del modules[index]
        self._renumber(modules)

    def _renumber(self, modules: list[Module]) -> None:
        for name in [name for name in vars(self) if name.isdigit()]:
            delattr(self, name)
        for i, module in enumerate(modules):
            setattr(self, str(i), module)

    def _checked(self, module: Any, position: int) -> Module:
        if not isinstance(module, Module):
            raise DtypeError(
                f"{type(self).__name__}: item {position} is {module!r}, not a module{self._advice}"
            )
        return module

    _advice = ""


class Sequential(_Numbered):
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

    _advice = "; write the modules one by one, and * before a list of them: Sequential(*layers)"

    def __init__(self, *layers: Module) -> None:
        super().__init__(layers)

    def forward(self, x: Any) -> Any:
        for layer in self:
            x = layer(x)
        return x

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Module:
        found = list(self)[index]
        return Sequential(*found) if isinstance(found, list) else found


class ModuleList(_Numbered):
    """A list of modules. A plain list does as well; this one is a module itself.

    Parameters
    ----------
    modules : iterable of Module

    Raises
    ------
    DtypeError
        If one of them is no module.

    Examples
    --------
    >>> from pygrad import nn
    >>> layers = nn.ModuleList([nn.Linear(2, 3)])
    >>> layers.append(nn.Linear(3, 1))
    ModuleList(
      (0): Linear(2, 3)
      (1): Linear(3, 1)
    )
    >>> [name for name, _ in layers.named_params()]
    ['0.W', '0.b', '1.W', '1.b']
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        super().__init__(modules)

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> ModuleList: ...
    def __getitem__(self, index: int | slice) -> Module:
        found = list(self)[index]
        return ModuleList(found) if isinstance(found, list) else found


class ModuleDict(Module):
    """Modules by name. A plain dict does as well; this one is a module itself.

    Parameters
    ----------
    modules : mapping of str to Module

    Raises
    ------
    DtypeError
        If a value is no module.
    ArgumentError
        If a name is no text, or one that every module has, such as ``"forward"``.

    Examples
    --------
    >>> from pygrad import nn
    >>> heads = nn.ModuleDict({"left": nn.Linear(2, 3)})
    >>> heads["right"] = nn.Linear(2, 1)
    >>> list(heads), heads["right"]
    (['left', 'right'], Linear(2, 1))
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        self.update(modules or {})

    def update(self, modules: Mapping[str, Module]) -> None:
        """Set several modules."""
        for name, module in modules.items():
            self[name] = module

    def keys(self) -> list[str]:
        """The names, in the order of definition."""
        return [name for name, value in vars(self).items() if isinstance(value, Module)]

    def values(self) -> list[Module]:
        """The modules, in the order of definition."""
        return [value for value in vars(self).values() if isinstance(value, Module)]

    def items(self) -> list[tuple[str, Module]]:
        """The pairs of name and module."""
        return [(name, self[name]) for name in self.keys()]

    def __getitem__(self, name: str) -> Module:
        found = vars(self).get(name)
        if not isinstance(found, Module):
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, module: Module) -> None:
        if not isinstance(module, Module):
            raise DtypeError(f"ModuleDict: {name!r} is {module!r}, not a module")
        if not isinstance(name, str) or hasattr(type(self), name):
            raise ArgumentError(
                f"ModuleDict: {name!r} cannot be a name; it must be text, and none of the names "
                f"that every module has"
            )
        setattr(self, name, module)

    def __delitem__(self, name: str) -> None:
        self[name]
        delattr(self, name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and isinstance(vars(self).get(name), Module)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())
