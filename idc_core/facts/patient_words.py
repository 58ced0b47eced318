"""What is said of one patient at a threshold: errors, predicted burden, how far the review is."""

from idc_core.io.digits import many
from idc_core.metrics.confusion import Confusion


def header(counts: Confusion, predicted: float, judged: int) -> dict[str, str]:
    """The parts of the sentence that follow the threshold.

    `predicted`: share of the tissue predicted positive; `judged`: errors with a verdict.

    >>> said = header(Confusion(tn=5, fp=1, fn=2, tp=8), 0.5625, 1)
    >>> said["patient.missed"], said["patient.alarms"], said["patient.predicted"]
    ('2 are missed', '1 raises a false alarm', '56 %')
    """
    fn, fp = counts.fn, counts.fp
    return {
        "patient.missed": f"{many(fn)} {'is' if fn == 1 else 'are'} missed",
        "patient.alarms": f"{many(fp)} {'raises' if fp == 1 else 'raise'} a false alarm",
        "patient.predicted": f"{100 * predicted:.0f} %",
        **_progress(judged, fn + fp - judged),
    }


def _progress(judged: int, waiting: int) -> dict[str, str]:
    """`reviewed` (how many of how many) and `review`, what follows it."""
    if not judged + waiting:
        reviewed, rest = "", ""
    elif not waiting:
        reviewed, rest = "", "All errors reviewed."
    else:
        reviewed, rest = f"{many(judged)} of {many(judged + waiting)}", "errors reviewed."
    return {"patient.reviewed": reviewed, "patient.review": rest}
