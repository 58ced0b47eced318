"""Do readers agree with the labels, the model and each other; before and after the reveal.

From standing verdicts (`Reviews.standing`). Only verdicts that say IDC or no IDC count; unsure,
artefact and not assessable are counted beside them, because leaving them out silently would make
agreement look better than it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.places import place_of
from idc_core.metrics.agreement import kappa_interval, tables_of
from idc_core.metrics.leave_one_out import Interval


@dataclass(frozen=True)
class Pair:
    """Two judges of the same patches at one `stage` (open, blind or revealed)."""

    one: str
    other: str
    stage: str
    kappa: Interval
    agreed: int
    patches: int
    patients: int
    left_out: int
    """Patches both saw on which one said neither IDC nor no IDC."""


def pairs(standing: pd.DataFrame) -> list[Pair]:
    """Every reader against the label and against the model, and every two readers, by stage.

    Before and after the reveal are compared on the same patches: of the stages blind and revealed
    only patches count that have both.
    """
    return [
        pair
        for stage, own in _stages(standing)
        for pair in (*_with_label_and_model(own, stage), *_of_readers(own, stage))
    ]


def changes(standing: pd.DataFrame) -> pd.DataFrame:
    """How each reader's answers moved at the reveal: one row a reader.

    Columns: reviewer, patches (with both answers), kept, to_model (changed to what the model says),
    from_model (changed away from it), other.
    """
    blind, revealed = (_answers(standing, stage) for stage in ("blind", "revealed"))
    both = blind.merge(revealed, on=["reviewer", *place_of(standing)], suffixes=("", "_after"))
    called = (both["score"] >= both["threshold"]).astype(int)
    moved = both["verdict"] != both["verdict_after"]
    return (
        pd.DataFrame(
            {
                "reviewer": both["reviewer"],
                "patches": 1,
                "kept": ~moved,
                "to_model": moved & (both["says_after"] == called).fillna(False),
                "from_model": moved & (both["says"] == called).fillna(False),
            }
        )
        .groupby("reviewer", as_index=False)
        .sum()
        .assign(
            other=lambda rows: (
                rows["patches"] - rows["kept"] - rows["to_model"] - rows["from_model"]
            )
        )
    )


def _stages(standing: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    blind, revealed = (_answers(standing, stage) for stage in ("blind", "revealed"))
    key = ["reviewer", *place_of(standing)]
    both = blind[key].merge(revealed[key], on=key)
    for stage, answers in (("blind", blind), ("revealed", revealed)):
        if len(answers):
            paired = answers.merge(both.assign(paired=True), on=key, how="left")["paired"].notna()
            # A reader who was shown no answer yet: the blind reading stands for itself.
            alone = ~answers["reviewer"].isin(both["reviewer"])
            yield stage, answers[paired.to_numpy() | alone.to_numpy()].reset_index(drop=True)
    opened = _answers(standing, "open")
    if len(opened):
        yield "open", opened


def _answers(standing: pd.DataFrame, stage: str) -> pd.DataFrame:
    return standing[standing["stage"] == stage].reset_index(drop=True)


def _with_label_and_model(answers: pd.DataFrame, stage: str) -> Iterator[Pair]:
    called = (answers["score"].astype(float) >= answers["threshold"].astype(float)).astype(int)
    for name, own in answers.groupby("reviewer"):
        label = own["label"].where(is_known(own["label"]))
        yield _pair(str(name), "label", stage, own, own["says"], label)
        yield _pair(str(name), "model", stage, own, own["says"], called[own.index])


def _of_readers(answers: pd.DataFrame, stage: str) -> Iterator[Pair]:
    key = place_of(answers)
    for one, other in combinations(sorted(answers["reviewer"].unique()), 2):
        mine, theirs = (answers[answers["reviewer"] == name] for name in (one, other))
        both = mine[[*key, "says"]].merge(theirs[[*key, "says"]], on=key)
        if len(both):
            yield _pair(str(one), str(other), stage, both, both["says_x"], both["says_y"])


def _pair(
    one: str,
    other: str,
    stage: str,
    rows: pd.DataFrame,
    says: "pd.Series[int]",
    answer: "pd.Series[int]",
) -> Pair:
    clear = (says.notna() & answer.notna()).to_numpy()
    first, second = (each[clear].astype(int).to_numpy() for each in (says, answer))
    owner, patients = pd.factorize(rows.loc[clear, "patient"])
    return Pair(
        one,
        other,
        stage,
        kappa_interval(tables_of(owner, first, second)),
        int(np.sum(first == second)),
        len(first),
        len(patients),
        int((~clear).sum()),
    )
