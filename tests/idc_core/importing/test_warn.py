"""What is said of imported predictions before anybody believes them."""

import numpy as np
import pandas as pd
import pytest

from idc_core.importing.warn import few_patients, warnings
from idc_core.records.raster import USUAL, Raster


def table(patients=120, each=30, share=0.5, auc_up=True, split="validation"):
    rng = np.random.default_rng(0)
    label = (rng.random(patients * each) < share).astype(np.int8)
    score = np.clip(0.5 + (0.2 if auc_up else -0.2) * (2 * label - 1), 0, 1)
    score = np.clip(score + rng.normal(0, 0.2, len(label)), 0, 1).astype(np.float32)
    patient = [f"p{at // each}" for at in range(len(label))]
    return pd.DataFrame({"patient": patient, "label": label, "score": score, "split": split})


def test_a_balanced_random_split_is_warned_of():
    said = warnings(table(), USUAL)
    assert len(said) == 1
    assert "balanced random patch split" in said[0]
    assert "of the patches are IDC (28 % in the data set), 30 from each of 120 patients" in said[0]


@pytest.mark.parametrize(
    "honest", [{"share": 0.28}, {"patients": 30}, {"patients": 101, "each": 400}]
)
def test_a_split_by_patient_is_not(honest):
    assert warnings(table(**honest), USUAL) == []


def test_scores_the_wrong_way_round_are_said_with_the_cure():
    said = warnings(table(share=0.3, auc_up=False), USUAL, "agree")
    assert "--score-of no-idc" in said[0]


def test_few_patients_and_no_validation_are_said():
    rows = table(patients=4, share=0.3, split="test")
    said = " ".join(warnings(rows, USUAL))
    assert "--validation 0.4" in said
    assert "patients:" not in said, "every page says it of its split: it would stand there twice"
    assert str(few_patients(rows)).startswith("Only 4 patients")
    assert few_patients(table(patients=20, share=0.3, split="test")) is None


def test_one_class_is_said_first():
    assert warnings(table(share=0.0), USUAL)[0].startswith("All patches are labelled no IDC")


def test_the_classes_are_called_as_in_what_is_known_of_the_patches():
    raster = Raster(positive="tumour", negative="stroma")
    assert warnings(table(share=0.0), raster)[0].startswith("All patches are labelled stroma")
    assert "of the patches are tumour, 30 from each of 120 patients" in warnings(table(), raster)[0]
    backwards = warnings(table(share=0.3, auc_up=False), raster, "agree")[0]
    assert "the scores are the probability of stroma. Import again with" in backwards
