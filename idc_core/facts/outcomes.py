"""What becomes of a patch when it is called, in words: the same on pages, pictures and exports."""

WORDS = {
    "tp": "found",
    "fn": "missed IDC",
    "fp": "false alarm",
    "tn": "left alone",
    "unlabelled": "label unknown",
    "unscored": "no score",
}
