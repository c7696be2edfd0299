"""The random generators that a training run draws from: their states, out and in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pygrad import default_rng
from pygrad.exceptions import WeightsError

if TYPE_CHECKING:
    import numpy as np

    from pygrad.nn.module import Module

__all__ = ["load_random_states", "random_states"]


def random_states(model: Module, loader: Any = None) -> dict[str, Any]:
    """The states of PyGrad's generator, NumPy's, Python's, and those of the layers and the loader.

    Where several hold one generator, its state stands there several times, and is the same.
    """
    import random

    import numpy as np

    return {
        "own": {name: rng.bit_generator.state for name, rng in _generators(model, loader)},
        "numpy": np.random.get_state(legacy=False),
        "python": random.getstate(),
    }


def load_random_states(states: Mapping[str, Any], model: Module, loader: Any = None) -> None:
    """Have every generator go on from there.

    Raises
    ------
    WeightsError
        If the generators that the model and the loader hold now are others.
    """
    import random

    import numpy as np

    generators = dict(_generators(model, loader))
    own = states["own"]
    if loader is None:  # it was not handed in, though there may have been one
        own = {name: state for name, state in own.items() if name != "loader"}
    if generators.keys() != own.keys():
        difference = ", ".join(sorted(generators.keys() ^ own.keys()))
        raise WeightsError(
            f"the model and the loader do not have the generators (rng=...) that they had when the "
            f"checkpoint was made; they differ in: {difference}"
        )
    for name, rng in generators.items():
        try:
            rng.bit_generator.state = own[name]
        except (ValueError, TypeError, KeyError) as error:
            raise WeightsError(
                f"the generator {name} is of another kind than the checkpoint's: {error}"
            ) from error
    np.random.set_state(states["numpy"])
    random.setstate(states["python"])


def _generators(model: Module, loader: Any) -> Iterator[tuple[str, np.random.Generator]]:
    from numpy.random import Generator

    yield "default", default_rng()
    for path, module in model.named_modules():
        for name, value in vars(module).items():
            if isinstance(value, Generator):
                yield f"model.{path}.{name}" if path else f"model.{name}", value
    if isinstance(rng := getattr(loader, "rng", None), Generator):
        yield "loader", rng
