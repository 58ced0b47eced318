"""A final fit is judged on none of the patients it learnt from, whichever way they come."""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import open_store
from idc_core.evaluate.acceptance import accept
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.importing.run import import_predictions
from idc_core.interpret.channels.analyse import analyse
from idc_core.io import record
from idc_core.io.files import read_parquet, sha256_of, write_parquet
from idc_core.io.refusal import Refusal
from idc_core.runs import fitted_on
from idc_core.runs.run import judged, open_run
from idc_core.score.score_store import score_store
from idc_core.score.scoring import Scorer
from tests.folds_world import make_final

INSTEAD = "See the run small-folds, in which no network saw the patient"


@pytest.fixture
def root(copied, tmp_path, monkeypatch):
    copied(tmp_path)
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def final(root):
    return make_final(root)


def test_the_record_names_every_patient(final):
    known, table = final.info.fitted_on, read_parquet(final.path / fitted_on.FILE)
    assert (known.patients, known.patches) == (7, 198)
    assert known.sha256 == sha256_of(final.path / fitted_on.FILE)
    assert table["patches"].sum() == 198
    assert fitted_on.patients(final.path, final.info) == set(table["patient"])


def test_nothing_judges_it(final):
    with pytest.raises(fitted_on.Fitted, match=INSTEAD):
        write_evaluation(final)
    with pytest.raises(fitted_on.Fitted, match=INSTEAD):
        final.report()
    with pytest.raises(fitted_on.Fitted, match=INSTEAD):
        accept(final, {"roc_auc": 0.5})
    with pytest.raises(fitted_on.Fitted, match=INSTEAD):
        final.predictions()


def test_its_channels_are_not_measured_by_labels_that_it_memorised(root, final):
    store = open_store(root / "data" / "tiny")
    with pytest.raises(fitted_on.Fitted, match=INSTEAD):
        analyse(final, store, Scorer(final.path / "model.onnx"), lambda *_: None)


def test_a_store_of_these_patients_is_scored_and_not_judged(root, final):
    store = open_store(root / "data" / "tiny")
    scored = score_store(final, store, "again", root / "models")
    assert len(scored.predictions()) == 198
    assert (scored.predictions()["label"] == -1).all()
    assert not scored.has_labels
    with pytest.raises(fitted_on.Fitted, match=INSTEAD):
        write_evaluation(scored)


def test_new_patients_among_them_are_judged_alone(root, final):
    """As if two of the patients had come later."""
    store, file = open_store(root / "data" / "tiny"), final.path / fitted_on.FILE
    table = read_parquet(file)
    write_parquet(file, table[~table["patient"].isin(["9036", "9037"])])
    known = record.replace(final.info.fitted_on, sha256=sha256_of(file))
    record.write(final.path / "run.json", record.replace(final.info, fitted_on=known))
    scored = score_store(open_run(final.path), store, "again", root / "models")
    report = scored.report()
    assert sum(split.n_patients for split in report.splits.values()) == 2
    assert sum(split.n_patches for split in report.splits.values()) == 60


def test_labels_that_somebody_put_back_judge_nothing(root, final):
    store = open_store(root / "data" / "tiny")
    scored = score_store(final, store, "again", root / "models")
    file = scored.path / "predictions.parquet"
    rows = scored.predictions().assign(label=store.index["label"].to_numpy())
    write_parquet(file, rows)
    record.write(scored.path / "run.json", record.replace(scored.info, labels=True))
    with pytest.raises(fitted_on.Fitted, match=INSTEAD):
        judged(open_run(scored.path), rows)
    one_new = rows.copy()
    one_new.loc[one_new["patient"] == "9036", "patient"] = "new"
    assert set(judged(open_run(scored.path), one_new)["patient"]) == {"new"}


def test_without_the_list_nobody_is_judged(root, final):
    scored = score_store(final, open_store(root / "data" / "tiny"), "again", root / "models")
    (scored.path / fitted_on.FILE).unlink()
    record.write(scored.path / "run.json", record.replace(scored.info, labels=True))
    opened = open_run(scored.path)
    with pytest.raises(Refusal, match="nobody can be judged without it"):
        judged(opened, opened.predictions())


def test_a_table_of_its_scores_is_imported_without_these_labels(root, final):
    rows = open_store(root / "data" / "tiny").index
    table = pd.DataFrame(rows[["patient", "x", "y", "label"]]).assign(
        score=np.where(rows["label"] == 1, 0.9, 0.1), export_run="small-final"
    )
    source = root / "scores.csv"
    table.to_csv(source, index=False)
    import_predictions(source, root / "models" / "brought")
    brought = open_run(root / "models" / "brought")
    assert brought.info.fitted_on.patients == 7
    assert not brought.has_labels
    with pytest.raises(fitted_on.Fitted, match=INSTEAD):
        write_evaluation(brought)
    other = root / "other.csv"
    table.assign(export_run="small").to_csv(other, index=False)
    import_predictions(other, root / "models" / "of-another")
    assert open_run(root / "models" / "of-another").has_labels


def test_its_network_is_known_by_its_content(root, final):
    models = root / "models"
    assert fitted_on.with_network(sha256_of(final.path / "model.onnx"), models) == final.path
    assert fitted_on.with_network(sha256_of(models / "small" / "model.onnx"), models) is None
