"""What a report is made of, as records of text; how they look is the templates' matter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

_ROOT = re.compile(r'<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*)</svg>\s*', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Noted:
    """A figure in a cell of a table, its note in lines of its own: it is longer than any figure."""

    text: str
    note: str


Cell = str | Noted


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text, and at its end perhaps a link to a section of the page."""

    kind: ClassVar[str] = "paragraph"
    text: str
    link: tuple[str, str] | None = None
    """Key of the section, words of the link."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands where something is missing."""

    kind: ClassVar[str] = "missing"
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A title within a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by row; the first of a row names it."""

    kind: ClassVar[str] = "table"
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Terms and what they are."""

    kind: ClassVar[str] = "pairs"
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text whose lines and spaces stay."""

    kind: ClassVar[str] = "verbatim"
    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    kind: ClassVar[str] = "points"
    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG in the page, read aloud by its title. `content` is markup: make it with `drawing`."""

    kind: ClassVar[str] = "drawing"
    content: Markup
    width: str
    height: str
    title: str
    look: str = "chart"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG in the page."""

    kind: ClassVar[str] = "picture"
    address: str
    """`data:image/png;base64,…`"""
    width: int
    height: int
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing or a picture over its caption, which may begin with a name in bold."""

    kind: ClassVar[str] = "figure"
    shown: Drawing | Picture
    caption: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """Figures side by side where there is room."""

    kind: ClassVar[str] = "beside"
    figures: Sequence[Figure]


Block = Paragraph | Missing | Heading | Table | Pairs | Verbatim | Points | Figure | Beside


def drawing(svg: str, title: str, look: str = "chart") -> Drawing:
    """An SVG of its own as one in the page; raises `ValueError` where it has no `viewBox`."""
    found = _ROOT.fullmatch(svg)
    if found is None:
        raise ValueError('expected an SVG with viewBox="0 0 WIDTH HEIGHT": found none.')
    return Drawing(Markup(found[3]), found[1], found[2], title, look)
