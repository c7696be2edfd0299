"""EMNIST: letters and digits in MNIST's form; in its files the images lie on their side."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pygrad.data.dataset import Dataset, Transform
from pygrad.data.datasets.idx_pairs import read_pair, spellings
from pygrad.data.datasets.upstream import StrPath, Upstream, as_dataset, chosen, find
from pygrad.data.unpack import unpack
from pygrad.exceptions import DataError

__all__ = ["emnist"]

SPLITS = ("balanced", "byclass", "bymerge", "digits", "letters", "mnist")

# size and SHA-256 as TensorFlow Datasets publishes them (url_checksums/emnist.txt)
EMNIST = Upstream(
    "gzip.zip",
    (
        "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
        "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip",
    ),
    561753746,
    "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
)


def emnist(
    folder: StrPath | None = None,
    *,
    split: str = "balanced",
    part: str = "train",
    download: bool = False,
    flatten: bool = True,
    scale: bool = True,
    transform: Transform | None = None,
    target_transform: Transform | None = None,
) -> Dataset:
    """EMNIST: handwritten letters and digits, up to 814,255 of them.

    The other parameters and the errors are those of `mnist`. The files are called
    ``emnist-balanced-train-images-idx3-ubyte.gz`` and so on. A download is one archive of 562 MB
    with all of them; it is kept.

    Parameters
    ----------
    split : {"balanced", "byclass", "bymerge", "digits", "letters", "mnist"}
        Which characters: "balanced" has 47 classes (digits, capitals, and those small letters
        that look different), 112,800 to train on; "bymerge" the same classes, 697,932; "byclass"
        62 (digits, capitals, small letters), 697,932; "digits" 10, 240,000; "letters" 26,
        124,800; "mnist" 10, 60,000.

    Returns
    -------
    Dataset
        As for `mnist`. The images stand upright, which in the files they do not. The labels of
        "letters" begin at 0 for "a", which in the files is 1.

    Notes
    -----
    G. Cohen, S. Afshar, J. Tapson and A. van Schaik (2017), https://arxiv.org/abs/1702.05373, from
    NIST Special Database 19, https://www.nist.gov/itl/products-and-services/emnist-dataset, which
    names no licence.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> datasets.emnist("nowhere", split="letters")
    Traceback (most recent call last):
    ...
    pygrad.exceptions.DataError: emnist: ...lacks emnist-letters-train-images-idx3-ubyte.gz and...
    """
    chosen("emnist", "split", split, SPLITS)
    chosen("emnist", "part", part, ["train", "test"])
    names = [f"emnist-{split}-{part}-{kind}-ubyte.gz" for kind in ("images-idx3", "labels-idx1")]

    def get(where: Path) -> None:
        unpack(EMNIST.get(where), where, names)

    wanted = [spellings(name) for name in names]
    images, labels = find("emnist", folder, wanted, download, get, EMNIST.size)
    pixels, classes = read_pair("emnist", images, labels)
    if split == "letters":
        if classes.size and classes.min() == 0:
            raise DataError(f"emnist: {labels}: the label 0, which this file must not have")
        classes = classes - 1
    upright = np.ascontiguousarray(pixels.transpose(0, 2, 1))
    return as_dataset(upright, classes, flatten, scale, transform, target_transform)
