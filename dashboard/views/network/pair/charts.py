"""Two patches in one network: how far apart their activations are, layer by layer."""

from collections.abc import Sequence
from functools import cache

import altair as alt
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.channels import Channels, Image, channels_of, limits, ramp
from dashboard.charts.template import Spec, filled, source, template
from dashboard.charts.theme import ACCENT, ACCENT_SOFT

SHOWN = 12
SIDE = 76
SELECTION = "layer"

Activation = npt.NDArray[np.float32]
Answers = dict[str, Activation]


def distances(one: Answers, other: Answers, layers: Sequence[str]) -> pd.DataFrame:
    """Distance between the two in each of these layers: `layer`, `nth`, `distance` 0 to 1.

    From the vectors a, b of channel means: |a − b| / (|a| + |b|).
    """
    rows = []
    for nth, name in enumerate(layers):
        a, b = (_means(each[name]) for each in (one, other))
        total = float(np.linalg.norm(a) + np.linalg.norm(b))
        apart = float(np.linalg.norm(a - b)) / total if total else 0.0
        rows.append((name, nth, apart))
    return pd.DataFrame(rows, columns=["layer", "nth", "distance"])


def most_different(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> list[int]:
    """The channels whose means differ most, at most `SHOWN`."""
    apart = np.abs(_means(one) - _means(other))
    return [int(at) for at in np.argsort(-apart, kind="stable")[:SHOWN]]


def strips(
    one: npt.NDArray[np.float32], other: npt.NDArray[np.float32], picked: list[int]
) -> tuple[Image, Image, Image]:
    """Some channels of both patches and their difference, as three rows on one colour scale."""
    a, b = (channels_of(each[..., picked]) for each in (one, other))
    both = channels_of(np.concatenate([a.values, b.values]))
    signed = both.signed
    high = float(limits(both, "shared")[1].max())
    difference = channels_of(a.values - b.values)
    return _strip(a, signed, high), _strip(b, signed, high), _strip(difference, True, high)


def _strip(channels: Channels, signed: bool, high: float) -> Image:
    tiles = []
    for number in range(channels.count):
        values = channels.values[:, :, number]
        level = (127.5 + 127.5 * values / high) if signed else 255 * values / high
        colours = ramp(signed)[np.clip(np.rint(level), 0, 255).astype(np.uint8)]
        tile = cv2.resize(colours, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
        tiles.append(np.pad(tile, ((0, 0), (0, 4), (0, 0)), constant_values=255))
    return np.concatenate(tiles, axis=1)


def _means(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = values.reshape(-1, values.shape[-1]).mean(axis=0)
    return found


def layer_distances(table: pd.DataFrame, layer: str) -> Spec:
    """One bar per layer; a click selects the layer."""
    shown = table.assign(chosen=table["layer"] == layer)
    return filled(_layer_distances(), layers=shown)


@cache
def _layer_distances() -> Spec:
    chosen = alt.selection_point(name=SELECTION, fields=["layer"], empty=False)
    bars = (
        alt.Chart(source("layers"))
        .mark_bar(cursor="pointer")
        .encode(
            x=alt.X(
                "nth:O", title="layers, from the patch to the logit", axis=alt.Axis(labels=False)
            ),
            y=alt.Y("distance:Q", title="distance", scale=alt.Scale(domainMin=0)),
            color=alt.condition("datum.chosen", alt.value(ACCENT), alt.value(ACCENT_SOFT)),
            tooltip=["layer:N", alt.Tooltip("distance:Q", format=".3f")],
        )
        .add_params(chosen)
    )
    return template(bars, height=150)
