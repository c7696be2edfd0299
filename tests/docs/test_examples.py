"""Every example that PyGrad's pages and docstrings show runs, and gives what they say.

In a page, the Python blocks run in order and share their names, in an empty folder. What a block
prints must stand in its comments, line by line (``...`` stands for anything); other comments may
stand between. Blocks with ``>>>`` are doctests. A comment before a block changes that::

    <!-- file: examples/digits.py -->      the block is this file, word for word; it is not run
    <!-- prints: times, which vary -->     the block is run, and what it prints not looked at
    <!-- not run: it takes a day -->
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import re
import tokenize
from pathlib import Path
from typing import NamedTuple

import pytest

import pygrad

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("packages/*/README.md"),
    ]
)  # the page of examples/pygrad-swish is run where that plugin is installed, in tests/packaging
MODULES = sorted(
    ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
    for folder in ROOT.glob("packages/*/src")
    for path in folder.rglob("*.py")
    if path.name != "__main__.py"
)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MATCHES = doctest.OutputChecker().check_output

FENCE = re.compile(
    r"(?:<!-- (?P<key>file|prints|not run): (?P<value>[^\n]*?) -->\n\s*)?"
    r"^(?P<indent> *)```python\n(?P<code>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(autouse=True)
def nothing_is_left_behind(tmp_path, monkeypatch):
    """An empty folder, a seed, and no plugin that an example registered and left."""
    monkeypatch.chdir(tmp_path)
    pygrad.seed(0)
    yield
    left = [plugin.name for plugin in pygrad.plugins.loaded_plugins() if not plugin.distribution]
    for name in left:
        pygrad.plugins.unregister(name)
    assert not left, f"unregister what an example registers: {left}"


class Block(NamedTuple):
    """A block of Python in a page."""

    line: int
    code: str
    key: str | None
    value: str | None


def blocks_of(text: str) -> list[Block]:
    blocks = []
    for match in FENCE.finditer(text):
        indent = len(match["indent"])
        code = "".join(line[indent:] or "\n" for line in match["code"].splitlines(keepends=True))
        line = text.count("\n", 0, match.start("code")) + 1
        blocks.append(Block(line, code, match["key"], match["value"]))
    return blocks


def run(block: Block, names: dict[str, object], page: Path) -> None:
    """Run a block so that a traceback shows the page's own lines."""
    if ">>>" in block.code:
        parser = doctest.DocTestParser()
        example = parser.get_doctest(block.code, names, page.name, str(page), block.line - 1)
        report = io.StringIO()
        runner = doctest.DocTestRunner(optionflags=OPTIONS)
        runner.run(example, out=report.write, clear_globs=False)
        assert not runner.failures, report.getvalue()
        names.update(example.globs)
        return
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), names)
    if block.key != "prints":
        compare(printed.getvalue().splitlines(), comments_of(block.code), block.line)


def comments_of(code: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return [token.string.lstrip("#") for token in tokens if token.type == tokenize.COMMENT]


def compare(printed: list[str], comments: list[str], line: int) -> None:
    """Every printed line is a comment, and they come in the same order."""
    remaining = iter(comments)
    for output in printed:
        if not output.strip():
            continue
        if not any(MATCHES(f"{comment}\n", f"{output}\n", OPTIONS) for comment in remaining):
            raise AssertionError(
                f"the block at line {line} prints {output!r}, which its comments do not say: "
                f"{comments}"
            )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page):
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.key == "file":
            assert block.code == (ROOT / block.value).read_text(encoding="utf-8"), block.value
        elif block.key != "not run":
            run(block, names, page)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_a_modules_docstrings_run(module):
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    for example in doctest.DocTestFinder().find(importlib.import_module(module)):
        runner.run(example, out=report.write)
    assert not runner.failures, report.getvalue()


class TestThisTest:
    """A runner that runs nothing would always pass."""

    PAGE = """
# A page

```python
x = 2
```

```sh
rm -rf /
```

    ```python
    >>> x + 1
    3
    ```

<!-- not run: it takes a day -->
```python
raise SystemExit
```
"""

    def test_it_finds_the_blocks(self):
        first, second, third = blocks_of(self.PAGE)
        assert (first.line, first.code, first.key) == (5, "x = 2\n", None)
        assert (second.line, second.code) == (13, ">>> x + 1\n3\n")
        assert (third.key, third.value) == ("not run", "it takes a day")

    def test_a_wrong_answer_fails(self):
        names: dict[str, object] = {}
        run(Block(1, "x = 2\n", None, None), names, Path("page.md"))
        run(Block(1, ">>> x\n2\n", None, None), names, Path("page.md"))
        with pytest.raises(AssertionError, match=r"Expected:\s+3\s+Got:\s+2"):
            run(Block(1, ">>> x\n3\n", None, None), names, Path("page.md"))

    @pytest.mark.parametrize("shown", ["# 2", "# two follows\n# 2", "#   2", "# ..."])
    def test_what_is_printed_stands_in_the_comments(self, shown):
        run(Block(1, f"print(2)\n{shown}\n", None, None), {}, Path("page.md"))

    @pytest.mark.parametrize("shown", ["# 3", "", "# 2 or so"])
    def test_what_is_printed_and_not_shown_fails(self, shown):
        with pytest.raises(AssertionError, match="line 1 prints '2', which its comments do not"):
            run(Block(1, f"print(2)\n{shown}\n", None, None), {}, Path("page.md"))

    def test_the_order_of_what_is_printed_counts(self):
        with pytest.raises(AssertionError, match="prints '2'"):
            run(Block(1, "print(1)  # 2\nprint(2)  # 1\n", None, None), {}, Path("page.md"))

    def test_an_error_fails_with_the_pages_line(self):
        with pytest.raises(ZeroDivisionError) as caught:
            run(Block(7, "x = 1\nx / 0\n", None, None), {}, Path("page.md"))
        assert caught.traceback[-1].lineno + 1 == 8

    def test_there_are_pages_and_modules(self):
        assert len(PAGES) >= 5
        assert len(MODULES) >= 40
