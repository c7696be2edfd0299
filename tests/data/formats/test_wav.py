"""WAV files, written by SciPy and the standard library."""

import struct
import wave

import numpy as np
import pytest

from pygrad.data import formats
from pygrad.exceptions import DataError


@pytest.mark.parametrize(
    ("stored", "samples"),
    [
        (np.array([0, 128, 255], np.uint8), [-1, 0, 127 / 128]),
        (np.array([-32768, 0, 16384], np.int16), [-1, 0, 0.5]),
        (np.array([-(2**31), 0, 2**30], np.int32), [-1, 0, 0.5]),
        (np.array([-1, 0.25, 1.5], np.float32), [-1, 0.25, 1.5]),
        (np.array([-1, 0.25, 1.5], np.float64), [-1, 0.25, 1.5]),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_what_scipy_writes_is_read(tmp_path, stored, samples):
    wavfile = pytest.importorskip("scipy.io.wavfile", reason="SciPy, which writes, is missing")
    wavfile.write(tmp_path / "x.wav", 44100, stored)
    got, rate = formats.read_wav(tmp_path / "x.wav")
    assert (got.dtype, rate) == (np.float32, 44100)
    np.testing.assert_array_equal(got, np.array(samples, np.float32))
    stereo = np.stack([stored, stored[::-1]], axis=1)
    wavfile.write(tmp_path / "x.wav", 8000, stereo)
    got = formats.read_wav(tmp_path / "x.wav").samples
    np.testing.assert_array_equal(got, np.stack([samples, samples[::-1]], 1).astype(np.float32))


def test_24_bits(tmp_path):
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setparams((1, 3, 48000, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<i", n)[:3] for n in (-(2**23), 0, 2**22, -1)))
    samples, rate = formats.read_wav(tmp_path / "x.wav")
    assert rate == 48000
    np.testing.assert_array_equal(samples, np.array([-1, 0, 0.5, -(2.0**-23)], np.float32))


def riff(*chunks):
    body = b"WAVE" + b"".join(
        struct.pack("<4sI", name, len(data)) + data + bytes(len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def fmt(code=1, channels=1, rate=8000, bits=16, frame=None, more=b""):
    frame = channels * bits // 8 if frame is None else frame
    return b"fmt ", struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits) + more


DATA = (b"data", struct.pack("<2h", 0, 16384))


def test_chunks_that_are_not_needed_are_skipped(tmp_path):
    content = riff((b"LIST", b"odd"), fmt(), (b"fact", b"1234"), DATA, (b"id3 ", b"x"))
    (tmp_path / "x.wav").write_bytes(content)
    assert formats.read_wav(tmp_path / "x.wav").samples.tolist() == [0, 0.5]


def test_the_extensible_format(tmp_path):
    more = struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    (tmp_path / "x.wav").write_bytes(riff(fmt(0xFFFE, more=more), DATA))
    assert formats.read_wav(tmp_path / "x.wav").samples.tolist() == [0, 0.5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"RIFF\0\0\0\0AVI ", "at byte 0: it begins with"),
        (riff(), "at byte 12: it ends without samples"),
        (riff(fmt()), "it ends without samples"),
        (riff(DATA, fmt()), "at byte 20: the samples come before their format"),
        (riff(fmt(), DATA)[:-1], "at byte 36: the chunk b'data' is to have 4 bytes, but 3 follow"),
        (riff(fmt(code=2, bits=4)), "at byte 20: format 2 with 4 bits"),
        (riff(fmt(code=0xFFFE)), "format 65534 with 16 bits"),
        (riff(fmt(channels=0), DATA), "at byte 20: 0 channels of 16 bits"),
        (riff(fmt(rate=0), DATA), "at a rate of 0"),
        (riff(fmt(frame=3), DATA), "in frames of 3 bytes"),
        (riff(fmt(channels=3), DATA), "at byte 44: 4 bytes of samples are no whole number"),
        (riff((b"fmt ", b"short")), "at byte 20: a format of 5 bytes"),
    ],
)
def test_a_damaged_wav_says_where_and_what(tmp_path, content, message):
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        formats.read_wav(tmp_path / "x.wav")
    assert str(tmp_path / "x.wav") in str(caught.value)
