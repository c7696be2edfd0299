"""History: what a training run measured, epoch by epoch, and the files for it."""

from __future__ import annotations

import io
import json
import os
from typing import Any

from pygrad.exceptions import ArgumentError, UnknownNameError
from pygrad.files import replacing

__all__ = ["History"]


class History(list[dict[str, Any]]):
    """One dict an epoch, such as ``{"epoch": 1, "lr": 0.001, "loss": 0.5, "val_loss": 0.6}``.

    Examples
    --------
    >>> from pygrad import nn
    >>> history = nn.History([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}])
    >>> history.column("loss")
    [0.5, 0.25]
    >>> history.to_csv("history.csv")
    >>> from pathlib import Path
    >>> Path("history.csv").read_text().split()
    ['epoch,loss', '1,0.5', '2,0.25']
    """

    def column(self, name: str) -> list[Any]:
        """The values of one quantity, an epoch each; None where an epoch lacks it.

        Raises
        ------
        UnknownNameError
            If no epoch has it.
        """
        if name not in self._names():
            known = ", ".join(self._names()) or "nothing yet"
            raise UnknownNameError(f"history: there is no {name!r}; measured were: {known}")
        return [record.get(name) for record in self]

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a table with a line an epoch; a quantity that is no number is JSON in its cell."""
        import csv

        text = io.StringIO()
        writer = csv.DictWriter(text, self._names(), lineterminator="\n")
        writer.writeheader()
        for record in self:
            writer.writerow({k: v if _is_cell(v) else json.dumps(v) for k, v in record.items()})
        _write(path, text.getvalue())

    def to_jsonl(self, path: str | os.PathLike[str]) -> None:
        """Write a JSON object a line, one for each epoch."""
        _write(path, "".join(f"{json.dumps(record)}\n" for record in self))

    def _names(self) -> list[str]:
        return list(dict.fromkeys(name for record in self for name in record))


def _is_cell(value: Any) -> bool:
    return isinstance(value, int | float | str)


def _write(path: str | os.PathLike[str], text: str) -> None:
    try:
        with replacing(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise ArgumentError(
            f"history: {os.fspath(path)!r} cannot be written: {(error.strerror or '').lower()}"
        ) from error
