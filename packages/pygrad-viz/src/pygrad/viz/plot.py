"""The plotters: what a user calls to get a picture."""

from __future__ import annotations

import os
from typing import Any

from pygrad import Variable
from pygrad.viz.computation import computation
from pygrad.viz.network import network
from pygrad.viz.picture import Picture

__all__ = ["plot_graph", "plot_model"]


def plot_graph(
    y: Variable, to_file: str | os.PathLike[str] | None = None, dpi: float | None = None
) -> Picture:
    """Draw how a Variable was computed: the graph that `backward` walks, from top to bottom.

    Variables are ellipses, with name, shape and dtype; functions are boxes, with the shape of the
    result where it changes; small grey texts are constants, which get no gradient.

    Parameters
    ----------
    y : Variable
        The result of a computation.
    to_file : str or path, optional
        Where to write the picture; see `Picture.save`.
    dpi : float, optional
        Dots per inch of a PNG.

    Returns
    -------
    Picture
        A notebook shows it, and ``print`` as well.

    Raises
    ------
    GraphError
        If `y` has no graph: a constant, or something computed under no_grad.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> from pygrad.viz import plot_graph
    >>> x = Variable([1.0, 2.0], name="x")
    >>> y = F.sum(2 * x)
    >>> y.name = "y"
    >>> print(plot_graph(y))
    ·    2
    │ ●  x         Variable  (2,) float64
    ├─╯
    □    multiply
    │
    □    sum                 → ()
    │
    ●    y         Variable  () float64
    """
    return _delivered(Picture(computation(y)), to_file, dpi)


def plot_model(
    model: Any, to_file: str | os.PathLike[str] | None = None, dpi: float | None = None
) -> Picture:
    """Draw a network: its layers, and the functions between them, from top to bottom.

    This is ``model.plot()``. The model must have been called once. Each layer is a box with its
    name, its class, and the shapes that went in and came out in the last call; a layer that was
    used twice is there twice.

    To see the whole network, plotting calls a copy of the model once more, with zeros of the same
    shapes. So what `forward` prints, it prints again, and where it decides by values, the picture
    shows the way of zeros. The model itself does not move, nor does any random state.

    Parameters
    ----------
    model : nn.Module
        A model that has been called.
    to_file : str or path, optional
        Where to write the picture; see `Picture.save`.
    dpi : float, optional
        Dots per inch of a PNG.

    Returns
    -------
    Picture
        A notebook shows it, and ``print`` as well.

    Raises
    ------
    GraphError
        If the model has not been called yet, cannot be copied, or fails on zeros.
    """
    return _delivered(Picture(network(model)), to_file, dpi)


def _delivered(
    picture: Picture, to_file: str | os.PathLike[str] | None, dpi: float | None
) -> Picture:
    if to_file is not None:
        picture.save(to_file, dpi)
    return picture
