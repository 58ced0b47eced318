"""How sharp patches are, so that those out of focus can be looked at as a subgroup.

Measured on the patches, not on the look at the whole slide: at its 5 to 20 µm per pixel nobody sees
what is out of focus.
"""

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.wsi.cutting import Cut


def sharpness(block: Cut) -> npt.NDArray[np.float32]:
    """Variance of the Laplacian of each patch in grey levels, (n,), of what lies in the image: low
    where it is out of focus, and where there is little to see. Comparable among patches of one µm
    per pixel and one stain alone.

    Pech-Pacheco et al. 2000, 10.1109/ICPR.2000.903548.
    """
    pairs = zip(block.patches, block.true_sizes, strict=True)
    grey = (cv2.cvtColor(patch[:high, :wide], cv2.COLOR_RGB2GRAY) for patch, (wide, high) in pairs)
    return np.array([cv2.Laplacian(each, cv2.CV_32F).var() for each in grey], np.float32)
