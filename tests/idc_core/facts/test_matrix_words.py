"""The four counts in words."""

from idc_core.facts.matrix_words import matrix, workload
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import USUAL, Raster

COUNTS = Confusion(tn=1700, fp=300, fn=1, tp=3)


def test_each_cell_says_its_count_and_its_share_of_label_and_prediction():
    said = matrix(COUNTS, USUAL)
    assert [said[f"{each}.count"] for each in ("tp", "fn", "fp", "tn")] == [
        "3",
        "1",
        "300",
        "1,700",
    ]
    assert said["fn.row"] == "25.0 % of IDC"
    assert said["fn.column"] == "0.1 % of predicted no IDC"
    assert said["fp.row"] == "15.0 % of no IDC"
    assert said["fp.column"] == "99.0 % of predicted IDC"
    assert said["matrix.read"] == (
        "3 IDC found, 1 missed IDC, 300 false alarms, 1,700 true negatives"
    )


def test_a_share_of_nothing_is_not_defined():
    said = matrix(Confusion(tn=3, fp=0, fn=0, tp=0), USUAL)
    assert said["tp.row"] == "– (no patch: IDC)"
    assert said["fp.column"] == "– (no patch: predicted IDC)"


def test_the_workload_is_said_of_the_classes_of_the_store():
    key, text = workload(COUNTS, Raster(positive="tumour", negative="stroma"))
    assert key == "workload.said"
    assert text == (
        "At this threshold 15 % of the patches are reviewed to find 75 % of the tumour."
    )
