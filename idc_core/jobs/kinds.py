"""What a worker can do: one record a kind; its work is imported where it is done.

Work is a function of the job, an empty folder for what it finds, and whom to tell how far it is. It
raises `Refusal` where it cannot be done, and may be killed at any moment: what it writes elsewhere
it puts there whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from idc_core.io.progress import TellStage
from idc_core.jobs.job import Job
from idc_core.jobs.lanes import TRAININGS, USUAL, Lane

Work = Callable[[Job, Path, TellStage], None]

NOTHING = "Nothing was kept; start it again."


@dataclass(frozen=True, slots=True)
class Kind:
    """`words`: what it does, as a list of work says it; `module` has its `work`. `left`: what is
    said of what it did before it was broken off, and the cure."""

    key: str
    words: str
    module: str
    lane: Lane = USUAL
    left: str = NOTHING

    def work(self) -> Work:
        """Import what it needs."""
        return cast(Work, import_module(self.module).work)


SCORE_SLIDE = Kind("score_slide", "Score a slide", "idc_core.jobs.score_slide")
CUT_SLIDES = Kind("cut_slides", "Cut slides into a store", "idc_core.jobs.cut_slides")
CHANNELS = Kind("channels", "Measure channels", "idc_core.jobs.channels")
LEARNING_RATES = Kind("learning_rates", "Find a learning rate", "idc_core.jobs.learning_rates")
PERTURBATION = Kind("perturbation", "Measure a perturbation", "idc_core.jobs.perturbations")
SCORE_ZIP = Kind("score_zip", "Score a zip of patches", "idc_core.jobs.score_zip")
TRAIN = Kind(
    "train",
    "Train a network",
    "idc_core.jobs.train",
    lane=TRAININGS,
    left="What was trained up to the last checkpoint is kept: continue it on the page Training.",
)

KINDS = {
    kind.key: kind
    for kind in (SCORE_SLIDE, SCORE_ZIP, CUT_SLIDES, CHANNELS, PERTURBATION, LEARNING_RATES, TRAIN)
}


def lane_of(kind: str) -> Lane:
    """Where jobs of a kind are done, by its key; another version's are of the usual one."""
    return KINDS[kind].lane if kind in KINDS else USUAL


def left_by(kind: str) -> str:
    """What is said of what a job of this kind did before it was broken off."""
    return KINDS[kind].left if kind in KINDS else NOTHING
