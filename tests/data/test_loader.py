import copy
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygrad
from pygrad.data import DataLoader, Dataset, Subset, ratio_split
from pygrad.data import dataset as dataset_module
from pygrad.exceptions import ArgumentError, DataError


class Remote:
    """A dataset of nobody's class."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return np.array([i, i]), i


def numbered(n):
    return Dataset(np.arange(n), np.arange(n) * 10)


def epoch_of(loader):
    """The data of all batches of one epoch, as one list."""
    return [int(x) for data, _ in loader for x in data]


KINDS = {
    "arrays": numbered,
    "lists": lambda n: Dataset(list(range(n)), [i * 10 for i in range(n)]),
    "transformed": lambda n: Dataset(
        np.arange(n) - 1, np.arange(n), lambda x: x + 1, lambda y: y * 10
    ),
    "subset": lambda n: Subset(numbered(2 * n), np.arange(n)),
    "samples": lambda n: [(i, i * 10) for i in range(n)],
}


# ------------------------------------------------------------------------------ an epoch


@settings(deadline=None)
@given(
    st.sampled_from(sorted(KINDS)),
    st.integers(1, 120),
    st.integers(1, 130),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**40),
)
def test_an_epoch_yields_every_index_once(kind, n, batch_size, shuffle, drop_last, seed):
    loader = DataLoader(KINDS[kind](n), batch_size, shuffle, drop_last=drop_last, seed=seed)
    sizes, seen = [], []
    for data, labels in loader:
        sizes.append(len(data))
        seen += data.tolist()
        np.testing.assert_array_equal(labels, data * 10)
    assert len(loader) == len(sizes)
    assert all(size == batch_size for size in sizes[:-1])
    assert len(set(seen)) == len(seen)
    if drop_last:
        assert all(size == batch_size for size in sizes)
        assert n - len(seen) < batch_size
        assert set(seen) <= set(range(n))
    else:
        assert sorted(seen) == list(range(n))
    if not shuffle:
        assert seen == list(range(len(seen)))


def test_the_last_batch_is_kept():
    assert [len(x) for x, _ in DataLoader(numbered(10), 4)] == [4, 4, 2]


def test_a_dataset_smaller_than_a_batch_gives_one_batch():
    assert [len(x) for x, _ in DataLoader(numbered(3), 8)] == [3]


def test_drop_last_leaves_out_a_batch_that_is_not_full():
    assert [len(x) for x, _ in DataLoader(numbered(10), 4, drop_last=True)] == [4, 4]
    assert [len(x) for x, _ in DataLoader(numbered(8), 4, drop_last=True)] == [4, 4]


@pytest.mark.parametrize(
    ("n", "drop_last", "batches"), [(8, False, 2), (9, False, 3), (9, True, 2), (3, True, 0)]
)
def test_the_length_is_the_number_of_batches(n, drop_last, batches):
    assert len(DataLoader(numbered(n), 4, drop_last=drop_last)) == batches


def test_a_list_dataset_works():
    dataset = Dataset([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0, 1, 0])
    (data, labels), _ = DataLoader(dataset, 2, shuffle=False)
    np.testing.assert_array_equal(data, [[1.0, 2.0], [3.0, 4.0]])
    assert data.dtype == np.float64
    assert labels.dtype == np.int64


def test_without_labels_the_batches_are_bare_data():
    batches = list(DataLoader(np.arange(5), 2, shuffle=False))
    assert [batch.tolist() for batch in batches] == [[0, 1], [2, 3], [4]]
    batches = list(DataLoader(Dataset(np.arange(5)), 2, shuffle=False))
    assert [batch.tolist() for batch in batches] == [[0, 1], [2, 3], [4]]


def test_text_comes_as_a_list_or_as_the_array_it_was():
    assert list(DataLoader(["a", "bb", "c"], 2, shuffle=False)) == [["a", "bb"], ["c"]]
    (batch,) = DataLoader(np.array(["a", "bb"]), 2, shuffle=False)
    assert batch.dtype == "<U2"


def test_objects_in_an_array_pass_through():
    things = np.empty(2, object)
    things[:] = [{"a": 1}, [2, 3]]
    (batch,) = DataLoader(Dataset(things), 2, shuffle=False)
    assert list(batch) == [{"a": 1}, [2, 3]]


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "u1", "c16", "?"])
@pytest.mark.parametrize("shuffle", [True, False])
def test_a_batch_has_the_dtype_of_its_data(dtype, shuffle):
    for data in DataLoader(np.ones((5, 2), dtype), 2, shuffle):
        assert data.dtype == dtype


def test_any_object_with_a_length_and_getitem_can_be_loaded():
    data, labels = next(iter(DataLoader(Remote(4), 3, shuffle=False)))
    np.testing.assert_array_equal(data, [[0, 0], [1, 1], [2, 2]])
    np.testing.assert_array_equal(labels, [0, 1, 2])


def test_the_loader_sees_what_a_dataset_has_become():
    dataset = Dataset([1, 2])
    loader = DataLoader(dataset, 2, shuffle=False)
    dataset.data = [1, 2, 3]
    assert len(loader) == 2
    assert [batch.tolist() for batch in loader] == [[1, 2], [3]]


# ------------------------------------------------------------------------------ order


def test_an_epoch_is_shuffled_by_default_and_each_one_anew():
    loader = DataLoader(numbered(100), 7)
    first, second = epoch_of(loader), epoch_of(loader)
    assert list(range(100)) != first != second != list(range(100))


def test_the_order_depends_on_seed_and_epoch_only():
    def epochs(batch_size, dataset, seed):
        loader = DataLoader(dataset, batch_size, seed=seed)
        pygrad.default_rng().random(3)
        return [epoch_of(loader) for _ in range(3)]

    reference = epochs(4, numbered(50), 11)
    assert reference == epochs(9, KINDS["lists"](50), 11)
    assert reference != epochs(4, numbered(50), 12)
    assert reference[0] != reference[1] != reference[2] != reference[0]


def test_a_broken_off_epoch_counts_as_one():
    whole, broken = (DataLoader(numbered(20), 4, seed=5) for _ in range(2))
    for _ in broken:
        break
    epoch_of(whole)
    assert epoch_of(whole) == epoch_of(broken)


def test_epochs_of_different_seeds_do_not_coincide():
    # a seed of more than 32 bits is two words, and a word beside the epoch's must not mix with it
    long, short = DataLoader(numbered(50), seed=2**32 + 1), DataLoader(numbered(50), seed=1)
    epoch_of(short)
    assert epoch_of(long) != epoch_of(short)


def test_pygrad_seed_fixes_the_order_of_all_epochs():
    def run():
        pygrad.seed(3)
        loader = DataLoader(numbered(30), 4)
        return [epoch_of(loader), epoch_of(loader)]

    assert run() == run()


def test_an_epoch_draws_one_integer_whatever_the_dataset():
    def next_draw(n):
        rng = np.random.default_rng(0)
        epoch_of(DataLoader(numbered(n), 4, rng=rng))
        return rng.random()

    expected = np.random.default_rng(0)
    expected.integers(2**63)
    assert next_draw(10) == next_draw(5000) == expected.random()


def test_without_shuffling_nothing_is_drawn():
    pygrad.seed(0)
    epoch_of(DataLoader(numbered(9), 2, shuffle=False))
    drawn = pygrad.default_rng().random()
    pygrad.seed(0)
    assert drawn == pygrad.default_rng().random()


def test_the_order_is_drawn_when_the_loop_starts():
    pygrad.seed(1)
    early = iter(DataLoader(numbered(30), 4))
    pygrad.default_rng().random(5)
    pygrad.seed(1)
    assert epoch_of(early) == epoch_of(DataLoader(numbered(30), 4))


# ------------------------------------------------------------------------------ independence


def test_the_loader_is_not_its_own_iterator():
    loader = DataLoader(numbered(4), 2)
    assert iter(loader) is not loader
    assert iter(loader) is not iter(loader)
    assert not hasattr(loader, "__next__")


def test_nested_loops_are_independent():
    loader = DataLoader(numbered(7), 3)
    outer = []
    for data, _ in loader:
        assert sorted(epoch_of(loader)) == list(range(7))
        outer += data.tolist()
    assert sorted(outer) == list(range(7))


def test_break_leaves_no_trace():
    loader = DataLoader(numbered(7), 3, shuffle=False)
    for _ in loader:
        break
    assert epoch_of(loader) == list(range(7))


def test_threads_each_get_a_whole_epoch_and_all_orders_differ():
    loader = DataLoader(numbered(200), 3, seed=0)
    epochs, barrier = [], threading.Barrier(8)

    def work():
        barrier.wait()
        epochs.extend(epoch_of(loader) for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(sorted(epoch) == list(range(200)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 40


@pytest.mark.filterwarnings("error")
def test_a_loader_can_be_copied_and_pickled():
    loader = DataLoader(numbered(20), 3, seed=0)
    epoch_of(loader)
    twins = [copy.deepcopy(loader), pickle.loads(pickle.dumps(loader))]
    expected = epoch_of(loader)
    assert [epoch_of(twin) for twin in twins] == [expected, expected]


# ------------------------------------------------------------------------------ the fast path


@pytest.mark.parametrize("shuffle", [True, False])
def test_array_data_is_never_read_sample_by_sample(monkeypatch, shuffle):
    def refuse(*args):
        raise AssertionError("read sample by sample")

    monkeypatch.setattr(dataset_module, "stack", refuse)
    monkeypatch.setattr(dataset_module, "collate", refuse)
    dataset = numbered(20)
    for source in (dataset, np.arange(20), *ratio_split(dataset, 0.5, 0.5)):
        assert len(list(DataLoader(source, 3, shuffle))) == -(-len(source) // 3)


def test_without_shuffling_a_batch_is_a_read_only_view():
    data = np.zeros((6, 2))
    for batch in DataLoader(data, 4, shuffle=False):
        assert np.shares_memory(batch, data)
        assert batch.flags.c_contiguous
        with pytest.raises(ValueError, match="read-only"):
            batch[:] = 1
    assert data.flags.writeable


def test_a_shuffled_batch_is_a_copy():
    data = np.zeros((6, 2))
    for batch in DataLoader(data, 4):
        batch[:] = 1
    assert not data.any()


# ------------------------------------------------------------------------------ wrong input


@pytest.mark.parametrize("batch_size", [0, -1, 2.0, "8", None, True, np.ones(2)])
def test_a_batch_size_that_is_no_positive_integer_is_refused(batch_size):
    with pytest.raises(ArgumentError, match=r"DataLoader: batch_size is .* integer of at least 1"):
        DataLoader(numbered(5), batch_size)


def test_a_batch_size_of_numpys_integers_is_taken():
    assert len(DataLoader(numbered(5), np.int32(2))) == 3


@pytest.mark.parametrize(
    "dataset",
    [[], np.empty((0, 3)), Dataset([], []), Subset(np.ones(3), []), Remote(0)],
)
def test_an_empty_dataset_is_refused_where_the_loader_is_made(dataset):
    with pytest.raises(DataError, match="DataLoader: the dataset is empty; it needs at least one"):
        DataLoader(dataset, 4)


def test_a_dataset_that_became_empty_is_refused_by_the_loop():
    dataset = Dataset([1, 2])
    loader = DataLoader(dataset, 2)
    dataset.data = []
    with pytest.raises(DataError, match="the dataset is empty"):
        iter(loader)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (iter([1, 2]), "DataLoader: got a list_iterator, which cannot be indexed"),
        ({1, 2}, "DataLoader: got a set, which cannot be indexed"),
        (None, "DataLoader: got a NoneType, which cannot be indexed"),
        ({"x": [1]}, "DataLoader: got a dict, whose entries have no numbers"),
        ("digits", "DataLoader: got a str, whose entries have no numbers"),
        (np.array(1.0), "DataLoader: a ndarray has no length"),
        ((np.ones((3, 2)), np.ones(3)), "DataLoader: got a tuple of 2 arrays; .* Dataset"),
        (Dataset(), "Dataset: there is no data"),
        (Dataset([1, 2], [3]), "Dataset: 2 samples of data but 1 labels"),
    ],
)
def test_what_is_no_dataset_is_refused(dataset, message):
    with pytest.raises(DataError, match=message):
        DataLoader(dataset, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "DataLoader: seed is -1; it must be an integer of at least 0"),
        ({"seed": "x"}, "DataLoader: seed is 'x'; it must be an integer of at least 0"),
        ({"rng": np.random.RandomState(0)}, "DataLoader: rng is a RandomState; it must be"),
        ({"seed": 1, "rng": np.random.default_rng(0)}, "DataLoader: got both seed=1 and rng="),
    ],
)
def test_wrong_sources_of_randomness_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        DataLoader(numbered(5), 2, **options)


def test_ragged_samples_name_the_sample_and_both_shapes():
    ragged = Dataset([np.ones(3), np.ones(4)], [0, 1])
    with pytest.raises(DataError, match=r"data: sample 1 has shape \(4,\) but sample 0 has \(3,\)"):
        list(DataLoader(ragged, 2, shuffle=False))


def test_a_loader_shows_its_settings():
    assert repr(DataLoader(numbered(5), 2)) == (
        "DataLoader(5 samples, batch_size=2, shuffle=True, drop_last=False)"
    )
