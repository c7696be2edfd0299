"""Pictures, and folders of them, written by Pillow."""

import numpy as np
import pytest

from pygrad.data import DataLoader, formats
from pygrad.data.formats.images import SUFFIXES
from pygrad.exceptions import ArgumentError, DataError

image = pytest.importorskip("PIL.Image", reason="Pillow, which reads pictures, is not installed")

COLOURS = np.random.default_rng(0).integers(0, 256, (6, 4, 3), dtype=np.uint8)


@pytest.mark.parametrize("suffix", [s for s in SUFFIXES if s not in (".pgm", ".pbm")])
def test_every_format_is_read(tmp_path, suffix):
    # one colour: neither JPEG nor a palette changes that
    plain = np.full((6, 4, 3), 200, np.uint8)
    options = {"lossless": True} if suffix == ".webp" else {}
    image.fromarray(plain).save(tmp_path / f"x{suffix}", **options)
    got = formats.read_image(tmp_path / f"x{suffix}")
    assert (got.dtype, got.shape, got.flags.writeable) == (np.uint8, (6, 4, 3), True)
    np.testing.assert_allclose(got.astype(int), plain, atol=2)


def test_modes_and_sizes(tmp_path):
    path = tmp_path / "x.png"
    image.fromarray(COLOURS).save(path)
    np.testing.assert_array_equal(formats.read_image(path), COLOURS)
    assert formats.read_image(path, mode="L").shape == (6, 4)
    assert (formats.read_image(path, mode="RGBA")[..., 3] == 255).all()
    assert formats.read_image(path, size=(3, 5)).shape == (3, 5, 3)
    image.fromarray(COLOURS[..., 0]).save(path)
    np.testing.assert_array_equal(formats.read_image(path)[..., 2], COLOURS[..., 0])
    for wrong in ({"mode": "CMYK"}, {"size": 3}, {"size": (0, 3)}, {"size": (1, 2, 3)}):
        with pytest.raises(ArgumentError, match="read_image: (mode|size) is"):
            formats.read_image(path, **wrong)


TURNED = {
    1: COLOURS,
    2: COLOURS[:, ::-1],
    3: COLOURS[::-1, ::-1],
    4: COLOURS[::-1],
    5: COLOURS.swapaxes(0, 1),
    6: COLOURS[::-1].swapaxes(0, 1),
    7: COLOURS[::-1, ::-1].swapaxes(0, 1),
    8: COLOURS[:, ::-1].swapaxes(0, 1),
}


@pytest.mark.parametrize("orientation", TURNED)
def test_a_picture_stands_as_the_camera_was_held(tmp_path, orientation):
    exif = image.Exif()
    exif[0x0112] = orientation
    image.fromarray(COLOURS).save(tmp_path / "x.png", exif=exif)
    np.testing.assert_array_equal(formats.read_image(tmp_path / "x.png"), TURNED[orientation])


def test_a_damaged_picture_says_where_and_what(tmp_path):
    path = tmp_path / "x.png"
    image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 50), dtype=np.uint8)).save(path)
    whole = path.read_bytes()
    for content, message in [
        (b"", "the file is empty"),
        (whole[: len(whole) // 2], "at its picture data: Pillow says: "),
        (b"hello", "at byte 0: Pillow says: cannot identify"),
        # PostScript, which Pillow would hand to Ghostscript
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", "at byte 0: "),
    ]:
        path.write_bytes(content)
        with pytest.raises(DataError, match=message) as caught:
            formats.read_image(path)
        assert str(caught.value).count("x.png") == 1


def test_a_picture_that_claims_more_pixels_than_it_can_have_is_refused(tmp_path):
    header = b"P5\n12000 12000\n255\n"  # 144 million pixels, in 20 bytes
    (tmp_path / "x.pgm").write_bytes(header + b"x")
    with (
        pytest.warns(Warning, match="decompression bomb"),
        pytest.raises(DataError, match="20 bytes are said to hold 12000x12000 pixels"),
    ):
        formats.read_image(tmp_path / "x.pgm")


# ------------------------------------------------------------------------------ folders


@pytest.fixture
def pets(tmp_path):
    for name, size in [
        ("dog/1.png", (4, 6)),
        ("cat/10.JPG", (8, 8)),
        ("cat/more/2.png", (3, 3)),
        ("cat/.hidden.png", (1, 1)),
        ("cat/.cache/x.png", (1, 1)),
    ]:
        path = tmp_path / "pets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image.new("RGB", size, "red").save(path)
    (tmp_path / "pets" / "cat" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "pets" / "notes").mkdir()
    (tmp_path / "pets" / "readme.txt").write_text("pets")
    (tmp_path / "pets" / ".git").mkdir()
    image.new("RGB", (1, 1)).save(tmp_path / "pets" / ".git" / "x.png")
    return tmp_path / "pets"


def test_a_folder_is_a_class(pets):
    dataset = formats.ImageFolder(pets)
    assert dataset.classes == ("cat", "dog")
    names = [path.relative_to(pets).as_posix() for path in dataset.paths]
    assert names == ["cat/10.JPG", "cat/more/2.png", "dog/1.png"]
    assert dataset.label.tolist() == [0, 0, 1]
    assert dataset.label.dtype == np.int64
    picture, label = dataset[2]
    assert (picture.shape, label) == ((6, 4, 3), 1)


def test_pictures_of_mixed_sizes_are_batched_at_one_size(pets):
    dataset = formats.ImageFolder(pets, size=(5, 7), mode="L", transform=lambda x: x / 255)
    data, labels = next(iter(DataLoader(dataset, 3, shuffle=False)))
    assert data.shape == (3, 5, 7)
    assert data.max() < 1
    assert labels.tolist() == [0, 0, 1]


def test_pictures_in_no_folder_have_no_labels(pets):
    dataset = formats.ImageFolder(pets / "dog")
    assert (len(dataset), dataset.classes, dataset.label) == (1, None, None)
    assert dataset[0].shape == (6, 4, 3)
    assert [picture.shape for picture in dataset.data[:]] == [(6, 4, 3)]


def test_a_folder_that_is_none_is_named(pets):
    image.new("RGB", (1, 1)).save(pets / "stray.png")
    with pytest.raises(DataError, match=r"stray\.png lies beside the class folders cat, dog"):
        formats.ImageFolder(pets)
    with pytest.raises(DataError, match="notes: there is no picture in it"):
        formats.ImageFolder(pets / "notes")
    with pytest.raises(DataError, match=r"readme\.txt: is a file; it must be a folder"):
        formats.ImageFolder(pets / "readme.txt")


def test_a_damaged_picture_is_named_when_it_is_read(pets):
    (pets / "dog" / "1.png").write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    dataset = formats.ImageFolder(pets)
    assert len(dataset[0]) == 2
    with pytest.raises(DataError, match=r"1\.png: at its picture data"):
        dataset[2]
