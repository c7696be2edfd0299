"""MNIST and two made in its image: 28x28 grey pixels, in IDX files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pygrad.data.dataset import Dataset, Transform
from pygrad.data.datasets.idx_pairs import read_pair, spellings
from pygrad.data.datasets.upstream import StrPath, Upstream, as_dataset, chosen, find

__all__ = ["fashion_mnist", "kmnist", "mnist"]

PARTS = {"train": "train", "test": "t10k"}


def _four(bases: Sequence[str], sizes_and_sums: Sequence[tuple[int, str]]) -> list[Upstream]:
    names = [
        f"{part}-{content}-ubyte.gz"
        for part in PARTS.values()
        for content in ("images-idx3", "labels-idx1")
    ]
    return [
        Upstream(name, tuple(base + name for base in bases), size, sha256)
        for name, (size, sha256) in zip(names, sizes_and_sums, strict=True)
    ]


# Sizes and SHA-256 as TensorFlow Datasets publishes them (url_checksums/*.txt); other libraries
# publish the same. Images and labels to train on, then those to test with.
MNIST = _four(
    [
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ],
    [
        (9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ],
)
FASHION_MNIST = _four(
    [
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    [
        (26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ],
)
KMNIST = _four(
    [
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ],
    [
        (18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
        (29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        (3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        (5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ],
)


def mnist(
    folder: StrPath | None = None,
    *,
    part: str = "train",
    download: bool = False,
    flatten: bool = True,
    scale: bool = True,
    transform: Transform | None = None,
    target_transform: Transform | None = None,
) -> Dataset:
    """MNIST: 60,000 handwritten digits to train on, and 10,000 to test with.

    Parameters
    ----------
    folder : str or path-like, optional
        Where the files are: ``train-images-idx3-ubyte.gz``, ``train-labels-idx1-ubyte.gz``, and
        ``t10k-...`` likewise, unpacked or not. Without it, this platform's cache folder, which
        takes the extra ``pygrad-data[download]``.
    part : {"train", "test"}
        Which part.
    download : bool
        True downloads the files of this part if they are not there, and checks their SHA-256.
        Nothing is ever downloaded otherwise.
    flatten : bool
        True gives each image as 784 numbers, row after row; False as 28 rows of 28.
    scale : bool
        True gives float32 from 0 (paper) to 1 (ink), 188 MB to train on; False the bytes of the
        file, uint8 from 0 to 255, a quarter of that.
    transform, target_transform : callable, optional
        Called with one image (label), each time it is read; see `Dataset`.

    Returns
    -------
    Dataset
        ``data`` of shape (60000, 784) or (60000, 28, 28), ``label`` of shape (60000,), int64 from
        0 to 9; 10000 of each for the test part.

    Raises
    ------
    ArgumentError
        If `part` or `download` is no such thing.
    DataError
        If a file is missing (the message says which, and where it belongs), damaged, or could not
        be downloaded.
    MissingPluginError
        If `folder` is not given and platformdirs is not installed.

    See Also
    --------
    mnist_5k : 5,000 of the images, which come with PyGrad.

    Notes
    -----
    Y. LeCun, C. Cortes and C. J. C. Burges, http://yann.lecun.com/exdb/mnist/. Licence:
    CC BY-SA 3.0.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> datasets.mnist("nowhere")
    Traceback (most recent call last):
    ...
    pygrad.exceptions.DataError: mnist: ...nowhere lacks train-images-idx3-ubyte.gz and
    train-labels-idx1-ubyte.gz; place them there, say with folder=... where they are, or have
    them downloaded (10 MB) with download=True
    """
    files = _of_part("mnist", part, MNIST)
    return _read("mnist", folder, files, download, flatten, scale, transform, target_transform)


def fashion_mnist(
    folder: StrPath | None = None,
    *,
    part: str = "train",
    download: bool = False,
    flatten: bool = True,
    scale: bool = True,
    transform: Transform | None = None,
    target_transform: Transform | None = None,
) -> Dataset:
    """Fashion-MNIST: 60,000 pictures of clothes to train on, and 10,000 to test with.

    All parameters, errors and shapes are those of `mnist`, and so are the names of the files. The
    labels: 0 T-shirt or top, 1 trousers, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt,
    7 sneaker, 8 bag, 9 ankle boot.

    Notes
    -----
    H. Xiao, K. Rasul and R. Vollgraf (2017), https://arxiv.org/abs/1708.07747,
    https://github.com/zalandoresearch/fashion-mnist. Copyright Zalando SE; licence: MIT.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> datasets.fashion_mnist("nowhere", part="test")
    Traceback (most recent call last):
    ...
    pygrad.exceptions.DataError: fashion_mnist: ...nowhere lacks t10k-images-idx3-ubyte.gz and...
    """
    files = _of_part("fashion_mnist", part, FASHION_MNIST)
    return _read(
        "fashion_mnist", folder, files, download, flatten, scale, transform, target_transform
    )


def kmnist(
    folder: StrPath | None = None,
    *,
    part: str = "train",
    download: bool = False,
    flatten: bool = True,
    scale: bool = True,
    transform: Transform | None = None,
    target_transform: Transform | None = None,
) -> Dataset:
    """Kuzushiji-MNIST: 60,000 Japanese characters in old cursive, and 10,000 to test with.

    All parameters, errors and shapes are those of `mnist`, and so are the names of the files. The
    labels are hiragana: 0 o, 1 ki, 2 su, 3 tsu, 4 na, 5 ha, 6 ma, 7 ya, 8 re, 9 wo.

    Notes
    -----
    T. Clanuwat et al. (2018), https://arxiv.org/abs/1812.01718. "KMNIST Dataset" (created by
    CODH), adapted from "Kuzushiji Dataset" (created by NIJL and others), doi:10.20676/00000341.
    Licence: CC BY-SA 4.0.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> datasets.kmnist("nowhere", part="test")
    Traceback (most recent call last):
    ...
    pygrad.exceptions.DataError: kmnist: ...nowhere lacks t10k-images-idx3-ubyte.gz and...
    """
    files = _of_part("kmnist", part, KMNIST)
    return _read("kmnist", folder, files, download, flatten, scale, transform, target_transform)


def _of_part(dataset: str, part: str, files: list[Upstream]) -> list[Upstream]:
    prefix = PARTS[chosen(dataset, "part", part, list(PARTS))]
    return [file for file in files if file.name.startswith(prefix)]


def _read(
    dataset: str,
    folder: StrPath | None,
    files: list[Upstream],
    download: bool,
    flatten: bool,
    scale: bool,
    transform: Transform | None,
    target_transform: Transform | None,
) -> Dataset:
    def get(where: Path) -> None:
        for file in files:
            file.get(where)

    size = sum(file.size for file in files)
    images, labels = find(
        dataset, folder, [spellings(file.name) for file in files], download, get, size
    )
    pixels, classes = read_pair(dataset, images, labels)
    return as_dataset(pixels, classes, flatten, scale, transform, target_transform)
