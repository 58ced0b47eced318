"""From files to patches, patients and splits, as a flow diagram after STARD 2015 (item 19): boxes
in one column, exclusions to the right of their step."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from dashboard.charts.theme import SPLIT_COLOURS

WIDTH, BOX, HIGH, STEP, SIDE = 640, 250, 54, 86, 330
LETTERS = 36
"""How many letters of the widest common font fit beside a step."""
_LEFT = 6


@dataclass(frozen=True, slots=True)
class Step:
    """A box: its title and counts; `out`: exclusions and notes to its right, if any."""

    title: str
    said: str
    out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A split at the bottom of the diagram."""

    name: str
    lines: Sequence[str]


def in_words(steps: Sequence[Step], splits: Sequence[Split]) -> str:
    """The diagram in words, for screen readers.

    >>> in_words([Step("Patches", "9", ["Padded: 2"])], [Split("test", ["1 patient"])])
    'Flow diagram. Patches: 9 (Padded: 2). Test: 1 patient.'
    """
    said = [
        f"{step.title}: {step.said}" + (f" ({'; '.join(step.out)})" if step.out else "")
        for step in steps
    ]
    said += [f"{split.name.capitalize()}: {', '.join(split.lines)}" for split in splits]
    return ". ".join(["Flow diagram", *said]) + "."


def flow_svg(steps: Sequence[Step], splits: Sequence[Split], ink: str) -> str:
    """The diagram as SVG, lines and text in the colour `ink`."""
    parts = []
    foot = 16 + STEP * len(steps)
    centre = _LEFT + BOX / 2
    for at, step in enumerate(steps):
        top = 16 + STEP * at
        parts.append(_box(_LEFT, top, BOX, [step.title, step.said]))
        parts.append(_arrow(centre, top + HIGH, centre, top + STEP - 2))
        if step.out:
            # SVG text does not wrap, and its font is whatever the viewer has.
            out = [part for line in step.out for part in wrap(line, LETTERS)]
            middle = top + HIGH + (STEP - HIGH) / 2
            parts.append(_arrow(centre, middle, _LEFT + BOX + 40, middle))
            high = 14 + 18 * len(out)
            parts.append(
                _box(_LEFT + BOX + 44, middle - high / 2, SIDE, out, high=high, quiet=True)
            )
    wide = (WIDTH - 2 * _LEFT - 14 * (len(splits) - 1)) / max(len(splits), 1)
    lefts = [_LEFT + at * (wide + 14) for at in range(len(splits))]
    if len(splits) > 1:
        ends = [lefts[0] + wide / 2, lefts[-1] + wide / 2]
        parts.append(_line(min(ends[0], centre), foot, ends[1], foot))
    for left, split in zip(lefts, splits, strict=True):
        parts.append(_arrow(left + wide / 2, foot, left + wide / 2, foot + 22))
        colour = SPLIT_COLOURS.get(split.name, "#9AA5B1")
        lines = [split.name.capitalize(), *split.lines]
        high = 18 + 19 * len(lines)
        parts.append(_box(left, foot + 26, wide, lines, high=high, colour=colour))
    most = max((len(split.lines) for split in splits), default=0)
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
