"""A score or threshold in digits that say something, wherever in 0 to 1 it lies.

Scores of a rare class are all next to 0, those of a saturated network next to 0 and to 1: in so
many decimals they would all be written alike.
"""

import math
from collections import Counter
from collections.abc import Sequence

UNDEFINED = "–"


def many(count: int) -> str:
    """A count with thousands apart by a comma.

    >>> many(277524)
    '277,524'
    """
    return f"{count:,}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun.

    >>> counted(1, "reader"), counted(2000, "patch", "patches")
    ('1 reader', '2,000 patches')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def patches_and_patients(patches: int, patients: int) -> str:
    """What a figure comes from.

    >>> patches_and_patients(1, 1), patches_and_patients(3787, 39)
    ('1 patch of 1 patient', '3,787 patches of 39 patients')
    """
    return f"{counted(patches, 'patch', 'patches')} of {counted(patients, 'patient')}"


def digits(value: float) -> str:
    """Three digits.

    >>> digits(0.5), digits(0.0123), digits(2.03e-6), digits(0.0), digits(0.9999999)
    ('0.500', '0.012', '2.03e-06', '0.000', '1 − 1e-07')
    """
    if not math.isfinite(value):
        return UNDEFINED
    if 0 < value < 0.01:
        return f"{value:.3g}"
    if 0.9995 <= value < 1:
        return f"1 − {1 - value:.3g}"
    return f"{value:.3f}"


def told_apart(values: Sequence[float]) -> list[str]:
    """Each value in `digits`, with as many more as tell different values apart.

    >>> told_apart([0.0, 0.49868, 0.49881, 0.7])
    ['0.000', '0.4987', '0.4988', '0.700']
    """
    said = [digits(value) for value in values]
    for places in range(4, 18):
        alike = {text for text, count in Counter(said).items() if count > 1}
        if not alike:
            break
        said = [
            f"{value:.{places}{'g' if value < 0.01 else 'f'}}" if text in alike else text
            for value, text in zip(values, said, strict=True)
        ]
    return said


def short_digits(value: float) -> str:
    """Two digits, for where there is little room.

    >>> short_digits(0.5), short_digits(2.03e-6), short_digits(0.9999), short_digits(1.0)
    ('0.50', '2e-06', '1−1e-04', '1.00')
    """
    if not math.isfinite(value):
        return UNDEFINED
    if 0 < value < 0.005:
        return f"{value:.0e}"
    if 0.995 <= value < 1:
        return f"1−{1 - value:.0e}"
    return f"{value:.2f}"
