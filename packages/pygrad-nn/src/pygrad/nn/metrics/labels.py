"""From a model's outputs to the labels that it means."""

from __future__ import annotations

from typing import Any

import numpy as np

from pygrad.exceptions import DtypeError, ShapeError

__all__ = ["flat_labels", "flat_scores"]


def flat_labels(
    y: Any, target: Any, ignore_index: int | None, threshold: float, where: str
) -> tuple[Any, Any]:
    """Predicted and true labels, each flat.

    Outputs with one axis more than the targets are scores of classes, along the last axis or, as
    in PyTorch, the second. Outputs of whole numbers are labels themselves. Floats of the targets'
    shape are scores of yes or no; above the threshold they mean yes.
    """
    y, target = np.asarray(y), _whole(target, where)
    if y.ndim == target.ndim + 1 and y.shape[-1:] != (1,):
        y = _classes_last(y, target, where).argmax(axis=-1)
    else:
        y = y if y.dtype.kind in "biu" else y > threshold
        y = y.astype(np.int64).reshape(target.shape if y.size == target.size else y.shape)
    if y.shape != target.shape:
        raise ShapeError(f"{where}: outputs of shape {y.shape} for targets of shape {target.shape}")
    return _kept(y, target, ignore_index)


def flat_scores(y: Any, target: Any, ignore_index: int | None, where: str) -> tuple[Any, Any]:
    """Scores of shape (samples, classes), and true labels."""
    y, target = np.asarray(y), _whole(target, where)
    if y.ndim != target.ndim + 1:
        raise ShapeError(
            f"{where}: outputs of shape {y.shape} for targets of shape {target.shape}; there must "
            f"be one more axis, for the classes"
        )
    scores = _classes_last(y, target, where)
    return _kept(scores, target, ignore_index)


def _kept(y: Any, target: Any, ignore_index: int | None) -> tuple[Any, Any]:
    y = y.reshape(target.size, -1) if y.ndim > target.ndim else y.reshape(-1)
    target = target.reshape(-1)
    if ignore_index is None:
        return y, target
    kept = target != ignore_index
    return y[kept], target[kept]


def _whole(target: Any, where: str) -> Any:
    target = np.asarray(target)
    if target.dtype.kind == "f" and (target == np.rint(target)).all():
        target = target.astype(np.int64)  # labels of yes or no often are floats, for the loss
    if target.dtype.kind not in "biu":
        raise DtypeError(f"{where}: targets of dtype {target.dtype}; they must be class labels")
    return target.astype(np.int64)


def _classes_last(y: Any, target: Any, where: str) -> Any:
    if y.shape[:-1] == target.shape:
        return y
    if y.shape[:1] + y.shape[2:] == target.shape:
        return np.moveaxis(y, 1, -1)
    raise ShapeError(
        f"{where}: outputs of shape {y.shape} for targets of shape {target.shape}; the targets "
        f"must have the outputs' shape without the classes' axis, the last or the second"
    )
