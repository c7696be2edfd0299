"""Parameter groups: parts of the parameters with settings of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from pygrad import Parameter, Variable
from pygrad.engine.function import Function
from pygrad.exceptions import ArgumentError, DtypeError
from pygrad.nn.optim.bucket import Bucket, buckets_of
from pygrad.nn.tree import Owner

if TYPE_CHECKING:
    from pygrad.nn.optim.optimizer import Optimizer

__all__ = ["Group", "Part", "parts_of"]


class Part:
    """What an optimizer keeps of a group: its parameters, its own settings, its buckets."""

    def __init__(self, params: list[Variable], own: dict[str, Any]) -> None:
        self.params = params
        self.own = own
        self.buckets: list[Bucket] = buckets_of(params)


class Group(MutableMapping[str, Any]):
    """A parameter group as a mapping: its ``"params"``, and every setting that counts for them.

    A setting that the group does not have of its own is the optimizer's. Setting one here gives it
    to this group alone; where the group is the only one, the optimizer itself gets it.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> a, b = Variable([1.0]), Variable([2.0])
    >>> optimizer = nn.optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=0.1)
    >>> [group["lr"] for group in optimizer.param_groups]
    [0.1, 0.5]
    """

    def __init__(self, optimizer: Optimizer, part: Part) -> None:
        self._optimizer = optimizer
        self._part = part

    def __getitem__(self, name: str) -> Any:
        if name == "params":
            return self._part.params
        if name in self._part.own:
            return self._part.own[name]
        return self._optimizer.settings()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        settings = self._optimizer.settings()
        if name not in settings:
            raise ArgumentError(
                f"{type(self._optimizer).__name__}: there is no setting {name!r}; its groups have "
                f"{', '.join(settings)}"
            )
        if len(self._optimizer._parts) == 1:
            setattr(self._optimizer, name, value)
        else:
            self._part.own[name] = value

    def __delitem__(self, name: str) -> None:
        raise ArgumentError(f"param_groups: {name!r} cannot be deleted; set it to another value")

    def __iter__(self) -> Iterator[str]:
        yield "params"
        yield from self._optimizer.settings()

    def __len__(self) -> int:
        return 1 + len(self._optimizer.settings())

    def __repr__(self) -> str:
        shown = ", ".join(f"{k!r}: {v!r}" for k, v in self.items() if k != "params")
        return f"{{'params': {len(self._part.params)} parameters, {shown}}}"


def parts_of(params: Any, optimizer: Optimizer) -> list[Part]:
    """The groups that are given to an optimizer: parameters, or dicts with ``"params"``."""
    where = type(optimizer).__name__
    given = _listed(params, where)
    if not any(isinstance(item, Mapping) for item in given):
        return [Part(_checked(given, where), {})]
    parts: list[Part] = []
    for i, item in enumerate(given):
        parts.append(part_of(item, optimizer, f"{where}: group {i}", parts))
    return parts


def part_of(item: Any, optimizer: Optimizer, where: str, others: Iterable[Part]) -> Part:
    """One group, made from its dict."""
    if not isinstance(item, Mapping) or "params" not in item:
        raise ArgumentError(
            f"{where} is {item!r}; it must be a dict with the parameters, and settings if it has "
            f'its own: {{"params": layer.params(), "lr": 0.01}}'
        )
    inside = item["params"]
    params = _checked([inside] if isinstance(inside, Variable) else _listed(inside, where), where)
    taken = {id(p) for part in others for p in part.params}
    if any(id(p) in taken for p in params):
        raise ArgumentError(f"{where} has a parameter that is in a group before it, too")
    return Part(params, _own_settings(item, params, optimizer, where))


def _own_settings(
    item: Mapping[str, Any], params: list[Variable], optimizer: Optimizer, where: str
) -> dict[str, Any]:
    own = {name: value for name, value in item.items() if name != "params"}
    if "betas" in own:  # PyTorch's spelling of two settings
        own["beta_1"], own["beta_2"] = own.pop("betas")
    if not own:
        return own
    # the constructor knows which settings there are, and what they may be
    try:
        like: Optimizer = type(optimizer)(params, **own)
    except TypeError as error:
        raise ArgumentError(f"{where}: {error}") from None
    found = like.settings()
    return {name: found[name] for name in own}


def _listed(params: Any, where: str) -> list[Any]:
    if isinstance(params, Owner):
        raise ArgumentError(f"{where}: params is a module; give its parameters: model.params()")
    if isinstance(params, Variable):
        raise ArgumentError(f"{where}: params is a single Variable; give a list of them: [x]")
    if isinstance(params, Mapping) and "params" in params:
        raise ArgumentError(f"{where}: params is a single group; give a list of them: [group]")
    try:
        given = list(params)
    except TypeError:
        raise ArgumentError(
            f"{where}: params is {params!r}; give a list of parameters, as model.params() is"
        ) from None
    if not given:
        raise ArgumentError(
            f"{where}: there are no parameters to train; are the layers attributes of the model?"
        )
    return given


def _checked(given: list[Any], where: str) -> list[Variable]:
    for i, p in enumerate(given):
        _check_param(p, f"{where}: item {i} of params")
    # what is there twice has one gradient and must not take two steps
    return list({id(p): p for p in given}.values())


def _check_param(p: Any, where: str) -> None:
    if not isinstance(p, Variable):
        raise ArgumentError(f"{where} is {p!r}; it must be a Parameter or a Variable")
    if isinstance(p._node, Function):
        raise ArgumentError(f"{where} was computed from others; train those that it came from")
    if not p.requires_grad and not isinstance(p, Parameter):
        raise ArgumentError(f"{where} is a constant, which never has a gradient")
    if p.dtype.kind != "f":
        raise DtypeError(
            f"{where} has dtype {p.dtype}; a step is a small number, so it must hold floats: "
            f"Variable(x.data.astype(float))"
        )
    if not p.data.flags.writeable:
        raise ArgumentError(f"{where} has a read-only array; use a copy: x.data = x.data.copy()")
