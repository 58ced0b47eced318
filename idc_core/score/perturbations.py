"""A patch made darker, paler, blurred, turned: how robust is the prediction?

Every kind has an axis of strengths with a neutral value, at which the patch stays as it is to
within rounding. Patches are uint8, (n, side, side, 3), RGB.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.evaluate.slices.pixels import STAINS

Patches = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Kind:
    """A change: its name, its strengths from end to end, the neutral one, and their unit."""

    key: str
    name: str
    values: tuple[float, ...]
    neutral: float
    unit: str
    apply: Callable[[Patches, float], Patches]


def changed(patches: Patches, key: str, value: float) -> Patches:
    """The patches changed by one kind at one strength; raises `KeyError` for another kind."""
    kind = PERTURBATIONS[key]
    return patches.copy() if value == kind.neutral else kind.apply(patches, value)


def curve(
    score: Callable[[Patches], npt.NDArray[np.float64]],
    patch: Patches,
    key: str,
    values: Sequence[float] | None = None,
) -> npt.NDArray[np.float64]:
    """Scores of one patch (side, side, 3) at these strengths, by default all of the kind."""
    asked = PERTURBATIONS[key].values if values is None else values
    return score(np.concatenate([changed(patch[None], key, value) for value in asked]))


_DENSITY = -np.log((np.arange(256) + 1) / 256)


def _stain(patches: Patches, value: float) -> Patches:
    """Both stains stronger or weaker: optical density times `value`."""
    table = np.clip(np.rint(256 * np.exp(-_DENSITY * value) - 1), 0, 255).astype(np.uint8)
    return np.asarray(table[patches], np.uint8)


def _ratio(patches: Patches, value: float) -> Patches:
    """More of haematoxylin and less of eosin (above 1), or the other way round.

    Colour deconvolution after Ruifrok & Johnston 2001 (Anal Quant Cytol Histol 23:291): densities
    are taken apart into the two stains and what neither explains, changed, and put together again.
    """
    unit = STAINS / np.linalg.norm(STAINS, axis=1, keepdims=True)
    third = np.cross(unit[0], unit[1])
    mix = np.vstack([unit, third / np.linalg.norm(third)])
    amounts = _DENSITY[patches] @ np.linalg.inv(mix)
    amounts[..., 0] *= value
    amounts[..., 1] /= value
    back = 256 * np.exp(-(amounts @ mix)) - 1
    found: Patches = np.clip(np.rint(back), 0, 255).astype(np.uint8)
    return found


def _brightness(patches: Patches, value: float) -> Patches:
    """Every value plus `value`."""
    found: Patches = np.clip(patches.astype(np.float32) + value, 0, 255).astype(np.uint8)
    return found


def _contrast(patches: Patches, value: float) -> Patches:
    """Distances from each patch's mean colour times `value`."""
    mean = patches.mean(axis=(1, 2), keepdims=True)
    found: Patches = np.clip(np.rint(mean + (patches - mean) * value), 0, 255).astype(np.uint8)
    return found


def _blur(patches: Patches, value: float) -> Patches:
    """A Gaussian of `value` pixels."""
    found = [cv2.GaussianBlur(p, (0, 0), value, borderType=cv2.BORDER_REFLECT_101) for p in patches]
    return np.asarray(np.stack(found), np.uint8)


def _jpeg(patches: Patches, value: float) -> Patches:
    """Coded and decoded as JPEG of quality `value`, 1 to 100."""
    found = []
    for patch in patches:
        done, coded = cv2.imencode(".jpg", patch[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(value)])
        assert done
        found.append(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))[..., ::-1])
    return np.asarray(np.stack(found), np.uint8)


def _rotation(patches: Patches, value: float) -> Patches:
    """Turned by `value` degrees about the centre; what comes in is the mirror image."""
    side = patches.shape[1]
    centre = ((side - 1) / 2, (side - 1) / 2)
    turn = cv2.getRotationMatrix2D(centre, value, 1.0)
    found = [
        cv2.warpAffine(
            p, turn, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        for p in patches
    ]
    return np.asarray(np.stack(found), np.uint8)


def _zoom(patches: Patches, value: float) -> Patches:
    """Seen `value` times as large: what a wrong µm per pixel does."""
    side = patches.shape[1]
    centre = ((side - 1) / 2, (side - 1) / 2)
    scale = cv2.getRotationMatrix2D(centre, 0, value)
    how = cv2.INTER_AREA if value < 1 else cv2.INTER_LINEAR
    found = [
        cv2.warpAffine(p, scale, (side, side), flags=how, borderMode=cv2.BORDER_REFLECT_101)
        for p in patches
    ]
    return np.asarray(np.stack(found), np.uint8)


PERTURBATIONS = {
    kind.key: kind
    for kind in (
        Kind("stain", "Stain strength", (0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0), 1.0, "×", _stain),
        Kind("ratio", "Blue against pink", (0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 2.0), 1.0, "×", _ratio),
        Kind(
            "brightness",
            "Brightness",
            (-60.0, -40.0, -20.0, 0.0, 20.0, 40.0, 60.0),
            0.0,
            "levels",
            _brightness,
        ),
        Kind("contrast", "Contrast", (0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0), 1.0, "×", _contrast),
        Kind("blur", "Blur", (0.0, 0.5, 1.0, 1.5, 2.0, 3.0), 0.0, "px", _blur),
        Kind("jpeg", "JPEG quality", (100.0, 90.0, 70.0, 50.0, 30.0, 10.0), 101.0, "", _jpeg),
        Kind(
            "rotation",
            "Rotation",
            (-180.0, -90.0, -45.0, 0.0, 45.0, 90.0, 180.0),
            0.0,
            "°",
            _rotation,
        ),
        Kind("zoom", "Pixel size", (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0), 1.0, "×", _zoom),
    )
}
"""All kinds by key. JPEG of quality 100 is not quite neutral: it is a coding too."""
