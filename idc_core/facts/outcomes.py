"""What becomes of a patch at a threshold, in words: the same on pages, pictures and exports.

The letters TP, FN, FP and TN stand beside them wherever there is room.
"""

WORDS = {
    "tp": "IDC found",
    "fn": "missed IDC",
    "fp": "false alarm",
    "tn": "true negative",
    "unlabelled": "label unknown",
    "unscored": "no score",
}
