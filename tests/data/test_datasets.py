import hashlib
import inspect
from pathlib import Path

import numpy as np
import pytest

import pygrad.data
from pygrad.data import DataLoader, Dataset, datasets, hookspecs
from pygrad.data.datasets import bundled
from pygrad.exceptions import DataError, UnknownNameError

FOLDER = Path(datasets.__file__).parent


# ------------------------------------------------------------------------------ digits


def test_digits_are_1797_images_with_their_labels():
    digits = datasets.digits()
    assert isinstance(digits, Dataset)
    assert len(digits) == 1797
    assert (digits.data.shape, digits.data.dtype) == ((1797, 64), np.float32)
    assert (digits.label.shape, digits.label.dtype) == ((1797,), np.int64)
    assert (digits.data.min(), digits.data.max()) == (0.0, 1.0)
    counts = np.bincount(digits.label)
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digits_may_stay_images():
    images = datasets.digits(flatten=False).data
    assert images.shape == (1797, 8, 8)
    np.testing.assert_array_equal(images.reshape(-1, 64), datasets.digits().data)


def test_digits_take_transforms():
    digits = datasets.digits(transform=np.sum, target_transform=lambda y: y == 0)
    x, y = digits[0]
    assert (x, y) == (digits.data[0].sum(), True)


def test_each_call_gives_arrays_of_its_own():
    first = datasets.digits()
    first.data[:] = 0
    first.label[:] = 0
    assert datasets.digits().data.any()
    assert datasets.digits().label.any()


def test_digits_are_those_of_scikit_learn():
    sklearn = pytest.importorskip(
        "sklearn.datasets", reason="scikit-learn, which the digits come from, is not installed"
    )
    theirs = sklearn.load_digits()
    ours = datasets.digits(flatten=False)
    np.testing.assert_array_equal(ours.data * 16, theirs.images)
    np.testing.assert_array_equal(ours.label, theirs.target)


def test_digits_are_loaded_in_batches():
    data, labels = next(iter(DataLoader(datasets.digits(), 32)))
    assert data.shape == (32, 64)
    assert labels.shape == (32,)


def test_licence_and_source_are_beside_the_file():
    text = (FOLDER / "digits.txt").read_text(encoding="utf-8")
    for fact in ["Alpaydin", "Kaynak", "CC BY 4.0", "10.24432/C50P49", "scikit-learn", "1797"]:
        assert fact in text


def test_the_package_stays_small():
    assert (FOLDER / "digits.npz").stat().st_size < 50_000


# ------------------------------------------------------------------------------ a damaged file


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:1000],
        lambda content: b"",
        lambda content: content[:500] + bytes([content[500] ^ 1]) + content[501:],
        lambda content: content + b"\0",
        lambda content: b"cos\nsystem\n(S'true'\ntR.",
    ],
    ids=["cut", "empty", "one bit", "longer", "a pickle"],
)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path, monkeypatch, damage):
    content = damage((FOLDER / "digits.npz").read_bytes())
    (tmp_path / "digits.npz").write_bytes(content)
    monkeypatch.setattr(bundled, "FOLDER", tmp_path)
    with pytest.raises(DataError) as caught:
        datasets.digits()
    message = str(caught.value)
    assert str(tmp_path / "digits.npz") in message
    assert (
        f"its {len(content)} bytes have the SHA-256 {hashlib.sha256(content).hexdigest()}"
        in message
    )
    assert message.endswith("install pygrad-data again")


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(bundled, "FOLDER", tmp_path)
    with pytest.raises(DataError, match=r"digits\.npz: cannot be read .*install pygrad-data again"):
        datasets.digits()


def test_a_file_is_never_unpickled(tmp_path, monkeypatch):
    np.savez(tmp_path / "x.npz", x=np.array([{}], object))
    sha256 = hashlib.sha256((tmp_path / "x.npz").read_bytes()).hexdigest()
    monkeypatch.setattr(bundled, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        bundled.load_bundled("x.npz", sha256)


# ------------------------------------------------------------------------------ by name


def test_digits_are_registered_under_their_name():
    assert "digits" in datasets.names()
    assert datasets.get("digits") is datasets.digits
    assert len(datasets.get("digits")()) == 1797


def test_an_unknown_name_says_what_is_near():
    with pytest.raises(UnknownNameError, match=r"there is no dataset called 'digit'.*digits"):
        datasets.get("digit")


def test_every_hook_says_what_it_is_for():
    for name in hookspecs.__all__:
        assert getattr(hookspecs, name).__doc__


# ------------------------------------------------------------------------------ the door


def test_the_door_names_what_it_exposes():
    assert pygrad.data.__all__ == sorted(pygrad.data.__all__)
    exposed = {
        name
        for name, thing in vars(pygrad.data).items()
        if not name.startswith("_") and not inspect.ismodule(thing)
    }
    assert exposed <= set(pygrad.data.__all__)
    for name in pygrad.data.__all__:
        assert hasattr(pygrad.data, name)
    assert datasets.__all__ == sorted(datasets.__all__)
