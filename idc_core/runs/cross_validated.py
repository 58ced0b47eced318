"""A run that judges a recipe: every patient scored by a network of a fold that never saw them.

It lies beside the run whose recipe it judges, as `<run>-folds`, and holds no network: there are as
many as folds, and none of them is the run's. `fold_patients.parquet` lists whom each fold's network
(and its teacher) learnt from and who chose its epoch and threshold, so that anybody can check that
no patient was judged by a network that saw them.
"""

from pathlib import Path

import pandas as pd

from idc_core.data.shown_splits import FOLD
from idc_core.io import kinds
from idc_core.io.files import read_parquet
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import RunInfo

STATUS = "cross-validated"
ROLES = "fold_patients.parquet"
"""Columns fold (from 1) · patient · role · patches."""

LEARNT, CHOSE, TAUGHT = "train", "validation", "teacher"
"""What a patient was to a fold's network: learnt from; chose its epoch and threshold; either of
them for the fold's teacher."""


def path_of(run_folder: Path) -> Path:
    """Where the run that judges a run's recipe lies."""
    return run_folder.with_name(f"{run_folder.name}-folds")


def is_cross_validated(info: RunInfo) -> bool:
    """Whether the run judges a recipe and not a network."""
    return info.cross_validated is not None


def read_roles(folder: Path) -> pd.DataFrame:
    """`fold_patients.parquet`; raises `Refusal` where it is missing or damaged."""
    file = folder / ROLES
    if not file.is_file():
        raise Refusal(
            f"expected {file}, which names whom each fold's network learnt from: it is not there. "
            "Put the folds together again: train --run RUN --folds K."
        )
    table = read_parquet(file)
    missing = [name for name in (FOLD, "patient", "role", "patches") if name not in table]
    if missing:
        raise Refusal(f"expected the column {missing[0]} in {file}: there is none.")
    kinds.refuse_others(file, table, {FOLD: kinds.WHOLE, "patient": kinds.TEXT, "role": kinds.TEXT})
    return table


def leaks(predictions: pd.DataFrame, roles: pd.DataFrame) -> list[tuple[int, str]]:
    """Fold and patient wherever a network judged a patient that it, or its teacher, had seen.

    >>> judged = pd.DataFrame({"fold": [1, 2], "patient": ["a", "b"]})
    >>> leaks(judged, pd.DataFrame({"fold": [1, 2], "patient": ["b", "b"]}))
    [(2, 'b')]
    """
    judged = predictions[[FOLD, "patient"]].drop_duplicates().astype({"patient": str})
    seen = roles[[FOLD, "patient"]].drop_duplicates().astype({"patient": str})
    both = judged.astype({FOLD: int}).merge(seen.astype({FOLD: int}), on=[FOLD, "patient"])
    return [(int(fold), str(patient)) for fold, patient in both.itertuples(index=False)]


def refuse_leaks(predictions: pd.DataFrame, roles: pd.DataFrame) -> None:
    """Raise `Refusal` naming the first patient who was judged by a network that saw them."""
    found = leaks(predictions, roles)
    if found:
        fold, patient = found[0]
        more = f" ({len(found) - 1:,} more)" if len(found) > 1 else ""
        raise Refusal(
            f"expected every patient to be judged by a network that never saw them: the network of "
            f"fold {fold}, or its teacher, learnt from patient {patient[:64]}{more}. Remove the "
            "folder folds/ and folds.json of the run, and train its folds again."
        )


def no_network(info: RunInfo, what: str = "This page") -> str:
    """Why a page that needs a network has none to ask, in a sentence."""
    known = info.cross_validated
    assert known is not None
    return (
        f"{what} asks one network, and this run judges a recipe: {known.folds} networks scored "
        f"these patients, one for each fold. Choose the run {known.run} to look into its network."
    )


def of_folds(info: RunInfo) -> str | None:
    """Why the run has no training of its own, in a sentence; None of another run."""
    known = info.cross_validated
    if known is None:
        return None
    return (
        f"This run is put together from {known.folds} trainings, one for each fold. They are on "
        f"this page of the run {known.run}, under “Folds”."
    )


def locked_in_folds(info: RunInfo) -> str | None:
    """Why no threshold is chosen for all folds, in a sentence; None of another run."""
    known = info.cross_validated
    if known is None:
        return None
    return (
        "Each fold's threshold was chosen on its own validation, by the rule of the run "
        f"{known.run}: choose and lock one there."
    )


def note(info: RunInfo) -> str:
    """What a run of folds judges, for the head of every page."""
    known = info.cross_validated
    assert known is not None
    apart = f" The folds' recipe differs: {'; '.join(known.differs)}." if known.differs else ""
    return (
        f"Out of fold: this judges the recipe of {known.run}, not one network. Each patient is "
        f"scored by one of {known.folds} networks that never saw them.{apart}"
    )


def scale_note(info: RunInfo) -> str:
    """What the one threshold means where every fold has its own."""
    known = info.cross_validated
    assert known is not None
    low, high = min(known.thresholds), max(known.thresholds)
    return (
        f"At the operating point every fold stands at its own threshold ({low:.3g} to {high:.3g} "
        "of its raw score, chosen on the fold's own validation). Scores are shifted in log odds so "
        "that these fall together, and the slider moves all of them by the same odds."
    )
