"""CIFAR-10 and CIFAR-100: small colour photographs, in their authors' binary form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pygrad.data.dataset import Dataset, Transform
from pygrad.data.datasets.upstream import StrPath, Upstream, as_dataset, chosen, find
from pygrad.data.unpack import unpack
from pygrad.exceptions import DataError

__all__ = ["cifar10", "cifar100"]

PIXELS = 3 * 32 * 32

# sizes and SHA-256 as TensorFlow Datasets publishes them (url_checksums/cifar*.txt); other
# libraries publish the same
CIFAR10 = Upstream(
    "cifar-10-binary.tar.gz",
    ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
    170052171,
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
)
CIFAR100 = Upstream(
    "cifar-100-binary.tar.gz",
    ("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",),
    168513733,
    "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
)
FILES10 = {
    "train": [f"data_batch_{k}.bin" for k in range(1, 6)],
    "test": ["test_batch.bin"],
}
FOLDERS = {"cifar10": "cifar-10-batches-bin", "cifar100": "cifar-100-binary"}
FILES100 = {"train": ["train.bin"], "test": ["test.bin"]}


def cifar10(
    folder: StrPath | None = None,
    *,
    part: str = "train",
    download: bool = False,
    flatten: bool = False,
    scale: bool = True,
    transform: Transform | None = None,
    target_transform: Transform | None = None,
) -> Dataset:
    """CIFAR-10: 50,000 colour photographs of 32x32 pixels to train on, and 10,000 to test with.

    Parameters
    ----------
    folder : str or path-like, optional
        Where the files of the *binary version* are: ``data_batch_1.bin`` to ``data_batch_5.bin``,
        ``test_batch.bin``. (The version "for Python" is made of pickles, which can run code: it is
        never read.) Without it, this platform's cache folder, which takes the extra
        ``pygrad-data[download]``.
    part : {"train", "test"}
        Which part.
    download : bool
        True downloads the archive (170 MB) if files of this part are not there, and checks its
        SHA-256. Nothing is ever downloaded otherwise.
    flatten : bool
        False gives each image as 3 colours (red, green, blue) of 32 rows of 32; True as 3072
        numbers.
    scale : bool
        True gives float32 from 0 to 1, 614 MB to train on; False the bytes of the file, uint8 from
        0 to 255, a quarter of that.
    transform, target_transform : callable, optional
        Called with one image (label), each time it is read; see `Dataset`.

    Returns
    -------
    Dataset
        ``data`` of shape (50000, 3, 32, 32) or (50000, 3072), ``label`` of shape (50000,), int64:
        0 airplane, 1 automobile, 2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck;
        10000 of each for the test part.

    Raises
    ------
    ArgumentError
        If `part` or `download` is no such thing.
    DataError
        If a file is missing (the message says which, and where it belongs), damaged, or could not
        be downloaded.
    MissingPluginError
        If `folder` is not given and platformdirs is not installed.

    Notes
    -----
    A. Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images,
    https://www.cs.toronto.edu/~kriz/cifar.html, which names no licence and asks to be cited.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> datasets.cifar10("nowhere", part="test")
    Traceback (most recent call last):
    ...
    pygrad.exceptions.DataError: cifar10: ...nowhere lacks test_batch.bin; place...
    """
    names = FILES10[chosen("cifar10", "part", part, list(FILES10))]
    images, labels = _read("cifar10", folder, names, CIFAR10, download, (10,))
    return as_dataset(images, labels[:, 0], flatten, scale, transform, target_transform)


def cifar100(
    folder: StrPath | None = None,
    *,
    part: str = "train",
    coarse: bool = False,
    download: bool = False,
    flatten: bool = False,
    scale: bool = True,
    transform: Transform | None = None,
    target_transform: Transform | None = None,
) -> Dataset:
    """CIFAR-100: photographs as in CIFAR-10, of 100 classes in 20 groups.

    The other parameters, errors and shapes are those of `cifar10`. The files are called
    ``train.bin`` and ``test.bin``, the archive has 169 MB.

    Parameters
    ----------
    coarse : bool
        True gives the group, from 0 to 19, as the label; False the class, from 0 to 99.

    Notes
    -----
    A. Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images,
    https://www.cs.toronto.edu/~kriz/cifar.html, which names no licence and asks to be cited.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> datasets.cifar100("nowhere", part="test")
    Traceback (most recent call last):
    ...
    pygrad.exceptions.DataError: cifar100: ...nowhere lacks test.bin; place...
    """
    names = FILES100[chosen("cifar100", "part", part, list(FILES100))]
    images, labels = _read("cifar100", folder, names, CIFAR100, download, (20, 100))
    label = labels[:, 0 if coarse else 1]
    return as_dataset(images, label, flatten, scale, transform, target_transform)


def _read(
    dataset: str,
    folder: StrPath | None,
    names: list[str],
    upstream: Upstream,
    download: bool,
    classes: tuple[int, ...],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images of shape (n, 3, 32, 32), and labels of shape (n, kinds of label)."""

    def get(where: Path) -> None:
        unpack(upstream.get(where), where, names)

    inside = FOLDERS[dataset]  # where the archive has them
    wanted = [(name, f"{inside}/{name}") for name in names]
    paths = find(dataset, folder, wanted, download, get, upstream.size)
    records = np.concatenate([_records(dataset, path, classes) for path in paths])
    labels = records[:, : len(classes)]
    return records[:, len(classes) :].reshape(-1, 3, 32, 32), labels


def _records(dataset: str, path: Path, classes: tuple[int, ...]) -> NDArray[np.uint8]:
    """The rows of one file: a byte for each kind of label, then the pixels."""
    width = len(classes) + PIXELS
    try:
        size = path.stat().st_size
        if size == 0 or size % width:
            raise DataError(
                f"{dataset}: {path} has {size} bytes, the last {size % width} of them too few for "
                f"an image of {width}; it is damaged, or not of the binary version"
            )
        rows = np.fromfile(path, np.uint8).reshape(-1, width)
    except OSError as error:
        raise DataError(f"{dataset}: {path}: cannot be read ({error})") from error
    wrong = np.argwhere(rows[:, : len(classes)] >= classes)
    if len(wrong):
        row, kind = wrong[0].tolist()
        raise DataError(
            f"{dataset}: {path}, byte {row * width + kind}: the label {rows[row, kind]}; it must "
            f"be from 0 to {classes[kind] - 1}: the file is damaged, or of another data set"
        )
    return rows
