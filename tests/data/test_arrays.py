"""ArrayDataset, and MemmapDataset, which is one over files."""

import copy
import gc
import multiprocessing
import os
import pickle
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pygrad.data import ArrayDataset, ConcatDataset, DataLoader, MemmapDataset, Subset
from pygrad.data.mapped import KEPT
from pygrad.exceptions import DataError

X, Y, W = np.arange(12.0).reshape(4, 3), np.arange(4), np.array([1.0, 1.0, 2.0, 2.0])


@pytest.fixture
def on_disk(tmp_path):
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    return tmp_path


# ------------------------------------------------------------------------------ ArrayDataset


def test_one_array_gives_bare_rows_and_several_give_tuples():
    np.testing.assert_array_equal(ArrayDataset(X)[1], X[1])
    x, y = ArrayDataset(X, Y)[-1]
    np.testing.assert_array_equal(x, X[3])
    assert y == 3
    x, y, w = ArrayDataset(X, Y, W)[2]
    assert (x.tolist(), y, w) == (X[2].tolist(), 2, 2.0)


@settings(deadline=None)
@given(st.lists(st.integers(-4, 3), max_size=6))
def test_a_batch_is_what_indexing_each_array_gives(indices):
    batch = ArrayDataset(X, Y, W)[indices]
    assert isinstance(batch, tuple)
    for found, array in zip(batch, (X, Y, W), strict=True):
        np.testing.assert_array_equal(found, array[np.array(indices, int)])
        assert found.dtype == array.dtype


def test_arrays_are_kept_and_their_slices_are_read_only_views():
    dataset = ArrayDataset(X, Y)
    assert dataset.arrays[0] is dataset.data is X
    assert dataset.label is Y
    batch = dataset[1:3][0]
    assert np.shares_memory(batch, X)
    assert not batch.flags.writeable


def test_lists_become_arrays():
    dataset = ArrayDataset([[1, 2], [3, 4]], ["a", "b"])
    assert dataset.data.dtype == np.int64
    assert dataset[1][1] == "b"


def test_transforms_see_the_rows_of_the_first_two_arrays():
    dataset = ArrayDataset(X, Y, W, transform=lambda x: x.sum(), target_transform=lambda y: -int(y))
    assert dataset[1] == (12.0, -1, 1.0)
    x, y, w = dataset[[1, 2]]
    assert (x.tolist(), y.tolist(), w.tolist()) == ([12.0, 21.0], [-1, -2], [1.0, 2.0])


def test_a_subclass_with_a_getitem_of_its_own_is_asked_for_each_sample():
    class Doubled(ArrayDataset):
        def __getitem__(self, i):
            return super().__getitem__(i) * 2

    np.testing.assert_array_equal(Subset(Doubled(X), [3, 1])[:], X[[3, 1]] * 2)


def test_loaders_and_subsets_read_it():
    batches = list(DataLoader(Subset(ArrayDataset(X, Y, W), [3, 0, 1]), 2, shuffle=False))
    assert [[len(column) for column in batch] for batch in batches] == [[2, 2, 2], [1, 1, 1]]
    np.testing.assert_array_equal(batches[0][0], X[[3, 0]])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((), "ArrayDataset: there is no array"),
        ((X, Y[:3]), "ArrayDataset: arrays of lengths 4, 3; they must all have one row"),
        ((X, 3), "ArrayDataset: array 1 is a single int64"),
        (([[1], [1, 2]],), "ArrayDataset: array 0: .*all rows must be of one shape"),
        (([None, {}],), "ArrayDataset: array 0 holds Python objects"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_at_once(arrays, message):
    with pytest.raises(DataError, match=message):
        ArrayDataset(*arrays)


def test_an_index_past_the_end_is_an_index_error():
    with pytest.raises(IndexError, match="ArrayDataset: index 4 is out of range for 4 samples"):
        ArrayDataset(X)[4]
    assert len(list(ArrayDataset(X))) == 4


# ------------------------------------------------------------------------------ MemmapDataset


def test_a_mapped_file_is_read_as_its_array_is(on_disk):
    mapped = MemmapDataset(on_disk / "x.npy", str(on_disk / "y.npy"))
    plain = ArrayDataset(X, Y)
    assert len(mapped) == 4
    for index in (1, -1, slice(1, 3), [3, 0, 3], [], Y > 1):
        for found, wanted in zip(mapped[index], plain[index], strict=True):
            np.testing.assert_array_equal(found, wanted)
            assert type(found) is type(wanted)


def test_nothing_but_the_header_is_read_at_first(tmp_path):
    big = np.lib.format.open_memmap(tmp_path / "big.npy", "w+", np.float32, (1_000_000, 1000))
    big[123_456] = 7  # the rest is a hole: 4 GB that take no space
    del big
    dataset = MemmapDataset(tmp_path / "big.npy")
    assert len(dataset) == 1_000_000
    np.testing.assert_array_equal(dataset[[123_456, 5]], np.repeat([[7.0], [0.0]], 1000, 1))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f4", ">i2", "?", "U3", "M8[D]"])
def test_every_layout_and_dtype_can_be_mapped(tmp_path, order, dtype):
    array = np.asarray(X.astype(int).astype(dtype), order=order)
    np.save(tmp_path / "a.npy", array)
    batch = MemmapDataset(tmp_path / "a.npy")[[2, 0]]
    assert batch.dtype == array.dtype
    np.testing.assert_array_equal(batch, array[[2, 0]])


def test_a_batch_outlives_the_dataset_and_the_memory_given_back(on_disk):
    dataset = MemmapDataset(on_disk / "x.npy")
    view = dataset[1:3]
    dataset.files[0].count(KEPT)
    np.testing.assert_array_equal(view, X[1:3])
    del dataset
    gc.collect()
    np.testing.assert_array_equal(view, X[1:3])


def test_a_copy_opens_the_files_again_and_sends_no_data(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((1000, 1000)))
    dataset = MemmapDataset(tmp_path / "x.npy", transform=np.sum)
    sent = pickle.dumps(dataset)
    assert len(sent) < 2000
    for again in (pickle.loads(sent), copy.deepcopy(dataset)):
        assert again[0] == 0
        assert len(again) == 1000


def test_another_process_reads_the_same(on_disk):
    dataset = MemmapDataset(on_disk / "x.npy", on_disk / "y.npy", transform=np.sum)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(len, (dataset,)) == 4


def test_a_subclass_keeps_what_is_its_own(on_disk):
    class Named(MemmapDataset):
        name = "?"

    dataset = Named(on_disk / "x.npy")
    dataset.name = "n"
    again = copy.copy(dataset)
    assert (again.name, len(again)) == ("n", 4)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("shuffle", [False, True])
def test_reading_a_large_file_takes_little_memory(tmp_path, shuffle):
    rows, row = 40_000, 2_000  # 320 MB
    big = np.lib.format.open_memmap(tmp_path / "big.npy", "w+", np.float32, (rows, row))
    big[:] = 1
    big.flush()
    del big
    loader = DataLoader(MemmapDataset(tmp_path / "big.npy"), 64, shuffle=shuffle, seed=0)
    before, most = _resident(), 0
    for batch in loader:
        assert batch[0, 0] == 1
        most = max(most, _resident() - before)
    assert most < 150e6


def _resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_a_row_that_has_gone_is_an_error_and_no_crash(on_disk):
    dataset = MemmapDataset(on_disk / "x.npy")
    os.truncate(on_disk / "x.npy", 160)
    with pytest.raises(DataError, match=r"x\.npy: row 3 is no longer there"):
        dataset[[0, 3]]


def test_files_are_closed_with_the_dataset(on_disk):
    number = MemmapDataset(on_disk / "x.npy").files[0].number
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(number)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"x\.npy: there is no such file"),
        (b"", r"x\.npy: no \.npy file that can be mapped"),
        (b"PK\3\4" + b"\0" * 100, r"x\.npy: no \.npy file that can be mapped"),
        (b"cos\nsystem\n(S'true'\ntR.", r"x\.npy: no \.npy file"),
    ],
)
def test_a_file_that_cannot_be_mapped_is_named(tmp_path, content, message):
    if content is not None:
        (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(DataError, match=f"MemmapDataset: .*{message}"):
        MemmapDataset(tmp_path / "x.npy")


def test_a_file_shorter_than_it_says_is_refused(on_disk):
    content = (on_disk / "x.npy").read_bytes()
    (on_disk / "x.npy").write_bytes(content[:-1])
    with pytest.raises(DataError, match=r"x\.npy: no \.npy file that can be mapped \(mmap length"):
        MemmapDataset(on_disk / "x.npy")


def test_python_objects_cannot_be_mapped(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}, {}], object), allow_pickle=True)
    with pytest.raises(DataError, match=r"x\.npy: no \.npy file .*objects"):
        MemmapDataset(tmp_path / "x.npy")


def test_no_path_and_unequal_lengths_are_refused(on_disk):
    with pytest.raises(DataError, match="MemmapDataset: there is no array"):
        MemmapDataset()
    np.save(on_disk / "y.npy", Y[:2])
    with pytest.raises(DataError, match="MemmapDataset: arrays of lengths 4, 2"):
        MemmapDataset(on_disk / "x.npy", on_disk / "y.npy")


def test_an_empty_file_has_no_samples(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((0, 3)))
    assert len(MemmapDataset(tmp_path / "x.npy")) == 0


def test_mapped_files_can_be_joined(on_disk):
    both = ConcatDataset([MemmapDataset(on_disk / "x.npy")] * 2)
    np.testing.assert_array_equal(both[[0, 5]], X[[0, 1]])
