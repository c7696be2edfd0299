"""Pictures: one file, or a folder with a folder for each class; read by Pillow."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.dataset import Dataset
from pygrad.data.formats.files import (
    StrPath,
    damaged,
    file_at,
    folder_at,
    head_of,
    implausible,
    require,
)
from pygrad.exceptions import ArgumentError, DataError

__all__ = ["SUFFIXES", "ImageFolder", "is_image", "read_image"]

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"),
    *(".ppm", ".pgm", ".pbm"),
)
# by name, since Pillow would start Ghostscript for an EPS
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
# less than other files get: decoders take seconds for tens of megapixels, whatever is in the file
ALLOWANCE = 1 << 26
MODES = ("RGB", "RGBA", "L")

SIGNATURES = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM"),
    *(b"II*\0", b"MM\0*", b"P4", b"P5", b"P6"),
)


def is_image(head: bytes) -> bool:
    return head.startswith(SIGNATURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def read_image(
    path: StrPath, *, mode: str = "RGB", size: tuple[int, int] | None = None
) -> NDArray[np.uint8]:
    """A picture as an array, turned the way its EXIF orientation says.

    It needs Pillow: ``pip install 'pygrad-data[images]'``.

    Parameters
    ----------
    path : str or path-like
        PNG, JPEG, GIF, BMP, WebP, TIFF, PPM, PGM or PBM. Of several pictures, the first.
    mode : {"RGB", "RGBA", "L"}
        Colours, colours and opacity, or grey. A picture of another kind is converted.
    size : (height, width), optional
        Resize it to that, bilinearly.

    Returns
    -------
    ndarray of uint8
        Of shape (height, width, 3), (height, width, 4), or (height, width) for grey.

    Raises
    ------
    DataError
        If the file is damaged, or claims more pixels than its size allows.
    MissingPluginError
        If Pillow is not installed.

    Examples
    --------
    >>> from pygrad.data import formats
    >>> formats.read_image("cat.jpg", size=(32, 32)).shape  # doctest: +SKIP
    (32, 32, 3)
    """
    _check_settings("read_image", mode, size)
    where = file_at(path)
    pillow = require("PIL.Image", "images", where, "pictures")
    ops = require("PIL.ImageOps", "images", where, "pictures")
    stored = where.stat().st_size
    if not stored:
        raise DataError(f"{where}: the file is empty")
    try:
        with pillow.open(where, formats=FORMATS) as picture:
            width, height = picture.size
            if implausible(4 * width * height, stored, ALLOWANCE):
                raise damaged(
                    where, "its header", f"{stored} bytes are said to hold {width}x{height} pixels"
                )
            ops.exif_transpose(picture, in_place=True)
            # where it is not needed, each of these would be a copy
            upright = picture if picture.mode == mode else picture.convert(mode)
            if size is not None and upright.size != size[::-1]:
                upright = upright.resize(size[::-1], pillow.Resampling.BILINEAR)
            return np.array(upright)
    except DataError:
        raise
    # decoders raise whatever chance has them meet: struct.error, SyntaxError, KeyError ...
    except Exception as error:
        reason = " ".join(str(error).split()).replace(str(where), "the file") or repr(error)
        raise damaged(where, _begins(where), f"Pillow says: {reason}") from error


def _begins(where: Path) -> str:
    return "byte 0" if not is_image(head_of(where)) else "its picture data"


class ImageFolder(Dataset):
    """The pictures in a folder; one folder for each class, or no classes.

    Pictures are read when they are asked for, so a folder may be larger than memory. It needs
    Pillow: ``pip install 'pygrad-data[images]'``.

    Parameters
    ----------
    root : str or path-like
        ``root/cat/1.png``, ``root/cat/more/2.jpg``, ``root/dog/3.png`` make the classes cat and
        dog; ``root/1.png`` and ``root/2.png`` alone have no labels.
    mode : {"RGB", "RGBA", "L"}
        Colours, colours and opacity, or grey. Pictures of other kinds are converted.
    size : (height, width), optional
        Resize all to that; without it each keeps its own.
    transform, target_transform : callable, optional
        Called with one picture (label), each time it is read; see `Dataset`.

    Attributes
    ----------
    paths : list of Path
        Of the pictures, in alphabetical order of class and path.
    classes : tuple of str or None
        What each label stands for.
    data : sequence
        ``data[i]`` reads picture number ``i``: uint8, as `read_image` gives it.
    label : ndarray of int64 or None

    Raises
    ------
    DataError
        If there is no picture, or some are in class folders and others beside them. Reading a
        damaged picture raises it when that picture is asked for, with its path.
    MissingPluginError
        If Pillow is not installed.

    Examples
    --------
    >>> from pygrad.data import DataLoader, formats
    >>> pets = formats.ImageFolder("pets", size=(64, 64))  # doctest: +SKIP
    >>> pets.classes  # doctest: +SKIP
    ('cat', 'dog')
    >>> for images, labels in DataLoader(pets, batch_size=32):  # doctest: +SKIP
    ...     print(images.shape, images.dtype)
    (32, 64, 64, 3) uint8
    """

    def __init__(
        self,
        root: StrPath,
        *,
        mode: str = "RGB",
        size: tuple[int, int] | None = None,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ) -> None:
        _check_settings("ImageFolder", mode, size)
        where = folder_at(root)
        require("PIL.Image", "images", where, "pictures")
        beside = _pictures(where, deep=False)
        folders = sorted(
            (entry for entry in where.iterdir() if entry.is_dir() and entry.name[0] != "."),
            key=lambda entry: entry.name,
        )
        inside = {folder.name: _pictures(folder, deep=True) for folder in folders}
        classes = tuple(name for name, paths in inside.items() if paths)
        if beside and classes:
            raise DataError(
                f"{where}: {beside[0].name} lies beside the class folders {', '.join(classes)}; "
                f"every picture must be in one of them, or all beside one another"
            )
        if not beside and not classes:
            raise DataError(
                f"{where}: there is no picture in it, nor in the folders in it; a picture's name "
                f"ends in {', '.join(SUFFIXES)}"
            )
        self.classes = classes or None
        self.paths = beside or [path for name in classes for path in inside[name]]
        counts = [len(inside[name]) for name in classes]
        labels = np.repeat(np.arange(len(classes)), counts) if classes else None
        pictures = _Pictures(self.paths, mode, size)
        super().__init__(pictures, labels, transform, target_transform)


class _Pictures(Sequence[NDArray[np.uint8]]):
    """Pictures by number, read when asked for."""

    def __init__(self, paths: list[Path], mode: str, size: tuple[int, int] | None) -> None:
        self._paths = paths
        self._mode = mode
        self._size = size

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return read_image(self._paths[index], mode=self._mode, size=self._size)


def _pictures(folder: Path, *, deep: bool) -> list[Path]:
    found = []
    # os.walk follows no links to folders, so it comes to an end
    for parent, folders, files in os.walk(folder):
        if not deep:
            folders.clear()
        folders[:] = [name for name in folders if name[0] != "."]
        found += [
            Path(parent, name)
            for name in files
            if name[0] != "." and name.lower().endswith(SUFFIXES)
        ]
    return sorted(found)


def _check_settings(where: str, mode: str, size: Any) -> None:
    if mode not in MODES:
        raise ArgumentError(f"{where}: mode is {mode!r}; it must be one of {', '.join(MODES)}")
    if size is not None and not (
        isinstance(size, tuple | list)
        and len(size) == 2
        and all(isinstance(n, int | np.integer) and n > 0 for n in size)
    ):
        raise ArgumentError(f"{where}: size is {size!r}; it must be (height, width), in pixels")
