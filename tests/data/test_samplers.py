"""Which samples an epoch has, in which order, and where a resumed loop goes on."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygrad
from pygrad.data import (
    BucketSampler,
    DataLoader,
    Dataset,
    DistributedSampler,
    FixedSizeSampler,
    RandomSampler,
    SequentialSampler,
    StratifiedSampler,
    WeightedSampler,
    batch_rng,
)
from pygrad.exceptions import ArgumentError, DataError, DtypeError, PyGradError


class Squares:
    """Read sample by sample."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i, i * i


class Stream:
    """Read from beginning to end."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield i, i * i


def labels_of(n):
    return np.arange(n) ** 2 % 3


# settings of a loader over n samples, of those that promise each sample once
ONCE = {
    "shuffled": lambda n, size, drop: {"batch_size": size, "drop_last": drop},
    "in order": lambda n, size, drop: {"batch_size": size, "drop_last": drop, "shuffle": False},
    "random": lambda n, size, drop: {
        "batch_size": size,
        "drop_last": drop,
        "sampler": RandomSampler(n),
    },
    "sequential": lambda n, size, drop: {
        "batch_size": size,
        "drop_last": drop,
        "sampler": SequentialSampler(n),
    },
    "stratified": lambda n, size, drop: {
        "batch_size": size,
        "drop_last": drop,
        "sampler": StratifiedSampler(labels_of(n)),
    },
    "weighted": lambda n, size, drop: {
        "batch_size": size,
        "drop_last": drop,
        "sampler": WeightedSampler(np.arange(n) + 1.0, replacement=False),
    },
    "a list": lambda n, size, drop: {
        "batch_size": size,
        "drop_last": drop,
        "sampler": list(range(n))[::-1],
    },
    "batches": lambda n, size, drop: {
        "batch_sampler": FixedSizeSampler(RandomSampler(n), size, drop)
    },
    "buckets": lambda n, size, drop: {"batch_sampler": BucketSampler(labels_of(n), size, drop)},
}
WORKERS = st.sampled_from([(0, "thread"), (1, "thread"), (3, "thread")])
PROCESSES = st.sampled_from([(1, "process"), (2, "process"), (3, "process")])


def numbers_of(batches):
    return [batch[0].tolist() for batch in batches]


def check_an_epoch(kind, n, size, drop, workers, seed):
    loader = DataLoader(
        Squares(n),
        seed=seed,
        num_workers=workers[0],
        worker=workers[1],
        **ONCE[kind](n, size, drop),
    )
    batches = list(loader)
    assert len(batches) == len(loader) == (n // size if drop else -(-n // size))
    seen = [i for batch in numbers_of(batches) for i in batch]
    for x, y in batches:
        np.testing.assert_array_equal(y, x**2)
    if drop:
        assert all(len(batch) == size for batch in numbers_of(batches))
        assert len(set(seen)) == len(seen) == n // size * size
        assert set(seen) <= set(range(n))
    else:
        assert sorted(seen) == list(range(n))
    alone = DataLoader(Squares(n), seed=seed, **ONCE[kind](n, size, drop))
    assert numbers_of(batches) == numbers_of(alone)


COMMON = (
    st.sampled_from(sorted(ONCE)),
    st.integers(1, 40),
    st.integers(1, 45),
    st.booleans(),
)


@settings(deadline=None)
@given(*COMMON, WORKERS, st.integers(0, 99))
def test_an_epoch_has_every_sample_once_with_any_sampler_and_threads(
    kind, n, size, drop, workers, seed
):
    check_an_epoch(kind, n, size, drop, workers, seed)


@settings(deadline=None, max_examples=12)
@given(*COMMON, PROCESSES, st.integers(0, 99))
def test_an_epoch_has_every_sample_once_with_any_sampler_and_processes(
    kind, n, size, drop, workers, seed
):
    check_an_epoch(kind, n, size, drop, workers, seed)


@settings(deadline=None)
@given(
    st.integers(1, 50),
    st.integers(1, 7),
    st.sampled_from(["repeat", "drop", "keep"]),
    st.integers(0, 9),
)
def test_the_ranks_share_out_one_order(n, world_size, leftover, seed):
    shares = [DistributedSampler(n, rank, world_size, leftover) for rank in range(world_size)]
    given = [s.indices(np.random.default_rng(seed)).tolist() for s in shares]
    assert [len(s) for s in shares] == [len(part) for part in given]
    seen = [i for part in given for i in part]
    if leftover == "keep":
        assert sorted(seen) == list(range(n))
        return
    assert len({len(part) for part in given}) == 1
    if leftover == "repeat":
        assert set(seen) == set(range(n))
        assert len(seen) - n < world_size
    else:
        assert len(set(seen)) == len(seen) > n - world_size


def test_the_loaders_of_all_ranks_together_see_each_sample_once_in_each_epoch():
    loaders = [
        DataLoader(np.arange(12), 2, sampler=DistributedSampler(12, rank, 3), seed=4)
        for rank in range(3)
    ]
    orders = []
    for _ in range(2):
        orders.append([x for loader in loaders for batch in loader for x in batch.tolist()])
        assert sorted(orders[-1]) == list(range(12))
    assert orders[0] != orders[1]


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.integers(1, 20), st.integers(0, 9))
def test_each_stretch_of_a_stratified_order_has_its_share_of_each_label(labels, size, seed):
    labels = np.array(labels)
    order = StratifiedSampler(labels).indices(np.random.default_rng(seed))
    classes = len(set(labels.tolist()))
    for start in range(len(order) - size + 1):
        stretch = labels[order[start : start + size]]
        for label in set(labels.tolist()):
            share = size * np.mean(labels == label)
            assert abs(np.sum(stretch == label) - share) <= 1 + classes * np.mean(labels == label)


def test_every_batch_of_a_stratified_loader_is_balanced():
    labels = np.repeat([0, 1], 500)
    for batch in DataLoader(labels, 50, sampler=StratifiedSampler(labels), seed=0):
        assert 23 <= batch.sum() <= 27


def test_every_batch_of_every_epoch_draws_numbers_of_its_own():
    loader = DataLoader(noisy(12), 3, seed=0)
    drawn = [number for _ in range(2) for batch in flat(loader) for _, number in batch]
    assert len(set(drawn)) == 24


def test_weights_are_probabilities():
    drawn = WeightedSampler([1, 0, 3], size=40_000).indices(np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(drawn) / 40_000, [0.25, 0, 0.75], atol=0.01)


def test_buckets_hold_samples_of_like_length():
    lengths = np.random.default_rng(0).integers(1, 100, 1000)
    batches = BucketSampler(lengths, 10).batches(np.random.default_rng(1))
    assert np.mean([np.ptp(lengths[batch]) for batch in batches]) < 5
    assert [int(lengths[b[0]]) for b in batches] != sorted(int(lengths[b[0]]) for b in batches)


def test_a_plain_iterable_says_the_batches():
    loader = DataLoader(np.arange(6), batch_sampler=[[0, 5], [1], (2, -2)])
    assert [batch.tolist() for batch in loader] == [[0, 5], [1], [2, 4]]
    assert len(loader) == 3
    assert repr(loader) == "DataLoader(6 samples, batch_sampler=list)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomSampler(-1), "RandomSampler: the number of samples is -1; it must be an"),
        (lambda: WeightedSampler([1, -1]), r"WeightedSampler: weights of shape \(2,\)"),
        (lambda: WeightedSampler([0, 0]), "not all of them 0"),
        (lambda: WeightedSampler([1, np.nan]), "finite"),
        (lambda: WeightedSampler([1, 0], 2, False), "size is 2, but only 1 samples have a weight"),
        (lambda: StratifiedSampler([[1]]), r"StratifiedSampler: labels of shape \(1, 1\)"),
        (lambda: DistributedSampler(5, 2, 2), "rank is 2 of world_size=2; it must be from 0 to 1"),
        (lambda: DistributedSampler(5, 0, 2, "x"), "leftover is 'x'; it must be one of repeat"),
        (lambda: BucketSampler([["a"]], 2), "BucketSampler: lengths of shape"),
        (lambda: FixedSizeSampler(RandomSampler(3), 0), "FixedSizeSampler: batch_size is 0"),
        (
            lambda: DataLoader([1, 2], sampler=DistributedSampler(2, 0, 2)),
            "DistributedSampler without a seed; all ranks must draw the same order",
        ),
        (
            lambda: DataLoader([1, 2], 2, batch_sampler=[[0]]),
            "batch_sampler stands beside batch_size, drop_last or sampler",
        ),
        (lambda: DataLoader(Stream(3), sampler=[0]), "a sampler and a stream"),
        (lambda: list(DataLoader([1, 2], sampler=[0, 2])), "list: index 2 is out of range for 2"),
        (lambda: list(DataLoader([1, 2], sampler=[0.5])), "list: indices of dtype float64"),
        (lambda: list(DataLoader([1, 2], sampler=7)), "int: it gives no indices; it must be an"),
        (lambda: list(DataLoader([1, 2], batch_sampler=[[]])), "list: batch 0 is empty"),
        (lambda: DataLoader([1, 2], num_workers=-1), "num_workers is -1; it must be an integer"),
        (lambda: DataLoader([1, 2], prefetch=0), "prefetch is 0; it must be an integer"),
        (lambda: DataLoader([1, 2], worker="fibre"), "worker is 'fibre'; it must be 'thread' or"),
        (lambda: DataLoader([1, 2], collate_fn=3), "collate_fn is a int; it must be something to"),
        (lambda: DataLoader([1, 2], pin_dtype="int8"), "pin_dtype is int8; it must be a floating"),
    ],
)
def test_wrong_settings_are_refused(make, message):
    with pytest.raises(PyGradError, match=message) as caught:
        make()
    assert isinstance(caught.value, ArgumentError | DataError | DtypeError)


# ------------------------------------------------------------------------------ resuming


def noisy(n):
    """Its samples draw random numbers, which must be the same after resuming."""
    return Dataset(np.arange(n), transform=lambda x: (int(x), batch_rng().random()))


def flat(batches):
    """Batches as lists, to be compared."""
    return [np.asarray(batch).tolist() for batch in batches]


def resumed_after(make, taken):
    """The batches after `taken` of them, by a loader that starts from the state there."""
    loader = make()
    loop = iter(loader)
    for _ in range(taken):
        next(loop)
    state = json.loads(json.dumps(loader.state()))
    assert all(type(value) is int for value in state.values())
    loop.close()
    other = make()
    other.load_state(state)
    assert other.state() == state
    return [flat(other), flat(other)]  # the rest of the epoch, and the next


def check_resuming(make, n, size, data):
    reference = make()
    first, second = flat(reference), flat(reference)
    taken = data.draw(st.integers(0, len(first)))
    assert resumed_after(make, taken) == [first[taken:], second]


@settings(deadline=None)
@given(*COMMON, WORKERS, st.data())
def test_resuming_after_any_batch_gives_the_uninterrupted_order(kind, n, size, drop, workers, data):
    def make():
        options = ONCE[kind](n, size, drop)
        return DataLoader(noisy(n), seed=5, num_workers=workers[0], **options)

    check_resuming(make, n, size, data)


@settings(deadline=None, max_examples=8)
@given(st.integers(1, 30), st.integers(1, 9), st.data())
def test_resuming_with_processes_gives_the_uninterrupted_order(n, size, data):
    def make():
        return DataLoader(noisy(n), size, seed=5, num_workers=2, worker="process")

    check_resuming(make, n, size, data)


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(1, 9), st.sampled_from([0, 2]), st.booleans(), st.data())
def test_a_stream_resumes_where_it_was(n, size, workers, drop, data):
    class Drawing:
        def __iter__(self):
            walk = 0.0  # what comes later depends on all that was drawn before
            for i in range(n):
                walk += batch_rng().random()
                yield [i, walk]

    def make():
        return DataLoader(Drawing(), size, seed=5, drop_last=drop, num_workers=workers)

    check_resuming(make, n, size, data)


def test_the_second_epoch_resumes_too():
    def make():
        return DataLoader(np.arange(20), 3, seed=1)

    loader = make()
    first, second = flat(loader), flat(loader)
    loader = make()
    flat(loader)
    loop = iter(loader)
    assert flat([next(loop), next(loop)]) == second[:2]
    state = loader.state()
    assert (state["epoch"], state["batch"]) == (1, 2)
    other = make()
    other.load_state(state)
    assert flat(other) == second[2:]
    assert flat(other) not in (first, second)


def test_without_a_seed_the_rest_of_the_epoch_is_the_same():
    loader = DataLoader(np.arange(20), 3)
    pygrad.seed(8)
    whole = flat(loader)
    pygrad.seed(8)
    loop = iter(DataLoader(np.arange(20), 3))
    next(loop)
    pygrad.seed(8)
    loader = DataLoader(np.arange(20), 3)
    next(iter(loader))
    pygrad.seed(9)
    other = DataLoader(np.arange(20), 3)
    other.load_state(loader.state())
    assert flat(other) == whole[1:]


def test_the_state_says_where_the_loop_stands_that_was_last_given_a_batch():
    loader = DataLoader(np.arange(6), 2, seed=0)
    assert (loader.state()["epoch"], loader.state()["batch"]) == (0, 0)
    outer = iter(loader)
    next(outer)
    inner = iter(loader)
    next(inner), next(inner)
    assert (loader.state()["epoch"], loader.state()["batch"]) == (1, 2)
    next(outer)
    assert (loader.state()["epoch"], loader.state()["batch"]) == (0, 2)
    for _ in outer:
        pass
    assert (loader.state()["epoch"], loader.state()["batch"]) == (1, 0)


def test_what_workers_have_made_ahead_is_not_counted():
    loader = DataLoader(np.arange(40), 2, seed=0, num_workers=2, prefetch=4)
    next(iter(loader))
    assert loader.state()["batch"] == 1


def test_a_state_resumes_one_loop_only():
    loader = DataLoader(np.arange(6), 2, seed=0)
    loader.load_state({**loader.state(), "batch": 2})
    assert [len(list(loader)), len(list(loader))] == [1, 3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"samples": 7}, "the state is of a loader with samples=7, but this one has samples=6"),
        ({"batch_size": 3}, "of a loader with batch_size=3, but this one has batch_size=2"),
        ({"seed": 1}, "with seed=1, but this one has seed=0; .* give it the same seed"),
        ({"shuffle": 0}, "with shuffle=0, but this one has shuffle=1"),
        ({"new": 1}, "with new=1, but this one has new=None"),
        ({"batch": -1}, "load_state: batch is -1; it must be an integer of at least 0"),
        ({"epoch": "1"}, "load_state: epoch is '1'; it must be an integer"),
    ],
)
def test_the_state_of_another_loader_is_refused(change, message):
    loader = DataLoader(np.arange(6), 2, seed=0)
    with pytest.raises(ArgumentError, match=message):
        loader.load_state({**loader.state(), **change})
    with pytest.raises(ArgumentError, match=r"load_state: got \[1\]; it must be the dict"):
        loader.load_state([1])


# ------------------------------------------------------------------------------ streams


@pytest.mark.parametrize("options", [{}, {"num_workers": 2}])
@pytest.mark.parametrize("drop", [False, True])
def test_a_stream_is_batched_in_its_own_order(options, drop):
    loader = DataLoader(Stream(7), 3, drop_last=drop, **options)
    expected = [[0, 1, 2], [3, 4, 5]] + ([] if drop else [[6]])
    for _ in range(2):  # and each epoch from the beginning
        assert numbers_of(loader) == expected
    with pytest.raises(TypeError, match=r"a stream without a length \(Stream\) has no len\(\)"):
        len(loader)


def test_a_stream_with_a_length_has_a_number_of_batches():
    class Sized(Stream):
        def __len__(self):
            return self.n

    assert len(DataLoader(Sized(7), 3)) == 3
    assert len(DataLoader(Sized(7), 3, drop_last=True)) == 2


def test_an_endless_stream_can_be_left():
    class Endless:
        def __iter__(self):
            return iter(int, 1)

    for options in ({}, {"num_workers": 2}, {"num_workers": 1, "worker": "process"}):
        for number, batch in enumerate(DataLoader(Endless(), 4, **options)):
            assert batch.tolist() == [0] * 4
            if number == 5:
                break


def test_the_samples_of_a_stream_can_be_collated():
    (batch,) = DataLoader(Stream(3), 3, collate_fn=len)
    assert batch == 3
