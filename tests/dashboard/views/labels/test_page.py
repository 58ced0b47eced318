"""Suspect labels: highest label-error score first, and the labels that readers corrected."""

import re

import pytest

from dashboard.cache import labels, predictions, runs
from idc_core.io.files import write_parquet
from idc_core.reviews import Verdict, data_key, open_reviews
from idc_core.runs.out_of_fold import COLUMNS
from idc_core.runs.run import open_run


@pytest.fixture
def folds(own_run):
    """Out-of-fold scores that contradict the labels of one patient and agree elsewhere."""
    rows = open_run(own_run).predictions()
    wrong = rows["patient"] == "10253"
    score = (rows["label"] * 0.9 + 0.05).where(~wrong, 0.95 - rows["label"] * 0.9)
    table = rows.assign(fold=1, score=score.astype("float32"))[list(COLUMNS)]
    write_parquet(own_run / "out_of_fold.parquet", table)
    return own_run


def judge(run, file, verdict="idc", patient="10253"):
    row = run.predictions().query("patient == @patient").iloc[0]
    open_reviews(file).record(
        [
            Verdict(
                data=data_key(run),
                patient=patient,
                x=row.x,
                y=row.y,
                reviewer="Ada",
                verdict=verdict,
                run=run.name,
                model="m",
                split=row.split,
                threshold=0.5,
                score=row.score,
                label=row.label,
            )
        ]
    )
    return row


def test_the_labels_that_networks_contradict_are_counted(folds, app):
    page = app().open("labels")
    count = (open_run(folds).predictions()["patient"] == "10253").sum()
    assert f"**{count} of 78** labels are contradicted" in page.text
    assert "out-of-fold scores" in page.text


def test_without_folds_the_training_labels_cannot_be_questioned(full_run, app):
    page = app(split="train").open("labels")
    assert "cannot question their labels" in page.text.replace("\\", "")
    assert any("--folds 5" in block.value for block in page.at.code)


def test_without_folds_other_splits_are_scored_by_the_run_itself_and_it_is_said(full_run, app):
    page = app(split="test").open("labels")
    assert "labels are contradicted" in page.text
    assert "--folds 5" in page.text


def test_with_folds_the_training_labels_can_be_questioned(folds, app):
    page = app(split="train").open("labels")
    assert "labels are contradicted" in page.text


def test_label_error_scores_are_in_the_order_of_the_scores(folds):
    run = runs.run("small")
    suspects, rows = labels.label_error_scores(run, "test"), predictions.scores(run, "test").rows
    assert (suspects.suspicion[(rows["patient"] == "10253").to_numpy()] > 0.9).all()
    assert (suspects.suspicion[(rows["patient"] != "10253").to_numpy()] < 0.1).all()


def test_corrected_labels_can_be_exported(full_run, app, own_reviews):
    run = open_run(full_run / "models" / "small")
    row = judge(run, own_reviews, "no_idc")
    page = app().open("labels")
    assert "Decided by 1 reader: **1 patch**" in page.text
    assert page.at.get("download_button")
    assert any("--labels small_test_corrected.csv" in block.value for block in page.at.code)
    assert str(row.label)


def test_without_a_verdict_it_says_how_to_begin(full_run, app):
    assert "No reader has decided" in app().open("labels").text


def test_patches_with_a_verdict_can_be_left_out(folds, app, own_reviews):
    judge(open_run(folds), own_reviews)
    page = app().open("labels")
    before = page.text
    page.at.toggle(key="unread").set_value(True).run()
    assert page.text != before
    assert "of 77 patches" in page.text


def test_figures_on_corrected_labels_stand_beside_the_original(own_run, app, tmp_path):
    from idc_core.evaluate.evaluation import write_evaluation
    from idc_core.runs.corrected_labels import save

    run = open_run(own_run)
    row = run.predictions().query("split == 'test'").iloc[0]
    file = tmp_path / "corrected.csv"
    file.write_text(f"patient,x,y,label\n{row.patient},{row.x},{row.y},{1 - row.label}\n")
    save(own_run, file, run.predictions())
    write_evaluation(run)
    page = app().open("labels")
    table = next(each.value for each in page.at.dataframe if "corrected labels" in each.value)
    assert (table["original labels"] != table["corrected labels"]).any()
    assert "never report them alone" in page.text


def test_the_order_by_suspicion_is_offered_on_patients(folds, app):
    page = app(threshold="0.5", patient="10253").open("patients")
    control = page.at.selectbox(key="order")
    assert "by label-error score" in control.options
    control.set_value("by label-error score").run()
    assert not page.failed


def test_the_classes_are_called_as_the_run_calls_them(tumour_run, app):
    page = app(split="test").open("labels")
    assert re.search(r"more: \d+ labelled tumour, \d+ labelled stroma; \d+ lie at the", page.text)
    assert "No reader has decided on tumour or stroma yet. Open a patch above" in page.text
    assert page.at.button_group(key="says").options == [
        "all labels",
        "labelled tumour",
        "labelled stroma",
    ]
