"""MNIST and its like, and CIFAR: from files as their publishers make them, and downloaded."""

import functools
import gzip
import hashlib
import http.server
import importlib
import io
import struct
import sys
import tarfile
import threading
import zipfile

import numpy as np
import pytest

from pygrad.data import Dataset, datasets
from pygrad.data.datasets.upstream import Upstream
from pygrad.exceptions import ArgumentError, DataError, MissingPluginError

# the functions of these names hide their modules
cifar_module, emnist_module, mnist_module = (
    importlib.import_module(f"pygrad.data.datasets.{name}") for name in ("cifar", "emnist", "mnist")
)

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 28, 28), np.uint8)
LABELS = np.array([3, 1, 4, 1, 5, 9, 2], np.uint8)
PHOTOS = np.random.default_rng(1).integers(0, 256, (6, 3072), np.uint8)

FAMILY = ["mnist", "fashion_mnist", "kmnist"]
EVERYTHING = [*FAMILY, "emnist", "cifar10", "cifar100"]


def idx(array):
    """An IDX file, written out by the description of the format."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def write_pair(folder, prefix="train", images=IMAGES, labels=LABELS, suffix=".gz"):
    pack = gzip.compress if suffix == ".gz" else bytes
    folder.mkdir(exist_ok=True)
    (folder / f"{prefix}-images-idx3-ubyte{suffix}").write_bytes(pack(idx(images)))
    (folder / f"{prefix}-labels-idx1-ubyte{suffix}").write_bytes(pack(idx(labels)))
    return folder


def cifar10_rows(labels):
    return b"".join(
        bytes([label]) + photo.tobytes() for label, photo in zip(labels, PHOTOS, strict=False)
    )


def write_cifar10(folder):
    folder.mkdir(exist_ok=True)
    for k in range(1, 6):
        (folder / f"data_batch_{k}.bin").write_bytes(cifar10_rows([k, 9]))
    (folder / "test_batch.bin").write_bytes(cifar10_rows([0]))
    return folder


# ------------------------------------------------------------------------------ files people have


@pytest.mark.parametrize("name", FAMILY)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_files_are_read_packed_or_not(tmp_path, name, suffix):
    write_pair(tmp_path, suffix=suffix)
    write_pair(tmp_path, "t10k", IMAGES[:2], LABELS[:2], suffix)
    train = datasets.get(name)(tmp_path)
    assert type(train) is Dataset
    assert (train.data.shape, train.data.dtype) == ((7, 784), np.float32)
    np.testing.assert_allclose(train.data, IMAGES.reshape(7, -1) / 255, rtol=1e-6)
    assert train.label.dtype == np.int64
    np.testing.assert_array_equal(train.label, LABELS)
    assert len(datasets.get(name)(str(tmp_path), part="test")) == 2


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_other_spelling_of_the_names_is_known(tmp_path, suffix):
    for path in list(write_pair(tmp_path, suffix=suffix).iterdir()):
        path.rename(tmp_path / path.name.replace("-idx", ".idx"))
    assert len(datasets.mnist(tmp_path)) == 7


def test_images_may_stay_images_and_bytes(tmp_path):
    kept = datasets.mnist(write_pair(tmp_path), flatten=False, scale=False)
    assert kept.data.dtype == np.uint8
    np.testing.assert_array_equal(kept.data, IMAGES)


def test_transforms_are_passed_on(tmp_path):
    write_pair(tmp_path)
    made = datasets.mnist(tmp_path, transform=np.sum, target_transform=lambda y: -int(y))
    assert made[0] == (made.data[0].sum(), -3)


def test_emnist_stands_upright_and_its_letters_begin_at_0(tmp_path):
    write_pair(tmp_path, "emnist-letters-train")
    write_pair(tmp_path, "emnist-balanced-test")
    letters = datasets.emnist(tmp_path, split="letters", flatten=False, scale=False)
    np.testing.assert_array_equal(letters.data, IMAGES.transpose(0, 2, 1))
    assert letters.data.flags.c_contiguous
    np.testing.assert_array_equal(letters.label, LABELS - 1)
    balanced = datasets.emnist(tmp_path, part="test")
    np.testing.assert_array_equal(balanced.label, LABELS)


def test_emnist_letters_must_not_have_a_0(tmp_path):
    write_pair(tmp_path, "emnist-letters-train", labels=LABELS * 0)
    with pytest.raises(DataError, match=r"emnist: .*labels-idx1-ubyte\.gz: the label 0"):
        datasets.emnist(tmp_path, split="letters")


@pytest.mark.parametrize("inside", ["", "cifar-10-batches-bin"])
def test_cifar10_is_read_from_its_binary_version(tmp_path, inside):
    write_cifar10(tmp_path / inside)
    train = datasets.cifar10(tmp_path)
    assert (train.data.shape, train.data.dtype) == ((10, 3, 32, 32), np.float32)
    assert train.label.tolist() == [1, 9, 2, 9, 3, 9, 4, 9, 5, 9]
    wanted = np.tile(PHOTOS[:2], (5, 1)).reshape(10, 3, 32, 32)
    np.testing.assert_allclose(train.data, wanted / 255, rtol=1e-6)
    test = datasets.cifar10(tmp_path, part="test", flatten=True, scale=False)
    np.testing.assert_array_equal(test.data, PHOTOS[:1])


@pytest.mark.parametrize("inside", ["", "cifar-100-binary"])
def test_cifar100_has_two_kinds_of_label(tmp_path, inside):
    (tmp_path / inside).mkdir(exist_ok=True)
    rows = b"".join(bytes([19 - k, 99 - k]) + PHOTOS[k].tobytes() for k in range(6))
    (tmp_path / inside / "train.bin").write_bytes(rows)
    fine = datasets.cifar100(tmp_path, scale=False, flatten=True)
    assert fine.label.tolist() == [99, 98, 97, 96, 95, 94]
    np.testing.assert_array_equal(fine.data, PHOTOS)
    assert datasets.cifar100(tmp_path, coarse=True).label.tolist() == [19, 18, 17, 16, 15, 14]


# ------------------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize(
    ("name", "missing", "size"),
    [
        ("mnist", "train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz", 10),
        ("fashion_mnist", "train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz", 27),
        ("kmnist", "train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz", 19),
        ("emnist", "emnist-balanced-train-images-idx3-ubyte.gz and emnist-.*-labels-.*", 562),
        ("cifar10", "data_batch_1.bin and .* and data_batch_5.bin", 171),
        ("cifar100", "train.bin", 169),
    ],
)
def test_missing_files_are_named_and_where_they_belong(tmp_path, name, missing, size):
    message = rf"{name}: {tmp_path} lacks {missing}; place them .*\({size} MB\) with download=True"
    with pytest.raises(DataError, match=message):
        datasets.get(name)(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_single_missing_file_is_named_alone(tmp_path):
    (write_pair(tmp_path) / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"lacks train-labels-idx1-ubyte\.gz; place"):
        datasets.mnist(tmp_path)


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"part": "valid"}, "part is 'valid'; it must be one of 'train', 'test'"),
        ({"part": None}, "part is None"),
        ({"download": 1}, "download is 1; it must be True or False"),
        ({"download": "no"}, "download is 'no'; it must be True or False"),
    ],
)
def test_wrong_settings_are_refused(tmp_path, name, options, message):
    with pytest.raises(ArgumentError, match=f"{name}: {message}"):
        datasets.get(name)(tmp_path, **options)


def test_an_unknown_split_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="emnist: split is 'all'; it must be one of 'balanced'"):
        datasets.emnist(tmp_path, split="all")


@pytest.mark.parametrize("name", EVERYTHING)
def test_without_a_folder_platformdirs_is_asked_for(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    with pytest.raises(MissingPluginError, match=rf"{name}: .*pygrad-data\[download\]"):
        datasets.get(name)()


def test_images_and_labels_must_be_of_one_part(tmp_path):
    write_pair(tmp_path, labels=LABELS[:5])
    with pytest.raises(DataError, match=r"has 7 images but .*labels-idx1-ubyte\.gz has 5 labels"):
        datasets.mnist(tmp_path)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (
            LABELS,
            LABELS,
            r"images-idx3.* shape \(7,\) and dtype uint8; it must hold bytes on 3 axes",
        ),
        (IMAGES, IMAGES, r"labels-idx1.* it must hold bytes on 1 axis: is it the right file"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, images, labels, message):
    write_pair(tmp_path, images=images, labels=labels)
    with pytest.raises(DataError, match=f"mnist: {tmp_path}/train-{message}"):
        datasets.mnist(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has 0 bytes"),
        (cifar10_rows([1, 2])[:-1], "has 6145 bytes, the last 3072 of them too few for an image"),
        (cifar10_rows([1, 10]), "byte 3073: the label 10; it must be from 0 to 9"),
    ],
)
def test_a_damaged_cifar_file_is_refused(tmp_path, content, message):
    (tmp_path / "test_batch.bin").write_bytes(content)
    with pytest.raises(DataError, match=rf"cifar10: .*test_batch\.bin(,)? {message}"):
        datasets.cifar10(tmp_path, part="test")


def test_the_pickled_version_of_cifar_is_never_read(tmp_path):
    (tmp_path / "test_batch").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(DataError, match=r"lacks test_batch\.bin"):
        datasets.cifar10(tmp_path, part="test")


# ------------------------------------------------------------------------------ downloads


@pytest.fixture
def mirror(tmp_path):
    """A folder that a server on this machine offers, and the address of a file in it."""
    folder = tmp_path / "mirror"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    running = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)
    )
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    running.folder = folder
    running.upstream = lambda name: _upstream(running, folder / name)
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def _upstream(running, path):
    content = path.read_bytes()
    address = f"http://127.0.0.1:{running.server_address[1]}/{path.name}"
    return Upstream(path.name, (address,), len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("name", FAMILY)
def test_the_mnist_family_is_downloaded_on_request_only(mirror, tmp_path, monkeypatch, name):
    write_pair(mirror.folder)
    files = [mirror.upstream(path.name) for path in sorted(mirror.folder.iterdir())]
    monkeypatch.setattr(mnist_module, name.upper(), files)
    with pytest.raises(DataError, match="lacks"):
        datasets.get(name)(tmp_path / "here")
    assert len(datasets.get(name)(tmp_path / "here", download=True)) == 7
    mirror.shutdown()
    assert len(datasets.get(name)(tmp_path / "here")) == 7
    assert len(datasets.get(name)(tmp_path / "here", download=True)) == 7


def test_the_cache_folder_is_used_where_no_folder_is_given(mirror, tmp_path, monkeypatch):
    pytest.importorskip("platformdirs", reason="platformdirs knows the folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_pair(mirror.folder)
    files = [mirror.upstream(path.name) for path in sorted(mirror.folder.iterdir())]
    monkeypatch.setattr(mnist_module, "MNIST", files)
    assert len(datasets.mnist(download=True)) == 7
    assert len(datasets.mnist()) == 7


def test_cifar_is_downloaded_and_unpacked(mirror, tmp_path, monkeypatch):
    inside = write_cifar10(tmp_path / "cifar-10-batches-bin")
    with tarfile.open(mirror.folder / "c.tar.gz", "w:gz") as archive:
        archive.add(inside, inside.name)
    monkeypatch.setattr(cifar_module, "CIFAR10", mirror.upstream("c.tar.gz"))
    assert len(datasets.cifar10(tmp_path / "here", download=True)) == 10
    assert len(datasets.cifar10(tmp_path / "here", part="test", download=True)) == 1
    assert len(datasets.cifar10(tmp_path / "here")) == 10


def test_emnist_is_downloaded_and_unpacked(mirror, tmp_path, monkeypatch):
    inside = write_pair(tmp_path / "gzip", "emnist-digits-test")
    with zipfile.ZipFile(mirror.folder / "gzip.zip", "w") as archive:
        for path in inside.iterdir():
            archive.write(path, f"gzip/{path.name}")
    monkeypatch.setattr(emnist_module, "EMNIST", mirror.upstream("gzip.zip"))
    made = datasets.emnist(tmp_path / "here", split="digits", part="test", download=True)
    np.testing.assert_array_equal(made.label, LABELS)


def test_an_archive_that_climbs_out_is_refused(mirror, tmp_path, monkeypatch):
    with tarfile.open(mirror.folder / "c.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("../../test_batch.bin")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    monkeypatch.setattr(cifar_module, "CIFAR10", mirror.upstream("c.tar.gz"))
    with pytest.raises(DataError, match="leads out of the archive's folder"):
        datasets.cifar10(tmp_path / "here", part="test", download=True)
    assert not (tmp_path / "test_batch.bin").exists()


def test_every_upstream_file_has_its_sum_size_and_address():
    families = [mnist_module.MNIST, mnist_module.FASHION_MNIST, mnist_module.KMNIST]
    singles = [emnist_module.EMNIST, cifar_module.CIFAR10, cifar_module.CIFAR100]
    everything = [file for family in families for file in family] + singles
    assert [len(family) for family in families] == [4, 4, 4]
    for file in everything:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.size > 4000
        assert file.addresses[0].startswith("https://")
        assert all(address.endswith("/" + file.name) for address in file.addresses)
    assert len({file.sha256 for file in everything}) == len(everything)
