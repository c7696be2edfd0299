"""Lines of text, as they are or as the numbers a tokenizer gives them."""

from __future__ import annotations

from typing import Any

from pygrad.data.dataset import Dataset
from pygrad.data.formats.files import StrPath, contents, damaged, file_at
from pygrad.data.formats.tokenizers import (
    BPETokenizer,
    CharacterTokenizer,
    Tokenizer,
    WordTokenizer,
)
from pygrad.exceptions import ArgumentError

__all__ = ["TextLines", "read_text"]

KINDS: dict[str, type[Tokenizer]] = {
    "characters": CharacterTokenizer,
    "words": WordTokenizer,
    "bpe": BPETokenizer,
}


class TextLines(Dataset):
    """Lines of text; `read_text` makes it.

    Attributes
    ----------
    lines : list of str
        Without the ends of lines.
    tokenizer : Tokenizer or None
    data : list
        The lines, or with a tokenizer an array of int64 for each.
    """

    def __init__(self, lines: list[str], tokenizer: Tokenizer | None) -> None:
        super().__init__(lines if tokenizer is None else [tokenizer.encode(x) for x in lines])
        self.lines = lines
        self.tokenizer = tokenizer


def read_text(
    path: StrPath,
    *,
    tokenizer: str | Tokenizer | None = None,
    encoding: str = "utf-8",
    **options: Any,
) -> TextLines:
    """The lines of a text file, as samples; gzip files too.

    Parameters
    ----------
    path : str or path-like
    tokenizer : {"characters", "words", "bpe"} or Tokenizer, optional
        Makes numbers of each line. By its name, a new one that learns its vocabulary from this
        file; a tokenizer, such as the training file's, stays as it is.
    encoding : str
        How the file writes text.
    **options
        For ``fit`` of a new tokenizer: ``size=1000`` for ``"bpe"``.

    Returns
    -------
    TextLines
        A `Dataset`, which also has ``lines`` and ``tokenizer``.

    Raises
    ------
    DataError
        If the file is empty, or text of another encoding.
    ArgumentError
        If a setting is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from pygrad.data import formats
    >>> _ = Path("rhyme.txt").write_text("one two\\ntwo\\n")
    >>> rhyme = formats.read_text("rhyme.txt", tokenizer="words")
    >>> rhyme[0], rhyme[1]
    (array([2, 1]), array([1]))
    >>> rhyme.tokenizer.decode([1, 2])
    'two one'
    """
    where = file_at(path)
    raw = contents(where).removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode(encoding)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        raise damaged(
            where,
            f"byte {start}",
            f"no {encoding} text ({raw[start : start + 4]!r}); pass the file's encoding, such as "
            f"encoding='latin-1'",
        ) from error
    except LookupError:
        raise ArgumentError(f"read_text: encoding is {encoding!r}, which Python lacks") from None
    # not splitlines, which also ends lines at form feeds and the like
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        del lines[-1]
    if isinstance(tokenizer, str):
        if tokenizer not in KINDS:
            raise ArgumentError(
                f"read_text: tokenizer is {tokenizer!r}; it must be one of {', '.join(KINDS)}, or "
                f"a Tokenizer"
            )
        tokenizer = KINDS[tokenizer].fit(lines, **options)
    elif options:
        raise ArgumentError(f"read_text: {', '.join(options)}: only a new tokenizer takes settings")
    return TextLines(lines, tokenizer)
