"""A separable convolution in pictures and figures: kernels, weights, one value step by step."""

from html import escape

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.channels import Image, data_uri, ramp
from dashboard.charts.theme import ink_on
from idc_core.interpret.graph.separable import Separable, Worked

SHOWN = 5
"""Channels shown in full: those that contribute most to the value."""

Floats = npt.NDArray[np.float32]


def coloured(values: Floats, most: float) -> Image:
    """Signed values as colours, brown below zero, teal above; (h, w) → (h, w, 3)."""
    level = np.clip(np.rint(127.5 + 127.5 * values / (most or 1)), 0, 255).astype(np.uint8)
    colours: Image = ramp(True)[level]
    return colours


def kernels(parts: Separable, channel: int, side: int = 9) -> Image:
    """All depthwise kernels as tiles, ordered by the weight that this channel gives them."""
    order = np.argsort(-np.abs(parts.pointwise[channel]), kind="stable")
    most = float(np.abs(parts.depthwise).max())
    count = len(order)
    columns = min(count, 24)
    high, wide = parts.depthwise.shape[1] * side, parts.depthwise.shape[2] * side
    rows = -(-count // columns)
    sheet = np.full((rows * (high + 4), columns * (wide + 4), 3), 255, np.uint8)
    for at, number in enumerate(order):
        small = coloured(parts.depthwise[number], most)
        tile = cv2.resize(small, (wide, high), interpolation=cv2.INTER_NEAREST)
        top, left = at // columns * (high + 4), at % columns * (wide + 4)
        sheet[top : top + high, left : left + wide] = tile
    return sheet


def mixing(parts: Separable, channel: int, side: int = 6) -> Image:
    """All pointwise weights, one row per channel of the layer; the row of `channel` is framed."""
    most = float(np.abs(parts.pointwise).max())
    image = coloured(parts.pointwise, most)
    large = cv2.resize(image, None, fx=side, fy=side, interpolation=cv2.INTER_NEAREST)
    top = channel * side
    cv2.rectangle(large, (0, top - 1), (large.shape[1] - 1, top + side), (0, 0, 0), 1)
    return np.asarray(large, np.uint8)


def table(worked: Worked, parts: Separable, channel: int) -> pd.DataFrame:
    """What every middle channel contributes: filtered value, weight, product."""
    return pd.DataFrame(
        {
            "middle_channel": np.arange(len(worked.filtered)),
            "after_depthwise": worked.filtered,
            "pointwise_weight": parts.pointwise[channel],
            "product": worked.mixed,
        }
    )


def steps_html(worked: Worked, parts: Separable, channel: int, given: Floats) -> str:
    """The computation as a table; `given` (channels, h, w) is the input of the layer."""
    order = np.argsort(-np.abs(worked.mixed), kind="stable")
    rows = [_row(int(number), worked, parts, channel, given) for number in order[:SHOWN]]
    rest = float(worked.mixed[order[SHOWN:]].sum())
    others = len(order) - len(rows)
    if others > 0:
        rows.append(
            f'<tr><td colspan="7">the other {others} channels in total</td>'
            f"<td>{_number(rest)}</td></tr>"
        )
    rows.append(f'<tr><td colspan="7">bias</td><td>{_number(worked.bias)}</td></tr>')
    for step in worked.steps:
        same = "✓" if abs(step.ours - step.networks) <= 1e-4 else "✗"
        rows.append(
            f'<tr class="sum"><td colspan="7"><b>{escape(step.layer)}</b>: {escape(step.does)}</td>'
            f"<td><b>{_number(step.ours)}</b> <small>{same} the network: "
            f"{_number(step.networks)}</small></td></tr>"
        )
    heads = "<th>channel</th><th>input</th><th>3 × 3 window</th><td></td><th>kernel</th>"
    heads += "<th>filtered</th><th>weight</th><th>contribution</th>"
    heads = heads.replace("3 × 3", f"{parts.depthwise.shape[1]} × {parts.depthwise.shape[2]}")
    return f'<table class="idc-steps"><tr>{heads}</tr>{"".join(rows)}</table>'


def _row(number: int, worked: Worked, parts: Separable, channel: int, given: Floats) -> str:
    source = given[number // parts.multiplier]
    picture = coloured(source, float(np.abs(source).max()))
    large = np.asarray(cv2.resize(picture, (64, 64), interpolation=cv2.INTER_NEAREST), np.uint8)
    return (
        f'<tr><td>{number}</td><td><img alt="" width="64" height="64" src="{data_uri(large)}"></td>'
        f"<td>{_grid(worked.window[number])}</td><td>×</td><td>{_grid(parts.depthwise[number])}</td>"
        f"<td>{_number(worked.filtered[number])}</td>"
        f"<td>× {_number(parts.pointwise[channel, number])}</td>"
        f"<td>{_number(worked.mixed[number])}</td></tr>"
    )


def _grid(values: Floats) -> str:
    most = float(np.abs(values).max())
    colours = coloured(values, most)
    lines = []
    for row in range(values.shape[0]):
        cells = []
        for column in range(values.shape[1]):
            red, green, blue = colours[row, column]
            ink = ink_on(int(red), int(green), int(blue))
            cells.append(
                f'<td style="background:rgb({red},{green},{blue});color:{ink}">'
                f"{values[row, column]:.2f}</td>".replace("-", "−")
            )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="grid">{"".join(lines)}</table>'


def _number(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")
