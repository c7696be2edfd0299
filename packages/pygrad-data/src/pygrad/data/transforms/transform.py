"""What all transforms are: a function of one sample, that knows how to do a whole batch at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pygrad.data.drawing import batch_rng
from pygrad.data.shuffling import check_source
from pygrad.exceptions import ArgumentError, DataError

__all__ = ["Compose", "Lambda", "RandomTransform", "Transform"]


class Transform(ABC):
    """What a transform of your own derives from: write `batch`.

    Calling the transform does one sample. A dataset of arrays and the ``batch_transform`` of a
    loader use `batch`, which does all samples in one go. A transform gives a new array and leaves
    the one it is given alone.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import Transform
    >>> class Negative(Transform):
    ...     def batch(self, x):
    ...         return 1 - x
    >>> Negative()(np.array([0.25, 1.0]))
    array([0.75, 0.  ])
    """

    def __call__(self, x: ArrayLike) -> Any:
        return self.batch(np.asarray(x)[np.newaxis])[0]

    @abstractmethod
    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        """The transformed samples; the first axis of `x` counts them."""

    def __repr__(self) -> str:
        settings = ", ".join(
            f"{name}={value!r}"
            for name, value in vars(self).items()
            if not name.startswith("_") and np.size(value) <= 8
        )
        return f"{type(self).__name__}({settings})"


class RandomTransform(Transform):
    """A transform that draws random numbers, for each sample its own.

    Parameters
    ----------
    rng : numpy.random.Generator, optional
        Draws them, one batch after the other. Without it they are drawn by
        `pygrad.data.batch_rng`, so that in a loader they follow from its seed, the epoch and
        the number of the batch, whatever the workers. Prefer that where there are workers.
    """

    def __init__(self, rng: np.random.Generator | None = None) -> None:
        check_source(type(self).__name__, None, rng)
        self._rng = rng

    def rng(self) -> np.random.Generator:
        """The generator to draw from, to be asked for in each call of `batch`."""
        return batch_rng() if self._rng is None else self._rng


class Compose(Transform):
    """Several transforms, one after the other.

    Parameters
    ----------
    transforms : sequence of callables
        Transforms, or any functions of one sample.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import Compose, Flatten, ToFloat
    >>> image = np.array([[0, 255], [255, 0]], np.uint8)
    >>> Compose([ToFloat(), Flatten()])(image)
    array([0., 1., 1., 0.], dtype=float32)
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = list(transforms)
        for transform in self.transforms:
            if not callable(transform):
                raise ArgumentError(
                    f"Compose: {transform!r} is a {type(transform).__name__}; each of the "
                    f"transforms must be something to call"
                )

    def __call__(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        for transform in self.transforms:
            whole = getattr(transform, "batch", None)
            x = whole(x) if whole else _one_by_one("Compose", transform, x)
        return x

    def __repr__(self) -> str:
        return f"Compose({self.transforms!r})"


class Lambda(Transform):
    """Any function, as a transform.

    Parameters
    ----------
    function : callable
        Of one sample.
    vectorized : bool
        Whether it may be called once with a whole batch in place of once for each sample.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data.transforms import Lambda
    >>> Lambda(np.sqrt, vectorized=True).batch(np.array([[4.0], [9.0]]))
    array([[2.],
           [3.]])
    """

    def __init__(self, function: Callable[[Any], Any], vectorized: bool = False) -> None:
        if not callable(function):
            raise ArgumentError(
                f"Lambda: function is a {type(function).__name__}; it must be something to call"
            )
        self.function = function
        self.vectorized = vectorized

    def __call__(self, x: Any) -> Any:
        return super().__call__(x) if self.vectorized else self.function(x)

    def batch(self, x: NDArray[Any]) -> NDArray[Any]:
        if self.vectorized:
            return np.asarray(self.function(x))
        return _one_by_one("Lambda", self.function, x)


def _one_by_one(where: str, function: Callable[[Any], Any], x: NDArray[Any]) -> NDArray[Any]:
    results = [np.asarray(function(sample)) for sample in x]
    for i, result in enumerate(results):
        if result.shape != results[0].shape:
            raise DataError(
                f"{where}: sample {i} of the batch became one of shape {result.shape} but sample "
                f"0 one of {results[0].shape}; the results must have one shape"
            )
    return np.stack(results)
