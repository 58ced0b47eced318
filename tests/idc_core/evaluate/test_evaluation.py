"""From predictions to `report.json`: the same figures as scikit-learn, and refusals in words."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as referee

from idc_core.evaluate.evaluation import (
    UNCHOSEN,
    evaluate,
    patient_aucs,
    per_patient,
    write_evaluation,
)
from idc_core.io import record
from idc_core.io.files import append_json_line, write_json, write_parquet
from idc_core.io.refusal import Refusal
from idc_core.metrics.calibration import brier, ece
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.class_report import classification_report
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import choose
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import Run, open_run

NAMES = ["no IDC", "IDC"]


def drawn(patients: int = 6, each: int = 30, seed: int = 0) -> pd.DataFrame:
    """Predictions of as many patients, a third of them in each split."""
    rng = np.random.default_rng(seed)
    count = patients * each
    label = rng.integers(0, 2, count).astype(np.int8)
    return pd.DataFrame(
        {
            "patient": np.repeat([f"p{number:02d}" for number in range(patients)], each),
            "x": np.tile(np.arange(each, dtype=np.int32) * 50 + 1, patients),
            "y": np.ones(count, np.int32),
            "label": label,
            "split": np.repeat(
                [("train", "validation", "test")[number % 3] for number in range(patients)], each
            ),
            "score": np.round(rng.beta(2 + label, 3 - label), 2).astype(np.float32),
            "file": "",
        }
    )


def run_with(folder: Path, predictions: pd.DataFrame) -> Run:
    write_json(folder / "mine" / "run.json", {"status": "finished"})
    write_parquet(folder / "mine" / "predictions.parquet", predictions)
    return open_run(folder / "mine")


@pytest.mark.parametrize(
    "counts",
    [
        (35867, 3853, 4272, 11513),
        (36257, 3412, 4370, 11466),
        (5, 0, 0, 5),
        (1, 5, 5, 0),
        (1, 2, 3, 4),
        (987, 13, 1, 2),
    ],
)
def test_the_classification_report_is_scikit_learns_to_the_letter(
    counts: tuple[int, int, int, int],
) -> None:
    tn, fp, fn, tp = counts
    labels = np.repeat([0, 0, 1, 1], counts)
    called = np.repeat([0, 1, 0, 1], counts)
    expected = referee.classification_report(labels, called, target_names=NAMES)
    assert classification_report(tn, fp, fn, tp) == expected


def test_the_seed_report_has_the_digits_it_was_published_with() -> None:
    lines = [line.split() for line in classification_report(36257, 3412, 4370, 11466).splitlines()]
    assert lines[2] == ["no", "IDC", "0.89", "0.91", "0.90", "39669"]
    assert lines[3] == ["IDC", "0.77", "0.72", "0.75", "15836"]
    assert lines[5] == ["accuracy", "0.86", "55505"]


def test_a_class_nobody_called_reads_nan_and_not_0() -> None:
    report = classification_report(5, 0, 0, 0)
    assert report.splitlines()[3].split() == ["IDC", "nan", "nan", "nan", "0"]


def test_pooled_figures_of_a_split_equal_scikit_learn() -> None:
    rows = drawn()
    test = rows[rows["split"] == "test"]
    labels, scores = test["label"], test["score"].astype(np.float64)
    called = scores >= 0.5
    pooled = {name: found.value for name, found in evaluate(rows, 0.5)["test"].pooled.items()}
    assert pooled == pytest.approx(
        {
            "sensitivity": referee.recall_score(labels, called),
            "specificity": referee.recall_score(labels, called, pos_label=0),
            "precision": referee.precision_score(labels, called),
            "npv": referee.precision_score(labels, called, pos_label=0),
            "accuracy": referee.accuracy_score(labels, called),
            "balanced_accuracy": referee.balanced_accuracy_score(labels, called),
            "f1": referee.f1_score(labels, called),
            "mcc": referee.matthews_corrcoef(labels, called),
            "roc_auc": referee.roc_auc_score(labels, scores),
            "pr_auc": referee.average_precision_score(labels, scores),
            "brier": brier(labels, scores),
            "ece": ece(labels, scores),
        },
        abs=1e-9,
    )


def test_every_pooled_figure_lies_beside_an_ordered_interval() -> None:
    rows = drawn(patients=30)
    split = evaluate(rows, 0.5)["test"]
    assert split.n_patients == 10
    assert split.few_patients
    # No interval of the calibration error holds what it promises, so none is given.
    error = split.pooled.pop("ece")
    assert np.isnan([error.low, error.high]).all()
    for name, found in split.pooled.items():
        assert found.low < found.high, name
        assert found.low <= found.value <= found.high, name


def test_figures_a_patient_are_those_of_the_patient_alone() -> None:
    rows = drawn()
    figures = evaluate(rows, 0.5)["test"].per_patient
    assert set(figures) == {*RATES, "roc_auc"}
    areas = {
        patient: referee.roc_auc_score(own["label"], own["score"])
        for patient, own in rows[rows["split"] == "test"].groupby("patient")
    }
    found = figures["roc_auc"]
    assert found.n_patients == 2
    assert found.mean.value == pytest.approx(np.mean(list(areas.values())))
    assert found.median.value == pytest.approx(np.median(list(areas.values())))
    assert found.worst_patient == min(areas, key=lambda patient: areas[patient])
    assert found.worst == pytest.approx(min(areas.values()))


def test_a_patient_without_idc_has_no_sensitivity_and_is_not_the_worst() -> None:
    rows = drawn(patients=3)
    rows["split"] = "test"
    rows.loc[rows["patient"] == "p01", "label"] = 0
    figures = evaluate(rows, 0.5)["test"].per_patient["sensitivity"]
    assert figures.n_patients == 2
    assert figures.worst_patient in {"p00", "p02"}
    areas = patient_aucs(by_patient(rows))
    assert np.isnan(areas).tolist() == [False, True, False]


def test_a_split_without_idc_has_unknown_figures_and_no_crash(tmp_path: Path) -> None:
    rows = drawn()
    rows["label"] = np.int8(0)
    split = write_evaluation(run_with(tmp_path, rows)).splits["test"]
    assert np.isnan(split.pooled["sensitivity"].value)
    assert np.isnan(split.pooled["roc_auc"].value)
    assert split.per_patient["sensitivity"].worst_patient is None
    written = json.loads((tmp_path / "mine" / "report.json").read_text())
    assert written["splits"]["test"]["pooled"]["roc_auc"] == dict.fromkeys(("value", "low", "high"))
    assert written["threshold"] == UNCHOSEN


def test_the_patient_table_counts_what_happened_to_each() -> None:
    rows = drawn()
    found = per_patient(rows, 0.5).set_index("patient")
    own = rows[rows["patient"] == "p03"]
    called = own["score"] >= 0.5
    assert found.loc["p03", "patches"] == len(own)
    assert found.loc["p03", "idc"] == own["label"].sum()
    assert found.loc["p03", "called"] == called.sum()
    assert found.loc["p03", "errors"] == (called != (own["label"] == 1)).sum()
    assert found.loc["p03", "sensitivity"] == referee.recall_score(own["label"], called)


def test_the_threshold_is_chosen_on_validation_and_test_is_not_looked_at(tmp_path: Path) -> None:
    rows = drawn()
    report = write_evaluation(run_with(tmp_path / "one", rows))
    changed = rows.copy()
    changed.loc[changed["split"] == "test", "score"] = np.float32(0.5)
    other = write_evaluation(run_with(tmp_path / "other", changed))
    validation = rows[rows["split"] == "validation"]
    expected = choose(Ranked(validation["label"], validation["score"])).threshold
    assert report.threshold == other.threshold == expected
    point = report.operating_point
    assert (point.split, point.n_patches, point.n_patients) == ("validation", 60, 2)


def test_a_known_operating_point_is_kept_and_not_written_again(tmp_path: Path) -> None:
    run = run_with(tmp_path, drawn())
    first = write_evaluation(run)
    again = write_evaluation(run, rule="youden")
    assert again.operating_point == first.operating_point
    assert len(run.operating_points()) == 1
    append_json_line(run.path / "operating_points.jsonl", {"rule": "by hand", "threshold": 0.9})
    assert write_evaluation(run).threshold == 0.9


def test_a_rule_out_of_reach_of_today_s_scores_gives_its_nearest(tmp_path: Path) -> None:
    rows = drawn()
    at = rows.index[(rows["split"] == "validation") & (rows["label"] == 0)]
    rows.loc[at[:5], "score"] = np.float32(1)
    run = run_with(tmp_path, rows)
    point = write_evaluation(run, rule="specificity>=0.999").operating_point
    assert point.rule == "nearest:specificity>=0.999"
    assert point.threshold == 1
    assert len(run.operating_points()) == 1


def test_each_class_is_a_row_of_the_report() -> None:
    rows = drawn()
    rows = rows[rows["split"] == "test"]
    found = evaluate(rows, 0.5)["test"].per_class
    expected = referee.precision_recall_fscore_support(rows["label"], rows["score"] >= 0.5)
    for at, row in enumerate(found):
        assert row["class"] == NAMES[at]
        assert [row[name] for name in ("precision", "recall", "f1", "n")] == pytest.approx(
            [float(column[at]) for column in expected]
        )


def test_the_burden_is_the_mean_over_patients() -> None:
    rows = drawn()
    rows = rows[rows["split"] == "test"]
    found = evaluate(rows, 0.4)["test"].burden
    own = rows.assign(called=rows["score"].astype(float) >= 0.4).groupby("patient")
    shares = own[["label", "called"]].mean()
    assert found.n_patients == 2
    assert found.labelled.value == pytest.approx(shares["label"].mean())
    assert found.predicted.value == pytest.approx(shares["called"].mean())
    off = shares["called"] - shares["label"]
    assert found.difference.value == pytest.approx(off.mean())
    assert found.absolute_difference.value == pytest.approx(off.abs().mean())
    assert found.farthest_patient == off.abs().idxmax()


def test_the_report_can_be_read_again_and_is_the_same_twice(tmp_path: Path) -> None:
    run = run_with(tmp_path, drawn())
    first, again = write_evaluation(run), write_evaluation(run)
    assert first.splits == again.splits
    assert run.report().splits["test"].confusion == first.splits["test"].confusion


def test_a_score_that_is_no_probability_is_refused_in_a_sentence(tmp_path: Path) -> None:
    rows = drawn()
    rows.loc[rows.index[3], "score"] = np.nan
    run = run_with(tmp_path, rows)
    with pytest.raises(Refusal, match=r"cannot be evaluated: expected a score in \[0, 1\]: row 3"):
        write_evaluation(run)
    assert not (run.path / "report.json").exists()


def test_a_bad_row_of_test_is_named_by_its_place_in_the_file_and_nothing_is_recorded(
    tmp_path: Path,
) -> None:
    rows = drawn()
    assert rows["split"].iloc[61] == "test"
    rows.loc[61, "score"] = np.nan
    run = run_with(tmp_path, rows)
    with pytest.raises(Refusal, match="row 61 holds nan"):
        write_evaluation(run)
    assert {file.name for file in run.path.iterdir()} == {"run.json", "predictions.parquet"}


@pytest.mark.parametrize("threshold", [None, "0.5", True, 7, -0.1])
def test_an_operating_point_that_is_no_probability_is_refused(
    threshold: object, tmp_path: Path
) -> None:
    run = run_with(tmp_path, drawn())
    append_json_line(run.path / "operating_points.jsonl", {"threshold": threshold})
    with pytest.raises(Refusal, match=r"expected a threshold from 0 to 1 in the last line"):
        write_evaluation(run)
    assert not (run.path / "report.json").exists()


def test_a_run_that_does_not_say_its_data_is_judged_too(tmp_path: Path) -> None:
    run = run_with(tmp_path, drawn())
    run = Run(run.path, record.replace(run.info, data=None))
    assert write_evaluation(run).operating_point.data is None


def test_a_rule_that_cannot_be_met_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="one of the rules"):
        write_evaluation(run_with(tmp_path, drawn()), rule="best")


def test_predictions_of_no_known_split_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"patches of a split .*: found none"):
        write_evaluation(run_with(tmp_path, drawn().assign(split="holdout")))


def test_an_operating_point_without_threshold_is_refused(tmp_path: Path) -> None:
    run = run_with(tmp_path, drawn())
    append_json_line(run.path / "operating_points.jsonl", {"rule": "by hand"})
    with pytest.raises(Refusal, match="a threshold from 0 to 1 in the last line"):
        write_evaluation(run)


def test_published_predictions_give_the_published_area(real_root: Path) -> None:
    file = real_root / "predictions" / "patientwise_photonvish" / "image_level_probs.csv"
    if not file.is_file():
        pytest.skip(f"no published predictions in {file}")
    published = pd.read_csv(file)
    ranked = Ranked(published["class"], published["prob"])
    assert len(ranked) == 33_378
    assert round(ranked.roc_auc, 3) == 0.946
    assert ranked.roc_auc == pytest.approx(
        referee.roc_auc_score(published["class"], published["prob"]), abs=1e-9
    )
