"""docs/nn.md names everything that pygrad-nn registers, in its section on names, once."""

import re
from collections import Counter
from pathlib import Path

import pytest

from pygrad import nn

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "nn.md").read_text()
ROWS = [
    line.split("|")[2] for line in PAGE.partition("\n## Names\n")[2].splitlines()
    if line.startswith("|")
]  # fmt: skip
WRITTEN = Counter(name for row in ROWS for name in re.findall(r"`(\w+)`", row))
KINDS = ["layers", "losses", "optim", "schedulers", "initializers", "metrics", "formats"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_registered_name_is_on_the_page_once(kind):
    names = getattr(nn, kind).names()
    assert {name: WRITTEN[name] for name in names} == dict.fromkeys(names, 1)


def test_every_name_on_the_page_is_registered():
    registered = {name for kind in KINDS for name in getattr(nn, kind).names()}
    assert set(WRITTEN) <= registered
