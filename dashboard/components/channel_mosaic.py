"""A patch and all channels of one layer; a channel that is pointed at lies over the patch."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.charts.channels import Channels, Image, Scale, data_uri, limits, ramp, sheet

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
      <label class="veiling" hidden><span>Channel over patch</span>
        <input class="veil" type="range" min="0" max="1" step="0.05" value="0.85"></label>
    </div>
  </div>
  <div class="mosaic">
    <div class="above">
      <div class="bar" aria-hidden="true"><i class="ramp"></i>
        <span class="low"></span><span class="zero"></span><span class="high"></span></div>
      <fieldset class="scale"><legend>Colours</legend>
        <label><input type="radio" name="scale" value="shared"> one scale for the layer</label>
        <label><input type="radio" name="scale" value="own"> each channel its own</label></fieldset>
    </div>
    <canvas class="tiles" tabindex="0" role="slider" aria-valuemin="0"
      aria-label="Channels of the layer; arrow keys choose one, Escape none"></canvas>
  </div>
</div>""",
    css=(_HERE / "channel_mosaic.css").read_text(encoding="utf-8"),
    js=(_HERE / "channel_mosaic.js").read_text(encoding="utf-8"),
)


def show(
    patch: Image,
    channels: Channels,
    scale: Scale,
    chosen: int | None,
    on_choose: Callable[[int | None], None],
    on_scale: Callable[[Scale], None],
) -> None:
    """Draw patch and mosaic; the callbacks get what was clicked before the rerun it starts.

    `on_choose` gets a channel, or None where the chosen one was let go.
    """

    def clicked() -> None:
        number = st.session_state[_KEY].get("channel")
        if isinstance(number, int | float) and -1 <= number < channels.count:
            on_choose(None if number < 0 else int(number))

    def switched() -> None:
        scale = st.session_state[_KEY].get("scale")
        if scale in ("shared", "own"):
            on_scale(scale)

    _VIEW(
        key=_KEY,
        data=picture_data(patch, channels, scale, chosen),
        on_channel_change=clicked,
        on_scale_change=switched,
    )


def picture_data(
    patch: Image, channels: Channels, scale: Scale, chosen: int | None
) -> dict[str, object]:
    """What the browser needs: two pictures, the colours, and each channel's figures."""
    grey, columns = sheet(channels)
    height, width, count = channels.values.shape
    figures = {
        "low": channels.low, "high": channels.high, "mean": channels.mean, "zeros": channels.zeros,
        "shared": limits(channels, "shared")[1], "own": limits(channels, "own")[1],
    }  # fmt: skip
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
        "scale": scale,
        "chosen": chosen,
        **{name: values.astype(float).tolist() for name, values in figures.items()},
    }
