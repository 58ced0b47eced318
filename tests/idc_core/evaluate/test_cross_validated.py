"""The run that judges a recipe: every patient by a network that never saw them."""

import numpy as np
import pytest

from idc_core.data.shown_splits import OUT_OF_FOLD, UNTOUCHED, in_split
from idc_core.data.stores.store import open_store
from idc_core.evaluate import cross_validated, seal_check, verify
from idc_core.evaluate.acceptance import accept
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io.files import read_parquet, write_json, write_parquet
from idc_core.io.refusal import Refusal
from idc_core.metrics.fold_scale import common_threshold
from idc_core.runs import ledger, looks
from idc_core.runs.cross_validated import ROLES, leaks, read_roles
from idc_core.runs.out_of_fold import fold_path, gather
from idc_core.runs.run import open_run
from tests.folds_world import FOLD_OF, IDC, MISSED, make_folds, write_fold


@pytest.fixture
def root(copied, tmp_path, monkeypatch):
    monkeypatch.chdir(copied(tmp_path))
    return tmp_path


@pytest.fixture
def judging(root):
    return make_folds(root)


def test_the_figures_are_those_of_every_fold_at_its_own_threshold(judging):
    report = judging.report()
    assert judging.name == "small-folds"
    assert set(report.splits) == {OUT_OF_FOLD, UNTOUCHED}
    every, rest = report.splits[OUT_OF_FOLD], report.splits[UNTOUCHED]
    # 99 IDC patches of seven patients, of which four are missed; no false alarm anywhere.
    assert (every.n_patients, every.n_patches, every.n_idc) == (7, 198, 99)
    assert (every.confusion.tp, every.confusion.fn, every.confusion.fp) == (95, MISSED, 0)
    assert every.pooled["sensitivity"].value == 95 / 99
    # The two validation patients, with 15 IDC patches each, are left out of the other.
    assert (rest.n_patients, rest.n_patches, rest.confusion.tp) == (5, 138, 65)


def test_each_threshold_is_the_rules_on_the_folds_own_validation(judging):
    known = judging.info.cross_validated
    assert known.thresholds == list(IDC)
    assert known.best_epochs == [2, 3, 4]
    assert (known.tested, known.chose) == (3, 2)
    point = judging.operating_point()
    assert point.threshold == common_threshold(IDC)
    assert point.split == "validation of each fold"
    assert point.n_patients == 7  # each validates one fold
    assert seal_check.contradictions(judging) == []
    assert not [item.line for item in verify.verify_run(judging.path) if item.difference]


def test_every_patient_is_judged_by_a_network_whose_list_does_not_hold_them(judging):
    rows, roles = judging.predictions(), read_roles(judging.path)
    assert set(rows["patient"]) == set(FOLD_OF)
    for fold, own in rows.groupby("fold"):
        seen = set(roles.loc[roles["fold"] == fold, "patient"])
        assert seen
        assert not set(own["patient"]) & seen
        assert set(own["patient"]) | seen == set(FOLD_OF)
    assert leaks(rows, roles) == []


def test_a_network_that_saw_its_patients_is_caught(root, judging):
    run, store = root / "models" / "small", open_store(root / "data" / "tiny")
    file = fold_path(run, 1) / "predictions.parquet"
    table = read_parquet(file)
    table.loc[table.index[table["patient"] == "10254"][0], "split"] = "train"
    write_parquet(file, table)
    opened = open_run(run)
    scores = gather(opened, store, FOLD_OF)
    with pytest.raises(Refusal, match="the network of fold 2, or its teacher, learnt from patient"):
        cross_validated.put_together(opened, store, scores)


def test_a_list_that_was_changed_afterwards_is_a_contradiction(judging):
    roles = read_roles(judging.path)
    roles.loc[0, "patient"] = "10253"  # of fold 1, which judges that patient
    write_parquet(judging.path / ROLES, roles)
    said = seal_check.folds_of(judging)
    assert len(said) == 1
    assert "fold 1 judged patient 10253" in said[0]
    assert any("fold 1" in each for each in seal_check.contradictions(judging))


def test_a_teacher_of_another_run_is_refused(root, judging):
    run, store = root / "models" / "small", open_store(root / "data" / "tiny")
    info = fold_path(run, 0) / "run.json"
    write_json(info, {"status": "finished", "teacher": {"file": "t/model.onnx", "sha256": "a"}})
    opened = open_run(run)
    with pytest.raises(Refusal, match="expected fold 1 of small to have a teacher of its own"):
        cross_validated.put_together(opened, store, gather(opened, store, FOLD_OF))


def test_what_says_the_same_is_left_and_a_new_rule_makes_it_anew(root, judging):
    run, store = root / "models" / "small", open_store(root / "data" / "tiny")
    before = (judging.path / "run.json").stat().st_ino
    opened = open_run(run)
    table = gather(opened, store, FOLD_OF)
    cross_validated.put_together(opened, store, table)
    assert (judging.path / "run.json").stat().st_ino == before
    predictions = opened.predictions()
    ledger.lock(opened, predictions, rule="specificity>=0.9", name="n", reason="r")
    again = cross_validated.put_together(opened, store, table)
    assert again.info.cross_validated.rule == "specificity>=0.9"
    assert (judging.path / "run.json").stat().st_ino != before


def test_scores_of_all_folds_are_shown_on_one_scale_and_raw_ones_kept(judging):
    rows = judging.predictions(compact=True)
    assert set(rows["raw_score"]) == {0.6, 0.2, 0.9, 0.7, 0.3, 0.1}
    threshold = judging.operating_point().threshold
    hit = rows["score"] >= threshold
    assert np.array_equal(hit, rows["raw_score"] >= rows["fold"].map(lambda fold: IDC[fold - 1]))
    assert in_split(rows, UNTOUCHED).sum() == 138


def test_its_test_patients_count_as_looks_at_the_same_set(root, judging):
    small = open_run(root / "models" / "small")
    assert looks.tested_patients(judging.path) == looks.tested_patients(small.path)
    assert looks.looks_at(small).total == 0
    ledger.look(judging, 0.4)
    assert looks.looks_at(small).words() == (
        "1 look at test, 1 of them in other runs that share 100 % of these patients"
    )
    found = accept(judging, {"sensitivity": 0.9}, split=OUT_OF_FOLD)
    assert found.looks.startswith("2 looks at test")
    assert found.met


def test_no_threshold_is_locked_for_a_recipe(judging):
    with pytest.raises(Refusal, match="Lock one for small, then put the folds together again"):
        ledger.lock(judging, judging.predictions(), rule="f1", name="n", reason="r")
    write_evaluation(judging)  # keeps its own
    assert len(judging.operating_points()) == 1


def test_another_run_of_the_name_is_refused_and_stays(root):
    other = root / "models" / "small-folds"
    write_json(other / "run.json", {"status": "imported"})
    with pytest.raises(Refusal, match="rename NEW --run small-folds"):
        make_folds(root)
    assert open_run(other).status == "imported"


def test_a_validation_of_one_class_is_refused(root, judging):
    run, store = root / "models" / "small", open_store(root / "data" / "tiny")
    write_fold(run, store, 1)
    file = fold_path(run, 1) / "predictions.parquet"
    table = read_parquet(file)
    table.loc[table["split"] == "validation", "label"] = 0
    write_parquet(file, table)
    opened = open_run(run)
    with pytest.raises(Refusal, match="both classes in the validation of fold 2"):
        cross_validated.put_together(opened, store, gather(opened, store, FOLD_OF))
