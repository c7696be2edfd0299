"""Transforms: their values, their randomness, a whole batch at once as one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygrad
from pygrad.data import DataLoader, Dataset, transforms
from pygrad.data.transforms import (
    CenterCrop,
    ColorJitter,
    Compose,
    Cutout,
    Flatten,
    Flip,
    GaussianNoise,
    Lambda,
    Mixup,
    Normalize,
    OneHot,
    Pad,
    RandomCrop,
    Resize,
    Rotate,
    Standardize,
    ToFloat,
)
from pygrad.exceptions import ArgumentError, DataError, DtypeError, PyGradError, ShapeError


def generator(seed=0):
    return np.random.default_rng(seed)


# every transform of arrays, with settings that suit images of (3, 8, 10)
FIXED = {
    "CenterCrop": lambda: CenterCrop((4, 5)),
    "Compose": lambda: Compose([ToFloat(), Pad(1), np.negative, Resize(6)]),
    "Flatten": lambda: Flatten(),
    "Lambda": lambda: Lambda(lambda x: x[::-1] * 2),
    "Normalize": lambda: Normalize([0.1, 0.2, 0.3], [1.0, 2.0, 3.0], axis=-3),
    "Pad": lambda: Pad((1, 2), value=3),
    "Resize": lambda: Resize((5, 13)),
    "Standardize": lambda: Standardize(),
    "ToFloat": lambda: ToFloat(),
}
RANDOM = {
    "ColorJitter": lambda rng=None: ColorJitter(0.5, 0.5, 0.5, 0.2, rng=rng),
    "Cutout": lambda rng=None: Cutout(3, value=7, rng=rng),
    "Flip": lambda rng=None: Flip(rng=rng),
    "GaussianNoise": lambda rng=None: GaussianNoise(0.5, rng=rng),
    "RandomCrop": lambda rng=None: RandomCrop((5, 6), padding=2, rng=rng),
    "Rotate": lambda rng=None: Rotate(30, rng=rng),
}
ELSEWHERE = {"Mixup", "OneHot"}  # of labels too


def images(n=6, dtype=np.float32, seed=0):
    x = generator(seed).random((n, 3, 8, 10))
    return (x * 255).astype(dtype) if np.dtype(dtype).kind in "iu" else x.astype(dtype)


def test_every_registered_transform_is_tested():
    ours = list(transforms.names())
    assert set(ours) >= {*FIXED, *RANDOM, *ELSEWHERE}
    assert {*FIXED, *RANDOM, *ELSEWHERE} == set(transforms.__all__) - {
        "get",
        "names",
        "Transform",
        "RandomTransform",
    }
    assert all(transforms.get(name) is getattr(transforms, name) for name in FIXED)


def test_a_plugin_adds_a_transform():
    class Plugin:
        @pygrad.hookimpl
        def register_transforms(self, register):
            register("Negative", lambda: np.negative)

    pygrad.plugins.register(Plugin())
    try:
        assert transforms.get("Negative")()(3) == -3
    finally:
        pygrad.plugins.unregister("Plugin")
    with pytest.raises(LookupError, match="did you mean 'Resize'"):
        transforms.get("resise")


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("name", FIXED)
def test_a_batch_is_its_samples_one_by_one(name, dtype):
    x = images(dtype=dtype)
    transform = FIXED[name]()
    whole = transform.batch(x)
    single = np.stack([transform(sample) for sample in x])
    assert whole.dtype == single.dtype
    np.testing.assert_allclose(whole, single, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [*FIXED, *RANDOM])
def test_what_a_transform_is_given_stays_as_it_was(name):
    make = FIXED.get(name) or RANDOM[name]
    x = images()
    x.flags.writeable = False  # as a batch is that was not shuffled
    before = x.copy()
    make().batch(x)
    make()(x[0])
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("name", [*FIXED, *RANDOM])
def test_floats_keep_their_dtype(name):
    make = FIXED.get(name) or RANDOM[name]
    for dtype in (np.float32, np.float64):
        expected = np.float32 if name in ("ToFloat", "Compose") else dtype
        assert make().batch(images(dtype=dtype)).dtype == expected


@pytest.mark.parametrize("name", [*FIXED, *RANDOM])
def test_a_batch_of_one_and_of_none_work(name):
    make = FIXED.get(name) or RANDOM[name]
    assert len(make().batch(images(1))) == 1
    if name not in ("Compose", "Lambda"):  # those call a function of one sample
        assert len(make().batch(images(0))) == 0


@pytest.mark.parametrize("name", RANDOM)
def test_the_same_generator_gives_the_same_and_another_another(name):
    x = images()
    first, same, other = (RANDOM[name](generator(s)).batch(x) for s in (0, 0, 1))
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", RANDOM)
def test_each_sample_has_its_own_random_numbers(name):
    x = np.repeat(images(1), 20, axis=0)
    assert len({sample.tobytes() for sample in RANDOM[name](generator()).batch(x)}) > 1


@pytest.mark.parametrize("name", RANDOM)
def test_pygrad_seed_fixes_what_is_drawn_outside_of_loaders(name):
    def draw():
        pygrad.seed(5)
        return RANDOM[name]()(images(1)[0])

    np.testing.assert_array_equal(draw(), draw())


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("place", ["dataset", "loader"])
def test_in_a_loader_the_numbers_follow_from_seed_epoch_and_batch(name, place):
    def batches(**options):
        if place == "dataset":
            loader = DataLoader(Dataset(images(9), transform=RANDOM[name]()), 4, seed=1, **options)
        else:
            loader = DataLoader(images(9), 4, seed=1, batch_transform=RANDOM[name](), **options)
        return [batch for _ in range(2) for batch in loader]

    expected = batches()
    pygrad.default_rng().random()
    for a, b in zip(expected, batches(num_workers=2), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_layout_of_the_axes_does_not_matter():
    x = images()
    last = np.moveaxis(x, 1, -1)
    for first_form, last_form in [
        (Pad(2), Pad(2, axes=(-3, -2))),
        (CenterCrop(4), CenterCrop(4, axes=(-3, -2))),
        (Resize((5, 4)), Resize((5, 4), axes=(-3, -2))),
        (RandomCrop(4, rng=generator()), RandomCrop(4, axes=(-3, -2), rng=generator())),
        (Flip(rng=generator()), Flip(axes=(-3, -2), rng=generator())),
        (Flip("vertical", rng=generator()), Flip("vertical", axes=(-3, -2), rng=generator())),
        (Cutout(4, rng=generator()), Cutout(4, axes=(-3, -2), rng=generator())),
        (Rotate(50, rng=generator()), Rotate(50, axes=(-3, -2), rng=generator())),
        (
            ColorJitter(0.3, 0.3, 0.3, 0.3, rng=generator()),
            ColorJitter(0.3, 0.3, 0.3, 0.3, axis=-1, rng=generator()),
        ),
    ]:
        expected = np.moveaxis(first_form.batch(x), 1, -1)
        np.testing.assert_allclose(last_form.batch(last), expected, rtol=1e-5, atol=1e-6)


def test_grey_images_need_no_axis_of_channels():
    x = images()[:, 0]
    for transform in (
        Pad(1),
        Resize(4),
        Rotate(20),
        Flip(),
        Cutout(2),
        ColorJitter(0.5, 0.5, 0.5, 0.1),
    ):
        assert transform.batch(x).ndim == 3


# ------------------------------------------------------------------------------ values


def test_unsigned_integers_become_parts_of_their_maximum():
    np.testing.assert_array_equal(ToFloat()(np.array([0, 255], "u1")), np.array([0, 1], "f4"))
    np.testing.assert_array_equal(ToFloat("f8")(np.array([65535], "u2")), [1.0])
    np.testing.assert_array_equal(ToFloat()(np.array([-3, 3])), np.array([-3, 3], "f4"))


def test_standardize_makes_each_sample_mean_0_and_deviation_1():
    y = Standardize().batch(images(dtype="f8") * 7 + 3)
    np.testing.assert_allclose(y.mean(axis=(1, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=(1, 2, 3)), 1)
    np.testing.assert_array_equal(Standardize()(np.full(3, 5.0)), 0)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 12), st.sampled_from([None, -1, -2, -3]))
def test_the_statistics_of_a_dataset_are_numpys(n, batch_size, axis):
    x = generator(n).normal(1000, 0.1, (n, 3, 4, 5))
    normalize = Normalize.of(Dataset(x, np.zeros(n)), axis, batch_size)
    others = None if axis is None else tuple(i for i in range(4) if i != axis + 4)
    np.testing.assert_allclose(normalize.mean, x.mean(axis=others), rtol=1e-12)
    np.testing.assert_allclose(normalize.std, x.std(axis=others), rtol=1e-6)
    y = normalize.batch(x)
    np.testing.assert_allclose(y.mean(axis=others), 0, atol=1e-6)
    np.testing.assert_allclose(y.std(axis=others), 1, rtol=1e-6)


def test_statistics_of_integers_do_not_overflow_and_a_constant_has_deviation_1():
    x = np.full((300, 2), 200, np.uint8)
    normalize = Normalize.of(x, axis=-1)
    np.testing.assert_array_equal(normalize.mean, [200, 200])
    np.testing.assert_array_equal(normalize.std, [1, 1])


def test_one_hot():
    np.testing.assert_array_equal(OneHot(3).batch(np.array([2, 0])), [[0, 0, 1], [1, 0, 0]])
    assert OneHot(4).batch(np.zeros((2, 5), int)).shape == (2, 5, 4)
    dataset = Dataset(np.arange(3), [0, 1, 2], target_transform=OneHot(3))
    np.testing.assert_array_equal(dataset[:][1], np.eye(3))
    np.testing.assert_array_equal(dataset[1][1], [0, 1, 0])


def test_noise_has_its_deviation_and_leaves_the_mean():
    noise = GaussianNoise(0.3, generator())(np.zeros(100_000))
    np.testing.assert_allclose([noise.mean(), noise.std()], [0, 0.3], atol=5e-3)


# ------------------------------------------------------------------------------ images


def test_pad_is_numpys():
    x = images()
    np.testing.assert_array_equal(
        Pad((1, 2), mode="reflect").batch(x), np.pad(x, [(0, 0), (0, 0), (1, 1), (2, 2)], "reflect")
    )


def test_a_random_crop_is_a_part_of_its_own_image_and_all_places_occur():
    x = np.arange(1000 * 12).reshape(1000, 1, 3, 4)
    y = RandomCrop((2, 2), rng=generator()).batch(x)
    start = y[:, 0, 0, 0] - x[:, 0, 0, 0]
    np.testing.assert_array_equal(y[:, 0, 0, 1], y[:, 0, 0, 0] + 1)
    np.testing.assert_array_equal(y[:, 0, 1], y[:, 0, 0] + 4)
    assert set(start.tolist()) == {0, 1, 2, 4, 5, 6}


def test_flip_flips_its_share_of_the_images():
    x = np.tile(np.array([[1, 2], [3, 4]]), (1000, 1, 1))
    y = Flip(p=0.3, rng=generator()).batch(x)
    flipped = (y == [[2, 1], [4, 3]]).all(axis=(1, 2))
    assert 0.25 < flipped.mean() < 0.35
    assert (y[~flipped] == x[0]).all()
    np.testing.assert_array_equal(Flip("vertical", p=1).batch(x)[0], [[3, 4], [1, 2]])


def test_cutout_hides_one_square_in_all_channels():
    y = Cutout(3, rng=generator()).batch(np.ones((500, 2, 9, 9)))
    np.testing.assert_array_equal(y[:, 0], y[:, 1])
    hidden = (y[:, 0] == 0).sum(axis=(1, 2))
    assert set(hidden.tolist()) == {4, 6, 9}  # whole, at a border, in a corner


def test_rotate_by_right_angles_is_numpys():
    x = images()[..., :8]
    for turns, degrees in enumerate([0, 90, 180, 270]):
        for method in ("nearest", "bilinear"):
            y = Rotate((degrees, degrees), method).batch(x)
            np.testing.assert_allclose(y, np.rot90(x, turns, axes=(-2, -1)), atol=1e-5)


def test_rotate_there_and_back_keeps_the_middle():
    ramp = np.add.outer(np.arange(21.0), 2 * np.arange(21.0))[np.newaxis]
    y = Rotate((-25, -25)).batch(Rotate((25, 25)).batch(ramp))
    np.testing.assert_allclose(y[0, 7:14, 7:14], ramp[0, 7:14, 7:14], atol=1e-4)


@pytest.mark.parametrize("size", [(8, 10), (16, 20), (5, 3), (1, 1), (13, 7), (3, 30)])
@pytest.mark.parametrize("method", ["bilinear", "nearest"])
def test_resize_is_pillows(size, method):
    Image = pytest.importorskip("PIL.Image")
    x = images(2)
    y = Resize(size, method).batch(x)
    how = {"bilinear": Image.Resampling.BILINEAR, "nearest": Image.Resampling.NEAREST}[method]
    for sample, resized in zip(x.reshape(-1, 8, 10), y.reshape(-1, *size), strict=True):
        expected = np.asarray(Image.fromarray(sample).resize(size[::-1], how))
        np.testing.assert_allclose(resized, expected, atol=1e-6)


def test_integers_are_rounded_when_resized():
    x = np.array([[[0, 255]]], np.uint8)
    np.testing.assert_array_equal(Resize((1, 4)).batch(x), [[[0, 64, 191, 255]]])


def test_jitter_of_nothing_changes_nothing():
    np.testing.assert_array_equal(ColorJitter().batch(images()), images())
    np.testing.assert_array_equal(ColorJitter().batch(images(dtype="u1")), images(dtype="u1"))


def test_jitter_keeps_what_each_setting_should():
    x = images(dtype="f8") * 0.4 + 0.3
    luma = [0.299, 0.587, 0.114]

    def light(y):
        return np.tensordot(luma, y, (0, 1))

    y = ColorJitter(brightness=0.1, rng=generator()).batch(x)
    assert np.ptp(y / x, axis=(1, 2, 3)).max() < 1e-6
    y = ColorJitter(contrast=0.1, rng=generator()).batch(x)
    np.testing.assert_allclose(light(y).mean(axis=(1, 2)), light(x).mean(axis=(1, 2)), rtol=1e-6)
    for jitter in (ColorJitter(saturation=0.3), ColorJitter(hue=0.05)):
        y = jitter.batch(x)
        assert not np.allclose(y, x)
        np.testing.assert_allclose(light(y), light(x), atol=2e-3)


def test_jitter_stays_in_range():
    for dtype, top in (("f4", 1), ("u1", 255)):
        y = ColorJitter(1, 1, 1, 0.5, rng=generator()).batch(images(dtype=dtype))
        assert y.dtype == dtype
        assert y.min() >= 0
        assert y.max() <= top


# ------------------------------------------------------------------------------ mixing, composing


def test_mixup_mixes_data_and_labels_alike():
    x, y = Mixup(0.4, classes=5, rng=generator())((np.eye(5, dtype="f4"), np.arange(5)))
    np.testing.assert_allclose(x, y, atol=1e-6)
    assert x.dtype == y.dtype == np.float32
    assert ((x > 0).sum(axis=1) == 2).any()


def test_mixup_runs_in_a_loader_after_other_transforms():
    data = Dataset(np.full((6, 4), 255, np.uint8), np.arange(6) % 3)
    for x, y in DataLoader(data, 3, batch_transform=[ToFloat(), Mixup(classes=3)]):
        np.testing.assert_allclose(x, 1)
        assert y.shape == (3, 3)
        np.testing.assert_allclose(y.sum(axis=1), 1)


def test_a_function_as_batch_transform_is_given_the_whole_batch():
    loader = DataLoader(
        Dataset(np.arange(4), np.arange(4)), 4, False, batch_transform=lambda b: b[0] + b[1]
    )
    assert [batch.tolist() for batch in loader] == [[0, 2, 4, 6]]


def test_a_dataset_of_arrays_is_transformed_in_one_call():
    calls = []

    class Doubled(transforms.Transform):
        def batch(self, x):
            calls.append(len(x))
            return x * 2

    dataset = Dataset(np.arange(6), np.arange(6), transform=Doubled())
    assert [x.tolist() for x, _ in DataLoader(dataset, 4, False)] == [[0, 2, 4, 6], [8, 10]]
    assert calls == [4, 2]
    assert dataset[3] == (6, 3)


def test_transforms_show_their_settings():
    assert repr(Compose([Flip(p=0.25), Flatten()])) == (
        "Compose([Flip(direction='horizontal', p=0.25, axes=(-2, -1)), Flatten()])"
    )


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: ToFloat(int), DtypeError, "ToFloat: dtype is int64; it must be a floating"),
        (lambda: OneHot(2)(2), DataError, "label 2 with classes=2; labels must be from 0 to 1"),
        (lambda: OneHot(2)(-1), DataError, "label -1 with classes=2"),
        (lambda: OneHot(2)(0.5), DataError, "labels of dtype float64; they must be integers"),
        (lambda: OneHot(0), ArgumentError, "OneHot: classes is 0"),
        (lambda: Normalize(0, 0), ArgumentError, "Normalize: std is 0; it must be above 0"),
        (lambda: Normalize([0, 1], [1, 1]), ArgumentError, "Normalize: 2 means without an axis"),
        (lambda: Normalize([0], [1], axis=0), ArgumentError, "counted from the end"),
        (
            lambda: Normalize([0, 1], [1, 1], axis=-1)(np.ones(3)),
            ShapeError,
            r"a sample of shape \(3,\) with 2 statistics along axis -1",
        ),
        (lambda: Normalize.of(np.ones((3, 2)), -2), ArgumentError, r"axis is -2 for samples of sh"),
        (lambda: Pad(-1), ArgumentError, "Pad: size is -1; it must be an integer of at least 0"),
        (lambda: Pad((1, 2, 3)), ArgumentError, "must be one integer, or .height, width"),
        (lambda: Pad(1, mode="mirror"), ArgumentError, "mode is 'mirror'; it must be one of cons"),
        (lambda: Pad(1, axes=(0, 1)), ArgumentError, "Pad: axes is .0, 1.; .* from the end"),
        (lambda: Pad(1)(np.ones(3)), ShapeError, r"Pad: a sample of shape \(3,\) has no axes"),
        (lambda: CenterCrop(5)(np.ones((4, 6))), ShapeError, r"size is \(5, 5\) but an image has"),
        (lambda: RandomCrop(5)(np.ones((4, 6))), ShapeError, r"RandomCrop: size is \(5, 5\)"),
        (lambda: Flip(p=2), ArgumentError, "Flip: p is 2; it must be a probability"),
        (lambda: Flip("left"), ArgumentError, "direction is 'left'; it must be 'horizontal'"),
        (lambda: Flip(rng=3), ArgumentError, "Flip: rng is a int; it must be a numpy.random"),
        (lambda: Rotate(-3), ArgumentError, "Rotate: degrees is -3"),
        (lambda: Resize(4, "cubic"), ArgumentError, "method is 'cubic'; it must be 'bilinear'"),
        (lambda: ColorJitter(2), ArgumentError, "brightness is 2; it must be from 0 to 1"),
        (lambda: ColorJitter(hue=1), ArgumentError, "hue is 1; it must be from 0 to 0.5"),
        (lambda: ColorJitter()(np.ones((4, 5, 5))), ShapeError, "1 or 3 channels along axis -3"),
        (lambda: GaussianNoise(-1), ArgumentError, "std is -1; it must be at least 0"),
        (lambda: Mixup(0), ArgumentError, "alpha is 0; it must be above 0"),
        (lambda: Mixup()((np.ones(2), np.array([0, 1]))), DataError, "classes="),
        (lambda: Mixup()(np.ones(2)), DataError, "got a ndarray; it needs a batch of data and"),
        (lambda: Compose([3]), ArgumentError, "Compose: 3 is a int; each of the transforms"),
        (lambda: Lambda(3), ArgumentError, "Lambda: function is a int"),
        (
            lambda: Lambda(lambda x: x[: int(x[0])]).batch(np.array([[1, 0], [2, 0]])),
            DataError,
            r"sample 1 of the batch became one of shape \(2,\) but sample 0 one of \(1,\)",
        ),
    ],
)
def test_what_a_transform_cannot_do_it_says(make, error, message):
    with pytest.raises(error, match=message) as caught:
        make()
    assert isinstance(caught.value, PyGradError)
