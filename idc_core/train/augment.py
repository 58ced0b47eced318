"""Turned, zoomed, moved, sheared, mirrored and re-stained patches, without Keras.

Conventions:

- The random numbers of patch `i` in epoch `e` are a function of `(seed, e, i)` alone, so they do
  not depend on the batch, on the order of work or on what was drawn before.
- All changes of shape are one matrix, hence one interpolation (`cv2.warpAffine`); what comes in
  from outside the patch is its mirror image.
- Stain and brightness change the optical density `-log((value + 1) / 256)` of each colour; as that
  depends on the value only, it is a table of 256 entries per colour.
"""

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.data.stores.pixels import PatchRows
from idc_core.data.stores.store import Patches
from idc_core.train.config import AugmentConfig

Floats = npt.NDArray[np.float64]

DRAWS = 14
"""Random numbers per patch: angle, zoom, shift x y, shear, two flips, 1 + 3 stain, 3 brightness."""

_DENSITY = -np.log((np.arange(256) + 1) / 256)


def augment(
    patches: PatchRows, rows: npt.NDArray[np.int64], config: AugmentConfig, *, seed: int, epoch: int
) -> Patches:
    """The given rows of `patches` (n, h, w, 3), changed; shape (len(rows), h, w, 3), uint8."""
    uniform = draw(seed, epoch, rows)
    height, width = patches.shape[1:3]
    matrices = transforms(uniform, config, width=width, height=height)
    tables = stain_tables(uniform, config)
    out = np.empty((len(rows), *patches.shape[1:]), np.uint8)
    for at, row in enumerate(rows):
        patch = patches[row]
        if matrices is not None:
            patch = cv2.warpAffine(
                patch,
                matrices[at],
                (width, height),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REFLECT_101,
            )
        out[at] = patch if tables is None else cv2.LUT(patch, tables[at])
    return out


def draw(seed: int, epoch: int, rows: npt.NDArray[np.int64]) -> Floats:
    """Uniform numbers in [0, 1), shape (len(rows), DRAWS), each a hash of its coordinates."""
    key = _mix(np.array([seed], np.uint64))
    key = _mix(key ^ np.uint64(epoch))
    per_patch = _mix(key ^ rows.astype(np.uint64))[:, None]
    with np.errstate(over="ignore"):
        steps = np.arange(1, DRAWS + 1, dtype=np.uint64) * _GOLDEN
        bits = _mix(per_patch + steps)
    return np.asarray((bits >> np.uint64(11)) * 2.0**-53)


def transforms(uniform: Floats, config: AugmentConfig, *, width: int, height: int) -> Floats | None:
    """One affine matrix a patch, (n, 2, 3), source to result in pixels; None if nothing moves."""
    still = not (config.rotation or config.zoom or config.shift or config.shear)
    if still and not (config.flip_horizontal or config.flip_vertical):
        return None
    signed = 2 * uniform - 1
    angle = np.deg2rad(config.rotation * signed[:, 0])
    zoom = 1 + config.zoom * signed[:, 1]
    slant = np.tan(np.deg2rad(config.shear * signed[:, 4]))
    mirror_x = np.where(config.flip_horizontal & (uniform[:, 5] < 0.5), -1.0, 1.0)
    mirror_y = np.where(config.flip_vertical & (uniform[:, 6] < 0.5), -1.0, 1.0)
    cos, sin = zoom * np.cos(angle), zoom * np.sin(angle)
    # rotation and zoom · shear · mirror, all about the centre
    matrix = np.empty((len(uniform), 2, 3))
    matrix[:, 0, 0] = cos * mirror_x
    matrix[:, 0, 1] = (cos * slant + sin) * mirror_y
    matrix[:, 1, 0] = -sin * mirror_x
    matrix[:, 1, 1] = (cos - sin * slant) * mirror_y
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = config.shift * signed[:, 2:4] * np.array([width, height])
    matrix[:, :, 2] = centre + shift - matrix[:, :, :2] @ centre
    return matrix


def stain_tables(uniform: Floats, config: AugmentConfig) -> Patches | None:
    """What each value of each colour becomes, (n, 1, 256, 3) uint8; None if nothing changes."""
    if not (config.stain or config.stain_hue or config.brightness):
        return None
    signed = 2 * uniform - 1
    strength = (1 + config.stain * signed[:, 7:8]) * (1 + config.stain_hue * signed[:, 8:11])
    light = config.brightness * signed[:, 11:14]
    density = _DENSITY[:, None] * strength[:, None, :] - light[:, None, :]
    value = 256 * np.exp(-density) - 1
    table: Patches = np.clip(np.rint(value), 0, 255).astype(np.uint8)[:, None]
    return table


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea & Flood, 2014): every bit depends on every bit."""
    with np.errstate(over="ignore"):
        state = state + _GOLDEN
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
