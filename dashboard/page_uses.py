"""What each page takes of the thread: the bar says what a page ignores."""

from dataclasses import dataclass

_SPLIT = ("run", "split")
_CUT = (*_SPLIT, "threshold")
_PATCH = (*_CUT, "patient", "patch")


@dataclass(frozen=True, slots=True)
class Uses:
    """Parts of the thread that a page's figures follow.

    `judging`: it shows what the model gets wrong at the threshold of the bar, so that on test a
    threshold not shown before is a look. `intervals`: it prints them, from all patients of the
    split; a page whose intervals come from fewer of them says itself how many.
    """

    parts: tuple[str, ...]
    judging: bool = False
    intervals: bool = False


PAGES = {
    "overview": Uses(_CUT, judging=True, intervals=True),
    "training": Uses(("run",)),
    "data": Uses(("run",)),
    "threshold": Uses(_CUT, judging=True, intervals=True),
    "calibration": Uses(_SPLIT, intervals=True),
    "clinic": Uses(_CUT, judging=True, intervals=True),
    # It may have thresholds of its own, and counts its looks itself.
    "compare": Uses(_CUT),
    "patients": Uses(_PATCH, judging=True),
    "labels": Uses(_CUT, intervals=True),
    "readers": Uses(_SPLIT),
    "slices": Uses(_CUT, judging=True, intervals=True),
    "burden": Uses(_CUT, judging=True),
    "regions": Uses(_CUT, judging=True),
    "similar": Uses(_PATCH),
    "feature_maps": Uses(_PATCH),
    "explain": Uses(_PATCH),
    "channel": Uses(_PATCH),
    "steps": Uses(_PATCH),
    "pair": Uses(_PATCH),
    "predict": Uses(_CUT),
    "robustness": Uses(_PATCH),
    "slide": Uses(("run", "threshold")),
    "quiz": Uses(_CUT),
}


def of(page: str) -> Uses:
    """By the page's address; the front page is the overview."""
    return PAGES[page or "overview"]
