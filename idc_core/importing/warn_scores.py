"""What one has to know of imported scores themselves: chance, confidences, mere calls."""

import numpy as np
import pandas as pd

from idc_core.io.intervals import decimals, ends
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import only_calls

NEAR_CHANCE = 0.6
"""Above this area a wide interval is the fault of few patients, which has a sentence of its own."""

ENOUGH = 20


def chance(labelled: pd.DataFrame) -> str | None:
    """Scores that rank patches no better than chance would, as shuffled ones do.

    `labelled`: columns `patient, label, score`, all labels known.
    """
    if labelled["label"].nunique() < 2:
        return None
    patients = by_patient(labelled)
    auc = PatientJackknife(len(patients)).of_roc_auc_scores(
        patients.owner, patients.labels, patients.scores
    )
    if not (auc.low <= 0.5 <= auc.high and 1 - NEAR_CHANCE < auc.value < NEAR_CHANCE):
        return None
    return (
        f"The scores cannot be told from chance: ROC-AUC {auc.value:.3f}, interval "
        f"{ends(auc.low, auc.high, decimals(3))}, holds 0.5. Were the scores written in "
        "another order than the names, as after a shuffling generator, or is the model untrained?"
    )


def confidences(predictions: pd.DataFrame) -> str | None:
    """Scores none of which is below a half."""
    scores = predictions["score"].to_numpy(np.float64)
    if len(scores) < ENOUGH or not scores.min() >= 0.5 or only_calls(scores):
        return None
    return (
        "No score is below 0.5: this looks like how sure a model is of its call, whichever it is, "
        "and not like the probability of IDC. If so, import again with the column of the calls: "
        "--score-scale confidence --call-column NAME."
    )


def calls(predictions: pd.DataFrame) -> str | None:
    """Calls in place of scores."""
    if not only_calls(predictions["score"]):
        return None
    return (
        "The scores are calls, 0 or 1, and no probabilities: every threshold above 0 gives the "
        "same figures, an area under a curve stands on a single point, and calibration says "
        "nothing."
    )
