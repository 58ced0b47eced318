"""What one has to know of imported predictions before believing their figures."""

import pandas as pd

from idc_core.known_labels import is_known
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import FEW_PATIENTS

PREVALENCE = 0.284
"""Share of IDC among the 277,524 patches of the public set."""

BALANCED = (0.45, 0.55)
MANY_PATIENTS = 100
FEW_PATCHES_EACH = 200
"""A patient of the public set has 995 patches in the mean."""


def warnings(predictions: pd.DataFrame) -> list[str]:
    """Sentences, the gravest first; columns `patient, label, split, score`.

    Patches without a label count in none that speaks of labels.
    """
    labelled = predictions[is_known(predictions["label"])]
    if not len(labelled):
        return []
    found = [
        _one_class(labelled), _backwards(labelled), _random_split(labelled),
        _few_patients(predictions), _no_validation(predictions),
    ]  # fmt: skip
    return [sentence for sentence in found if sentence]


def _one_class(predictions: pd.DataFrame) -> str | None:
    if predictions["label"].nunique() > 1:
        return None
    only = "IDC" if predictions["label"].iloc[0] == 1 else "no IDC"
    return f"All patches are labelled {only}: most figures are not defined."


def _backwards(predictions: pd.DataFrame) -> str | None:
    auc = Ranked(predictions["label"].to_numpy(), predictions["score"].to_numpy()).roc_auc
    if not auc < 0.5:
        return None
    return (
        f"The scores rank the wrong way round (ROC-AUC {auc:.3f}): are they the probability of no "
        "IDC? Then import again with --score-of no-idc."
    )


def _random_split(predictions: pd.DataFrame) -> str | None:
    share = float(predictions["label"].mean())
    patients = int(predictions["patient"].nunique())
    each = len(predictions) / patients
    balanced = BALANCED[0] <= share <= BALANCED[1]
    if not balanced or patients < MANY_PATIENTS or each > FEW_PATCHES_EACH:
        return None
    return (
        f"This looks like a balanced random patch split: {100 * share:.0f} % of the patches are "
        f"IDC ({100 * PREVALENCE:.0f} % in the data set), {each:.0f} from each of {patients} "
        "patients. The model has then seen other patches of the same patients, which flatters it, "
        "and precision is that of a balanced set."
    )


def _few_patients(predictions: pd.DataFrame) -> str | None:
    patients = int(predictions["patient"].nunique())
    if patients >= FEW_PATIENTS:
        return None
    noun = "patient" if patients == 1 else "patients"
    return f"Only {patients} {noun}: intervals are themselves unsure below {FEW_PATIENTS}."


def _no_validation(predictions: pd.DataFrame) -> str | None:
    if (predictions["split"] == "validation").any():
        return None
    return (
        "There is no validation split, so no operating point can be chosen honestly: figures are "
        "at the threshold 0.5. To set patients aside for it, import with --validation 0.4."
    )
