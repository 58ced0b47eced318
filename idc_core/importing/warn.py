"""What one has to know of imported predictions before believing their figures."""

import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.importing.warn_scores import calls, chance, confidences
from idc_core.io.intervals import decimals, ends
from idc_core.metrics.uncertainty import FEW_PATIENTS, PatientJackknife
from idc_core.records.raster import USUAL, Raster

PREVALENCE = 0.284
"""Share of IDC among the 277,524 patches of the public set."""

BALANCED = (0.45, 0.55)
MANY_PATIENTS = 100
FEW_PATCHES_EACH = 200
"""A patient of the public set has 995 patches in the mean."""


def warnings(predictions: pd.DataFrame, raster: Raster, labels: str | None = None) -> list[str]:
    """Sentences, the gravest first; columns `patient, label, split, score`.

    `raster`: what the classes are called. `labels`: agree, reversed or differ, held against a store
    or run that knows the patches; None where none does.

    Patches without a label count in none that speaks of labels.
    """
    labelled = predictions[is_known(predictions["label"])]
    if not len(labelled):
        found = [calls(predictions), confidences(predictions)]
        return [raster.say(sentence) for sentence in found if sentence]
    found = [
        _one_class(labelled),
        _backwards(labelled, labels),
        calls(predictions),
        confidences(predictions),
        chance(labelled),
        _random_split(labelled, raster),
        _no_validation(predictions),
    ]
    return [raster.say(sentence) for sentence in found if sentence]


def few_patients(predictions: pd.DataFrame) -> str | None:
    """What to know of intervals from few patients; every page with intervals says it of its own
    split, so it is not kept with the run."""
    patients = int(predictions["patient"].nunique())
    if patients >= FEW_PATIENTS:
        return None
    noun = "patient" if patients == 1 else "patients"
    return f"Only {patients} {noun}: intervals are themselves unsure below {FEW_PATIENTS}."


def _one_class(predictions: pd.DataFrame) -> str | None:
    if predictions["label"].nunique() > 1:
        return None
    only = "IDC" if predictions["label"].iloc[0] == 1 else "no IDC"
    return f"All patches are labelled {only}: most figures are not defined."


def _backwards(predictions: pd.DataFrame, labels: str | None) -> str | None:
    """Only where chance is ruled out; reversed labels have a sentence of their own."""
    if labels == "reversed" or predictions["label"].nunique() < 2:
        return None
    owner, patients = pd.factorize(predictions["patient"])
    auc = PatientJackknife(len(patients)).of_roc_auc_scores(
        owner, predictions["label"].to_numpy(), predictions["score"].to_numpy()
    )
    if not (auc.value < 0.5 and auc.high < 0.5):
        return None
    said = (
        f"The scores rank the wrong way round (ROC-AUC {auc.value:.3f}, interval "
        f"{ends(auc.low, auc.high, decimals(3))})"
    )
    if labels == "agree":
        return (
            f"{said}, and the labels are those of a store on this machine: the scores are the "
            "probability of no IDC. Import again with --score-of no-idc."
        )
    whose = (
        "some labels differ from those known on this machine"
        if labels == "differ"
        else "nothing on this machine knows these labels"
    )
    return (
        f"{said}: either they are the probability of no IDC, or the labels are reversed; {whose}. "
        "Ask whoever made the table before turning either round."
    )


def _random_split(predictions: pd.DataFrame, raster: Raster) -> str | None:
    share = float(predictions["label"].mean())
    patients = int(predictions["patient"].nunique())
    each = len(predictions) / patients
    balanced = BALANCED[0] <= share <= BALANCED[1]
    if not balanced or patients < MANY_PATIENTS or each > FEW_PATCHES_EACH:
        return None
    is_public = raster.positive == USUAL.positive
    usual = f" ({100 * PREVALENCE:.0f} % in the data set)" * is_public
    return (
        f"This looks like a balanced random patch split: {100 * share:.0f} % of the patches are "
        f"IDC{usual}, {each:.0f} from each of {patients} "
        "patients. The model has then seen other patches of the same patients, which flatters it, "
        "and precision is that of a balanced set."
    )


def _no_validation(predictions: pd.DataFrame) -> str | None:
    if (predictions["split"] == "validation").any():
        return None
    return (
        "There is no validation split, so no operating point can be chosen honestly: figures are "
        "at the threshold 0.5. To set patients aside for it, import with --validation 0.4."
    )
