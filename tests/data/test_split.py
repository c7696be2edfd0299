import warnings
from fractions import Fraction
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygrad
from pygrad.data import Dataset, Subset, kfold, ratio_split
from pygrad.data.stratify import shared_out
from pygrad.exceptions import ArgumentError, DataError

pytestmark = pytest.mark.filterwarnings("error")


def indices_of(parts):
    return [part.indices.tolist() for part in parts]


@st.composite
def ratios_of_one(draw):
    weights = draw(st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
    return [weight / sum(weights) for weight in weights], [
        Fraction(weight, sum(weights)) for weight in weights
    ]


@settings(deadline=None)
@given(ratios_of_one(), st.integers(0, 5000), st.booleans())
def test_every_sample_is_in_exactly_one_part(ratios, n, shuffle):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that rounding leaves empty
        parts = ratio_split(range(n), ratios[0], shuffle=shuffle, seed=0)
    assert sorted(chain(*indices_of(parts))) == list(range(n))
    # each part is its exact share, rounded down or up
    for part, exact in zip(parts, ratios[1], strict=True):
        assert abs(len(part) - exact * n) < 1


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.integers(0, 1000))
def test_no_sample_is_in_two_parts_whatever_the_ratios(ratios, n):
    if not 0 < sum(ratios) <= 1:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = ratio_split(range(n), ratios)
    found = list(chain(*indices_of(parts)))
    assert len(set(found)) == len(found)
    assert abs(len(found) - sum(ratios) * n) <= 0.5 + 1e-6 * n


@pytest.mark.parametrize(
    ("ratios", "n", "sizes"),
    [
        ((0.8, 0.2), 10, [8, 2]),
        ((0.8, 0.2), 7, [6, 1]),
        ((0.8, 0.2), 1797, [1438, 359]),
        ((0.5, 0.5), 5, [3, 2]),
        ((0.7, 0.2, 0.1), 10, [7, 2, 1]),
        ((0.7, 0.2, 0.1), 5, [3, 1, 1]),
        ((0.6, 0.3, 0.1), 14, [8, 4, 2]),  # 8.4, 4.2 and 1.4: in floats, 8.4 has more than .4
        ((0.29, 0.71), 100, [29, 71]),
        ((1 / 3, 1 / 3, 1 / 3), 10, [4, 3, 3]),
        ((1.0, 0.0), 3, [3, 0]),
        ((1,), 3, [3]),
        ((0.8, 0.2), 0, [0, 0]),
    ],
)
def test_sizes_are_rounded_to_the_nearest_fit(ratios, n, sizes):
    assert [len(part) for part in ratio_split(range(n), *ratios)] == sizes


def test_ratios_that_miss_one_by_rounding_sum_to_one_without_a_warning():
    assert 0.7 + 0.2 + 0.1 != 1
    for ratios in [(0.7, 0.2, 0.1), np.array([0.7, 0.2, 0.1], np.float32), (0.1,) * 10]:
        assert sum(len(part) for part in ratio_split(range(1000), ratios)) == 1000


def test_equal_ratios_give_equal_parts_even_where_they_sum_to_a_little_over_one():
    half = 0.5 + 4e-7
    parts = ratio_split(range(4_000_000), half, half, shuffle=False)
    assert [len(part) for part in parts] == [2_000_000, 2_000_000]


@pytest.mark.parametrize("ratios", [[0.8, 0.2], (0.8, 0.2), np.array([0.8, 0.2]), iter([0.8, 0.2])])
def test_ratios_may_come_in_one_sequence(ratios):
    train, test = ratio_split(range(10), ratios)
    assert (len(train), len(test)) == (8, 2)


def test_parts_are_subsets_that_read_the_dataset():
    dataset = Dataset(np.arange(10.0), list(range(10)))
    train, test = ratio_split(dataset, 0.8, 0.2)
    assert isinstance(train, Subset)
    assert sorted([x for x, _ in train] + [x for x, _ in test]) == list(range(10))
    assert all(x == y for x, y in train)


def test_any_sized_dataset_can_be_split():
    class Cubes:
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return i**3

    first, second = ratio_split(Cubes(), 0.5, 0.5, shuffle=False)
    assert (list(first), list(second)) == ([0, 1], [8, 27])


def test_a_split_is_shuffled_by_default():
    train, _ = ratio_split(range(1000), 0.5, 0.5)
    assert train.indices.tolist() != list(range(500))
    assert set(train.indices) != set(range(500))


def test_without_shuffling_the_order_is_kept():
    parts = ratio_split(range(10), 0.7, 0.2, 0.1, shuffle=False)
    assert indices_of(parts) == [[0, 1, 2, 3, 4, 5, 6], [7, 8], [9]]


def test_the_same_seed_gives_the_same_split():
    splits = [indices_of(ratio_split(range(50), 0.5, 0.5, seed=seed)) for seed in (3, 3, 4)]
    assert splits[0] == splits[1] != splits[2]


def test_a_generator_draws_the_split():
    splits = [
        indices_of(ratio_split(range(50), 0.5, 0.5, rng=np.random.default_rng(seed)))
        for seed in (3, 3, 4)
    ]
    assert splits[0] == splits[1] != splits[2]


def test_pygrad_seed_fixes_the_split():
    pygrad.seed(7)
    before = indices_of(ratio_split(range(50), 0.5, 0.5))
    again = indices_of(ratio_split(range(50), 0.5, 0.5))
    pygrad.seed(7)
    assert indices_of(ratio_split(range(50), 0.5, 0.5)) == before != again


def test_a_sum_under_one_warns_of_the_samples_left_out():
    with pytest.warns(UserWarning, match=r"sum to 0\.9, so 10 of 100 samples are in no part") as w:
        train, test = ratio_split(range(100), 0.8, 0.1)
    assert (len(train), len(test)) == (80, 10)
    assert w[0].filename == __file__


def test_a_part_that_rounding_leaves_empty_warns():
    with pytest.warns(UserWarning, match=r"part 1 is empty: its ratio of 0\.01 is less than") as w:
        train, test = ratio_split(range(10), 0.99, 0.01)
    assert (len(train), len(test)) == (10, 0)
    assert w[0].filename == __file__


@pytest.mark.parametrize(
    ("ratios", "message"),
    [
        ((), "no ratios; give one for each part"),
        (([],), "no ratios; give one for each part"),
        ((0.8, 0.3), r"sum to 1\.1; they must sum to at most 1"),
        ((80, 20), r"sum to 100; .* such as 0\.8 for the first"),
        ((-0.2, 1.2), r"ratio -0\.2; a ratio must be a number from 0 to 1"),
        ((float("nan"), 1), "ratio nan; a ratio must be a number"),
        ((float("inf"),), "ratio inf; a ratio must be a number"),
        (("0.8", "0.2"), r"ratio '0\.8'; a ratio must be a number"),
        (("0.8",), r"ratio '0\.8'; a ratio must be a number"),
        ((0.8, None), "ratio None; a ratio must be a number"),
        (([0.8, 0.1], [0.1]), r"ratio \[0\.8, 0\.1\]; a ratio must be a number"),
        ((0, 0), "the ratios are all 0"),
    ],
)
def test_wrong_ratios_are_refused(ratios, message):
    with pytest.raises(ArgumentError, match=f"ratio_split: .*{message}"):
        ratio_split(range(10), *ratios)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "ratio_split: seed is -1; it must be an integer of at least 0"),
        ({"seed": 0.5}, r"ratio_split: seed is 0\.5; it must be an integer"),
        ({"rng": 3}, "ratio_split: rng is a int; it must be a numpy.random.Generator"),
        ({"seed": 0, "rng": np.random.default_rng(0)}, "ratio_split: got both seed=0 and rng"),
    ],
)
def test_wrong_sources_of_randomness_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        ratio_split(range(10), 0.5, 0.5, **options)


@pytest.mark.parametrize("dataset", [{"a": 1}, 5, iter([1]), (np.ones(3), np.ones(3))])
def test_what_has_no_samples_cannot_be_split(dataset):
    with pytest.raises(DataError, match="ratio_split: got a"):
        ratio_split(dataset, 0.5, 0.5)


# ------------------------------------------------------------------------------ by classes


@st.composite
def classes_and_ratios(draw):
    classes = draw(st.lists(st.integers(0, 6), max_size=200))
    weights = draw(st.lists(st.integers(0, 20), min_size=1, max_size=6).filter(any))
    unused = draw(st.sampled_from([0, 0, 3]))
    return np.array(classes, int), [Fraction(w, sum(weights) + unused) for w in weights]


@settings(deadline=None, max_examples=150)
@given(classes_and_ratios(), st.booleans())
def test_every_part_has_its_share_of_each_class_rounded_down_or_up(case, shuffle):
    classes, shares = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of samples that are left out, and of empty parts
        parts = ratio_split(
            range(len(classes)),
            [float(share) for share in shares],
            shuffle=shuffle,
            stratify=classes,
            seed=0,
        )
    used = list(chain(*indices_of(parts)))
    assert len(set(used)) == len(used)
    if sum(shares) == 1:
        assert sorted(used) == list(range(len(classes)))
    for part, share in zip(parts, shares, strict=True):
        assert abs(len(part) - share * len(classes)) < 1
        for c in set(classes.tolist()):
            got = int((classes[part.indices] == c).sum())
            assert abs(got - share * int((classes == c).sum())) < 1
        if not shuffle:
            assert part.indices.tolist() == sorted(part.indices.tolist())


def test_what_is_left_over_goes_where_both_sums_allow_it():
    # rounding class by class, each to its largest fraction, gives parts of 5, 0 and 0
    table = shared_out([1] * 5, [0.4, 0.3, 0.3])
    assert sorted(map(sum, zip(*table, strict=True)), reverse=True) == [2, 2, 1]


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        # at first too many in a part; too few; and 0.7 * 20, which is a little less than 14
        ([32, 8, 5, 35, 100, 74, 42, 80], ["0.15", "0.18", "0.35", "0.15", "0.17"]),
        ([18, 1, 11, 17, 1, 8, 10], ["0.5", "0.1", "0.05", "0.15", "0.15", "0.05"]),
        ([3, 6, 1, 10], ["0.16", "0.09", "0.7", "0.05"]),
    ],
)
def test_each_number_and_each_total_is_its_exact_share_rounded(counts, shares):
    table = shared_out(counts, [float(share) for share in shares])
    assert [sum(row) for row in table] == counts
    for share, column in zip(map(Fraction, shares), zip(*table, strict=True), strict=True):
        assert abs(sum(column) - share * sum(counts)) < 1
        for number, count in zip(column, counts, strict=True):
            assert abs(number - share * count) < 1


def test_stratify_true_takes_the_labels():
    dataset = Dataset(np.arange(20), ["a"] * 15 + ["b"] * 5)
    train, test = ratio_split(dataset, 0.8, 0.2, stratify=True, seed=0)
    assert sorted(test.label) == ["a"] * 3 + ["b"]
    assert len(train) == 16
    again = ratio_split(train, 0.5, 0.5, stratify=True, seed=0)  # a Subset has labels too
    assert [sorted(part.label).count("b") for part in again] == [2, 2]


def test_a_stratified_split_is_mixed():
    train, _ = ratio_split(range(100), 0.8, 0.2, stratify=[0] * 50 + [1] * 50, seed=0)
    assert 0 < sum(i < 50 for i in train.indices[:40]) < 40


@pytest.mark.parametrize("split", [lambda d, **o: ratio_split(d, 0.5, 0.5, **o), kfold])
@pytest.mark.parametrize(
    ("stratify", "error", "message"),
    [
        (True, ArgumentError, "stratify=True, but a range without labels has no classes"),
        ([0, 1], DataError, "stratify has 2 classes for 10 samples"),
        (np.eye(10), DataError, r"stratify has shape \(10, 10\); .*argmax"),
        (np.linspace(0, 1, 10), DataError, r"numbers that are not whole, such as 0\.11"),
        ([[1], [1, 2]], DataError, "stratify needs one class for each sample"),
        (np.array([1, "a"] * 5, object), DataError, "stratify mixes kinds of classes"),
    ],
)
def test_classes_that_are_none_are_refused(split, stratify, error, message):
    with pytest.raises(error, match=message):
        split(range(10), stratify=stratify)


def test_whole_numbers_may_be_floats():
    train, _ = ratio_split(range(4), 0.5, 0.5, stratify=[0.0, 0.0, 1.0, 1.0], seed=0)
    assert len(train) == 2


# ------------------------------------------------------------------------------ kfold


@settings(deadline=None, max_examples=100)
@given(st.integers(2, 120), st.data(), st.booleans(), st.booleans())
def test_each_sample_is_tested_with_exactly_once(n, data, shuffle, stratified):
    k = data.draw(st.integers(2, n))
    classes = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    folds = kfold(range(n), k, shuffle=shuffle, stratify=classes if stratified else None, seed=0)
    assert len(folds) == k
    tests = [test.indices.tolist() for _, test in folds]
    assert sorted(chain(*tests)) == list(range(n))
    assert max(map(len, tests)) - min(map(len, tests)) <= 1
    for (train, _), test in zip(folds, tests, strict=True):
        assert sorted(train.indices.tolist() + test) == list(range(n))
    if stratified:
        for c in range(5):
            counts = [int((classes[test] == c).sum()) for test in tests]
            assert max(counts) - min(counts) <= 1


def test_folds_that_are_not_shuffled_are_stretches():
    tests = [test.indices.tolist() for _, test in kfold(range(7), 3, shuffle=False)]
    assert tests == [[0, 1, 2], [3, 4], [5, 6]]


def test_a_seed_fixes_the_folds():
    folds = [[t.indices.tolist() for _, t in kfold(range(40), 4, seed=s)] for s in (3, 3, 4)]
    assert folds[0] == folds[1] != folds[2]
    drawn = [
        [t.indices.tolist() for _, t in kfold(range(40), 4, rng=np.random.default_rng(1))]
        for _ in range(2)
    ]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize(
    ("n", "k", "message"),
    [
        (10, 1, "kfold: k is 1; it must be an integer from 2 to 10"),
        (10, 11, "kfold: k is 11; it must be an integer from 2 to 10"),
        (10, 2.5, r"kfold: k is 2\.5; it must be an integer"),
        (1, 2, "kfold: k is 2 for 1 samples; each fold needs one at least"),
        (0, 2, "kfold: k is 2 for 0 samples"),
    ],
)
def test_wrong_numbers_of_folds_are_refused(n, k, message):
    with pytest.raises(ArgumentError, match=message):
        kfold(range(n), k)


def test_folds_are_read_as_datasets():
    train, test = kfold(Dataset(list("abcd"), [0, 1, 0, 1]), 2, stratify=True, seed=0)[0]
    assert isinstance(train, Subset)
    assert sorted(train.label) == sorted(test.label) == [0, 1]
