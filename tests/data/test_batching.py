"""in_batches: from a data set to the loaders of its parts."""

import numpy as np
import pytest

from pygrad.data import Dataset, in_batches
from pygrad.exceptions import ArgumentError

SET = Dataset(np.arange(20.0), label=np.arange(20) % 2)


def test_each_sample_is_in_one_part():
    loaders = in_batches(SET, [0.5, 0.3, 0.2], seed=0, batch_size=4)
    seen = [np.concatenate([x for x, _ in loader]) for loader in loaders]
    assert [len(part) for part in seen] == [10, 6, 4]
    assert sorted(np.concatenate(seen)) == list(range(20))


def test_the_first_part_alone_is_shuffled():
    first, second = in_batches(SET, [0.5, 0.5], seed=0, batch_size=10)
    epochs = [[next(iter(loader))[0].tolist() for _ in range(2)] for loader in (first, second)]
    assert epochs[0][0] != epochs[0][1]
    assert epochs[1][0] == epochs[1][1]
    (plain,) = in_batches(SET, batch_size=20, shuffle=False)
    assert next(iter(plain))[0].tolist() == list(range(20))


def test_a_seed_fixes_parts_and_order():
    a, b, c = (in_batches(SET, [0.5, 0.5], seed=s, batch_size=5) for s in (1, 1, 2))
    x, y, z = ([batch[0].tolist() for batch in loaders[0]] for loaders in (a, b, c))
    assert x == y != z


def test_classes_may_have_their_share_in_each_part():
    loaders = in_batches(SET, [0.7, 0.3], stratify=True, seed=0, batch_size=20)
    assert [next(iter(loader))[1].mean() for loader in loaders] == [0.5, 0.5]


def test_settings_are_checked():
    with pytest.raises(ArgumentError, match="batch_size is 0"):
        in_batches(SET, batch_size=0)
    with pytest.raises(ArgumentError, match="ratio"):
        in_batches(SET, [2.0, -1.0])
