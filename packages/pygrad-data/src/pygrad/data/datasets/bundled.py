"""Arrays that come inside the package, checked before they are used."""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.exceptions import DataError

__all__ = ["load_bundled"]

FOLDER = files(__package__)


def load_bundled(name: str, sha256: str) -> dict[str, NDArray[Any]]:
    """The arrays of a ``.npz`` file of this package, if its SHA-256 is the expected one."""
    path = FOLDER / name
    remedy = "install pygrad-data again"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error}); {remedy}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DataError(
            f"{path}: the file is damaged: its {len(content)} bytes have the SHA-256 {found}, "
            f"which must be {sha256}; {remedy}"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)
