"""Every error that PyGrad raises of its own accord.

    PyGradError
    |-- GraphError (RuntimeError)         the graph cannot do what was asked
    |-- AnomalyError (RuntimeError)       detect_anomaly found NaN, or an array that was changed
    |-- UnsupportedError (TypeError)      NumPy can do it, PyGrad has no rule for it
    |-- ShapeError (ValueError)           shapes that do not fit
    |   `-- AxisError (IndexError)        an axis or an index that the array does not have
    |-- DtypeError (TypeError)            text, objects, or the wrong kind of number
    |-- ArgumentError (ValueError)        a setting outside its range
    |-- LinAlgError (numpy.linalg's, a ValueError)  a matrix that is singular, not square, ...
    |-- GradientError (AssertionError)    a derivative that the checker refutes
    |-- DataError (ValueError)            data that cannot be read or batched
    |-- WeightsError (ValueError)         weights that do not fit the model, or no weights at all
    |   `-- WeightsFileError (OSError)    a weight file that the system refuses to read or write
    |       `-- MissingWeightsError (FileNotFoundError)
    |-- TrainingError (ArithmeticError)   a loss or weights that are no longer numbers
    `-- PluginError                       plugins, and the names they register
        |-- UnknownNameError (LookupError)
        |-- DuplicateNameError (ValueError)
        `-- MissingPluginError (ModuleNotFoundError)

Each is also the built-in error in brackets, so ``except ValueError`` catches what one would expect.
"""

from __future__ import annotations

import numpy as np

__all__ = [
    "AnomalyError",
    "ArgumentError",
    "AxisError",
    "DataError",
    "DtypeError",
    "DuplicateNameError",
    "GradientError",
    "GraphError",
    "LinAlgError",
    "MissingPluginError",
    "MissingWeightsError",
    "PluginError",
    "PyGradError",
    "ShapeError",
    "TrainingError",
    "UnknownNameError",
    "UnsupportedError",
    "WeightsError",
    "WeightsFileError",
]


class PyGradError(Exception):
    """The parent of all errors that PyGrad raises of its own accord."""


class GraphError(PyGradError, RuntimeError):
    """The graph cannot do what was asked: there is none, or it did not keep what is wanted."""


class AnomalyError(PyGradError, RuntimeError):
    """What `detect_anomaly` looks for: NaN or infinity, or an array that was changed too early."""


class UnsupportedError(PyGradError, TypeError):
    """NumPy can do this with arrays, but PyGrad has no derivative rule for it."""


class ShapeError(PyGradError, ValueError):
    """Shapes that do not fit together."""


class AxisError(ShapeError, IndexError):
    """An axis or an index that the array does not have."""


class DtypeError(PyGradError, TypeError):
    """Text, objects, or numbers of the wrong kind."""


class ArgumentError(PyGradError, ValueError):
    """A setting outside its range."""


class LinAlgError(PyGradError, np.linalg.LinAlgError):
    """A matrix that is singular, not square, or not what a decomposition needs."""


class GradientError(PyGradError, AssertionError):
    """A derivative rule that does not agree with finite differences."""


class DataError(PyGradError, ValueError):
    """Data that cannot be read, split or batched."""


class WeightsError(PyGradError, ValueError):
    """Weights that cannot be read, or that do not fit the model."""


class WeightsFileError(WeightsError, OSError):
    """A weight file that the system does not let us read or write."""

    def __str__(self) -> str:
        return str(self.args[0])  # an OSError would show its errno instead


class MissingWeightsError(WeightsFileError, FileNotFoundError):
    """The weight file, or the folder it is to lie in, is not there."""


class TrainingError(PyGradError, ArithmeticError):
    """Training that cannot go on: the loss or the weights are no longer numbers."""


class PluginError(PyGradError):
    """The parent of all errors about plugins and registered names."""


class UnknownNameError(PluginError, LookupError):
    """Nobody registered this name."""


class DuplicateNameError(PluginError, ValueError):
    """Two plugins registered the same name."""


class MissingPluginError(PluginError, ModuleNotFoundError):
    """A part of PyGrad that is not installed; the message says how to get it."""
