"""Two runs on the patches that both have scored.

A patch is the same where patient, slide, x and y are. Patches that only one run holds, and patches
whose labels the runs do not agree on, are counted and left out: a difference between models must
not be one between data sets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import SLIDE, place_of
from idc_core.io.digits import counted
from idc_core.io.refusal import Refusal
from idc_core.metrics import paired, simultaneous
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.curves import Ranked
from idc_core.metrics.paired import BROKEN, CELLS, FIXED, Paired
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.runs.patient_counts import PatientCounts, by_patient

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """The common patches, sorted by patient, x and y, and what did not match.

    `rows`: patient, x, y, label, score_a, score_b. `a` and `b` hold the same patches in this order.
    `disagreeing`: patient, x, y, label_a, label_b of the patches left out for their labels.
    """

    rows: pd.DataFrame
    a: PatientCounts
    b: PatientCounts
    only_a: int
    only_b: int
    disagreeing: pd.DataFrame

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def patients(self) -> npt.NDArray[np.object_]:
        """Names of the patients, sorted."""
        return self.a.patients

    @cached_property
    def owner(self) -> npt.NDArray[np.int64]:
        """Number of each row's patient."""
        return self.a.owner

    @cached_property
    def ranked_a(self) -> Ranked:
        """A's scores of the common patches, sorted."""
        return Ranked(self.a.labels, self.a.scores)

    @cached_property
    def ranked_b(self) -> Ranked:
        """B's scores of the common patches, sorted."""
        return Ranked(self.b.labels, self.b.scores)

    def cell(self, threshold_a: float, threshold_b: float) -> npt.NDArray[np.int8]:
        """Number in `paired.CELLS` of each patch."""
        called_a, called_b = self.a.scores >= threshold_a, self.b.scores >= threshold_b
        return paired.cell_of(self.a.labels, called_a, called_b)

    def cells(self, threshold_a: float, threshold_b: float) -> npt.NDArray[np.int64]:
        """Patches a patient and cell; shape (patients, 8)."""
        place = self._first_place + self.cell(threshold_a, threshold_b)
        size = len(CELLS) * len(self.patients)
        return np.bincount(place, minlength=size).reshape(-1, len(CELLS))

    @cached_property
    def _first_place(self) -> npt.NDArray[np.int64]:
        return self.owner * len(CELLS)


def join(a: pd.DataFrame, b: pd.DataFrame, *, names: tuple[str, str] = ("A", "B")) -> Pair:
    """Match predictions (patient, x, y, label, score) of one split of two runs, in any order.

    Raises `Refusal` where a run holds a patch twice, a label or score is none, no patch is in both
    with the same label, or one run alone names slides that must be told apart.
    """
    _refuse_slides_of_one(a, b, names)
    keys_a, keys_b = _keys(a, b)
    order_a = _sorted(keys_a, names[0])
    order_b = order_a if np.array_equal(keys_a, keys_b) else _sorted(keys_b, names[1])
    _, in_a, in_b = _common(keys_a[order_a], keys_b[order_b])
    rows = _side_by_side(a.iloc[order_a[in_a]], b.iloc[order_b[in_b]])
    agree = (rows["label"] == rows["label_b"]).to_numpy()
    disagreeing = rows.loc[~agree, [*place_of(rows), "label", "label_b"]]
    rows = rows[agree].drop(columns="label_b").reset_index(drop=True)
    if rows.empty:
        raise Refusal(_nothing_common(len(a), len(b), len(disagreeing), names))
    rows["patient"] = rows["patient"].cat.remove_unused_categories()
    return Pair(
        rows,
        _counts(rows, "score_a", names[0]),
        _counts(rows, "score_b", names[1]),
        only_a=len(a) - len(in_a),
        only_b=len(b) - len(in_b),
        disagreeing=disagreeing.rename(columns={"label": "label_a"}).reset_index(drop=True),
    )


def _refuse_slides_of_one(a: pd.DataFrame, b: pd.DataFrame, names: tuple[str, str]) -> None:
    """Where one run alone names slides, and two slides of a patient have patches at equal places,
    nobody can tell which of them the other run has scored."""
    for own, other, name, without in ((a, b, *names), (b, a, *names[::-1])):
        if SLIDE not in own or SLIDE in other:
            continue
        twice = int(own.duplicated(["patient", "x", "y"]).sum())
        if not twice:
            continue
        if not set(own["patient"]) & set(other["patient"]):
            raise Refusal(_nothing_common(len(a), len(b), 0, names))
        raise Refusal(
            f"expected slides in {without}, as {name} names them: at {counted(twice, 'place')} two "
            f"slides of a patient of {name} have a patch, and {without} does not say which slide "
            f"its patches are of. Import {without} with its column of slides."
        )


def _keys(a: pd.DataFrame, b: pd.DataFrame) -> tuple[Keys, Keys]:
    """A number per patch, the same for both runs, rising with patient, slide, x and y."""
    named = [pd.factorize(each) for each in _owners(a, b)]
    patients = np.unique(np.concatenate([np.asarray(own, dtype=object) for _, own in named]))
    spans = {}
    for axis in ("x", "y"):
        values = np.concatenate([each[axis].to_numpy(np.int64) for each in (a, b)])
        low, high = int(values.min(initial=0)), int(values.max(initial=0))
        spans[axis] = (low, high - low + 1)
    if len(patients) * spans["x"][1] * spans["y"][1] >= 2**62:
        raise Refusal("expected x and y in pixels of a slide: found places too far apart.")
    keys = []
    for each, (codes, own) in zip((a, b), named, strict=True):
        if (codes < 0).any():
            raise Refusal(f"expected a patient: row {int(np.argmax(codes < 0))} names none.")
        number = np.searchsorted(patients, np.asarray(own, dtype=object))[codes].astype(np.int64)
        for axis, (first, span) in spans.items():
            number = number * span + (each[axis].to_numpy(np.int64) - first)
        keys.append(number)
    return keys[0], keys[1]


def _owners(a: pd.DataFrame, b: pd.DataFrame) -> tuple["pd.Series[str]", "pd.Series[str]"]:
    """Each row's patient, with its slide where both name one."""
    if SLIDE not in place_of(a, b):
        return a["patient"], b["patient"]
    # No name holds the sign between them, which sorts before every other.
    one, other = (each["patient"].astype(str) + "\0" + each[SLIDE].astype(str) for each in (a, b))
    return one, other


def _sorted(keys: Keys, name: str) -> npt.NDArray[np.int64]:
    """Order of the rows by key; refuses a patch that is there twice."""
    if (np.diff(keys) > 0).all():
        return np.arange(len(keys))
    order: npt.NDArray[np.int64] = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(np.diff(keys[order]) == 0)
    if len(twice):
        raise Refusal(
            f"expected one score per patch in {name}: found "
            f"{counted(len(twice), 'patch', 'patches')} more than once (the same patient, x and "
            f"y), the first in rows {order[twice[0]]} and "
            f"{order[twice[0] + 1]} of this split. Remove the duplicates and import it again."
        )
    return order


def _common(a: Keys, b: Keys) -> tuple[Keys, Keys, Keys]:
    """Common keys of two sorted lists, and their places in either."""
    if np.array_equal(a, b):
        everything = np.arange(len(a))
        return a, everything, everything
    return np.intersect1d(a, b, assume_unique=True, return_indices=True)


def _side_by_side(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    names = a["patient"].astype("category")
    names = names.cat.remove_unused_categories()
    slides = {name: a[name].to_numpy() for name in place_of(a) if name == SLIDE}
    return pd.DataFrame(
        {
            "patient": names.cat.reorder_categories(sorted(names.cat.categories)),
            **slides,
            "x": a["x"].to_numpy(),
            "y": a["y"].to_numpy(),
            "label": a["label"].to_numpy(),
            "score_a": a["score"].to_numpy(),
            "score_b": b["score"].to_numpy(),
            "label_b": b["label"].to_numpy(),
        }
    ).reset_index(drop=True)


def _counts(rows: pd.DataFrame, score: str, name: str) -> PatientCounts:
    try:
        return by_patient(rows.rename(columns={score: "score"}))
    except ValueError as broken:
        raise Refusal(f"the predictions of {name} cannot be compared: {broken}") from None


def _nothing_common(a: int, b: int, disagreeing: int, names: tuple[str, str]) -> str:
    if disagreeing:
        return (
            f"expected the same labels in {names[0]} and {names[1]}: they differ at all "
            f"{disagreeing:,} common patches. Is one of the label columns reversed?"
        )
    return (
        f"expected patches that both runs have scored: {names[0]} holds {a:,} in this split and "
        f"{names[1]} {b:,}, and no patch has the same patient and coordinates in both. Choose "
        "another run or split, or score the same patients with both."
    )


def at_thresholds(
    pair: Pair, jackknife: PatientJackknife, threshold_a: float, threshold_b: float
) -> tuple[npt.NDArray[np.int64], dict[str, Paired]]:
    """Counts a patient and cell, and every rate of both with its difference."""
    cells = pair.cells(threshold_a, threshold_b)
    return cells, paired.rates(jackknife, cells, RATES)


def of_scores(pair: Pair, jackknife: PatientJackknife) -> dict[str, Paired]:
    """The figures that need no threshold: `roc_auc` and `brier`."""
    labels, a, b = pair.a.labels, pair.a.scores, pair.b.scores
    squared = np.stack([(a - labels) ** 2, (b - labels) ** 2, np.ones(len(pair))], axis=1)
    return {
        "roc_auc": paired.roc_auc(jackknife, pair.owner, labels, a, b),
        "brier": paired.brier(jackknife, pair.a.sums(squared)),
    }


HEADLINE = ("sensitivity", "specificity", "roc_auc")
"""What the answer on top rests on."""


def together(figures: Mapping[str, Paired], names: Sequence[str] = HEADLINE) -> dict[str, Interval]:
    """B - A of the figures a headline rests on, judged together: of alike models at most 5 % are
    called different by one of them. One that cannot be judged keeps its value alone."""
    judged = simultaneous.together(
        [figures[name].difference.value for name in names],
        np.stack([figures[name].left_out for name in names], axis=1),
    )
    return {
        name: Interval(figures[name].difference.value, float(low), float(high))
        for name, low, high in zip(names, judged.low, judged.high, strict=True)
    }


def patient_table(pair: Pair, cells: npt.NDArray[np.int64]) -> pd.DataFrame:
    """One row per patient: patches, wrong_a, wrong_b, what B fixed and broke by class, and net.

    `net` is broken - fixed: above 0, B is wrong more often. Patients whom B harms most come first.
    """
    tables = {name: cells[:, CELLS.index(name)] for name in (*FIXED, *BROKEN)}
    fixed, broken = paired.sum_of(cells, FIXED), paired.sum_of(cells, BROKEN)
    wrong_both = paired.sum_of(cells, ("both_missed", "both_false_alarm"))
    table = pd.DataFrame(
        {
            "patient": pair.patients.astype(object),
            "patches": cells.sum(axis=1),
            "wrong_a": wrong_both + fixed,
            "wrong_b": wrong_both + broken,
            **tables,
            "net": broken - fixed,
        }
    )
    ordered = table.sort_values(["net", "patient"], ascending=[False, True])
    return ordered.reset_index(drop=True)


def patients_with(cells: npt.NDArray[np.int64], names: tuple[str, ...]) -> int:
    """Patients who hold a patch of these cells."""
    return int(np.count_nonzero(paired.sum_of(cells, names)))


def patches_of(
    pair: Pair, threshold_a: float, threshold_b: float, name: str, *, most: int
) -> pd.DataFrame:
    """The `most` patches of one cell whose score changed most, with `change` = B's - A's."""
    at = np.flatnonzero(pair.cell(threshold_a, threshold_b) == CELLS.index(name))
    change = pair.b.scores[at] - pair.a.scores[at]
    if len(at) > most:
        kept = np.sort(np.argpartition(-np.abs(change), most)[:most])
        at, change = at[kept], change[kept]
    first = np.argsort(-np.abs(change), kind="stable")
    return pair.rows.iloc[at[first]].assign(change=change[first])


def patients_by_split(predictions: pd.DataFrame) -> dict[str, frozenset[str]]:
    """The patients of each split of a run's predictions."""
    seen = predictions[["patient", "split"]].drop_duplicates().astype("object")
    return {
        str(split): frozenset(rows["patient"].astype(str)) for split, rows in seen.groupby("split")
    }


def trained_on(
    splits: Mapping[str, frozenset[str]], patients: npt.NDArray[np.object_]
) -> list[str]:
    """Those of the patients of whom a run holds patches in its training split."""
    training = splits.get("train", frozenset())
    return [str(patient) for patient in patients if str(patient) in training]
