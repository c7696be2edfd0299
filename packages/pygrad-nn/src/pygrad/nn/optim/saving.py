"""The state of an optimizer as nested dicts of arrays, and back: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.exceptions import WeightsError
from pygrad.nn.optim.bucket import buckets_from

if TYPE_CHECKING:
    from pygrad.nn.optim.groups import Part
    from pygrad.nn.optim.optimizer import Optimizer

__all__ = ["as_array", "as_setting", "load_weight_dict", "refuse", "weight_dict"]

_NUMBERS = (bool, int, float, np.number, np.bool_)
_LISTED = 20  # problems that a message lists before it says how many more there are


def weight_dict(optimizer: Optimizer) -> dict[str, Any]:
    """See `Optimizer.weight_dict`."""
    groups = {str(i): _settings(optimizer, part) for i, part in enumerate(optimizer._parts)}
    states: dict[int, dict[str, Any]] = {}
    for part in optimizer._parts:
        names = optimizer.with_settings(part.own).state_names
        for bucket in part.buckets:
            for i, p in enumerate(bucket.params):
                kept = {k: v for k, v in bucket.state_of(i).items() if k in names}
                states[id(p)] = {"steps": np.array(bucket.steps, np.int64), **kept}
    params = {str(i): states[id(p)] for i, p in enumerate(optimizer.params)}
    return {"groups": groups, "params": params}


def load_weight_dict(optimizer: Optimizer, weights: Mapping[str, Any]) -> None:
    """See `Optimizer.load_weight_dict`."""
    problems: list[str] = []
    groups = inside(weights, "groups", len(optimizer._parts), problems)
    params = inside(weights, "params", len(optimizer.params), problems)
    refuse(optimizer, problems)
    settings = [
        _loaded_settings(optimizer, part, groups[str(i)], f"groups.{i}", problems)
        for i, part in enumerate(optimizer._parts)
    ]
    refuse(optimizer, problems)
    at = {id(p): i for i, p in enumerate(optimizer.params)}
    made = []
    for part, own in zip(optimizer._parts, settings, strict=True):
        names = optimizer.with_settings(own).state_names
        found = [_loaded_state(params, at[id(p)], p, names, problems) for p in part.params]
        made.append(found)
    refuse(optimizer, problems)
    # nothing can fail from here on
    for part, own, found in zip(optimizer._parts, settings, made, strict=True):
        part.buckets = buckets_from(part.params, [n for n, _ in found], [s for _, s in found])
        if len(optimizer._parts) == 1:
            for name, value in own.items():
                setattr(optimizer, name, value)
        else:
            part.own = own


def inside(weights: Any, name: str, n: int, problems: list[str]) -> Mapping[str, Any]:
    """The part of this name, if it is a dict of ``"0"``, ``"1"``, ... up to `n` of them."""
    found = weights.get(name) if isinstance(weights, Mapping) else None
    if not isinstance(found, Mapping):
        problems.append(f"missing: {name}")
        return {}
    expected = set(map(str, range(n)))
    given = set(map(str, found))
    problems += [f"missing: {name}.{i}" for i in sorted(expected - given, key=int)]
    problems += [f"unexpected: {name}.{i}" for i in sorted(given - expected)]
    for i in sorted(expected & given, key=int):
        if not isinstance(found[i], Mapping):
            problems.append(f"{name}.{i}: expected a dict, got a {type(found[i]).__name__}")
    return found


def refuse(owner: object, problems: list[str]) -> None:
    """Raise the problems as one error, if there are any."""
    if problems:
        more = len(problems) - _LISTED
        lines = [*problems[:_LISTED], *([f"and {more} more"] if more > 0 else [])]
        name = type(owner).__name__
        raise WeightsError(
            f"{name}.load_weight_dict: this does not fit {name}, which stays as it was:"
            + "".join(f"\n  {line}" for line in lines)
        )


def as_array(value: Any) -> np.ndarray[Any, Any] | None:
    """A setting as an array; None for what is no number, such as the name of a mode."""
    if isinstance(value, _NUMBERS):
        return np.array(value)
    numbers = isinstance(value, (tuple, list)) and all(isinstance(v, _NUMBERS) for v in value)
    return np.array(value) if numbers and value else None


def as_setting(array: Any, like: Any) -> Any:
    """What `as_array` was given, again."""
    value = np.asarray(array).tolist()
    return tuple(value) if isinstance(like, tuple) else value


def _settings(optimizer: Optimizer, part: Part) -> dict[str, Any]:
    settings = {**optimizer.settings(), **part.own}
    return {k: a for k, v in settings.items() if (a := as_array(v)) is not None}


def _loaded_settings(
    optimizer: Optimizer, part: Part, given: Mapping[str, Any], where: str, problems: list[str]
) -> dict[str, Any]:
    now = {**optimizer.settings(), **part.own}
    expected = _settings(optimizer, part)
    problems += [f"missing: {where}.{name}" for name in expected if name not in given]
    problems += [f"unexpected: {where}.{name}" for name in given if name not in expected]
    loaded = {}
    for name, array in expected.items():
        if name in given:
            value = np.asarray(given[name])
            if value.shape != array.shape or value.dtype.kind not in "biuf":
                problems.append(f"{where}.{name}: expected a number, got {given[name]!r}")
            else:
                loaded[name] = as_setting(value, now[name])
    return loaded


def _loaded_state(
    params: Mapping[str, Any], i: int, p: Any, names: tuple[str, ...], problems: list[str]
) -> tuple[int, dict[str, Any]]:
    given = params[str(i)]
    where = f"params.{i}"
    steps = np.asarray(given.get("steps", -1))
    if steps.shape or steps.dtype.kind not in "iu" or steps < 0:
        problems.append(f"{where}.steps: expected a whole number, got {given.get('steps')!r}")
        return 0, {}
    problems += [f"unexpected: {where}.{n}" for n in given if n not in (*names, "steps")]
    problems += [f"missing: {where}.{n}" for n in names if steps and n not in given]
    state = {}
    for name in names:
        if name in given:
            array = np.asarray(given[name])
            if array.shape != p.shape:
                problems.append(f"{where}.{name}: shape {array.shape}, expected {p.shape}")
            elif not np.can_cast(array.dtype, p.dtype, "same_kind"):
                problems.append(f"{where}.{name}: dtype {array.dtype}, expected {p.dtype}")
            else:
                state[name] = array
    return int(steps), state
