"""Picture: what plotting returns; a notebook shows it, a terminal prints it, a file takes it."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Any

from pygrad.viz import render
from pygrad.viz.dot import dot_text
from pygrad.viz.graph import Graph
from pygrad.viz.mermaid import mermaid_text
from pygrad.viz.text import in_ascii, text_diagram

__all__ = ["Picture", "PictureWarning"]

_NODES = 2000  # a notebook would choke on the drawing of more
_PATIENCE = 10.0  # seconds that a notebook's cell waits for its drawing
_MERMAID_EDGES = 500  # Mermaid refuses to draw more


class PictureWarning(UserWarning):
    """A picture could not be drawn, and was written as text instead."""


class Picture:
    """The picture of a graph.

    A notebook shows it: drawn where there is a program that draws, else as a Mermaid diagram, else
    as text. ``print(picture)`` gives the text. Nothing is written to disk but by `save`.

    Parameters
    ----------
    graph : Graph
        The nodes and edges.

    Examples
    --------
    >>> from pygrad import Variable
    >>> from pygrad.viz import plot_graph
    >>> x = Variable(3.0, name="x")
    >>> picture = plot_graph(x * x)
    >>> print(picture)
    ●  x         Variable  () float64
    ├─╮
    ├─╯
    □  multiply
    │
    ●  Variable            () float64
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @property
    def dot(self) -> str:
        """The picture in DOT, the language of Graphviz, for other tools to draw.

        Examples
        --------
        >>> from pygrad import Variable
        >>> from pygrad.viz import plot_graph
        >>> plot_graph(Variable(1.0) * 2).dot.splitlines()[0]
        'digraph "graph" {'
        """
        return dot_text(self.graph)

    @property
    def mermaid(self) -> str:
        """The picture in Mermaid, for Markdown files: many sites draw it where they show them.

        Examples
        --------
        >>> from pygrad import Variable
        >>> from pygrad.viz import plot_graph
        >>> plot_graph(Variable(1.0) * 2).mermaid.splitlines()[0]
        'flowchart TD'
        """
        return mermaid_text(self.graph)

    def save(self, path: str | os.PathLike[str], dpi: float | None = None) -> Path:
        """Write the picture to a file; an old one is replaced only when the new one is whole.

        Parameters
        ----------
        path : str or path
            The suffix says the format. Drawn: ``.svg``, ``.png``, and ``.pdf``, which only
            Graphviz's own dot can. Text: ``.gv`` or ``.dot`` (DOT) and ``.mmd`` (Mermaid).
        dpi : float, optional
            Dots per inch of a PNG, by default 200. The other formats have no dots.

        Returns
        -------
        pathlib.Path
            The file that was written. Where no program can draw it, that is a ``.gv`` file beside
            the one asked for, and a `PictureWarning` says so: a long run does not end in an error
            for the sake of its picture.

        Raises
        ------
        ArgumentError
            If the suffix is unknown, or `dpi` is not a positive number.
        PictureFileError
            If the folder is not there, or cannot be written to. It is an OSError.

        Examples
        --------
        >>> import tempfile
        >>> from pygrad import Variable
        >>> from pygrad.viz import plot_graph
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     plot_graph(Variable(1.0) * 2).save(f"{folder}/graph.gv").name
        'graph.gv'
        """
        render.check_dpi(dpi)
        place, suffix = render.target(path)
        if suffix in render.DRAWN:
            try:
                render.write(place, lambda: render.draw(self.dot, suffix, dpi))
                return place
            except render.NoDrawingError as reason:
                wanted, place = place, place.with_suffix(".gv")
                render.write(place, self.dot.encode)
                warnings.warn(
                    f"plot: {wanted} was not drawn: {reason}. The graph is in {place}.",
                    PictureWarning,
                    stacklevel=2,
                )
                return place
        text = self.mermaid if suffix == ".mmd" else self.dot
        render.write(place, text.encode)
        return place

    def __str__(self) -> str:
        diagram = text_diagram(self.graph)
        try:
            diagram.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            return in_ascii(diagram)
        return diagram

    __repr__ = __str__  # so that a terminal shows it, like a notebook

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the best of these that it knows."""
        bundle = {"text/plain": str(self)}
        try:
            bundle["image/svg+xml"] = self._drawn_in_time()
        except render.NoDrawingError as reason:
            bundle["text/plain"] += f"\n\n(not drawn: {reason})"
            if len(self.graph.edges) <= _MERMAID_EDGES:
                bundle["text/vnd.mermaid"] = self.mermaid
        return bundle

    def _drawn_in_time(self) -> str:
        if len(self.graph.nodes) > _NODES:
            raise render.NoDrawingError(
                f"{len(self.graph.nodes)} nodes are too many for a notebook; write them to a file "
                f"with  picture.save('graph.svg')"
            )
        return render.draw(self.dot, ".svg", timeout=_PATIENCE).decode()
