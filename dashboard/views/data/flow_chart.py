"""From files to patches to patients to sides, as a diagram after STARD 2015 (item 19): boxes down
the middle, what was left out to the right of the step that left it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from dashboard.charts.theme import SPLIT_COLOURS

WIDTH, BOX, HIGH, STEP, SIDE = 640, 250, 54, 86, 330
LETTERS = 36
"""As many of the widest usual font fit beside a step."""
_LEFT = 6


@dataclass(frozen=True, slots=True)
class Step:
    """A box: what it is, how many, what more is to be said; `out` is who leaves here, if any."""

    title: str
    said: str
    out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """A side of the split at the foot of the diagram."""

    name: str
    lines: Sequence[str]


def flow_svg(steps: Sequence[Step], sides: Sequence[Side], ink: str) -> str:
    """The diagram as SVG, lines and text in the colour `ink`."""
    parts = []
    foot = 16 + STEP * len(steps)
    centre = _LEFT + BOX / 2
    for at, step in enumerate(steps):
        top = 16 + STEP * at
        parts.append(_box(_LEFT, top, BOX, [step.title, step.said]))
        parts.append(_arrow(centre, top + HIGH, centre, top + STEP - 2))
        if step.out:
            # A picture does not break lines by itself, and its font is whatever there is.
            out = [part for line in step.out for part in wrap(line, LETTERS)]
            middle = top + HIGH + (STEP - HIGH) / 2
            parts.append(_arrow(centre, middle, _LEFT + BOX + 40, middle))
            high = 14 + 18 * len(out)
            parts.append(
                _box(_LEFT + BOX + 44, middle - high / 2, SIDE, out, high=high, quiet=True)
            )
    wide = (WIDTH - 2 * _LEFT - 14 * (len(sides) - 1)) / max(len(sides), 1)
    places = [_LEFT + at * (wide + 14) for at in range(len(sides))]
    if len(sides) > 1:
        ends = [places[0] + wide / 2, places[-1] + wide / 2]
        parts.append(_line(min(ends[0], centre), foot, ends[1], foot))
    for place, side in zip(places, sides, strict=True):
        parts.append(_arrow(place + wide / 2, foot, place + wide / 2, foot + 22))
        colour = SPLIT_COLOURS.get(side.name, "#9AA5B1")
        lines = [side.name.capitalize(), *side.lines]
        high = 18 + 19 * len(lines)
        parts.append(_box(place, foot + 26, wide, lines, high=high, colour=colour))
    most = max((len(side.lines) for side in sides), default=0)
    height = foot + 26 + 18 + 19 * (most + 1) + 8
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'width="{WIDTH}" height="{height:.0f}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="14" '
        f'fill="currentColor">{body}</svg>'
    ).replace("currentColor", ink)


def _box(
    left: float,
    top: float,
    wide: float,
    lines: Sequence[str],
    *,
    high: float = HIGH,
    quiet: bool = False,
    colour: str = "",
) -> str:
    dash = ' stroke-dasharray="4 4"' if quiet else ""
    rim = colour or "currentColor"
    strength = "2.5" if colour else "1"
    box = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="8" '
        f'fill="none" stroke="{rim}" stroke-width="{strength}" stroke-opacity="0.75"{dash}/>'
    )
    gap = 18 if quiet else 19
    first = top + (high - gap * (len(lines) - 1)) / 2 + 5
    said = "".join(
        f'<text x="{left + 14:.1f}" y="{first + gap * at:.1f}" '
        f'font-weight="{400 if at or quiet else 600}">{escape(text)}</text>'
        for at, text in enumerate(lines)
    )
    return box + said


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="currentColor" '
        'stroke-opacity="0.6"/>'
    )


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    down = y2 > y1
    tip = (
        f"{x2 - 4:.1f},{y2 - 6:.1f} {x2 + 4:.1f},{y2 - 6:.1f} {x2:.1f},{y2:.1f}"
        if down
        else f"{x2 - 6:.1f},{y2 - 4:.1f} {x2 - 6:.1f},{y2 + 4:.1f} {x2:.1f},{y2:.1f}"
    )
    return _line(x1, y1, x2, y2) + f'<polygon points="{tip}" fill-opacity="0.7"/>'
