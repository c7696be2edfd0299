"""Tokenizers: text to numbers and back, by characters, by words, or by pairs of bytes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pygrad.exceptions import ArgumentError

__all__ = ["BPETokenizer", "CharacterTokenizer", "Tokenizer", "WordTokenizer"]


@runtime_checkable
class Tokenizer(Protocol):
    """Whatever makes numbers of text, and text of numbers."""

    @classmethod
    def fit(cls, texts: Iterable[str]) -> Self:
        """A tokenizer with the vocabulary of these texts."""
        ...

    def encode(self, text: str) -> NDArray[np.int64]:
        """The numbers of a text, from 0 to ``len(tokenizer) - 1``."""
        ...

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of such numbers."""
        ...

    def __len__(self) -> int:
        """How many different numbers there are."""
        ...


class _Vocabulary:
    """Entries in a fixed order, and number 0 for whatever is none."""

    UNKNOWN = ""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = (self.UNKNOWN, *(x for x in vocabulary if x != self.UNKNOWN))
        self._numbers = {entry: number for number, entry in enumerate(self.vocabulary)}

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} entries)"

    def _encode(self, entries: Iterable[str]) -> NDArray[np.int64]:
        return np.array([self._numbers.get(entry, 0) for entry in entries], np.int64)

    def _decode(self, tokens: Iterable[int]) -> list[str]:
        return [self.vocabulary[_checked(self, token)] for token in tokens]


class CharacterTokenizer(_Vocabulary):
    """A number for each character; 0 for one that is not in the vocabulary.

    Parameters
    ----------
    vocabulary : sequence of str
        The characters that get the numbers 1, 2, ...

    Examples
    --------
    >>> from pygrad.data.formats import CharacterTokenizer
    >>> tokenizer = CharacterTokenizer.fit(["abba"])
    >>> tokenizer.encode("abc")
    array([1, 2, 0])
    >>> tokenizer.decode([2, 1, 1])
    'baa'
    """

    UNKNOWN = "\N{REPLACEMENT CHARACTER}"

    @classmethod
    def fit(cls, texts: Iterable[str]) -> Self:
        """A tokenizer for all characters of these texts, in the order of Unicode."""
        return cls(sorted(set().union(*texts)))

    def encode(self, text: str) -> NDArray[np.int64]:
        """The number of each character."""
        return self._encode(text)

    def decode(self, tokens: Iterable[int]) -> str:
        """The characters with these numbers; U+FFFD for 0."""
        return "".join(self._decode(tokens))


class WordTokenizer(_Vocabulary):
    """A number for each word and each sign of punctuation; 0 for one that is not known.

    Parameters
    ----------
    vocabulary : sequence of str
        The words that get the numbers 1, 2, ...

    Examples
    --------
    >>> from pygrad.data.formats import WordTokenizer
    >>> tokenizer = WordTokenizer.fit(["to be, or not to be"])
    >>> tokenizer.vocabulary
    ('<unknown>', 'be', 'to', ',', 'not', 'or')
    >>> tokenizer.encode("to do")
    array([2, 0])
    """

    UNKNOWN = "<unknown>"

    @classmethod
    def fit(cls, texts: Iterable[str], size: int | None = None) -> Self:
        """A tokenizer for the words of these texts, the most frequent first.

        Parameters
        ----------
        texts : iterable of str
        size : int, optional
            Keep no more words than make this length, with the unknown one.
        """
        counts = Counter(word for text in texts for word in _words(text))
        ordered = sorted(counts, key=lambda word: (-counts[word], word))
        return cls(ordered[: None if size is None else _positive("WordTokenizer", size) - 1])

    def encode(self, text: str) -> NDArray[np.int64]:
        """The number of each word."""
        return self._encode(_words(text))

    def decode(self, tokens: Iterable[int]) -> str:
        """The words with these numbers, with a space between each two."""
        return " ".join(self._decode(tokens))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text)


class BPETokenizer:
    """Byte-pair encoding: 256 bytes, and pairs of what there is, the most frequent first.

    Every text can be encoded, and ``decode(encode(text)) == text``.

    Parameters
    ----------
    merges : sequence of (int, int)
        Merge number ``k`` makes one token, ``256 + k``, of two.

    Notes
    -----
    Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with Subword Units
    (2016), over bytes. No pair reaches across the beginning of a word, which takes the space
    before it along.

    Examples
    --------
    >>> from pygrad.data.formats import BPETokenizer
    >>> tokenizer = BPETokenizer.fit(["low lower lowest"], size=258)
    >>> tokenizer.merges
    ((108, 111), (256, 119))
    >>> tokenizer.encode("low")
    array([257])
    >>> tokenizer.decode(tokenizer.encode("slow"))
    'slow'
    """

    def __init__(self, merges: Sequence[tuple[int, int]]) -> None:
        self.merges = tuple((int(left), int(right)) for left, right in merges)
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self._bytes = [bytes([value]) for value in range(256)]
        for left, right in self.merges:
            if not 0 <= min(left, right) <= max(left, right) < len(self._bytes):
                raise ArgumentError(
                    f"BPETokenizer: merge {left, right} joins tokens that come only later"
                )
            self._bytes.append(self._bytes[left] + self._bytes[right])
        self._known: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._bytes)

    def __repr__(self) -> str:
        return f"BPETokenizer({len(self)} entries)"

    @classmethod
    def fit(cls, texts: Iterable[str], size: int = 1000) -> Self:
        """A tokenizer of up to `size` tokens, learned from these texts.

        Parameters
        ----------
        texts : iterable of str
        size : int
            At least 256; fewer come out where no pair is left that occurs twice.
        """
        if _positive("BPETokenizer", size) < 256:
            raise ArgumentError(f"BPETokenizer: size is {size}; there are 256 bytes to begin with")
        counts = Counter(piece for text in texts for piece in _pieces(text))
        return cls(_learn(counts, size - 256))

    def encode(self, text: str) -> NDArray[np.int64]:
        """The tokens of a text."""
        tokens: list[int] = []
        for piece in _pieces(text):
            if piece not in self._known:
                if len(self._known) > 100_000:
                    self._known.clear()
                self._known[piece] = self._merged(list(piece.encode("utf-8", "surrogatepass")))
            tokens += self._known[piece]
        return np.array(tokens, np.int64)

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of these tokens; bytes that are no UTF-8 become U+FFFD."""
        joined = b"".join(self._bytes[_checked(self, token)] for token in tokens)
        return joined.decode("utf-8", "replace")

    def _merged(self, tokens: list[int]) -> list[int]:
        last = len(self.merges)
        while len(tokens) > 1:
            pairs = set(pairwise(tokens))
            first = min(pairs, key=lambda pair: self._ranks.get(pair, last))
            if first not in self._ranks:
                break
            tokens = _join(tokens, first, 256 + self._ranks[first])
        return tokens


def _pieces(text: str) -> list[str]:
    # no piece is longer than 32 characters: the time to merge one grows with its square
    return re.findall(r" ?\S{1,32}|\s{1,32}", text)


def _learn(counts: Counter[str], wanted: int) -> list[tuple[int, int]]:
    words = [list(piece.encode("utf-8", "surrogatepass")) for piece in counts]
    weights = list(counts.values())
    pairs: Counter[tuple[int, int]] = Counter()
    places: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for number, word in enumerate(words):
        for pair in pairwise(word):
            pairs[pair] += weights[number]
            places[pair].add(number)
    merges: list[tuple[int, int]] = []
    while len(merges) < wanted and pairs:
        # among equals the smallest, so that the order of the texts does not matter
        best = max(pairs, key=lambda pair: (pairs[pair], -pair[0], -pair[1]))
        if pairs[best] < 2:
            break
        # only the words that have the pair are looked at again
        for number in places.pop(best):
            old = words[number]
            new = words[number] = _join(old, best, 256 + len(merges))
            for pair in pairwise(old):
                pairs[pair] -= weights[number]
                if pairs[pair] <= 0:
                    del pairs[pair]
            for pair in pairwise(new):
                pairs[pair] += weights[number]
                places[pair].add(number)
        merges.append(best)
    return merges


def _join(tokens: list[int], pair: tuple[int, int], joined: int) -> list[int]:
    result = []
    position = 0
    while position < len(tokens):
        if tuple(tokens[position : position + 2]) == pair:
            result.append(joined)
            position += 2
        else:
            result.append(tokens[position])
            position += 1
    return result


def _checked(tokenizer: Any, token: Any) -> int:
    if not 0 <= token < len(tokenizer):
        raise ArgumentError(
            f"{type(tokenizer).__name__}: token {token}; they go from 0 to {len(tokenizer) - 1}"
        )
    return int(token)


def _positive(where: str, size: Any) -> int:
    if not isinstance(size, int | np.integer) or isinstance(size, bool) or size < 1:
        raise ArgumentError(f"{where}: size is {size!r}; it must be an integer of at least 1")
    return int(size)
