"""Everything that looks at a finished graph: pictures of models and of computations."""

from pygrad.viz import plotters
from pygrad.viz.graph import Graph, Node
from pygrad.viz.picture import Picture, PictureWarning
from pygrad.viz.plot import plot_graph, plot_model
from pygrad.viz.render import MissingFolderError, PictureFileError

__all__ = [
    "Graph",
    "MissingFolderError",
    "Node",
    "Picture",
    "PictureFileError",
    "PictureWarning",
    "plot_graph",
    "plot_model",
    "plotters",
]
