"""PyGrad's own loaders, which its plugin registers as anybody's would."""

from __future__ import annotations

from pygrad.data.formats import columnar, delimited, idx, images, jsonl, npy, text, wav
from pygrad.data.formats.loading import Loader

__all__ = ["LOADERS"]

LOADERS = {
    "arrow": Loader(columnar.read_arrow, (".arrow", ".feather", ".ipc"), columnar.is_arrow),
    "csv": Loader(delimited.read_csv, (".csv",), delimited.is_text),
    "idx": Loader(
        idx.read_idx, (".idx", "-ubyte", ".ubyte", ".idx1", ".idx2", ".idx3", ".idx4"), idx.is_idx
    ),
    "image": Loader(images.read_image, images.SUFFIXES, images.is_image),
    "image_folder": Loader(images.ImageFolder, folders=True),
    "jsonl": Loader(jsonl.read_jsonl, (".jsonl", ".ndjson"), jsonl.is_jsonl),
    "npy": Loader(npy.read_npy, (".npy",), npy.is_npy),
    "npz": Loader(npy.read_npz, (".npz",), npy.is_npz),
    "parquet": Loader(columnar.read_parquet, (".parquet", ".pq"), columnar.is_parquet),
    "text": Loader(text.read_text, (".txt", ".text", ".md"), delimited.is_text),
    "tsv": Loader(delimited.read_tsv, (".tsv", ".tab"), delimited.is_text),
    "wav": Loader(wav.read_wav, (".wav", ".wave"), wav.is_wav),
}
"""By name; to add one, write its reader and a line here."""
