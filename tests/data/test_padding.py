"""Samples put together otherwise than by stacking: collate_fn, padding, dtype."""

import numpy as np
import pytest

from pygrad.data import DataLoader, Dataset, PadCollate, Padded, Subset, collate
from pygrad.exceptions import DataError


def test_ragged_samples_are_padded_and_come_with_their_lengths():
    ragged = [np.array([1, 2, 3]), np.array([4]), np.array([], np.int64)]
    batch = PadCollate(value=-1)(ragged)
    assert type(batch) is Padded
    np.testing.assert_array_equal(batch.data, [[1, 2, 3], [4, -1, -1], [-1, -1, -1]])
    np.testing.assert_array_equal(batch.lengths, [3, 1, 0])
    assert batch.data.dtype == batch.lengths.dtype == np.int64


def test_every_batch_has_the_same_form_whether_lengths_differ_or_not():
    data = Dataset([[1.5], [2.5], [1.0, 2.0]], [0, 1, 2])
    for (x, lengths), labels in DataLoader(data, 2, shuffle=False, collate_fn=PadCollate()):
        assert x.shape == (len(labels), lengths.max())
        assert x.dtype == np.float64


def test_only_the_first_axis_is_padded():
    batch = PadCollate()([np.ones((2, 3), "f4"), np.ones((1, 3), "f4")])
    assert batch.data.shape == (2, 2, 3)
    assert batch.data.dtype == np.float32
    assert batch.data.sum() == 9


def test_empty_lists_do_not_make_floats_of_integers():
    assert PadCollate()([[1, 2], []]).data.dtype == np.int64


def test_numbers_text_and_points_are_batched_as_usual():
    samples = [{"a": 1, "t": "x", "p": (1, 2), "r": [1]}, {"a": 2, "t": "y", "p": (3, 4), "r": []}]
    batch = PadCollate()(samples)
    assert batch["t"] == ["x", "y"]
    np.testing.assert_array_equal(batch["a"], [1, 2])
    np.testing.assert_array_equal(batch["p"], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(batch["r"].data, [[1], [0]])


def test_only_says_which_entries_are_padded():
    samples = [([1, 2], [0, 0]), ([3], [1, 1])]
    padded, stacked = PadCollate(only={0})(samples)
    assert type(padded) is Padded
    np.testing.assert_array_equal(stacked, [[0, 0], [1, 1]])
    with pytest.raises(DataError, match=r"sample\[0\]: sample 1 has shape \(1,\)"):
        PadCollate(only={1})(samples)
    by_key = PadCollate(only={"a"})([{"b": [1], "a": [1]}, {"b": [2], "a": []}])
    np.testing.assert_array_equal(by_key["b"], [[1], [2]])
    np.testing.assert_array_equal(by_key["a"].lengths, [1, 0])


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (
            [np.ones((2, 3)), np.ones((2, 4))],
            r"sample 1 of the batch has shape \(2, 4\) but sample",
        ),
        ([[1], 2], r"sample: sample 1 of the batch has shape \(\)"),
        ([[[1], [1, 2]], [1]], "sample 0 of the batch is a ragged list"),
        ([["a"], ["b", "c"]], "of dtype <U1; only numbers can be padded"),
        ([([1], 2), ([1],)], "sample 1 has 1 entries but sample 0 has 2"),
        ([], "there is nothing to make a batch of"),
    ],
)
def test_what_cannot_be_padded_is_named(samples, message):
    with pytest.raises(DataError, match=message):
        PadCollate()(samples)


def test_a_collate_fn_is_given_the_samples_of_its_batch():
    calls = []

    def gather(samples):
        calls.append(samples)
        return collate(samples)

    dataset = Subset(Dataset(["a", "b", "c"], [0, 1, 2], str.upper), [2, 0])
    (batch,) = DataLoader(dataset, 2, shuffle=False, collate_fn=gather)
    assert calls == [[("C", 2), ("A", 0)]]
    assert batch[0] == ["C", "A"]


def test_collate_numbers_its_samples_where_nobody_does():
    with pytest.raises(DataError, match="sample 1 is a int but sample 0 is a str"):
        collate(["a", 1])


def test_pin_dtype_converts_floats_and_nothing_else():
    samples = [({"x": 0.5, "n": 1, "t": "a"}, np.float16(1))] * 2
    ((entry, half),) = DataLoader(samples, 2, pin_dtype=np.float32)
    assert entry["x"].dtype == half.dtype == np.float32
    assert entry["n"].dtype == np.int64
    assert entry["t"] == ["a", "a"]
    (padded,) = DataLoader([[1.0], []], 2, collate_fn=PadCollate(), pin_dtype="f4")
    assert type(padded) is Padded
    assert padded.data.dtype == np.float32


def test_pin_dtype_does_not_copy_what_has_it():
    data = np.zeros((4, 2), np.float32)
    for batch in DataLoader(data, 2, shuffle=False, pin_dtype=np.float32):
        assert np.shares_memory(batch, data)
