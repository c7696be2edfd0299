import re
import tracemalloc
from collections import namedtuple

import numpy as np
import pytest

from pygrad.data import Dataset, Subset
from pygrad.exceptions import ArgumentError, DataError, DtypeError

DATA = np.arange(12.0).reshape(4, 3)


class Squares(Dataset):
    """Its data set after super().__init__(), as documented."""

    def __init__(self, n):
        super().__init__()
        self.data = np.arange(float(n))
        self.label = self.data**2


class Remote(Dataset):
    """Its own __getitem__ and __len__, and no data."""

    def __init__(self, n):
        super().__init__()
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if not 0 <= i < self.n:
            raise IndexError(i)
        return np.full(2, float(i)), i % 2


# ------------------------------------------------------------------------------ one sample


def test_a_sample_is_the_pair_of_data_and_label():
    x, y = Dataset(DATA, [5, 6, 7, 8])[1]
    np.testing.assert_array_equal(x, DATA[1])
    assert y == 6


def test_a_sample_without_a_label_is_the_bare_data():
    np.testing.assert_array_equal(Dataset(DATA)[2], DATA[2])


def test_data_may_be_a_list():
    assert Dataset(["a", "b"], ["x", "y"])[0] == ("a", "x")


def test_a_negative_index_counts_from_the_end():
    assert Dataset(list("abc"))[-1] == "c"
    assert Dataset(list("abc"))[np.int64(-3)] == "a"


def test_what_is_read_from_is_never_asked_for_a_negative_index():
    inner = Remote(4)  # which refuses them
    assert Subset(inner, [0, -1])[-1][1] == 1
    np.testing.assert_array_equal(Subset(inner, [0, -1])[:][1], [0, 1])
    assert Dataset(inner)[-1][1] == 1


@pytest.mark.parametrize("index", [3, -4])
def test_an_index_past_either_end_is_an_index_error(index):
    message = f"Dataset: index {index} is out of range for 3 samples"
    with pytest.raises(IndexError, match=message):
        Dataset(list("abc"))[index]
    with pytest.raises(IndexError, match=message.replace("Dataset", "Subset")):
        Subset(list("abc"), [0, 1, 2])[index]


def test_iteration_ends_at_the_end():
    assert list(Dataset(list("abc"), [0, 1, 2])) == [("a", 0), ("b", 1), ("c", 2)]
    assert list(Subset(list("abc"), [2, 0])) == ["c", "a"]


def test_transforms_are_applied_to_data_and_label():
    dataset = Dataset(["a", "b"], [1, 2], transform=str.upper, target_transform=lambda y: -y)
    assert dataset[0] == ("A", -1)


def test_a_transform_sees_one_sample_in_a_batch_too():
    seen = []
    dataset = Dataset(DATA, transform=lambda x: seen.append(x.shape) or x[:2] * 10)
    np.testing.assert_array_equal(dataset[1:3], DATA[1:3, :2] * 10)
    assert seen == [(3,), (3,)]


def test_data_is_kept_and_not_copied():
    assert Dataset(DATA).data is DATA


# ------------------------------------------------------------------------------ subclasses


def test_a_subclass_may_set_its_data_after_init():
    squares = Squares(4)
    assert len(squares) == 4
    assert squares[3] == (3.0, 9.0)


def test_a_subclass_need_not_call_init():
    class Forgetful(Dataset):
        def __init__(self):
            self.data = [1, 2]

    assert Forgetful()[1] == 2


def test_a_subclass_may_have_a_method_for_a_transform_and_a_property_for_data():
    class Custom(Dataset):
        @property
        def data(self):
            return ["a", "b"]

        def transform(self, x):
            return x.upper()

    assert list(Custom(label=[0, 1])) == [("A", 0), ("B", 1)]


def test_a_getitem_of_its_own_is_used_for_batches_too():
    class Doubled(Dataset):
        def __getitem__(self, i):
            x, y = super().__getitem__(i)
            return x * 2, y

    dataset = Doubled(DATA, [0, 1, 2, 3])
    data, labels = Subset(dataset, [3, 1])[:]
    np.testing.assert_array_equal(data, DATA[[3, 1]] * 2)
    np.testing.assert_array_equal(labels, [3, 1])


def test_a_getitem_of_its_own_is_handed_python_ints():
    kinds = set()

    class Picky(Remote):
        def __getitem__(self, i):
            kinds.add(type(i))
            return super().__getitem__(i)

    Subset(Picky(5), np.array([4, 2]))[:]
    Subset(Picky(5), np.array([4, 2]))[0]
    assert kinds == {int}


# ------------------------------------------------------------------------------ a batch


def test_a_slice_a_list_and_a_mask_give_a_batch():
    dataset = Dataset(DATA, [5, 6, 7, 8])
    for index, rows in [
        (slice(1, 3), [1, 2]),
        (slice(None, None, -2), [3, 1]),
        ([-1, 0], [3, 0]),
        (np.array([0, 0], np.uint8), [0, 0]),
        ([True, False, False, True], [0, 3]),
        (DATA[:, 0] > 2, [1, 2, 3]),
    ]:
        data, labels = dataset[index]
        np.testing.assert_array_equal(data, DATA[rows])
        np.testing.assert_array_equal(labels, np.array([5, 6, 7, 8])[rows])


def test_an_empty_batch_of_arrays_keeps_its_row_shape():
    assert Dataset(DATA)[[]].shape == (0, 3)
    assert Dataset(DATA)[2:1].shape == (0, 3)


@pytest.mark.parametrize("index", [1.5, None, "1", (1, 2), ..., b"1"])
def test_an_index_that_is_none_is_refused(index):
    message = "must be an integer, a slice, a list of integers or a boolean mask"
    with pytest.raises(DtypeError, match=message):
        Dataset(DATA)[index]


def test_a_list_of_floats_is_no_index():
    with pytest.raises(DtypeError, match="indices of dtype float64; they must be integers"):
        Dataset(DATA)[[0.0, 1.0]]


def test_a_slice_gives_a_read_only_view_and_indices_a_copy():
    dataset = Dataset(DATA)
    assert np.shares_memory(dataset[1:3], DATA)
    with pytest.raises(ValueError, match="read-only"):
        dataset[1:3][:] = 0
    picked = dataset[[1, 2]]
    picked[:] = 0
    assert DATA.flags.writeable
    assert DATA[1, 0] == 3.0


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f4", ">f8", "i1", "?", "c8", "M8[D]", "U3", "O"])
def test_a_batch_of_an_array_is_what_numpy_gives(order, dtype):
    data = np.asarray(DATA.astype("i8").astype(dtype), order=order)
    batch = Dataset(data)[[3, 0, 3]]
    assert batch.dtype == data.dtype
    np.testing.assert_array_equal(batch, data[[3, 0, 3]])


def test_a_batch_takes_no_more_memory_than_it_holds():
    # NumPy's take would copy the whole of an array that is not contiguous, for each batch
    for data in (
        np.zeros((5000, 100)),
        np.zeros((5000, 100), order="F"),
        np.zeros((5000, 200))[:, ::2],
    ):
        dataset = Dataset(data)
        tracemalloc.start()
        dataset[[0, 4999]]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 50_000


def test_a_mapped_file_is_read_row_by_row(tmp_path):
    np.save(tmp_path / "x.npy", DATA)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    batch = Dataset(mapped)[[2, 1]]
    assert type(batch) is np.ndarray
    np.testing.assert_array_equal(batch, DATA[[2, 1]])


def test_a_column_that_looks_up_by_label_is_read_by_position():
    class Series:  # the part of pandas.Series that matters: [] by label, iloc by position
        def __init__(self, values, labels):
            self.values, self.labels, self.iloc = np.array(values), labels, np.array(values)

        def __len__(self):
            return len(self.values)

        def __getitem__(self, label):
            return self.values[self.labels.index(label)]

    shuffled = Series([10, 20, 30], labels=[2, 0, 1])
    dataset = Dataset(["a", "b", "c"], shuffled)
    assert dataset[0] == ("a", 10)
    np.testing.assert_array_equal(dataset[:][1], [10, 20, 30])
    np.testing.assert_array_equal(dataset[[2, 0]][1], [30, 10])
    assert Subset(shuffled, [0, 2])[0] == 10
    np.testing.assert_array_equal(Subset(shuffled, [0, 2])[:], [10, 30])


# ------------------------------------------------------------------------------ Subset


def test_a_subset_reads_the_chosen_samples_in_their_order():
    subset = Subset(Dataset(DATA, [5, 6, 7, 8]), [3, -4, 3])
    assert len(subset) == 3
    assert subset[0][1] == 8
    np.testing.assert_array_equal(subset[:][1], [8, 5, 8])
    np.testing.assert_array_equal(subset.data, DATA[[3, 0, 3]])
    np.testing.assert_array_equal(subset.label, [8, 5, 8])


def test_a_subset_of_a_subset_refers_to_the_inner_ones_samples():
    inner = Subset(Dataset(list("abcdef")), [5, 3, 1])
    outer = Subset(inner, [2, 0])
    assert list(outer) == ["b", "f"]
    assert outer[:] == ["b", "f"]
    assert outer.data == ["b", "f"]
    assert outer.label is None


def test_a_subset_of_nothing_is_empty():
    assert len(Subset(DATA, [])) == 0
    assert Subset(DATA, [])[:].shape == (0, 3)


def test_a_subset_takes_a_mask():
    assert list(Subset(list("abc"), [True, False, True])) == ["a", "c"]


def test_a_subset_applies_the_datasets_transform_but_its_data_is_raw():
    subset = Subset(Dataset(["a", "b"], transform=str.upper), [1])
    assert subset[0] == "B"
    assert subset[:] == ["B"]
    assert subset.data == ["b"]


def test_a_subset_is_a_dataset():
    assert isinstance(Subset(DATA, [0]), Dataset)


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([0, 4], ArgumentError, "Subset: index 4 is out of range for 4 samples"),
        ([-5], ArgumentError, "Subset: index -5 is out of range for 4 samples"),
        ([0.5], DtypeError, "Subset: indices of dtype float64; they must be integers"),
        (["a"], DtypeError, "Subset: indices of dtype <U1; they must be integers"),
        ([True], ArgumentError, "Subset: the mask has 1 entries for 4 samples"),
        ([[0, 1]], ArgumentError, r"Subset: indices of shape \(1, 2\); .* one flat sequence"),
        ([[0], [1, 2]], ArgumentError, "Subset: indices must form one flat sequence"),
        (2, ArgumentError, r"Subset: indices of shape \(\); .* one flat sequence"),
        (slice("a", None), DtypeError, "Subset: slice.* is no slice of whole numbers"),
    ],
)
def test_wrong_indices_of_a_subset_are_refused_at_once(indices, error, message):
    with pytest.raises(error, match=message):
        Subset(DATA, indices)


# ------------------------------------------------------------------------------ wrong data


def test_unequal_lengths_name_both_when_used():
    dataset = Dataset(DATA, [1, 2, 3])  # no error yet: a subclass may still set its label
    message = "Dataset: 4 samples of data but 3 labels"
    with pytest.raises(DataError, match=message):
        len(dataset)
    with pytest.raises(DataError, match=message):
        dataset[0]
    with pytest.raises(DataError, match=message):
        dataset[:2]


def test_a_dataset_without_data_says_how_to_get_some():
    class Net(Dataset):
        pass

    with pytest.raises(DataError, match=r"Net: there is no data; pass data=.* self.data"):
        len(Net())
    with pytest.raises(DataError, match="Net: there is no data"):
        Net()[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.float64(3), "Dataset: data: a float64 has no length"),
        (np.array(3.0), "Dataset: data: a ndarray has no length"),
        (7, "Dataset: data: got a int, which cannot be indexed"),
        ({"a": 1}, "Dataset: data: got a dict, whose entries have no numbers"),
        ("digits.csv", "Dataset: data: got a str, whose entries have no numbers"),
        ({1, 2}, "Dataset: data: got a set, which cannot be indexed"),
        (iter([1]), "Dataset: data: got a list_iterator, which cannot be indexed"),
        ((DATA, DATA), r"Dataset: data: got a tuple of 2 arrays; .*Dataset\(data, label\)"),
    ],
)
def test_data_that_has_no_samples_is_refused(data, message):
    with pytest.raises(DataError, match=message):
        len(Dataset(data))
    with pytest.raises(DataError, match=message.replace("Dataset: data", "Subset", 1)):
        Subset(data, [0])


def test_an_error_inside_getitem_says_for_which_sample():
    class Broken(Remote):
        def __getitem__(self, i):
            if i == 2:
                raise KeyError("picture")
            return super().__getitem__(i)

    with pytest.raises(KeyError, match="picture") as caught:
        Subset(Broken(4), [1, 2])[:]
    assert re.search(r"Broken\[2\]", caught.value.__notes__[0])


# ------------------------------------------------------------------------------ collating

Pair = namedtuple("Pair", "left right")


def batch_of(samples):
    """What a batch of these samples is, where each is what __getitem__ returns."""
    return Subset(samples, range(len(samples)))[:]


@pytest.mark.parametrize(
    ("samples", "dtype"),
    [
        ([1, 2], "int64"),
        ([1, 2.5], "float64"),
        ([True, False], "bool"),
        ([1j, 2], "complex128"),
        ([np.float32(1), np.float32(2)], "float32"),
        ([np.ones(3, "f4"), np.zeros(3, "f4")], "float32"),
        ([np.ones(3), np.zeros(3)], "float64"),
        ([np.array(1, "i2"), np.array(2, "i2")], "int16"),
        ([[1, 2], [3, 4]], "int64"),
        ([[[0.5]], [[1.5]]], "float64"),
        ([np.array(None), np.array({})], "object"),
    ],
)
def test_values_are_stacked_in_their_own_dtype(samples, dtype):
    batch = batch_of(samples)
    assert batch.dtype == dtype
    assert batch.shape == (2, *np.shape(samples[0]))
    np.testing.assert_array_equal(batch, np.array([np.asarray(s) for s in samples]))


def test_text_is_gathered_in_a_list_unchanged():
    assert batch_of(["a\0", "long"]) == ["a\0", "long"]
    assert batch_of([b"\0", b""]) == [b"\0", b""]


def test_tuples_and_dicts_are_batched_entry_by_entry():
    batch = batch_of([({"x": 1, "t": "a"}, 0.5), ({"t": "b", "x": 2}, 1.5)])
    assert isinstance(batch, tuple)
    assert batch[0].keys() == {"x", "t"}
    np.testing.assert_array_equal(batch[0]["x"], [1, 2])
    assert batch[0]["t"] == ["a", "b"]
    np.testing.assert_array_equal(batch[1], [0.5, 1.5])


def test_a_named_tuple_stays_one():
    batch = batch_of([Pair(1, "a"), Pair(2, "b")])
    assert type(batch) is Pair
    np.testing.assert_array_equal(batch.left, [1, 2])
    inner = Dataset([Pair(1, 2), Pair(3, 4)])[:]
    assert type(inner) is Pair
    np.testing.assert_array_equal(inner.right, [2, 4])


def test_a_tuple_of_numbers_inside_a_sample_is_a_point():
    # batched entry by entry it would come out transposed
    points = [(0, 0), (0, 1), (1, 0), (1, 1)]
    np.testing.assert_array_equal(Dataset(points, [0, 1, 1, 0])[:][0], points)
    np.testing.assert_array_equal(Dataset(points)[:], points)
    data, labels = batch_of([((0, 1), 5), ((2, 3), 6)])
    np.testing.assert_array_equal(data, [[0, 1], [2, 3]])
    np.testing.assert_array_equal(labels, [5, 6])


def test_a_tuple_sample_is_data_and_label():
    data, labels = batch_of([(0.5, 1), (1.5, 0)])
    np.testing.assert_array_equal(data, [0.5, 1.5])
    np.testing.assert_array_equal(labels, [1, 0])


def test_a_list_of_words_is_stacked():
    np.testing.assert_array_equal(Dataset([["a", "b"], ["c", "d"]])[:], [["a", "b"], ["c", "d"]])


def test_things_that_numpy_can_read_are_stacked():
    class Picture:
        def __array__(self, dtype=None, copy=None):
            return np.ones((2, 2), np.uint8)

    assert batch_of([Picture(), Picture()]).shape == (2, 2, 2)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([np.ones(4), np.ones(5)], r"sample: sample 1 has shape \(5,\) but sample 0 has \(4,\)"),
        ([[1, 2], [3]], r"sample: sample 1 has shape \(1,\) but sample 0 has \(2,\)"),
        ([np.ones(2), [1, 2, 3]], r"sample 1 has shape \(3,\) but sample 0 has \(2,\)"),
        ([[[1], [2, 3]], [[1], [2, 3]]], "sample 0 is a ragged list"),
        ([1, [2]], r"sample 1 has shape \(1,\) but sample 0 has \(\)"),
        ([None, None], "sample 0 is None; .* lack its `return`"),
        ([1, None], "sample 1 is None"),
        ([np.ones(2), None], "sample 1 is None"),
        ([(1, None), (2, None)], r"sample\[1\]: sample 0 is None"),
        ([object(), object()], "sample 0 is a object, which NumPy cannot stack"),
        ([2**70, 1], "sample 0 is a int, which NumPy cannot stack"),
        ([1, "a"], "numbers and text are mixed"),
        ([["a", 1], ["b", 2]], "numbers and text are mixed"),
        (["a", 1], "sample 1 is a int but sample 0 is a str; all samples must be of one kind"),
        ([(1, 2), [1, 2]], "sample 1 is a list but sample 0 is a tuple"),
        ([(1, 2), (1, 2, 3)], "sample 1 has 3 entries but sample 0 has 2"),
        ([{"a": 1}, 5], "sample 1 is a int but sample 0 is a dict"),
        ([{"a": 1}, {"b": 1}], r"sample 1 has the keys \['b'\] but sample 0 has \['a'\]"),
        ([{"a": [1]}, {"a": [1, 2]}], r"sample\['a'\]: sample 1 has shape \(2,\)"),
        ([((1, 2), 0), ((1,), 1)], r"sample\[0\]: sample 1 has shape \(1,\)"),
        ([{1: 2}, None], "sample 1 is a NoneType but sample 0 is a dict"),
    ],
)
def test_samples_that_make_no_batch_are_named(samples, message):
    with pytest.raises(DataError, match=message):
        batch_of(samples)


def test_the_named_sample_is_the_datasets_own_number():
    ragged = Dataset([[1, 2], [3, 4], [5]], label=[0, 1, 2])
    with pytest.raises(DataError, match="data: sample 2 has shape"):
        ragged[[1, 2]]
    with pytest.raises(DataError, match="data: sample 2 has shape"):
        Subset(ragged, [1, 2])[:]


def test_a_batch_of_no_samples_says_so():
    with pytest.raises(DataError, match="sample: there is nothing to make a batch of"):
        Subset(["a"], [])[:]
