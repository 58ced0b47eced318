"""The activations of three layers for one patch, as pictures inside the page."""

import base64
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import in_words
from idc_core.data.places import place_of
from idc_core.data.stores.store import PatchStore
from idc_core.export.blocks import Block, Figure, Missing, Picture
from idc_core.facts import names
from idc_core.io.digits import digits
from idc_core.score.scoring import Layer, Scorer

CHANNELS, A_ROW, CELL_PX, GAP_PX = 16, 8, 72, 4


def feature_maps(
    scorer: Scorer | None, store: PatchStore | None, predictions: pd.DataFrame, threshold: float
) -> list[Block]:
    """The patch and its maps in three layers, or a sentence that says what is missing."""
    if scorer is None:
        return [Missing("No feature maps: this run holds no network (model.onnx).")]
    if store is None or not store.has_pixels:
        return [Missing("No feature maps: the patches of this run are not on this machine.")]
    shown = chosen_patch(store, predictions)
    if shown is None:
        return [Missing("No feature maps: none of the predictions is of a patch in the store.")]
    place, row = shown
    pixels = np.asarray(store.patches[place])
    layers = three_layers(scorer.layers)
    answers = scorer.activations(pixels)
    positive = float(row["score"]) >= threshold
    called = f"predicted {in_words(int(positive), store.raster)}"
    truth = store.raster.positive if row["label"] == 1 else store.raster.negative
    patient = names.shown(str(row["patient"]))
    caption = (
        f"The patch: patient {patient}, x {row['x']}, y {row['y']}, "
        f"{row['split']}; label {truth}, score {digits(float(row['score']))}, {called}."
    )
    pictures: list[Block] = [Figure(picture(_enlarged(pixels, 150), "The patch"), caption)]
    for layer in layers:
        maps, numbers = strongest(answers[layer.name])
        size = "×".join(map(str, layer.shape))
        pictures.append(
            Figure(
                picture(mosaic(maps), f"Feature maps of {layer.name}"),
                f"({layer.kind}, {size}): the {len(numbers)} "
                f"channels with the highest mean activation, from 0 (black) to {maps.max():.2g} "
                f"(white); channels {', '.join(map(str, numbers))}.",
                layer.name,
            )
        )
    return pictures


def chosen_patch(store: PatchStore, predictions: pd.DataFrame) -> tuple[int, dict[str, Any]] | None:
    """The surest IDC patch of test that the store holds: its row there, and its prediction.

    Of another split or without IDC where there is none.
    """
    key = place_of(store.index, predictions)
    rows = store.index[key].assign(place=np.arange(len(store.index)))
    known = predictions.assign(patient=predictions["patient"].astype(str)).merge(rows, on=key)
    if not len(known):
        return None
    best = known.assign(test=known["split"] == "test").sort_values(
        ["test", "label", "score"], ascending=False, kind="stable"
    )
    row = {str(name): value for name, value in best.iloc[0].items()}
    return int(row["place"]), row


def three_layers(layers: Sequence[Layer]) -> list[Layer]:
    """The first, the middle and the last layer with maps; after ReLU where there are such."""
    spatial = [layer for layer in layers if len(layer.shape) == 3 and layer.kind != "Rescaling"]
    rectified = [layer for layer in spatial if layer.kind in {"ReLU", "Activation"}]
    pool = rectified if len(rectified) >= 3 else spatial
    places = sorted({0, len(pool) // 2, len(pool) - 1}) if pool else []
    return [pool[place] for place in places]


def strongest(
    maps: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], list[int]]:
    """The channels with the highest mean, strongest first, negative answers cut to 0."""
    maps = np.maximum(maps, 0)
    order = np.argsort(-maps.mean(axis=(0, 1)), kind="stable")[:CHANNELS]
    return maps[:, :, order], order.tolist()


def mosaic(maps: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Channels side by side in grey, one scale for all; (h, w, channels) → (H, W, 3)."""
    top = float(maps.max()) or 1.0
    count = maps.shape[2]
    rows = -(-count // A_ROW)
    step = CELL_PX + GAP_PX
    sheet = np.full((rows * step - GAP_PX, A_ROW * step - GAP_PX), 255, np.uint8)
    for number in range(count):
        grey = np.round(maps[:, :, number] / top * 255).astype(np.uint8)
        row, column = divmod(number, A_ROW)
        cell = _enlarged(grey, CELL_PX)
        sheet[row * step : row * step + CELL_PX, column * step : column * step + CELL_PX] = cell
    return np.repeat(sheet[:, :, None], 3, axis=2)


def picture(pixels: npt.NDArray[np.uint8], text: str) -> Picture:
    """An RGB image as PNG inside the page."""
    done, png = cv2.imencode(".png", np.ascontiguousarray(pixels[:, :, ::-1]))
    if not done:
        raise RuntimeError("OpenCV could not write a PNG.")
    data = base64.b64encode(png.tobytes()).decode()
    height, width = pixels.shape[:2]
    return Picture(f"data:image/png;base64,{data}", width, height, text)


def _enlarged(pixels: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    # Squares stay squares: a smoothed map would show detail that the layer does not have.
    enlarged = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_NEAREST)
    return np.asarray(enlarged, dtype=np.uint8)
