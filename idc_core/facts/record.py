"""The facts that every exported file carries, fixed when its page was drawn."""

from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

from idc_core.facts import names
from idc_core.io.paths import REPOSITORY

PREFIX = "export_"
"""Before every fact that stands in a table, so that it never takes the place of a column."""

RESEARCH_USE = "research use only, not a diagnosis"
RAW = "raw scores"
SYNTHETIC = "synthetic"
"""Tissue that a program made: no patient's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file was made of; None where it is not known or does not apply.

    `model` and `data` are digests; `calibration` is the id of the saved map, or `RAW`; `patches`
    and `patients` count what is exported; `made` is when it was drawn, UTC. `tissue` is
    `SYNTHETIC`, or None for a patient's.
    """

    run: str | None = None
    model: str | None = None
    data: str | None = None
    tissue: str | None = None
    split: str | None = None
    threshold: float | None = None
    state: str | None = None
    calibration: str | None = None
    patches: int | None = None
    patients: int | None = None
    made: str | None = None
    slide: str | None = None
    """Of a file about one slide, where slides have names of their own."""
    classes: tuple[str, str] | None = None
    """What the positive class and the other are called, where they are not the public set's: what
    1 and 0, `idc` and `no_idc` in a file mean."""
    labels: str | None = None
    """How many of its patches have a label, where not all have (`predicted.labels_fact`)."""
    frame: str | None = None
    """What its coordinates count, of a file for another program."""

    def of(self, patches: int | None, patients: int | None) -> "Facts":
        """The same, of so many patches and patients."""
        return replace(self, patches=patches, patients=patients)

    def named(self) -> dict[str, object]:
        """Every fact by its name, in the order in which files give them."""
        slide = {} if self.slide is None else {"slide": names.shown(self.slide)}
        words = ("positive_class", "negative_class")
        classes = {} if self.classes is None else dict(zip(words, self.classes, strict=True))
        return {
            "run": self.run,
            "model_sha256": self.model,
            "data_fingerprint": self.data,
            "tissue": self.tissue,
            **classes,
            "split": self.split,
            **slide,
            **({} if self.labels is None else {"labels": self.labels}),
            **({} if self.frame is None else {"frame": self.frame}),
            "threshold": self.threshold,
            "threshold_state": self.state,
            "calibration": self.calibration,
            "patches": self.patches,
            "patients": self.patients,
            "version": f"IDC Review {version()}",
            "made": self.made,
            "use": RESEARCH_USE,
        }

    def columns(self) -> dict[str, object]:
        """The same as columns of a table."""
        return {PREFIX + name: value for name, value in self.named().items()}

    def said(self) -> dict[str, str]:
        """The same as text, what is not known left out."""
        return {name: str(value) for name, value in self.named().items() if value is not None}

    def line(self) -> str:
        """What stands under a picture.

        >>> Facts(run="demo", split="test", threshold=0.25, patches=1200, patients=8).line()
        'demo · test · threshold 0.25 · 1,200 patches · 8 patients · research use only'
        """
        parts = [self.run, self.tissue and f"{self.tissue} tissue", self.split, self.labels]
        if self.threshold is not None:
            parts.append(f"threshold {self.threshold:.6g}")
        if self.calibration not in (None, RAW):
            parts.append(f"calibration {self.calibration}")
        for count, one, more in (
            (self.patches, "patch", "patches"),
            (self.patients, "patient", "patients"),
        ):
            if count is not None:
                parts.append(f"{count:,} {one if count == 1 else more}")
        return " · ".join([*(part for part in parts if part), "research use only"])

    def quiet_line(self) -> str:
        """The rest, for those who want to make it again."""
        known = {
            "model": self.model and self.model[:16],
            "data": self.data and self.data[:16],
            "scores": self.calibration,
        }
        parts = [f"{name} {value}" for name, value in known.items() if value]
        parts += [self.state] if self.state else []
        return " · ".join([*parts, f"IDC Review {version()}", *([self.made] if self.made else [])])


@cache
def version() -> str:
    """The version of IDC Review: the checkout's, else the installed one's."""
    project = REPOSITORY / "pyproject.toml"
    if project.is_file():
        for line in project.read_text(encoding="utf-8").splitlines():
            if line.startswith("version = "):
                return line.split('"')[1]
    try:
        return installed("idc-review")
    except PackageNotFoundError:
        return "unknown"
