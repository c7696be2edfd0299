"""Make the digits file of pygrad-data again, from scikit-learn's copy.

    python tests/data/make_digits.py packages/pygrad-data/src/pygrad/data/datasets/digits.npz

needs scikit-learn. It prints the SHA-256 that belongs into digits.py.
"""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits


def main(path: Path) -> None:
    images, labels = load_digits().images, load_digits().target
    path.write_bytes(packed(images=images.astype(np.uint8), labels=labels.astype(np.uint8)))
    print(hashlib.sha256(path.read_bytes()).hexdigest())


def packed(**arrays: np.ndarray) -> bytes:
    """What np.savez_compressed writes, only compressed as far as zlib goes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy")  # its date is fixed: 1980
            archive.writestr(info, entry.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return content.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
