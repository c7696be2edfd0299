"""WAV sound: a RIFF file with samples as integers of 8 to 32 bits, or as floats."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pygrad.data.formats.files import StrPath, contents, damaged, file_at

__all__ = ["Sound", "is_wav", "read_wav"]

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
KINDS = {
    (PCM, 8): "u1",
    (PCM, 16): "<i2",
    (PCM, 24): "24",  # no dtype of NumPy's
    (PCM, 32): "<i4",
    (FLOAT, 32): "<f4",
    (FLOAT, 64): "<f8",
}


class Sound(NamedTuple):
    """A recording.

    Attributes
    ----------
    samples : ndarray of float32
        Of shape (n,) for one channel, (n, channels) for several. Integers of the file are scaled
        to -1 to 1; floats are as they are.
    rate : int
        Samples a second.
    """

    samples: NDArray[np.float32]
    rate: int


class _Chunk(NamedTuple):
    name: bytes
    start: int
    size: int


def is_wav(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WAVE"


def read_wav(path: StrPath) -> Sound:
    """The samples and the sampling rate of a WAV file.

    Parameters
    ----------
    path : str or path-like
        PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64 bits.

    Returns
    -------
    Sound
        The pair ``samples, rate``.

    Raises
    ------
    DataError
        If the file is damaged, or compressed (ADPCM, A-law and the like).

    Examples
    --------
    >>> import wave
    >>> from pygrad.data import formats
    >>> with wave.open("tone.wav", "wb") as file:
    ...     file.setparams((1, 2, 8000, 0, "NONE", ""))
    ...     file.writeframes(bytes([0, 0, 0, 64, 0, 192]))
    >>> samples, rate = formats.read_wav("tone.wav")
    >>> samples, rate
    (array([ 0. ,  0.5, -0.5], dtype=float32), 8000)
    """
    where = file_at(path)
    raw = contents(where)
    if not is_wav(raw):
        raise damaged(where, "byte 0", f"it begins with {raw[:12]!r}, not with RIFF....WAVE")
    layout = None
    for chunk in _chunks(where, raw):
        if chunk.name == b"fmt ":
            layout = _layout(where, raw, chunk)
        elif chunk.name == b"data":
            if layout is None:
                raise damaged(where, f"byte {chunk.start}", "the samples come before their format")
            return Sound(_samples(where, raw, chunk, layout), layout.rate)
    raise damaged(where, f"byte {len(raw)}", "it ends without samples (no `data` chunk)")


def _chunks(where: Path, raw: bytes) -> Iterator[_Chunk]:
    position = 12
    while position + 8 <= len(raw):
        name, size = struct.unpack_from("<4sI", raw, position)
        start = position + 8
        if size > len(raw) - start:
            raise damaged(
                where,
                f"byte {position}",
                f"the chunk {name!r} is to have {size} bytes, but {len(raw) - start} follow",
            )
        yield _Chunk(name, start, size)
        position = start + size + size % 2  # chunks begin at even places


class _Layout(NamedTuple):
    kind: str
    channels: int
    rate: int
    frame: int  # bytes


def _layout(where: Path, raw: bytes, chunk: _Chunk) -> _Layout:
    position = f"byte {chunk.start}"
    if chunk.size < 16:
        raise damaged(where, position, f"a format of {chunk.size} bytes; it takes 16 or more")
    code, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", raw, chunk.start)
    if code == EXTENSIBLE and chunk.size >= 26:
        code = int.from_bytes(raw[chunk.start + 24 : chunk.start + 26], "little")
    kind = KINDS.get((code, bits))
    if kind is None:
        raise damaged(
            where,
            position,
            f"format {code} with {bits} bits; it must be PCM (1) of 8, 16, 24 or 32 bits, or "
            f"floats (3) of 32 or 64",
        )
    if not channels or not rate or frame != channels * bits // 8:
        raise damaged(
            where,
            position,
            f"{channels} channels of {bits} bits at a rate of {rate}, in frames of {frame} bytes",
        )
    return _Layout(kind, channels, rate, frame)


def _samples(where: Path, raw: bytes, chunk: _Chunk, layout: _Layout) -> NDArray[np.float32]:
    if chunk.size % layout.frame:
        raise damaged(
            where,
            f"byte {chunk.start}",
            f"{chunk.size} bytes of samples are no whole number of frames of {layout.frame}",
        )
    stored = memoryview(raw)[chunk.start : chunk.start + chunk.size]
    samples = _scaled(stored, layout.kind)
    return samples.reshape(-1, layout.channels) if layout.channels > 1 else samples


def _scaled(stored: memoryview, kind: str) -> NDArray[np.float32]:
    numbers: NDArray[Any]
    if kind == "24":
        # the three bytes become the upper ones of an int32
        wide = np.zeros((len(stored) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(stored, np.uint8).reshape(-1, 3)
        numbers, kind = wide.view("<i4").ravel(), "<i4"
    else:
        numbers = np.frombuffer(stored, kind)
    if kind == "u1":  # 8 bits alone are unsigned
        return (numbers.astype(np.float32) - np.float32(128)) / np.float32(128)
    if kind[1] == "i":
        scale = np.float32(2.0 ** (1 - 8 * numbers.dtype.itemsize))
        return numbers.astype(np.float32) * scale
    with np.errstate(over="ignore"):  # a float64 beyond float32 is infinite
        return numbers.astype(np.float32)
