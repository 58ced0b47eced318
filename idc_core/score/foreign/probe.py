"""Pictures that every network is tried on, whatever it was trained on."""

import numpy as np
import numpy.typing as npt

from idc_core.records.raster import USUAL


def pictures(side: int = USUAL.patch_px) -> npt.NDArray[np.uint8]:
    """Noise, flat and smooth pictures, (24, side, side, 3)."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (8, side, side, 3))
    flat = np.broadcast_to(rng.integers(0, 256, (8, 1, 1, 3)), noise.shape)
    times = -(-side // 10)
    tens = rng.integers(60, 256, (8, 10, 10, 3))
    coarse = np.repeat(np.repeat(tens, times, axis=1), times, axis=2)[:, :side, :side]
    return np.concatenate([noise, flat, coarse]).astype(np.uint8)
