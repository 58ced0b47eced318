"""Tables without labels, with calls only, or with unusual names of patients open and stay true."""

import numpy as np
import pandas as pd
import pytest

from idc_core.importing.run import SplitChoice, import_predictions

VIEWS = ("overview", "patients", "failures/burden", "labels", "failures/areas")
PATIENTS = [
    "S20-1/2",
    "000.A1",
    "患者七",
    "Müller, A.",
    "NA",
    "a b",
    "x" * 100,
    "q?&=#%41",
    "<b>i</b>",
]


def drawn(count=180):
    rng = np.random.default_rng(4)
    label = rng.random(count) < 0.4
    score = np.clip(rng.normal(0.35 + 0.3 * label, 0.2), 0.01, 0.99).round(4)
    who = [PATIENTS[at % len(PATIENTS)] for at in range(count)]
    x = 1 + 50 * (np.arange(count) // len(PATIENTS))
    return pd.DataFrame({"patient": who, "x": x, "y": 1, "label": label.astype(int), "prob": score})


KINDS = {
    "odd": drawn(),
    "unlabelled": drawn().drop(columns="label"),
    "partly": drawn().assign(label=lambda rows: rows["label"].where(np.arange(180) % 3 > 0)),
    "calls": drawn().assign(prob=lambda rows: (rows["prob"] >= 0.5).astype(int)),
}


@pytest.fixture
def bring(settle, tmp_path):
    """Imports one of the kinds; gives its name."""

    def made(name):
        settle(tmp_path)
        KINDS[name].to_csv(tmp_path / "t.csv", index=False)
        chosen = SplitChoice(validation=0.4) if name != "unlabelled" else None
        import_predictions(tmp_path / "t.csv", tmp_path / "models" / name, split_choice=chosen)
        return name

    return made


@pytest.fixture(params=KINDS)
def kind(request, bring):
    return bring(request.param)


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_pages_of_patients_open(kind, app, view):
    page = app(run=kind, patient="S20-1/2", patch="x1_y1").open(view)
    assert not page.failed


def test_an_unlabelled_run_shows_what_is_called_and_judges_nothing(bring, app):
    page = app(run=bring("unlabelled"), threshold="0.5").open("overview")
    assert not page.failed
    called = int((KINDS["unlabelled"]["prob"] >= 0.5).sum())
    assert f"**{called}** of them are predicted IDC" in page.text
    [table] = [each.value for each in page.at.dataframe]
    assert table["patches"].tolist() == [20] * 9
    assert table["predicted IDC"].sum() == called
    assert "without any" in page.open("operating-point/threshold").text


def test_calls_have_one_operating_point_and_no_curves(bring, app):
    page = app(run=bring("calls")).open("operating-point/threshold")
    assert not page.failed
    assert "The scores are calls, 0 or 1" in page.html
    assert "No curves" in page.text
    assert not any(key in page.html for key in ("Area 0.", "Average precision 0."))
    assert bar(page) == 0.5
    assert "nothing to calibrate" in page.open("calibration").text


def bar(page):
    return page.threshold["value"]


def test_patches_without_a_label_are_counted_beside_the_others(bring, app):
    page = app(run=bring("partly"), split="test").open("operating-point/threshold")
    assert not page.failed
    assert "patches of this split have no label" in page.text
