"""Stain normalisation after Reinhard et al. 2001 (Color transfer between images), on tissue only.

Mean and spread of each channel of CIE L*a*b* are made those of a target. It is shown, not trained
with: a patch alone cannot say whether it is pale because of the stain or because it is fat.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.data.stores.store import Patches

Numbers = npt.NDArray[np.float64]

WHITE = 220
FEWEST = 50
"""Tissue pixels; a patch with fewer is left as it is."""


@dataclass(frozen=True, slots=True)
class Target:
    """Mean and standard deviation of L*, a*, b* that patches are brought to."""

    mean: Numbers
    spread: Numbers


def target_of(patches: Patches) -> Target:
    """The look of some patches (n, h, w, 3): mean over all their tissue.

    Raises `ValueError` where they hold no tissue.
    """
    pixels = patches[tissue(patches)]
    if len(pixels) < FEWEST:
        raise ValueError(f"expected at least {FEWEST} pixels of tissue: found {len(pixels)}.")
    lab = _lab(pixels[None])[0]
    return Target(lab.mean(axis=0), lab.std(axis=0))


def normalise(patch: Patches, target: Target) -> Patches:
    """The patch (h, w, 3) with the target's look; white stays white."""
    own = tissue(patch)
    if own.sum() < FEWEST:
        return patch
    lab = _lab(patch[own][None])[0]
    spread = lab.std(axis=0)
    moved = (lab - lab.mean(axis=0)) / np.where(spread > 0, spread, 1) * target.spread
    moved = np.clip(moved + target.mean, [0, -127, -127], [100, 127, 127]).astype(np.float32)
    rgb = cv2.cvtColor(moved[None], cv2.COLOR_Lab2RGB)[0]
    out = patch.copy()
    out[own] = np.clip(np.rint(rgb * 255), 0, 255).astype(np.uint8)
    return out


def tissue(patches: Patches) -> npt.NDArray[np.bool_]:
    """Pixels that are not white: at least one colour below `WHITE`."""
    return np.asarray(patches.min(axis=-1) < WHITE)


def _lab(pixels: Patches) -> npt.NDArray[np.float32]:
    lab: npt.NDArray[np.float32] = cv2.cvtColor(
        pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab
    ).astype(np.float32)
    return lab
