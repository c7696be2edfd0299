"""The data sets that are made: shapes, classes, and that each point is where its class says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygrad
from pygrad.data import Dataset, datasets
from pygrad.exceptions import ArgumentError

CLASSES = {"moons": 2, "circles": 2, "spirals": 3, "blobs": 3, "checkerboard": 2, "xor": 2}


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 300), st.integers(0, 2**32))
@pytest.mark.parametrize("name", CLASSES)
def test_points_are_float32_with_classes_as_equal_as_can_be(name, n, seed):
    points = datasets.get(name)(n, seed=seed)
    assert type(points) is Dataset
    assert (points.data.shape, points.data.dtype) == ((n, 2), np.float32)
    assert (points.label.shape, points.label.dtype) == ((n,), np.int64)
    counts = np.bincount(points.label, minlength=CLASSES[name])
    assert len(counts) == CLASSES[name]
    # four corners make two classes of xor
    assert counts.max() - counts.min() <= 1 + (name == "xor")


@pytest.mark.parametrize("name", [*CLASSES, "sines"])
def test_a_seed_repeats_and_a_generator_draws(name):
    make = datasets.get(name)
    first, again, other = (make(20, seed=seed).data for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    drawn = [make(20, rng=np.random.default_rng(3)).data for _ in range(2)]
    np.testing.assert_array_equal(*drawn)
    pygrad.seed(5)
    before = make(20).data
    pygrad.seed(5)
    np.testing.assert_array_equal(make(20).data, before)


@pytest.mark.parametrize("name", [*CLASSES, "sines"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "n is 0; it must be an integer of at least 1"),
        ({"n": 2.5}, r"n is 2\.5; it must be an integer"),
        ({"n": True}, "n is True"),
        ({"noise": -1}, "noise is -1; it must be a number of at least 0"),
        ({"noise": float("nan")}, "noise is nan"),
        ({"noise": "x"}, "noise is 'x'"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1, "rng": np.random.default_rng()}, "both seed=1 and rng"),
    ],
)
def test_wrong_settings_are_refused(name, options, message):
    with pytest.raises(ArgumentError, match=f"{name}: (got )?{message}"):
        datasets.get(name)(**options)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("circles", {"ratio": -0.1}),
        ("spirals", {"classes": 0}),
        ("spirals", {"turns": -1}),
        ("blobs", {"classes": 1.5}),
        ("blobs", {"features": 0}),
        ("checkerboard", {"squares": 1}),
        ("sines", {"length": 0}),
    ],
)
def test_wrong_settings_of_one_kind_are_refused(name, options):
    with pytest.raises(ArgumentError, match=f"{name}: {next(iter(options))} is "):
        datasets.get(name)(**options)


def test_noise_has_the_deviation_that_was_asked_for():
    still, moved = (datasets.moons(20000, noise=s, seed=0) for s in (0, 0.2))
    np.testing.assert_array_equal(still.label, moved.label)
    assert abs((moved.data - still.data).std() - 0.2) < 0.005


def test_moons_lie_on_two_half_circles():
    x, y = datasets.moons(500, noise=0, seed=0)[:]
    upper, lower = x[y == 0], x[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, atol=1e-6)
    assert (upper[:, 1] >= -1e-6).all()
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1, atol=1e-6)
    assert (lower[:, 1] <= 0.5 + 1e-6).all()


def test_circles_have_their_radii():
    x, y = datasets.circles(500, noise=0, ratio=0.3, seed=0)[:]
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y == 1, 0.3, 1), atol=1e-6)


def test_an_arm_of_a_spiral_turns_as_it_goes_out():
    x, y = datasets.spirals(500, noise=0, classes=4, turns=0.5, seed=0)[:]
    radius = np.hypot(*x.T)
    angle = 2 * np.pi * (y / 4 + 0.5 * radius)
    np.testing.assert_allclose(x, radius[:, None] * np.c_[np.cos(angle), np.sin(angle)], atol=1e-6)
    assert radius.max() <= 1


@pytest.mark.parametrize("features", [1, 2, 5])
def test_blobs_are_clouds_of_their_size(features):
    x, y = datasets.blobs(30000, classes=3, features=features, noise=0.1, seed=0)[:]
    assert x.shape == (30000, features)
    for c in range(3):
        np.testing.assert_allclose(x[y == c].std(0), 0.1, atol=0.005)


@pytest.mark.parametrize("squares", [2, 3, 4, 7])
def test_the_colours_of_a_checkerboard_alternate(squares):
    x, y = datasets.checkerboard(3000, squares=squares, seed=0)[:]
    place = np.floor((x.astype(float) + 1) / 2 * squares).astype(int)
    np.testing.assert_array_equal(place.sum(1) % 2, y)
    assert np.abs(x).max() <= 1
    counts = np.zeros((squares, squares), int)
    np.add.at(counts, tuple(place.T), 1)
    assert counts.min() > 0.5 * 3000 / squares**2  # no square is left out


def test_xor_without_noise_is_its_truth_table():
    x, y = datasets.xor(40, noise=0, seed=0)[:]
    np.testing.assert_array_equal(np.logical_xor(*x.astype(bool).T), y)
    assert len(np.unique(x, axis=0)) == 4


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 50), st.integers(2, 60))
def test_a_sine_goes_on_as_it_began(n, length):
    shown, following = datasets.sines(n, length=length, seed=0)[:]
    assert (shown.shape, following.shape) == ((n, length, 1), (n, 1))
    assert shown.dtype == following.dtype == np.float32
    whole = np.c_[shown[:, :, 0], following].astype(float)
    # sin(t + h) + sin(t - h) = 2 cos(h) sin(t), with h of 8 to 32 steps a period
    middle, sides = whole[:, 1:-1], whole[:, 2:] + whole[:, :-2]
    slope = (middle * sides).sum(1) / (middle**2).sum(1)
    np.testing.assert_allclose(sides, slope[:, None] * middle, atol=1e-5)
    period = 2 * np.pi / np.arccos(slope / 2)
    assert (period > 7.9).all()
    assert (period < 33).all()


def test_only_what_is_shown_of_a_sine_is_noisy():
    still, moved = (datasets.sines(2000, noise=s, seed=0) for s in (0, 0.3))
    np.testing.assert_array_equal(still.label, moved.label)
    assert abs((moved.data - still.data).std() - 0.3) < 0.01
