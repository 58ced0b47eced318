"""How much is IDC, by label and by call, over whole patients."""

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate.burden import agreement, burdens, class_of
from idc_core.runs.patient_counts import by_patient


@pytest.fixture
def patients():
    return by_patient(
        pd.DataFrame(
            {
                "patient": ["a"] * 4 + ["b"] * 4 + ["c"] * 2,
                "label": [1, 1, 0, 0, 1, 0, 0, 0, 0, 0],
                "score": np.float32([0.9, 0.2, 0.1, 0.8, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1]),
            }
        )
    )


def test_shares_by_hand(patients):
    found = burdens(patients, 0.5, {"a", "b"})
    assert found.patients == ("a", "b")
    assert found.labelled.tolist() == [0.5, 0.25]
    assert found.called.tolist() == [0.5, 0.75]
    assert found.expected == pytest.approx([0.5, 0.7])
    assert found.patches.tolist() == [4, 4]


def test_a_sampled_patient_has_no_burden(patients):
    assert burdens(patients, 0.5, set()).patients == ()


def test_an_upper_end_belongs_to_its_class():
    assert class_of([0, 0.1, 0.1001, 0.3, 0.6, 0.61]).tolist() == [0, 0, 1, 1, 2, 3]


def test_agreement_counts_classes_and_differences(patients):
    found = agreement(burdens(patients, 0.5, {"a", "b", "c"}))
    assert found.table.sum() == 3
    assert found.table[2, 2] == 1  # a: 50 % by both
    assert found.table[1, 3] == 1  # b: 25 % labelled, 75 % called
    assert found.bland_altman.bias.value == pytest.approx(0.5 / 3)


def test_a_threshold_of_nought_calls_all(patients):
    assert burdens(patients, 0.0, {"a", "b", "c"}).called.tolist() == [1, 1, 1]


def test_without_patients_nothing_is_defined(patients):
    found = agreement(burdens(patients, 0.5, set()))
    assert np.isnan([found.bland_altman.bias.value, found.icc.value, found.kappa.value]).all()
    assert found.table.sum() == 0
