"""Files from the internet: on request only, checked, and each of them once.

A file arrives under a name of its own (``.part``), goes on from there after an interruption, and
takes its real name when its SHA-256 is the expected one: under its real name a file is whole.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from http.client import HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import Any, TypeAlias
from urllib.error import URLError
from urllib.parse import urlsplit

from pygrad.data.locks import locked
from pygrad.exceptions import ArgumentError, DataError, MissingPluginError

__all__ = ["cache_folder", "download_file"]

StrPath: TypeAlias = str | os.PathLike[str]

CHUNK = 2**16
TRIES = 5  # at one address, each going on where the one before broke off
PAUSE = 0.5  # seconds before the second try; twice as long before each further one
FINAL = (400, 401, 403, 404, 410, 416)  # what a server says the second time, too
TROUBLE = (URLError, HTTPException, ConnectionError, TimeoutError)


class _RefusedError(Exception):
    """An answer that another try at the same address would not change."""


def cache_folder(name: str) -> Path:
    """Where downloaded files are kept: the user's cache folder, as the platform wants it.

    Raises
    ------
    MissingPluginError
        If platformdirs is not installed; the message says how to get it.
    """
    try:
        from platformdirs import user_cache_path
    except ModuleNotFoundError as error:
        raise MissingPluginError(
            f"{name}: to know this platform's cache folder takes platformdirs; install it with  "
            f"pip install 'pygrad-data[download]'  or say where the files are, with folder=...",
            name="platformdirs",
        ) from error
    return Path(user_cache_path("pygrad", appauthor=False)) / "data" / name


def download_file(
    url: str,
    path: StrPath,
    *,
    sha256: str,
    size: int,
    mirrors: Sequence[str] = (),
    timeout: float = 30.0,
) -> Path:
    """Download a file, unless it is there.

    Parameters
    ----------
    url : str
        An address that begins with https:// or http://.
    path : str or path-like
        Where to keep the file. Beside it stand, while it arrives, the same name with ``.part``
        and, for good, an empty file with ``.lock``.
    sha256 : str
        What the SHA-256 of the whole file must be, in hexadecimal.
    size : int
        How many bytes it has; no server can make it more.
    mirrors : sequence of str
        Further addresses of the same file, tried in turn where the first one fails.
    timeout : float
        Seconds without a sign of the server before a try counts as failed.

    Returns
    -------
    Path
        The file, whole and checked.

    Raises
    ------
    ArgumentError
        If an address is none of http or https.
    DataError
        If no address gave the file (the message says what each one answered), or a file of this
        name is there and is another one.

    Notes
    -----
    Several processes may ask for one file: one loads it, the others wait and use it. An
    interrupted download goes on where it broke off, at the next call too. A bar shows progress
    where tqdm is installed and standard error is a terminal.

    Examples
    --------
    >>> import hashlib
    >>> from pathlib import Path
    >>> from pygrad.data.download import download_file
    >>> _ = Path("a.txt").write_text("abc")
    >>> sha256 = hashlib.sha256(b"abc").hexdigest()
    >>> download_file("https://example.org/a.txt", "a.txt", sha256=sha256, size=3).name  # is there
    'a.txt'
    """
    target = Path(path).absolute()
    addresses = [url, *mirrors]
    for address in addresses:
        if urlsplit(address).scheme not in ("http", "https"):
            raise ArgumentError(
                f"download_file: the address is {address!r}; it must begin with https:// or http://"
            )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with locked(target.with_name(f"{target.name}.lock")):
            if target.exists():
                _check_what_is_there(target, sha256)
            else:
                _load(addresses, target, sha256, size, timeout)
    except OSError as error:
        raise DataError(f"download_file: {target}: cannot be written ({error})") from error
    return target


def _check_what_is_there(target: Path, sha256: str) -> None:
    found = _sha256_of(target)
    if found != sha256:
        raise DataError(
            f"download_file: {target} is there, but it is another file: its "
            f"{target.stat().st_size} bytes have the SHA-256 {found}, which must be {sha256}; "
            f"remove it, and it is downloaded"
        )


def _load(addresses: list[str], target: Path, sha256: str, size: int, timeout: float) -> None:
    part = target.with_name(f"{target.name}.part")
    answers = []
    for address in addresses:
        try:
            _load_from(address, part, sha256, size, timeout)
        except (_RefusedError, *TROUBLE) as error:
            answers.append(f"  {address}: {error or type(error).__name__}")
            continue
        os.replace(part, target)
        return
    raise DataError(
        f"download_file: {target.name} could not be downloaded:\n"
        + "\n".join(answers)
        + f"\ntry again later (it goes on where it stopped), or place the file at {target} yourself"
    )


def _load_from(address: str, part: Path, sha256: str, size: int, timeout: float) -> None:
    """Bring `part` to its full size from one address, by several tries if need be."""
    resumed = part.exists() and part.stat().st_size > 0
    failures = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            if before < size:
                _transfer(address, part, before, size, timeout)
            found = _sha256_of(part)
        except TROUBLE as error:
            # one that got on is no failure: a long file may break off many times
            after = part.stat().st_size if part.exists() else 0
            failures = 0 if after - before > size // 100 else failures + 1
            if failures >= TRIES or getattr(error, "code", 500) in FINAL:
                raise
            time.sleep(PAUSE * 2 ** max(failures - 1, 0))
            continue
        if found == sha256:
            return
        part.unlink()
        if not resumed:
            raise _RefusedError(
                f"gave a file of {size} bytes with the SHA-256 {found}, which must be {sha256}"
            )
        resumed = False  # its beginning may have been somebody else's: once more from the start


def _transfer(address: str, part: Path, start: int, size: int, timeout: float) -> None:
    """One request: go on with `part` from byte `start`, or write it anew if the server says so."""
    # a compressed answer would have another length, and another hash
    request = urllib.request.Request(
        address, headers={"User-Agent": "pygrad-data", "Accept-Encoding": "identity"}
    )
    if start:
        request.add_header("Range", f"bytes={start}-")
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        if not _goes_on_from(answer, start):
            start = 0
        if answer.length is not None and start + answer.length != size:
            raise _RefusedError(
                f"announced a file of {start + answer.length} bytes, which must have {size}"
            )
        with part.open("ab" if start else "wb") as file, _bar(part.stem, start, size) as bar:
            arrived = start
            while chunk := _read(answer):
                arrived += len(chunk)
                if arrived > size:
                    raise _RefusedError(f"sent more than the {size} bytes that the file has")
                file.write(chunk)
                if bar is not None:
                    bar.update(len(chunk))
            file.flush()
            os.fsync(file.fileno())
    if arrived < size:
        raise ConnectionError(f"broke off after {arrived} of {size} bytes")


def _read(answer: HTTPResponse) -> bytes:
    try:
        return answer.read(CHUNK)
    except IncompleteRead as error:  # what some versions of Python say, and others do not
        return error.partial
    except OSError as error:  # said in another way, or it would be taken for the disk's
        raise ConnectionError(f"broke off ({error})") from error


def _goes_on_from(answer: HTTPResponse, start: int) -> bool:
    if answer.status != 206:
        return False  # it ignored the request for a range, and begins at the beginning
    spoken = answer.headers.get("Content-Range", "")
    if not spoken.startswith(f"bytes {start}-"):
        raise _RefusedError(f"was asked for the bytes from {start} on, and sent {spoken!r}")
    return True


def _bar(name: str, start: int, size: int) -> AbstractContextManager[Any]:
    if sys.stderr is None or not sys.stderr.isatty():
        return nullcontext()
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return nullcontext()
    bar: AbstractContextManager[Any] = tqdm(
        desc=name, initial=start, total=size, unit="B", unit_scale=True, unit_divisor=1024
    )
    return bar


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
