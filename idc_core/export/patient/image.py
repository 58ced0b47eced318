"""The slide put back together at its true size."""

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import SLIDE
from idc_core.data.slides import assemble
from idc_core.data.stores.store import PatchStore
from idc_core.io.refusal import Refusal

LARGEST = 200_000_000
"""Pixels; a slide of this data set has a twentieth of it."""


def origin(index: pd.DataFrame) -> tuple[int, int]:
    """The slide's pixel (x, y, from 1) at the picture's top left, from a patient's patches."""
    return int(index["x"].min()), int(index["y"].min())


def patches_of(store: PatchStore, patient: str, slide: str | None = None) -> pd.DataFrame:
    """A patient's rows of a store's index, or those of one `slide`; raises `Refusal` where there
    are none."""
    own = store.index[store.index["patient"] == patient]
    if slide is not None and SLIDE in own:
        own = own[own[SLIDE] == slide]
    if own.empty:
        raise Refusal(f"expected patches of this patient in {store.name}: there are none.")
    return own


def placed(rows: pd.DataFrame, store: PatchStore | None) -> tuple[pd.DataFrame, tuple[int, int]]:
    """A slide's rows with true sizes where they are known, and the picture's origin."""
    if store is None:
        return rows, origin(rows)
    slide = str(rows[SLIDE].iloc[0]) if SLIDE in rows else None
    own = patches_of(store, str(rows["patient"].iloc[0]), slide)
    side = store.raster.patch_px
    sized = rows.merge(own[["x", "y", "width", "height"]], on=["x", "y"], how="left")
    return sized.fillna({"width": side, "height": side}), origin(own)


def slide_png(store: PatchStore, patient: str, slide: str | None = None) -> bytes:
    """The slide as PNG, pixel for pixel, transparent where nothing was exported.

    Raises `Refusal` where the patches lie too far apart to be one picture.
    """
    own = patches_of(store, patient, slide)
    wide = int((own["x"] + own["width"]).max() - own["x"].min())
    high = int((own["y"] + own["height"]).max() - own["y"].min())
    if wide * high > LARGEST:
        raise Refusal(
            f"expected a slide of at most {LARGEST:,} pixels: these patches span {wide:,} × "
            f"{high:,}. Take the squares (GeoJSON) instead."
        )
    columns = [own[name].to_numpy() for name in ("x", "y", "width", "height")]
    image, _ = assemble(
        store.patches[own.index.to_numpy()], *columns, stride=store.raster.stride_px
    )
    done, coded = cv2.imencode(".png", np.dstack([image[:, :, ::-1], _there(own, image)]))
    assert done
    return bytes(coded)


def _there(own: pd.DataFrame, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """255 where a patch lies, in its true size."""
    left, top = origin(own)
    alpha = np.zeros(image.shape[:2], np.uint8)
    for x, y, width, height in own[["x", "y", "width", "height"]].to_numpy():
        alpha[y - top : y - top + height, x - left : x - left + width] = 255
    return alpha
