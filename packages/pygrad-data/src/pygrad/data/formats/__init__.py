"""Files by format: those that PyGrad reads, and those that plugins registered.

Each reader may be called by itself; `load` finds out which one a file needs.

Examples
--------
>>> from pygrad.data import formats
>>> formats.get("csv").suffixes
('.csv',)
"""

from pygrad.data.formats.columnar import read_arrow, read_parquet
from pygrad.data.formats.delimited import read_csv, read_tsv
from pygrad.data.formats.idx import read_idx
from pygrad.data.formats.images import ImageFolder, read_image
from pygrad.data.formats.jsonl import read_jsonl
from pygrad.data.formats.loading import Loader, load
from pygrad.data.formats.npy import read_npy, read_npz
from pygrad.data.formats.table import Table, TableDataset
from pygrad.data.formats.text import TextLines, read_text
from pygrad.data.formats.tokenizers import (
    BPETokenizer,
    CharacterTokenizer,
    Tokenizer,
    WordTokenizer,
)
from pygrad.data.formats.wav import Sound, read_wav
from pygrad.plugins import registry

__all__ = [
    "BPETokenizer",
    "CharacterTokenizer",
    "ImageFolder",
    "Loader",
    "Sound",
    "Table",
    "TableDataset",
    "TextLines",
    "Tokenizer",
    "WordTokenizer",
    "get",
    "load",
    "names",
    "read_arrow",
    "read_csv",
    "read_idx",
    "read_image",
    "read_jsonl",
    "read_npy",
    "read_npz",
    "read_parquet",
    "read_text",
    "read_tsv",
    "read_wav",
]


def get(name: str) -> Loader:
    """The loader registered under this name; calling it with a path reads the file.

    Parameters
    ----------
    name : str
        One of `names()`.

    Raises
    ------
    UnknownNameError
        If nobody registered the name; the message says which are near.

    Examples
    --------
    >>> from pygrad.data import formats
    >>> formats.get("parquet").suffixes
    ('.parquet', '.pq')
    """
    found: Loader = registry("loaders").get(name)
    return found


def names() -> list[str]:
    """The names of all formats, in alphabetical order.

    Examples
    --------
    >>> from pygrad.data import formats
    >>> "csv" in formats.names()
    True
    """
    return registry("loaders").names()
