"""ConcatDataset and IterableDataset."""

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pygrad.data import (
    ArrayDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    ratio_split,
)
from pygrad.exceptions import DataError

A = Dataset(np.arange(6.0).reshape(3, 2), [0, 1, 2])
B = Dataset(np.arange(6.0, 14).reshape(4, 2), [3, 4, 5, 6])


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), st.data(), st.sampled_from([list, set]))
def test_samples_and_batches_are_those_of_one_long_dataset(lengths, data, kind):
    total = sum(lengths)
    starts = np.cumsum([0, *lengths])
    parts = [
        Dataset(np.arange(s, s + n, dtype=float), np.arange(s, s + n))
        for s, n in zip(starts, lengths, strict=False)
    ]
    both = ConcatDataset(parts)
    assert len(both) == total
    assert [y for _, y in both] == list(range(total))
    if total:
        wanted = list(kind(data.draw(st.lists(st.integers(-total, total - 1)))))
        x, y = both[wanted]
        np.testing.assert_array_equal(y, np.arange(total)[np.array(wanted, int)])
        np.testing.assert_array_equal(x, y)
        cut = slice(*sorted(data.draw(st.tuples(st.integers(0, total), st.integers(0, total)))))
        np.testing.assert_array_equal(both[cut][1], np.arange(total)[cut])


def test_what_lies_in_one_part_is_a_view_of_it():
    assert np.shares_memory(ConcatDataset([A, B])[4:6][0], B.data)
    assert not np.shares_memory(ConcatDataset([A, B])[2:4][0], B.data)


def test_every_structure_of_a_sample_is_joined():
    Pair = namedtuple("Pair", "x t")

    class Rows(Dataset):
        def __init__(self, rows):
            self.data = rows

        def __getitem__(self, i):
            return self.data[i]

    first = Rows([Pair({"a": np.ones(2), "n": 1}, "one")])
    second = Rows([Pair({"n": 2, "a": np.zeros(2)}, "two"), Pair({"a": np.ones(2), "n": 3}, "x")])
    batch = ConcatDataset([first, second])[[2, 0, 1]]
    assert type(batch) is Pair
    assert batch.x["n"].tolist() == [3, 1, 2]
    assert batch.x["a"].tolist() == [[1, 1], [1, 1], [0, 0]]
    assert batch.t == ["x", "one", "two"]


def test_each_part_has_its_own_transform():
    both = ConcatDataset([Dataset([1, 2], transform=lambda x: -x), Dataset([3])])
    assert list(both) == [-1, -2, 3]
    assert both[:].tolist() == [-1, -2, 3]


def test_parts_may_be_anything_with_a_length_and_numbers():
    both = ConcatDataset([[1, 2], np.array([3, 4]), Subset([5, 6, 7], [2]), ConcatDataset([[8]])])
    assert [int(x) for x in both] == [1, 2, 3, 4, 7, 8]
    assert both[::-1].tolist() == [8, 7, 4, 3, 2, 1]


def test_its_labels_are_those_of_all_parts():
    both = ConcatDataset([A, B])
    np.testing.assert_array_equal(both.label, np.arange(7))
    np.testing.assert_array_equal(both.data, np.arange(14.0).reshape(7, 2))
    assert ConcatDataset([A, [1, 2]]).label is None
    assert ConcatDataset([Dataset(["a"], [0]), Dataset(["b"], [1])]).data == ["a", "b"]
    train, _ = ratio_split(ConcatDataset([A, A]), 0.5, 0.5, stratify=True, seed=0)
    assert sorted(train.label) == [0, 1, 2]


def test_a_loader_reads_each_sample_once():
    seen = np.concatenate([y for _, y in DataLoader(ConcatDataset([A, B]), 3, seed=0)])
    assert sorted(seen.tolist()) == list(range(7))


def test_three_arrays_stay_three():
    both = ConcatDataset([ArrayDataset([1], [2], [3]), ArrayDataset([4], [5], [6])])
    assert [column.tolist() for column in both[:]] == [[1, 4], [2, 5], [3, 6]]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "ConcatDataset: there is no dataset"),
        ([A, 5], "ConcatDataset: dataset 1: got a int, which cannot be indexed"),
        ([A, iter([1])], "ConcatDataset: dataset 1: got a list_iterator"),
    ],
)
def test_parts_that_are_none_are_refused_at_once(parts, message):
    with pytest.raises(DataError, match=message):
        ConcatDataset(parts)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ([1, 2], "sample: dataset 0 gives 2 values but dataset 1 gives rows of shape"),
        (Dataset(np.ones((2, 3)), [0, 0]), r"sample\[0\]: dataset 0 gives rows of shape \(2,\)"),
        (Dataset(["a", "b"], [0, 0]), r"sample\[0\]: .* dataset 1 gives text"),
    ],
)
def test_parts_that_do_not_fit_together_are_named(other, message):
    with pytest.raises(DataError, match=f"ConcatDataset: {message}.*must be alike"):
        ConcatDataset([A, other])[:]


def test_an_index_past_the_end_is_an_index_error():
    with pytest.raises(IndexError, match="ConcatDataset: index 7 is out of range for 7 samples"):
        ConcatDataset([A, B])[7]


# ------------------------------------------------------------------------------ streams


def count_to_three():
    yield from [1, 2, 3]


def test_each_iteration_opens_the_stream_again():
    stream = IterableDataset(count_to_three)
    assert list(stream) == list(stream) == [1, 2, 3]
    first, second = iter(stream), iter(stream)
    assert (next(first), next(first), next(second)) == (1, 2, 1)


def test_a_list_can_be_a_stream():
    assert list(IterableDataset([1, 2])) == [1, 2]


def test_transforms_are_applied_to_pairs_and_to_bare_samples():
    pairs = IterableDataset([(1, 2)], transform=lambda x: x * 10, target_transform=lambda y: -y)
    assert list(pairs) == [(10, -2)]
    assert list(IterableDataset([(1, 2)], target_transform=lambda y: -y)) == [(1, -2)]
    assert list(IterableDataset(["a", "b"], transform=str.upper)) == ["A", "B"]
    triples = IterableDataset([(1, 2, 3)], transform=sum)
    assert list(triples) == [6]


def test_a_subclass_may_write_its_own_iter():
    class Mine(IterableDataset):
        def __iter__(self):
            return iter("ab")

    assert list(Mine()) == ["a", "b"]


def test_a_loader_makes_batches_of_a_stream():
    loader = DataLoader(IterableDataset(count_to_three), 2)
    assert [[batch.tolist() for batch in loader] for epoch in range(2)] == [[[1, 2], [3]]] * 2


def test_it_has_no_length_and_no_numbers():
    with pytest.raises(DataError, match="Subset: got a IterableDataset, which cannot be indexed"):
        Subset(IterableDataset([1]), [0])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (iter([1]), "source is a list_iterator, whose samples come only once; pass the function"),
        (count_to_three(), "source is a generator, whose samples come only once"),
        (5, "source is a int; it must be a function"),
    ],
)
def test_a_source_that_is_none_is_refused_at_once(source, message):
    with pytest.raises(DataError, match=f"IterableDataset: {message}"):
        IterableDataset(source)


def test_no_source_and_one_that_returns_nothing_are_named_when_used():
    with pytest.raises(DataError, match="IterableDataset: there is no source"):
        iter(IterableDataset())
    with pytest.raises(DataError, match=r"source\(\) returned a NoneType; .*`yield`"):
        iter(IterableDataset(lambda: None))
