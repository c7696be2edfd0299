"""A lock that is good between processes and between threads, and that a crash lets go of."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["locked"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of this file, waiting for it as long as it takes.

    The file stays behind, empty. To remove it would be wrong: somebody may wait for the old file
    while another one locks a new one of the same name.
    """
    with path.open("ab") as file:
        _take(file.fileno())
        try:
            yield
        finally:
            _let_go(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def _take(number: int) -> None:
        while True:
            try:
                msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(0.1)
            else:
                return

    def _let_go(number: int) -> None:
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX)

    def _let_go(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_UN)
