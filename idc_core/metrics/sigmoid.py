"""From a logit to a probability, in double precision.

A network's logit is a float32 and tells scores apart that a float32 probability would round to one:
above 0.99 those are up to a tenth of a logit apart.
"""

import numpy as np
import numpy.typing as npt


def sigmoid(logit: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """1 / (1 + e^-logit), of any shape; exact to the last digit or two also near 0.

    From a logit of 37 on, doubles have no number left below 1.

    >>> sigmoid([-800.0, 0.0, 20.0]).tolist()
    [0.0, 0.5, 0.9999999979388463]
    """
    with np.errstate(over="ignore"):  # e^710 is infinite, and the score then 0
        found: npt.NDArray[np.float64] = 1 / (1 + np.exp(-np.asarray(logit, np.float64)))
    return found
