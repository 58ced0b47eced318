"""A table becomes a run folder like any other, or nothing is written."""

import json

import numpy as np
import pandas as pd
import pytest

from idc_core.data.patches import PatchName
from idc_core.data.split.given_split import GivenSplit
from idc_core.facts.names import mark, told
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked
from idc_core.importing.run import SplitChoice, file_stem, import_predictions
from idc_core.io.files import read_json
from idc_core.io.paths import real_data
from idc_core.io.refusal import Refusal
from idc_core.runs.run import PREDICTION_COLUMNS, open_run

PATIENTS, EACH = 24, 20


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))


@pytest.fixture
def source(tmp_path):
    """A table of 24 patients with 20 patches each, in no order."""
    rng = np.random.default_rng(2)
    label = rng.random(PATIENTS * EACH) < 0.3
    files = [
        "images\\" + str(PatchName(f"P{at % PATIENTS}", 1 + 50 * (at // PATIENTS), 1, int(idc)))
        for at, idc in enumerate(label)
    ]
    score = np.clip(rng.normal(0.35 + 0.3 * label, 0.15), 0, 1)
    file = tmp_path / "theirs.csv"
    pd.DataFrame({"file": files, "prob": score}).to_csv(file, index=False)
    return file


def test_the_run_holds_all_a_page_reads(source, tmp_path):
    run = tmp_path / "models" / "theirs"
    found = import_predictions(source, run)
    opened = open_run(run)
    predictions = opened.predictions()
    assert tuple(predictions.columns) == PREDICTION_COLUMNS
    assert predictions["score"].dtype == np.float64
    assert set(predictions["split"]) == {"test"}
    assert opened.status == "imported"
    assert opened.report().splits["test"].n_patches == PATIENTS * EACH == found.patches
    assert opened.info.data.patients == {"test": PATIENTS}
    assert "“file”" in opened.info.source.mapping
    assert opened.operating_point() is None, "none can be chosen honestly without validation"
    assert any("--validation" in sentence for sentence in opened.info.warnings)


def test_scores_and_labels_are_those_of_the_table(source, tmp_path):
    import_predictions(source, tmp_path / "run")
    theirs = pd.read_csv(source)
    theirs["file"] = theirs["file"].str.removeprefix("images\\")
    ours = open_run(tmp_path / "run").predictions()
    both = ours.merge(theirs, on="file", validate="one_to_one")
    np.testing.assert_array_equal(both["score"], both["prob"].astype(np.float64))
    assert (both["label"] == both["file"].str.extract(r"class(\d)")[0].astype(int)).all()


def test_patients_set_aside_for_validation_give_an_operating_point(source, tmp_path):
    import_predictions(source, tmp_path / "run", split_choice=SplitChoice(validation=0.4))
    run = open_run(tmp_path / "run")
    predictions = run.predictions()
    splits = predictions.groupby("patient")["split"].nunique()
    assert (splits == 1).all(), "whole patients only"
    share = predictions.drop_duplicates("patient")["split"].eq("validation").mean()
    assert share == pytest.approx(0.4, abs=0.05)
    assert run.operating_point().split == "validation"


def test_the_same_seed_sets_the_same_patients_aside(source, tmp_path):
    splits = []
    for name in ("one", "two"):
        import_predictions(
            source, tmp_path / name, split_choice=SplitChoice(validation=0.4, seed=5)
        )
        splits.append(open_run(tmp_path / name).predictions()["split"].tolist())
    assert splits[0] == splits[1]


def test_a_given_split_says_who_stands_where(source, tmp_path):
    splits = {f"P{at}": ("validation" if at < 10 else "test") for at in range(PATIENTS - 1)}
    import_predictions(
        source, tmp_path / "run", split_choice=SplitChoice(GivenSplit(splits, "split.csv"))
    )
    found = open_run(tmp_path / "run").predictions().groupby("patient")["split"].first()
    assert found["P3"] == "validation"
    assert found[f"P{PATIENTS - 1}"] == "unused"


def test_a_split_column_is_taken_and_a_leak_refused(source, tmp_path):
    table = pd.read_csv(source)
    table["split"] = np.where(table["file"].str.contains("P1_"), "val", "test")
    table.to_csv(source, index=False)
    import_predictions(source, tmp_path / "run")
    assert open_run(tmp_path / "run").info.data.patients == {"test": 23, "validation": 1}
    table.loc[table.index[table["file"].str.contains("P2_")][0], "split"] = "train"
    table.to_csv(source, index=False)
    with pytest.raises(Refusal, match=r"patient P2 stands in test and train.*--split-column none"):
        import_predictions(source, tmp_path / "leaks")
    import_predictions(source, tmp_path / "leaks", asked=Columns(split="none"))
    assert set(open_run(tmp_path / "leaks").predictions()["split"]) == {"test"}


def test_another_run_is_not_overwritten_unless_asked(source, tmp_path):
    import_predictions(source, tmp_path / "run", split_choice=SplitChoice(validation=0.4))
    with pytest.raises(Refusal, match="--overwrite"):
        import_predictions(source, tmp_path / "run")
    import_predictions(source, tmp_path / "run", overwrite=True)
    assert open_run(tmp_path / "run").operating_point() is None, "nothing of the old run is left"


def test_refused_rows_are_listed_in_the_run(source, tmp_path):
    with source.open("a", encoding="utf-8") as file:
        file.write("=cmd(),0.5\n")
    found = import_predictions(source, tmp_path / "run")
    assert len(found.refused) == 1
    listed = (tmp_path / "run" / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert listed[1].startswith(f"{PATIENTS * EACH + 1},'=cmd(),no place")


def test_a_table_that_is_mostly_something_else_writes_nothing(source, tmp_path):
    table = pd.read_csv(source)
    table.loc[200:, "file"] = "ward.png"
    table.to_csv(source, index=False)
    with pytest.raises(Refusal, match=r"280 of 480 rows cannot be placed.*row 201: 'ward.png'"):
        import_predictions(source, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_store_that_holds_every_patch_lends_its_pixels(world, monkeypatch, tmp_path):
    monkeypatch.setenv("IDC_DATA", str(world / "data"))
    known = open_run(world / "models" / "small").predictions()
    file = tmp_path / "t.csv"
    known[["file", "score"]].to_csv(file, index=False)
    found = import_predictions(file, tmp_path / "run")
    manifest = read_json(world / "data" / "tiny" / "manifest.json")
    assert found.store == "tiny"
    assert open_run(tmp_path / "run").info.data.fingerprint == manifest["fingerprint"]


def test_a_share_of_patients_out_of_range_is_refused():
    with pytest.raises(Refusal, match=r"like 0\.4: found 1"):
        SplitChoice(validation=1.0)


@pytest.fixture
def theirs():
    folder = real_data() / "predictions"
    if not folder.is_dir():
        pytest.skip(f"real predictions are not in {folder}")
    return folder


@pytest.mark.parametrize(
    ("file", "auc", "patches", "patients"),
    [
        ("patientwise_photonvish/image_level_probs.csv", 0.946, 33_378, 28),
        ("patientwise_femiogundare/ensemble_avg_predictions.csv", 0.940, 3_000, 28),
        ("patientwise_femiogundare/ResNet50_predictions.csv", 0.928, 3_000, 28),
        ("randomsplit_kushaldeb/validation-results-xception.csv", 0.951, 10_000, 279),
        ("cancernet_aryashinde/predictions.csv", 0.964, 100, 4),
    ],
)
def test_real_predictions_show_their_known_figures(theirs, tmp_path, file, auc, patches, patients):
    found = import_predictions(theirs / file, tmp_path / "run")
    figures = found.report.splits["test"]
    assert round(figures.pooled["roc_auc"].value, 3) == auc
    assert (found.patches, found.patients) == (patches, patients)
    assert found.refused.empty
    balanced = any("balanced random patch split" in sentence for sentence in found.warnings)
    assert balanced == ("randomsplit" in file)


@pytest.mark.parametrize(
    "file", ["patientwise_photonvish/slide_level_probs.csv", "patientwise_femiogundare/scores.csv"]
)
def test_real_tables_of_something_else_are_refused(theirs, tmp_path, file):
    with pytest.raises(Refusal, match="Name it: --"):
        import_predictions(theirs / file, tmp_path / "run")


def test_what_is_asked_for_reaches_the_table(source, tmp_path):
    import_predictions(source, tmp_path / "run", asked=Columns(score="prob", score_of="no-idc"))
    info = json.loads((tmp_path / "run" / "run.json").read_text())
    assert any("wrong way round" in sentence for sentence in info["warnings"])


def test_what_is_left_out_is_in_the_run_and_said_on_every_page(source, tmp_path):
    table = pd.read_csv(source, dtype=str)
    table.loc[::60, "prob"] = ""
    table.to_csv(source, index=False)
    found = import_predictions(source, tmp_path / "run")
    info = json.loads((tmp_path / "run" / "run.json").read_text())
    kept = info["source"]["left_out"]
    assert (kept["left_out"], kept["total"], kept["reasons"]) == (8, 480, {"no score": 8})
    assert "8 of 480 rows (1.7 %) are left out: 8 for “no score”." in info["warnings"]
    assert found.warnings == info["warnings"]
    assert sum(group["lost"] for group in kept["patients"]) == 8


def test_a_question_that_is_open_writes_nothing_and_an_answer_is_kept(source, tmp_path):
    table = pd.read_csv(source)
    table = pd.concat([table, table.assign(prob=table["prob"] / 2)])
    table.to_csv(source, index=False)
    with pytest.raises(Refusal, match="--repeated mean"):
        import_predictions(source, tmp_path / "run")
    assert not (tmp_path / "run").exists()
    found = import_predictions(source, tmp_path / "run", answers=Asked(repeated="mean"))
    assert found.patches == 480
    info = open_run(tmp_path / "run").info
    assert info.source.asked == {"repeated": "mean"}
    assert any("is the mean of their" in note for note in info.source.notes)


def test_a_loss_that_is_accepted_is_kept_with_the_run(source, tmp_path):
    table = pd.read_csv(source)
    lost = table["file"].str.contains("P3_")
    table.loc[lost, "prob"] = np.nan
    table.to_csv(source, index=False)
    with pytest.raises(Refusal, match=r"1 patient \(P3\) would be lost whole.*--accept-loss"):
        import_predictions(source, tmp_path / "run")
    found = import_predictions(source, tmp_path / "run", answers=Asked(accept_loss=True))
    assert found.patients == PATIENTS - 1
    assert "P3" in found.reading.loss.facts().accepted[0]


def test_a_table_without_labels_is_a_run_without_a_report(tmp_path):
    table = pd.DataFrame({"patient": "a/b", "x": [1, 51], "y": 1, "prob": [0.2, 0.9]})
    table.to_csv(tmp_path / "t.csv", index=False)
    found = import_predictions(tmp_path / "t.csv", tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert found.report is None
    assert not run.has_labels
    assert run.predictions()["label"].tolist() == [-1, -1]
    assert run.predictions()["file"].tolist() == ["a_b_idx5_x1_y1.png", "a_b_idx5_x51_y1.png"]
    with pytest.raises(Refusal, match="it holds imported scores without any"):
        run.report()


@pytest.mark.parametrize("patient", ["S20-1/2", "Müller, A.", ".hidden", "x y" * 40, "患者;七"])
def test_no_part_of_a_patient_is_left_in_the_name_of_a_hashed_file(patient, monkeypatch):
    monkeypatch.setenv("IDC_HASH_IDS", "1")
    stem = file_stem(patient)
    assert told(f"{stem}_idx5_x1_y51_class1.png") == f"{mark(stem)}_idx5_x1_y51_class1.png"
