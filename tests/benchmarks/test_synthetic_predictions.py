"""A large table of predictions behaves like a real run's."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.shared.synthetic_predictions import drawn_predictions
from idc_core.data.patches import parse_name
from idc_core.runs.run import PREDICTION_COLUMNS


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return drawn_predictions(40, 12_345, seed=3)


def test_the_table_has_the_columns_and_types_of_predictions(table):
    assert tuple(table.columns) == PREDICTION_COLUMNS
    types = {name: str(table[name].dtype) for name in ("x", "y", "label", "score")}
    assert types == {"x": "int32", "y": "int32", "label": "int8", "score": "float32"}
    assert table["score"].between(0, 1).all()


@pytest.mark.parametrize(("patients", "patches"), [(40, 12_345), (1, 1), (7, 7), (3, 500)])
def test_it_has_exactly_the_asked_patients_and_patches(patients, patches):
    table = drawn_predictions(patients, patches)
    assert (table["patient"].nunique(), len(table)) == (patients, patches)
    assert not table.duplicated(["patient", "x", "y"]).any()


def test_more_patients_than_patches_are_refused():
    with pytest.raises(ValueError, match="expected 1 to 2 patients: found 3"):
        drawn_predictions(3, 2)


def test_the_same_seed_gives_the_same_table_and_another_seed_another(table):
    pd.testing.assert_frame_equal(drawn_predictions(40, 12_345, seed=3), table)
    assert not drawn_predictions(40, 12_345, seed=4)["score"].equals(table["score"])


def test_names_say_what_the_columns_say(table):
    for row in table.iloc[::997].itertuples():
        name = parse_name(row.file)
        assert (name.patient, name.x, name.y, name.label) == (row.patient, row.x, row.y, row.label)


def test_every_patient_stands_on_one_side_and_most_on_train(table):
    sides = table.groupby("patient")["split"].nunique()
    assert (sides == 1).all()
    patients = table.drop_duplicates("patient")["split"].value_counts()
    assert patients.to_dict() == {"train": 28, "validation": 6, "test": 6}


def test_scores_separate_the_classes_but_not_fully(table):
    positive = table.loc[table["label"] == 1, "score"].to_numpy()
    negative = table.loc[table["label"] == 0, "score"].to_numpy()
    auc = (np.searchsorted(np.sort(negative), positive) / len(negative)).mean()
    assert 0.85 < auc < 0.98


def test_neighbours_score_alike(table):
    patient = table[table["patient"] == table["patient"].value_counts().idxmax()]
    right = patient.assign(x=patient["x"] + 50)
    pairs = patient.merge(right, on=["x", "y"])
    pairs = pairs[pairs["label_x"] == pairs["label_y"]]
    assert (
        np.abs(pairs["score_x"] - pairs["score_y"]).mean()
        < 0.8
        * np.abs(
            pairs["score_x"].to_numpy() - np.roll(pairs["score_y"].to_numpy(), len(pairs) // 2)
        ).mean()
    )
