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

Work = Callable[[Job, Path, TellStage], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """`words`: what it does, as a list of work says it; `module` has its `work`."""

    key: str
    words: str
    module: str

    def work(self) -> Work:
        """Import what it needs."""
        return cast(Work, import_module(self.module).work)


SCORE_SLIDE = Kind("score_slide", "Score a slide", "idc_core.jobs.score_slide")
CUT_SLIDES = Kind("cut_slides", "Cut slides into a store", "idc_core.jobs.cut_slides")
CHANNELS = Kind("channels", "Measure channels", "idc_core.jobs.channels")
LEARNING_RATES = Kind("learning_rates", "Find a learning rate", "idc_core.jobs.learning_rates")
PERTURBATION = Kind("perturbation", "Measure a perturbation", "idc_core.jobs.perturbations")
SCORE_ZIP = Kind("score_zip", "Score a zip of patches", "idc_core.jobs.score_zip")

KINDS = {
    kind.key: kind
    for kind in (SCORE_SLIDE, SCORE_ZIP, CUT_SLIDES, CHANNELS, PERTURBATION, LEARNING_RATES)
}
