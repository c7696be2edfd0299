"""Files that chance has damaged: every reader gives data or a DataError, and nothing else.

A small part of what each reader went through once: 100,000 mutated files of each format.
"""

import functools
import gzip
import importlib
import io
import random
import wave

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pygrad.data import formats
from pygrad.exceptions import DataError

PACKAGES = {"parquet": "pyarrow.parquet", "arrow": "pyarrow.feather", "image": "PIL.Image"}
READERS = {
    "npy": formats.read_npy,
    "npz": formats.read_npz,
    "idx": formats.read_idx,
    "csv": formats.read_csv,
    "jsonl": formats.read_jsonl,
    "text": functools.partial(formats.read_text, tokenizer="bpe", size=260),
    "wav": formats.read_wav,
    "parquet": formats.read_parquet,
    "arrow": formats.read_arrow,
    "image": formats.read_image,
}
PIECES = [
    *(b"\0", b"\xff", b"\x7f", b"\xff\xff\xff\x7f", b"\xff" * 8, b"\0\0\0\0"),
    *(b'"', b",", b"\n", b"{", b"[", b"(", b"9" * 20, b"-", b"e999"),
]


def written(write):
    file = io.BytesIO()
    write(file)
    return file.getvalue()


@functools.cache
def whole_files(kind):
    """Undamaged files of a format."""
    if kind == "npy":
        record = np.zeros(3, [("a", "i4"), ("b", "f8", (2,))])
        arrays = [np.arange(10), np.ones((3, 4), order="F"), np.array(["ab", "c"]), record]
        return [written(lambda file, array=array: np.save(file, array)) for array in arrays]
    if kind == "npz":
        return [
            written(lambda file, save=save: save(file, x=np.arange(10), y=np.ones(3)))
            for save in (np.savez, np.savez_compressed)
        ]
    if kind == "idx":
        idx = bytes([0, 0, 11, 2, 0, 0, 0, 2, 0, 0, 0, 3, *range(12)])
        return [idx, gzip.compress(idx)]
    if kind == "csv":
        csv = b'a,b,c\n1,x,2020-01-01\nNA,"y,\n",2020-01-02\n3,,\n'
        return [csv, gzip.compress(csv), b"a\tb\r\n1.5\ttrue\r\n2\tfalse\r\n"]
    if kind == "jsonl":
        return [b'{"a": 1, "b": [1, 2]}\n{"a": null, "b": [3, 4.5]}\n{"c": {"d": "\\u00e9"}}\n']
    if kind == "text":
        return ["héllo wörld\r\nline two\n".encode(), gzip.compress(b"one two\n" * 5)]
    if kind == "wav":
        return [written(lambda file, width=width: write_wav(file, width)) for width in (1, 2, 3, 4)]
    module = importlib.import_module(PACKAGES[kind])
    if kind == "image":
        rng = np.random.default_rng(0)
        picture = module.fromarray(rng.integers(0, 255, (9, 7, 3), dtype=np.uint8))
        exif = module.Exif()
        exif[0x0112] = 6
        kinds = ("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP")
        return [written(lambda f, kind=kind: picture.save(f, kind, exif=exif)) for kind in kinds]
    pa = importlib.import_module("pyarrow")
    text = pa.array(["a", None, "bcd"] * 5)
    table = pa.table({"i": list(range(15)), "s": text, "c": text.dictionary_encode()})
    if kind == "parquet":
        return [
            written(lambda file, how=how: module.write_table(table, file, **how))
            for how in ({}, {"compression": "none", "use_dictionary": False}, {"row_group_size": 4})
        ]
    return [
        written(lambda file, how=how: module.write_feather(table, file, compression=how))
        for how in ("uncompressed", "lz4")
    ]


def write_wav(file, width):
    with wave.open(file, "wb") as sound:
        sound.setparams((2, width, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(range(width * 8)))


def damage(content, rng):
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5])):
        if not content:
            break
        place = rng.randrange(len(content))
        if rng.random() < 0.5:  # the headers, at both ends
            place = rng.choice([place % 60, len(content) - 1 - place % 60]) % len(content)
        piece = rng.choice(PIECES)
        match rng.randrange(6):
            case 0:
                content[place] ^= 1 << rng.randrange(8)
            case 1:
                content[place] = rng.randrange(256)
            case 2:
                del content[place:]
            case 3:
                del content[place : place + rng.randrange(1, 20)]
            case 4:
                content[place : place + len(piece)] = piece
            case 5:
                content[place:place] = piece
    return bytes(content)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_data_or_one_error(tmp_path, kind):
    if kind in PACKAGES:
        pytest.importorskip(PACKAGES[kind], reason=f"{PACKAGES[kind]} is not installed")
    path = tmp_path / "damaged"

    @given(st.integers(0, 2**32))
    @settings(
        max_examples=200,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def try_one(seed):
        rng = random.Random(seed)
        path.write_bytes(damage(rng.choice(whole_files(kind)), rng))
        try:
            READERS[kind](path)
        except DataError as error:
            assert str(path) in str(error)  # noqa: PT017

    try_one()


@pytest.mark.parametrize("kind", READERS)
def test_the_undamaged_files_are_read(tmp_path, kind):
    # or the test above would damage what no reader takes anyway
    if kind in PACKAGES:
        pytest.importorskip(PACKAGES[kind], reason=f"{PACKAGES[kind]} is not installed")
    for content in whole_files(kind):
        (tmp_path / "whole").write_bytes(content)
        READERS[kind](tmp_path / "whole")


@pytest.mark.parametrize("kind", READERS)
def test_a_file_cut_anywhere_is_data_or_one_error(tmp_path, kind):
    if kind in PACKAGES:
        pytest.importorskip(PACKAGES[kind], reason=f"{PACKAGES[kind]} is not installed")
    binary = {"npy", "npz", "idx", "wav", "parquet", "arrow"}
    for content in whole_files(kind)[:2]:
        for end in range(0, len(content), 1 + len(content) // 100):
            (tmp_path / "cut").write_bytes(content[:end])
            try:
                READERS[kind](tmp_path / "cut")
            except DataError:
                continue
            assert kind not in binary, f"the first {end} bytes of {len(content)} were taken for all"
