"""A verdict that tests store, read and count."""

from idc_core.reviews import Verdict


def verdict(x=1, reviewer="Ada", **parts):
    """What Ada is unsure of, but for `parts`."""
    usual = {
        "data": "d",
        "patient": "p",
        "y": 1,
        "verdict": "unsure",
        "run": "r",
        "model": "m",
        "split": "test",
        "threshold": 0.5,
        "score": 0.5,
        "label": 1,
    }
    return Verdict(x=x, reviewer=reviewer, **usual | parts)
