"""What is compared, what is left out, and what makes the comparison unfair."""

from dataclasses import dataclass

import pandas as pd

from dashboard.charts.theme import digits, many, plain
from dashboard.views.compare import cache
from dashboard.views.compare.cache import Compared
from dashboard.widgets import export, few_patients
from idc_core.evaluate import compare
from idc_core.runs.run import Run


@dataclass(frozen=True, slots=True)
class Basis:
    """What all figures of the page refer to: two runs, their thresholds, the common patches."""

    runs: tuple[str, str]
    thresholds: tuple[float, float]
    count: export.Count

    @property
    def said(self) -> str:
        """Both runs with their thresholds, for the header of a file."""
        return ", ".join(
            f"{letter} {run} at {digits(threshold)}"
            for letter, run, threshold in zip("AB", self.runs, self.thresholds, strict=True)
        )

    def on(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table to export, with both runs and thresholds as columns."""
        (run_a, run_b), (at_a, at_b) = self.runs, self.thresholds
        return table.assign(run_a=run_a, threshold_a=at_a, run_b=run_b, threshold_b=at_b)


def nothing_of(a: Run, b: Run, split: str) -> str:
    """Why the other run has nothing in the split to compare with, and what would have."""
    if a.info.cross_validated is not None:
        return (
            f"{a.name} is judged out of fold, and {b.name} is not: two recipes are compared by "
            "their runs of folds. Choose another such run above, or make one: "
            f"python train_cli.py train --run {b.name} --folds {a.info.cross_validated.folds}."
        )
    if b.info.cross_validated is not None:
        return (
            f"{b.name} is judged out of fold, and {a.name} is not: choose another run to compare "
            "with, or a run of folds in the bar."
        )
    return f"The {split} split of {b.name} has no patch. Choose another split or run above."


def size(found: Compared) -> str:
    """How many patches and patients the page compares."""
    return f"{many(len(found.pair))} patches of {many(len(found.pair.patients))} patients."


def counted(found: Compared, a: Run, b: Run) -> str:
    """How many patches both have, and how many each has alone."""
    pair = found.pair
    said = f"{many(len(pair))} patches of {many(len(pair.patients))} patients scored by both"
    alone = [
        f"{run.name} alone has {many(count)}"
        for run, count in ((a, pair.only_a), (b, pair.only_b))
        if count
    ]
    return f"{said}; {', '.join(alone)}." if alone else f"{said}; neither has others in this split."


def warnings(found: Compared, a: Run, b: Run, split: str) -> list[str]:
    """Sentences, most serious first; as they are, without Markdown."""
    return [
        *_labels(found, a, b),
        *_training(found, a, b, split),
        *_data(a, b),
        *_few(len(found.pair.patients)),
    ]


def shown(sentences: list[str]) -> str:
    """As one block of Markdown."""
    return "\n".join(f"- {plain(sentence)}" for sentence in sentences)


def _labels(found: Compared, a: Run, b: Run) -> list[str]:
    table = found.pair.disagreeing
    if table.empty:
        return []
    first = table.iloc[0]
    return [
        f"{a.name} and {b.name} disagree on the label of {many(len(table))} patches (the first: "
        f"patient {first['patient']}, x {first['x']}, y {first['y']}); these are left out."
    ]


def _training(found: Compared, a: Run, b: Run, split: str) -> list[str]:
    if split == "train":
        return ["These are training patches: both models may have memorised them."]
    said, unknown, patients = [], [], found.pair.patients
    for run, other in ((a, b), (b, a)):
        if run.info.cross_validated is not None:  # no network judges a patient it was trained on
            continue
        known = cache.patients_by_split(run)
        if (
            run.info.model_source is not None
        ):  # its splits are those of the data, not of its training
            unknown.append(run.name)
            continue
        seen = compare.trained_on(known, patients)
        others = cache.patients_by_split(other).get(split, frozenset())
        learnt = len(others & known.get("train", frozenset())) - len(seen)
        if learnt > 0:
            said.append(
                f"The runs are split differently: {many(learnt)} patients of {other.name}'s "
                f"{split} split were used to train {run.name}, and are not compared."
            )
        if seen:
            said.append(
                f"Leak: {run.name} was trained on other patches of {many(len(seen))} of these "
                f"{many(len(patients))} patients, so it looks better here than it is."
            )
        elif "train" not in known:
            unknown.append(run.name)
    if unknown:
        said.append(
            f"The training patients of {' and '.join(unknown)} are not known: "
            "a model trained on these looks better than it is."
        )
    return said


def _data(a: Run, b: Run) -> list[str]:
    infos = [run.info for run in (a, b)]
    marks = [info.fingerprint for info in infos]
    if marks[0] == marks[1] or None in marks:
        return []
    names = [f"{info.data_name} ({str(mark)[:8]})" for info, mark in zip(infos, marks, strict=True)]
    return [
        f"The runs name different data, {names[0]} and {names[1]}: patches are matched by patient "
        "and place, and nothing shows that the pixels are the same."
    ]


def _few(patients: int) -> list[str]:
    said = few_patients.in_words(patients)
    return [said] if said else []
