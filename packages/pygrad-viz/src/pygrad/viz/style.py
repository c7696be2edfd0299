"""What the kinds of nodes look like, in every sort of picture.

The pale fills take black text, and the kinds differ in shape as well as in hue, so that they can be
told apart in print and by those who do not see all colours.
"""

from __future__ import annotations

from typing import NamedTuple

from pygrad.viz.graph import Kind

__all__ = ["EDGE", "INK", "MUTED", "STYLES", "Style"]

INK = "#202124"
MUTED = "#5f6368"
EDGE = "#5f6368"


class Style(NamedTuple):
    """The looks of one kind of node."""

    fill: str
    line: str
    dot_shape: str
    mermaid_brackets: tuple[str, str]
    symbol: str  # in a terminal


STYLES: dict[Kind, Style] = {
    "variable": Style("#fff3d6", "#d69a00", "ellipse", ("([", "])"), "●"),
    "parameter": Style("#e3f4e6", "#3c8f4e", "ellipse", ("([", "])"), "◆"),
    "constant": Style("#ffffff", "#9aa0a6", "plaintext", ("([", "])"), "·"),
    "function": Style("#f1f3f4", "#80868b", "box", ("[", "]"), "□"),
    "layer": Style("#e3edfd", "#3367d6", "box", ("[", "]"), "■"),
}
