"""Pictures that every network is tried on, whatever it was trained on."""

import numpy as np
import numpy.typing as npt

from idc_core.data.patches import PATCH_PX


def pictures() -> npt.NDArray[np.uint8]:
    """Noise, flat and smooth pictures, (24, 50, 50, 3)."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (8, PATCH_PX, PATCH_PX, 3))
    flat = np.broadcast_to(rng.integers(0, 256, (8, 1, 1, 3)), noise.shape)
    coarse = np.repeat(np.repeat(rng.integers(60, 256, (8, 10, 10, 3)), 5, axis=1), 5, axis=2)
    return np.concatenate([noise, flat, coarse]).astype(np.uint8)
