"""What a reader says of one patch, and all they saw when they said it."""

import math
from dataclasses import dataclass

from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.runs.run import Run

VERDICTS = (
    "agree_model",
    "agree_label",
    "idc",
    "no_idc",
    "unsure",
    "artefact",
    "not_assessable",
)
STAGES = ("open", "blind", "revealed")
"""Whether the model's answer and the label were in view: from the start, not yet, or since a
blind verdict was given."""

LONGEST_NAME, LONGEST_COMMENT = 80, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a reader says of one patch, with all they saw; `data` is that of `data_key`."""

    data: str
    patient: str
    x: int
    y: int
    reviewer: str
    verdict: str
    run: str
    model: str
    split: str
    threshold: float
    score: float
    label: int
    slide: str = ""
    """Empty where the patient's name is the slide's."""
    stage: str = "open"
    comment: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise Refusal(f"expected a verdict of {', '.join(VERDICTS)}: found {self.verdict!r}.")
        if self.stage not in STAGES:
            raise Refusal(f"expected a stage of {', '.join(STAGES)}: found {self.stage!r}.")
        if self.verdict == "agree_label" and self.label not in (0, 1):
            raise Refusal(
                "expected a label to agree with: this patch has none. Say which class it is."
            )
        if not self.reviewer.strip() or len(self.reviewer) > LONGEST_NAME:
            raise Refusal(
                f"expected a reader's name of 1 to {LONGEST_NAME} characters: "
                f"found {len(self.reviewer.strip())}. Enter the reader's name, then give the "
                "verdict again."
            )
        if len(self.comment) > LONGEST_COMMENT:
            raise Refusal(
                f"expected a comment of at most {LONGEST_COMMENT:,} characters: "
                f"found {len(self.comment):,}. Shorten it."
            )
        if not (math.isfinite(self.score) and math.isfinite(self.threshold)):
            raise Refusal(
                "expected a score and a threshold that are numbers: "
                f"found {self.score} at {self.threshold}. This patch cannot be judged."
            )

    @property
    def says(self) -> int | None:
        """1 IDC, 0 no IDC, None neither, see `says`."""
        return says(self.verdict, self.label, self.score, self.threshold)


def says(verdict: str, label: int, score: float, threshold: float) -> int | None:
    """What a verdict makes of the patch: 1 IDC, 0 no IDC, None neither.

    >>> says("agree_model", 0, 0.9, 0.5), says("agree_label", 0, 0.9, 0.5), says("unsure", 0, 1, 0)
    (1, 0, None)
    """
    if verdict == "agree_model":
        return int(score >= threshold)
    if verdict == "agree_label":
        return int(label)
    return {"idc": 1, "no_idc": 0}.get(verdict)


def words(verdict: str, raster: Raster, stage: str = "open") -> str:
    """A verdict as an export says it.

    >>> words("idc", Raster(positive="tumour", negative="stroma"), "blind")
    'tumour, blinded'
    """
    names = {
        "agree_model": "agrees with the model",
        "agree_label": "agrees with the label",
        "idc": raster.positive,
        "no_idc": raster.negative,
    }
    said = names.get(verdict, verdict.replace("_", " "))
    return {"blind": f"{said}, blinded", "revealed": f"{said}, after unblinding"}.get(stage, said)


def data_key(run: Run) -> str:
    """What patches of a run are the same as in another: the data's fingerprint, if it has one."""
    fingerprint = run.info.fingerprint
    return str(fingerprint) if fingerprint else f"run:{run.name}"
