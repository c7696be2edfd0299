"""Files that are written all at once: at any moment there is the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from typing import IO

__all__ = ["replacing"]


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write; on success it takes the place of `path`, else it vanishes.

    A failure, a kill or a power cut leaves what was there before. A link stays a link, and its
    file is replaced; the new file has the mode of the old one.

    Parameters
    ----------
    path : str or path
        Where the file is to lie; its folder must be there.

    Raises
    ------
    OSError
        If it cannot be written there; the system's own error.

    Examples
    --------
    >>> from pathlib import Path
    >>> from pygrad.files import replacing
    >>> with replacing("notes.txt") as file:
    ...     n = file.write(b"all of it")
    >>> Path("notes.txt").read_text()
    'all of it'
    """
    place = os.path.realpath(path)
    if os.path.isdir(place):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    folder = os.path.dirname(place)
    # in the same folder, for only within one file system is a move all or nothing
    beside = os.path.join(folder, f".pygrad-{os.urandom(8).hex()}.tmp")
    try:
        with open(beside, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            os.chmod(beside, stat.S_IMODE(os.stat(place).st_mode))  # a private file stays private
        os.replace(beside, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    # the move itself must reach the disk as well; Windows cannot open a folder, and needs not
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
