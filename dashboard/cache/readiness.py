"""Whether the server has what it needs: runs, stores, reviews, room on the disk."""

import shutil
from collections.abc import Callable, Mapping

from dashboard.cache import reviews
from idc_core.io.paths import data_root, models_root
from idc_core.io.refusal import Refusal

FREE_BYTES = 200_000_000
"""What a disk must have free: verdicts, locks and exports are written to it."""


def unready() -> Mapping[str, str]:
    """The checks that fail, each with the sentence that says why; empty where all is ready."""
    failed = {}
    for name, check in CHECKS.items():
        try:
            check()
        except (Refusal, OSError) as broken:
            failed[name] = str(broken)
    return failed


def _models() -> None:
    next(models_root().iterdir(), None)


def _data() -> None:
    next(data_root().iterdir(), None)


def _reviews() -> None:
    reviews.answer()


def _disk() -> None:
    for root in (models_root(), data_root()):
        free = shutil.disk_usage(root).free
        if free < FREE_BYTES:
            raise Refusal(
                f"expected {FREE_BYTES / 1e6:.0f} MB free on the disk of {root}: {free / 1e6:.0f} "
                "MB are. Delete what is not needed, or move it."
            )


CHECKS: dict[str, Callable[[], None]] = {
    "models": _models,
    "data": _data,
    "reviews": _reviews,
    "disk": _disk,
}
