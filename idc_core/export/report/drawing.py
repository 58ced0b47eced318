"""Inline SVG, drawn by hand: nothing is fetched, nothing runs.

Places are in the drawing's own units, x to the right, y down.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from idc_core.export.report.markup import number, plain
from idc_core.metrics.confusion import Confusion

BLUE, GREY, ORANGE = "#0B6E8A", "#8894A0", "#D55E00"
OUTCOME_COLOURS = {"tp": "#009E73", "fn": "#D55E00", "fp": "#E69F00", "tn": "#9AA5B1"}
"""Okabe & Ito (2008), as in the dashboard; a word is always beside them."""

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 44


@dataclass(frozen=True, slots=True)
class Line:
    """Points joined by a line; a point that is not finite breaks it. Without a name it is in no
    legend."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str = BLUE
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The range of both axes and what stands beside them."""

    x_label: str
    y_label: str
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)

    def across(self, x: float) -> float:
        """Where a value lies from the left."""
        low, high = self.x
        return LEFT + (x - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)

    def down(self, y: float) -> float:
        """Where a value lies from the top."""
        low, high = self.y
        return HEIGHT - BOTTOM - (y - low) / ((high - low) or 1) * (HEIGHT - TOP - BOTTOM)


def line_chart(
    lines: Sequence[Line],
    frame: Frame,
    *,
    title: str,
    dots: Sequence[tuple[float, float, str]] = (),
    upright: Sequence[tuple[float, str]] = (),
) -> str:
    """Lines in a frame with ticks and a legend; `dots` and `upright` are marked and named."""
    parts = [_axes(frame)]
    for place, name in upright:
        x = frame.across(place)
        foot = HEIGHT - BOTTOM
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{foot}" class="mark"/>'
            f'<text x="{x - 4:.1f}" y="{foot - 6}" text-anchor="end">{plain(name)}</text>'
        )
    parts += [_line(line, frame) for line in lines]
    for x_value, y_value, name in dots:
        x, y = frame.across(x_value), frame.down(y_value)
        side, anchor = (10, "start") if x < WIDTH * 0.6 else (-10, "end")
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{ORANGE}"/>'
            f'<text x="{x + side:.1f}" y="{y + 16:.1f}" text-anchor="{anchor}">{plain(name)}</text>'
        )
    legend = "".join(
        f'<span><svg width="22" height="8" aria-hidden="true"><line x1="0" x2="22" y1="4" y2="4" '
        f'stroke="{line.colour}" stroke-width="2.5"{_dash(line)}/></svg> {plain(line.name)}</span>'
        for line in lines
        if line.name
    )
    return svg("".join(parts), WIDTH, HEIGHT, title) + f'<div class="legend">{legend}</div>'


def confusion_matrix(counts: Confusion) -> str:
    """The four outcomes as the dashboard lays them, counts and the share of their true class."""
    cells = (
        ("tn", 1, 1, "left alone (TN)", counts.tn, counts.specificity),
        ("fp", 0, 1, "false alarms (FP)", counts.fp, 1 - counts.specificity),
        ("fn", 1, 0, "missed IDC (FN)", counts.fn, 1 - counts.sensitivity),
        ("tp", 0, 0, "found (TP)", counts.tp, counts.sensitivity),
    )
    parts = []
    for outcome, column, row, words, count, share in cells:
        x, y = 110 + column * 170, 40 + row * 110
        colour, percent = OUTCOME_COLOURS[outcome], f"{number(100 * share, 1)} %"
        parts.append(
            f'<rect x="{x}" y="{y}" width="164" height="104" rx="4" fill="{colour}"'
            ' fill-opacity="0.18"/>'
            f'<rect x="{x}" y="{y}" width="5" height="104" fill="{colour}"/>'
            f'<text x="{x + 84}" y="{y + 48}" class="big">{count:,}</text>'
            f'<text x="{x + 84}" y="{y + 70}" class="middle">{words}</text>'
            f'<text x="{x + 84}" y="{y + 88}" class="middle">{percent} of row</text>'
        )
    for column, name in enumerate(("called IDC", "called no IDC")):
        parts.append(f'<text x="{192 + column * 170}" y="26" class="middle">{name}</text>')
    for row, name in enumerate(("IDC", "no IDC")):
        parts.append(f'<text x="98" y="{96 + row * 110}" text-anchor="end">truly {name}</text>')
    return svg("".join(parts), 452, 262, "Confusion matrix")


def svg(content: str, width: float, height: float, title: str) -> str:
    """An SVG element that is read aloud by its title."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{plain(title)}" '
        f'style="max-width:{width:g}px"><title>{plain(title)}</title>{content}</svg>'
    )


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers in a range, about as many as asked for.

    >>> ticks(0, 1)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** np.floor(np.log10(span / about))
    step = min((power * factor for factor in (1, 2, 5, 10)), key=lambda s: abs(span / s - about))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [round(float(each * step), 10) for each in range(first, last + 1)]


def _axes(frame: Frame) -> str:
    parts = []
    for tick in ticks(*frame.y):
        y = frame.down(tick)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
            f'<text x="{LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
    for tick in ticks(*frame.x):
        x = frame.across(tick)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 17}" class="middle">{tick:g}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 7}" class="middle">'
        f"{plain(frame.x_label)}</text>"
        f'<text x="13" y="{middle}" class="middle" transform="rotate(-90 13 {middle})">'
        f"{plain(frame.y_label)}</text>"
    )
    return "".join(parts)


def _line(line: Line, frame: Frame) -> str:
    pieces: list[list[str]] = [[]]
    for x, y in zip(line.x, line.y, strict=True):
        if np.isfinite(x) and np.isfinite(y):
            pieces[-1].append(f"{frame.across(x):.1f},{frame.down(y):.1f}")
        else:
            pieces.append([])
    style = f'fill="none" stroke="{line.colour}" stroke-width="2" stroke-linecap="round"'
    # A line of one point would not be seen.
    drawn = [" ".join(piece if len(piece) > 1 else piece * 2) for piece in pieces if piece]
    return "".join(f'<polyline points="{points}" {style}{_dash(line)}/>' for points in drawn)


def _dash(line: Line) -> str:
    return ' stroke-dasharray="5 4"' if line.dashed else ""
