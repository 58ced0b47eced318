"""A patch and all channels of one layer; the channel under the pointer is overlaid on the patch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import streamlit as st

from dashboard.charts.channels import Channels, Image, Scale, data_uri, limits, ramp, sheet
from dashboard.widgets.channel_figures import Measured
from dashboard.widgets.script import script, style

_HERE = Path(__file__).parent
_KEY = "channel_mosaic"
_VIEW = st.components.v2.component(
    "idc_channel_mosaic",
    html="""
<div class="view">
  <div class="side">
    <canvas class="over" width="580" height="580" role="img" aria-label="The patch"></canvas>
    <div class="card" aria-live="polite">
      <div class="head"></div><p class="state"></p><dl></dl>
      <label class="veiling" hidden><span>Opacity</span>
        <input class="veil" type="range" min="0" max="1" step="0.05" value="0.85"></label>
    </div>
  </div>
  <div class="mosaic">
    <div class="above">
      <div class="bar" aria-hidden="true"><i class="ramp"></i>
        <span class="low"></span><span class="zero"></span><span class="high"></span></div>
      <fieldset class="sort"><legend>Sort by</legend>
        <label><input type="radio" name="sort" value="number"> number</label>
        <label><input type="radio" name="sort" value="activation"> mean activation</label>
        <label class="by-class">
          <input type="radio" name="sort" value="class"> class separation</label></fieldset>
      <fieldset class="scale"><legend>Colour scale</legend>
        <label><input type="radio" name="scale" value="shared"> whole layer</label>
        <label><input type="radio" name="scale" value="own"> each channel</label></fieldset>
    </div>
    <canvas class="tiles" tabindex="0" role="slider" aria-valuemin="0"
      aria-label="Channels of the layer; arrow keys select one, Escape none"></canvas>
  </div>
</div>""",
    css=style(_HERE / "channel_mosaic.css"),
    js=script(_HERE / "channel_mosaic.js"),
)


Sort = Literal["number", "activation", "class"]
SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True, slots=True)
class Look:
    """How the channels are shown: colour scale, order, and the channel overlaid on the patch."""

    scale: Scale
    sort: Sort
    chosen: int | None


def show(
    patch: Image,
    channels: Channels,
    look: Look,
    on_choose: Callable[[int | None], None],
    on_look: Callable[[str, str], None],
    measured: Measured | None = None,
) -> None:
    """Draw patch and mosaic; the callbacks run before the rerun that a click starts.

    `on_choose` gets the chosen channel, None if it was deselected; `on_look` gets `scale` or `sort`
    and its new value.
    """

    def clicked() -> None:
        number = st.session_state[_KEY].get("channel")
        if isinstance(number, int | float) and -1 <= number < channels.count:
            on_choose(None if number < 0 else int(number))

    def switched(name: str, known: Sequence[str]) -> None:
        picked = st.session_state[_KEY].get(name)
        if picked in known:
            on_look(name, picked)

    _VIEW(
        key=_KEY,
        data=picture_data(patch, channels, look, measured),
        on_channel_change=clicked,
        on_scale_change=lambda: switched("scale", get_args(Scale)),
        on_sort_change=lambda: switched("sort", SORTS),
    )


def picture_data(
    patch: Image, channels: Channels, look: Look, measured: Measured | None = None
) -> dict[str, object]:
    """What the browser needs: patch and activations as pictures, colours, figures per channel."""
    grey, columns = sheet(channels)
    height, width, count = channels.values.shape
    figures = {
        "low": channels.low,
        "high": channels.high,
        "mean": channels.mean,
        "zeros": channels.zeros,
        "shared": limits(channels, "shared")[1],
        "own": limits(channels, "own")[1],
    }
    return {
        "patch": data_uri(patch),
        "sheet": data_uri(grey),
        "ramp": ramp(channels.signed).ravel().tolist(),
        "columns": columns,
        "count": count,
        "height": height,
        "width": width,
        "signed": channels.signed,
        "has_place": channels.has_place,
        "scale": look.scale,
        "sort": look.sort,
        "chosen": look.chosen,
        "auc": None if measured is None else [_known(value) for value in measured.auc],
        "odd": None if measured is None else list(measured.odd),
        **{name: values.astype(float).tolist() for name, values in figures.items()},
    }


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
