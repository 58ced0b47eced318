"""What becomes of a patch at a threshold, in words: the same on pages, pictures and exports.

The letters TP, FN, FP and TN stand beside them wherever there is room.
"""

from idc_core.records.raster import USUAL, Raster


def words_of(raster: Raster) -> dict[str, str]:
    """The outcomes where the classes have the names of `raster`.

    >>> words_of(Raster(positive="tumour", negative="stroma"))["fn"]
    'missed tumour'
    """
    return {
        "tp": f"{raster.positive} found",
        "fn": f"missed {raster.positive}",
        "fp": "false alarm",
        "tn": "true negative",
        "unlabelled": "label unknown",
        "unscored": "no score",
    }


WORDS = words_of(USUAL)
