"""What was changed behind the program's back is said; what it did itself is not."""

import json

import numpy as np
import pytest

from idc_core.data.stores.store import open_store
from idc_core.evaluate import recalibration
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.seal_check import changed_patches, contradictions, report_of, store_of
from idc_core.evaluate.spatial import saved_smoothing as smoothing
from idc_core.evaluate.verify import verify_all, verify_run
from idc_core.io.files import read_json, read_parquet, write_json, write_parquet
from idc_core.records.run_info import Origin
from idc_core.runs import ledger, seal
from idc_core.runs.looks import Looks, looks_at
from idc_core.runs.run import open_run
from idc_core.runs.writer import building
from idc_core.score.save_as_run import save_as_run


@pytest.fixture
def root(copied, tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    return copied(tmp_path)


@pytest.fixture
def run(root):
    """A sealed run whose ledger has three lines."""
    opened = open_run(root / "models" / "small")
    seal.write(opened.path)
    for name in ("first", "second"):
        ledger.lock(opened, opened.predictions(), rule="f1", name=name, reason="r")
    write_evaluation(opened)
    return opened


def lines(run):
    return (run.path / ledger.LEDGER).read_text().splitlines()


def remove_newest_line(run):
    (run.path / ledger.LEDGER).write_text("\n".join(lines(run)[:-1]) + "\n")


def change_newest_line(run):
    newest = json.loads(lines(run)[-1]) | {"reason": "another"}
    (run.path / ledger.LEDGER).write_text("\n".join([*lines(run)[:-1], json.dumps(newest)]) + "\n")


def add_a_line(run):
    with (run.path / ledger.LEDGER).open("a") as file:
        file.write(json.dumps(json.loads(lines(run)[-1]) | {"previous": "0"}) + "\n")


def invert_scores(run):
    file = run.path / "predictions.parquet"
    table = read_parquet(file)
    write_parquet(file, table.assign(score=1 - table["score"]))


def exchange_network(run):
    (run.path / "model.onnx").write_bytes((run.path / "model.onnx").read_bytes() + b"\0")


def bring_in_a_map(run):
    chosen = recalibration.ScoreMap("temperature", {"temperature": 3.0})
    write_json(run.path / "calibration.json", chosen.to_dict())


def take_looks_away(run):
    (run.path / ledger.LOOKS).unlink()


def change_an_older_look(run):
    ledger.look(run, 0.35)
    file = run.path / ledger.LOOKS
    file.write_text(file.read_text().replace("0.3,", "0.2,", 1))


def change_the_report(run):
    report = read_json(run.path / "report.json")
    report["splits"]["test"]["confusion"]["fn"] = 0
    write_json(run.path / "report.json", report)


@pytest.mark.parametrize(
    ("tamper", "said", "unsealed"),
    [
        (remove_newest_line, "holds 2 lines where the seal counts 3: 1 line is gone", None),
        (change_newest_line, "was changed in line 3, the newest", None),
        (add_a_line, "Line 4 of the ledger does not follow", "Line 4 of the ledger"),
        (invert_scores, "The scores (predictions.parquet) changed since", "locked on other scores"),
        (exchange_network, "(model.onnx) changed since", "locked on another network"),
        (bring_in_a_map, "(calibration.json) appeared since", "made from another calibration"),
        (take_looks_away, "(looks.jsonl) holds 0 lines where the seal counts 1", None),
        (
            change_an_older_look,
            "Line 2 of the looks at test follows a line that is not there",
            "Line 2 of the looks",
        ),
        (change_the_report, "(report.json) changed since", "counts other errors on test"),
    ],
)
def test_what_was_tampered_with_is_said_with_and_without_a_seal(run, tamper, said, unsealed):
    ledger.look(run, 0.3)
    assert contradictions(run) == []
    tamper(run)
    found = "\n".join(contradictions(run))
    assert said in found
    if unsealed is not None:
        seal.remove(run.path)
        assert unsealed in "\n".join(contradictions(run))


def test_what_the_program_does_itself_fits(run):
    rows = run.predictions()
    ledger.lock(run, rows, rule="youden", name="n", reason="r")
    write_evaluation(run)
    ledger.look(run, 0.7)
    recalibration.save(run, recalibration.ScoreMap("temperature", {"temperature": 1.5}))
    smoothing.save(run, smoothing.Smoothing(0.5, ("10253",)), {})
    write_evaluation(run)
    assert contradictions(run) == []
    recalibration.drop(run)
    smoothing.drop(run)
    write_evaluation(run)
    assert contradictions(run) == []


def test_patches_without_a_label_are_in_no_count_that_is_compared(run):
    rows = run.predictions()
    labels = rows["label"].to_numpy().copy()
    labels[::3] = -1
    write_parquet(run.path / "predictions.parquet", rows.assign(label=labels))
    seal.remove(run.path)
    write_evaluation(run)
    assert report_of(run) == []
    labels[1::3] = 1 - labels[1::3]
    write_parquet(run.path / "predictions.parquet", rows.assign(label=labels))
    assert report_of(run) != []


def test_a_report_of_an_older_threshold_is_said(run):
    ledger.lock(run, run.predictions(), rule="by hand", name="n", reason="r", threshold=0.25)
    [said] = contradictions(run)
    assert "the operating point is 0.25" in said
    assert "evaluate --run small" in said


def test_changed_pixels_are_counted(root):
    store = open_store(root / "data" / "tiny")
    assert store_of(store) == []
    file = store.path / "patches.npy"
    pixels = np.load(file)
    pixels[[3, 50]] = 255 - pixels[[3, 50]]
    np.save(file, pixels)
    store = open_store(root / "data" / "tiny")
    assert changed_patches(store) == 2
    assert store_of(store) == ["2 patches of the store have other pixels than tiny's index says."]


def test_changed_labels_of_a_store_are_said(root):
    file = root / "data" / "tiny" / "index.parquet"
    table = read_parquet(file)
    write_parquet(file, table.assign(label=1 - table["label"]))
    [said] = store_of(open_store(root / "data" / "tiny"))
    assert "labels, places or splits were changed" in said


def test_a_kept_run_fits_itself(run, root):
    rows = run.predictions().iloc[:4][["patient", "x", "y", "label", "score"]]
    pixels = np.zeros((4, 50, 50, 3), np.uint8)
    kept = save_as_run(
        "kept", run, rows, pixels, Origin(), data=root / "data", models=root / "models"
    )
    assert contradictions(kept) == []
    assert all(not item.difference for item in verify_all(root / "data", root / "models"))


def test_a_damaged_run_is_one_item_and_the_others_are_checked(run, root):
    (root / "models" / "half").mkdir()
    (root / "models" / "half" / "run.json").write_bytes(b'{"status": "\xff')
    found = list(verify_all(root / "data", root / "models"))
    assert [item.where for item in found if item.difference] == ["run half"]
    assert any(item.line == "ok       store tiny: 198 patches and their pixels" for item in found)
    assert sum(item.where == "run small" for item in found) > 5
    assert all("\n" not in item.line for item in found)


def test_a_run_of_an_older_version_is_not_sealed_and_no_difference(root):
    found = list(verify_run(root / "models" / "small"))
    assert found[0].what == "not sealed"
    assert not any(item.difference for item in found)


def test_looks_count_for_every_run_that_tests_on_some_of_the_patients(run, root):
    models = root / "models"
    with building(models / "again") as made:
        write_parquet(made.folder / "predictions.parquet", run.predictions())
        write_json(made.folder / "run.json", {"status": "imported"})
    one = run.predictions()
    one = one[one["patient"] == "10253"]
    with building(models / "one") as made:
        write_parquet(made.folder / "predictions.parquet", one)
        write_json(made.folder / "run.json", {"status": "imported"})
    for name, thresholds in (("small", (0.1, 0.2)), ("again", (0.1, 0.3, 0.4))):
        for threshold in thresholds:
            ledger.look(open_run(models / name), threshold)
    assert looks_at(run) == Looks(2, 3, 1.0)
    assert looks_at(open_run(models / "one")) == Looks(0, 5, 1.0)
    ledger.look(open_run(models / "one"), 0.9)
    assert looks_at(open_run(models / "again")) == Looks(3, 3, 1.0)
    with building(models / "again"):  # replaced: its looks still count
        pass
    assert looks_at(run) == Looks(2, 4, 1.0)
    assert ledger.lock(run, run.predictions(), rule="f1", name="n", reason="r").looks_at_test == 6


def test_a_share_of_the_patients_is_said():
    assert Looks(1, 2, 1 / 3).words() == (
        "3 looks at test, 2 of them in other runs that share 33 % of these patients"
    )
    assert Looks(1).words() == "1 look at test"
