"""How the networks of `train --folds` did on their held-out patients."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import training
from dashboard.charts.theme import many, plain
from dashboard.views.training import fold_chart as drawn
from dashboard.widgets import empty, export, few_patients, figure
from idc_core.runs.out_of_fold import trained_otherwise
from idc_core.runs.run import Run


def show(run: Run) -> None:
    """One dot with an interval per fold, and a sentence on how much the folds differ."""
    found = training.folds(run)
    if not found:
        empty.show(
            f"{run.name} has no cross-validation folds. With one network per fold, every patient "
            "is scored by a network not trained on that patient: "
            f"python train_cli.py train --run {run.name} --folds 5."
        )
        return
    fewest = min(found, key=lambda fold: fold.patients)
    few_patients.show(fewest.patients, where=f"in fold {fewest.fold}")
    areas = np.array([fold.roc_auc.value for fold in found])
    st.markdown(
        f"**{len(found)} networks, each evaluated on its held-out patients:** ROC-AUC from "
        f"{np.nanmin(areas):.3f} to {np.nanmax(areas):.3f}, mean {np.nanmean(areas):.3f}. Folds "
        "differ because their patients do: where intervals overlap, no fold is shown to be better."
    )
    apart = trained_otherwise(run)
    if apart:
        st.markdown(
            f"**They do not cross-validate {plain(run.name)} itself:** their settings differ "
            f"({'; '.join(apart)})."
        )
    table = pd.DataFrame(
        {
            "fold": [str(fold.fold) for fold in found],
            "ROC-AUC": areas,
            "low": [fold.roc_auc.low for fold in found],
            "high": [fold.roc_auc.high for fold in found],
            "patients": [fold.patients for fold in found],
            "patches": [fold.patches for fold in found],
            "epochs": [fold.epochs for fold in found],
            "saved epoch": [fold.best_epoch for fold in found],
        }
    )
    figure.altair(
        drawn.dots(table),
        key="folds",
        alt_text="ROC-AUC of each fold's network with its 95 % interval over patients",
        caption=f"{many(int(table['patches'].sum()))} patches of "
        f"{many(int(table['patients'].sum()))} patients; bars: 95 % intervals over patients; "
        "dashed: mean over the folds.",
        table=table,
        of=export.Count(int(table["patches"].sum()), int(table["patients"].sum())),
    )
