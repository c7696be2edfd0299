"""Lines of text and their tokenizers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pygrad.data import DataLoader, formats
from pygrad.data.formats import BPETokenizer, CharacterTokenizer, Tokenizer, WordTokenizer
from pygrad.exceptions import ArgumentError, DataError


@pytest.fixture
def read(tmp_path):
    def read(content, **options):
        (tmp_path / "x.txt").write_bytes(content)
        return formats.read_text(tmp_path / "x.txt", **options)

    return read


def test_a_sample_is_a_line(read):
    lines = read("\ufeffone\r\n\n\x0ctwo\u2028 é\r".encode())
    assert lines.lines == lines[:] == ["one", "", "\x0ctwo\u2028 é"]
    assert lines.tokenizer is None
    assert len(next(iter(DataLoader(lines, 2)))) == 2
    assert read(b"M\xfcnchen", encoding="latin-1")[0] == "München"


@pytest.mark.parametrize("kind", ["characters", "words", "bpe"])
def test_a_tokenizer_learns_from_the_file_and_serves_the_next(read, kind):
    first = read(b"to be, or not to be\nthat is\n", tokenizer=kind)
    assert isinstance(first.tokenizer, Tokenizer)
    assert first[0].dtype == np.int64
    assert first[0].max() < len(first.tokenizer)
    assert first.tokenizer.decode(first[1]) == "that is"
    second = read(b"that is", tokenizer=first.tokenizer)
    np.testing.assert_array_equal(second[0], first[1])
    assert second.tokenizer is first.tokenizer


def test_what_is_no_text_is_named(read):
    with pytest.raises(DataError, match=r"x\.txt: at byte 3: no utf-8 text \(b'\\xff"):
        read(b"abc\xff")
    with pytest.raises(DataError, match=r"x\.txt: the file is empty"):
        read(b"")
    with pytest.raises(ArgumentError, match="tokenizer is 'letters'; it must be one of characters"):
        read(b"a", tokenizer="letters")
    with pytest.raises(ArgumentError, match="size: only a new tokenizer takes settings"):
        read(b"a", size=3)
    with pytest.raises(ArgumentError, match="encoding is 'klingon'"):
        read(b"a", encoding="klingon")


def test_characters_and_words_that_are_not_known_are_0():
    characters = CharacterTokenizer.fit(["abc"])
    assert characters.encode("cxa").tolist() == [3, 0, 1]
    assert characters.decode([3, 0, 1]) == "c\ufffda"
    words = WordTokenizer.fit(["b b a, a a"], size=3)
    assert words.vocabulary == ("<unknown>", "a", "b")
    assert words.encode("a c b!").tolist() == [1, 0, 2, 0]
    assert WordTokenizer(words.vocabulary).vocabulary == words.vocabulary


@given(st.text(), st.lists(st.text()))
def test_byte_pairs_bring_back_every_text(text, texts):
    tokenizer = BPETokenizer.fit([*texts, text], size=300)
    tokens = tokenizer.encode(text)
    assert tokenizer.decode(tokens) == text
    assert len(tokens) <= len(text.encode())


def test_half_a_character_is_encoded_too():
    # JSON can hold one
    tokenizer = BPETokenizer.fit(["\ud800"])
    assert tokenizer.encode("\ud800").tolist() == [0xED, 0xA0, 0x80]


def test_byte_pairs_are_merged_as_in_the_paper():
    # Sennrich et al., algorithm 1: es, est, lo, low come first for these words
    words = ["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3
    tokenizer = BPETokenizer.fit(words, size=260)
    pieces = [tokenizer.decode([token]) for token in range(256, 260)]
    assert pieces == ["es", "est", "lo", "low"]
    assert BPETokenizer(tokenizer.merges).encode("lowest").tolist() == [259, 257]


@given(st.lists(st.text("ab ", min_size=1)))
def test_byte_pairs_do_not_depend_on_the_order_of_texts(texts):
    merges = BPETokenizer.fit(texts, size=270).merges
    assert BPETokenizer.fit(texts[::-1], size=270).merges == merges


def test_a_tokenizer_that_cannot_be_is_refused():
    with pytest.raises(ArgumentError, match="size is 100; there are 256 bytes"):
        BPETokenizer.fit(["a"], size=100)
    with pytest.raises(ArgumentError, match="size is 'x'"):
        WordTokenizer.fit(["a"], size="x")
    with pytest.raises(
        ArgumentError, match=r"merge \(?256, 1\)? joins tokens that come only later"
    ):
        BPETokenizer([(256, 1)])
    for tokenizer in (BPETokenizer([]), CharacterTokenizer("a")):
        for token in (-1, 256):
            with pytest.raises(ArgumentError, match=f"token {token}; they go from 0 to"):
                tokenizer.decode([token])


def test_the_door_names_what_it_exposes():
    assert formats.__all__ == sorted(formats.__all__)
    assert all(hasattr(formats, name) for name in formats.__all__)
