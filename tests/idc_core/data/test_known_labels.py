"""A label is 1, 0 or unknown, and unknown is unknown in every count, share, word and table."""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.known_labels import (
    UNLABELLED,
    blanked,
    idc_among,
    in_words,
    is_known,
    label_of,
    labelled_words,
    settled,
    share_of_idc,
)
from idc_core.data.split.splits import audit
from idc_core.data.stores.store import open_store
from idc_core.evaluate.suspects import suspicion
from idc_core.interpret.channels.sample import patient_sample
from idc_core.io.files import write_parquet
from idc_core.io.refusal import Refusal
from idc_core.runs.run import judged, open_run

GIVEN = [1, 0, UNLABELLED, None, float("nan")]


def test_only_one_and_zero_are_known():
    assert is_known(pd.Series(GIVEN, dtype="float64")).tolist() == [True, True, False, False, False]
    assert [label_of(each) for each in GIVEN] == [1, 0, None, None, None]
    assert [in_words(each) for each in GIVEN] == ["IDC", "no IDC"] + ["label unknown"] * 3
    assert [labelled_words(each) for each in GIVEN][1:3] == ["labelled no IDC", "label unknown"]


def test_an_empty_cell_of_a_table_is_unknown_and_a_fraction_is_refused():
    column = pd.Series([1, None, 0], dtype="Int64")
    assert settled(column, "a table").tolist() == [1, UNLABELLED, 0]
    assert settled(pd.Series([1.0, np.nan]), "a table").dtype == np.int8
    for bad in ([0.5], ["IDC"], [1000]):
        with pytest.raises(Refusal, match="as the label in a table"):
            settled(pd.Series(bad), "a table")


def test_shares_are_of_the_known_labels_and_undefined_without_one():
    assert share_of_idc([1, 0, 0, 0, -1, -1]) == 0.25
    assert np.isnan(share_of_idc([-1, -1]))
    assert idc_among([1, 1, 0, -1]) == "2 are labelled IDC, 1 has no label"


def test_a_table_to_take_along_holds_no_made_up_label():
    table = pd.DataFrame({"label": [1, -1], "x": [1, 51]})
    assert blanked(table).to_csv(index=False) == "label,x\n1,1\n,51\n"
    assert blanked(table[:1])["label"].tolist() == [1]


def test_the_audit_of_a_split_does_not_subtract_unknown_labels():
    index = pd.DataFrame(
        {"patient": list("aab"), "label": [1, -1, -1], "split": "test", "digest": list("xyz")}
    )
    assert audit(index).positives["test"] == 1


def test_an_unknown_label_is_doubted_by_nobody():
    doubt = suspicion([1, 0, -1], np.float32([0.25, 0.25, 0.25]))
    assert doubt.tolist()[:2] == [0.75, 0.25]
    assert np.isnan(doubt[2])


def test_what_is_held_against_labels_is_measured_on_labelled_patches():
    index = pd.DataFrame({"patient": "a", "split": "validation", "label": [1, -1, 0, -1]})
    assert patient_sample(index).tolist() == [0, 2]


def test_stores_and_runs_with_missing_labels_open_and_are_judged_by_the_known(copied, tmp_path):
    copied(tmp_path)
    for name in ("data/tiny/index.parquet", "models/small/predictions.parquet"):
        table = pd.read_parquet(tmp_path / name)
        known = table["label"].astype("Int64")
        known[table.index[:3]] = pd.NA
        write_parquet(tmp_path / name, table.assign(label=known))
    assert open_store(tmp_path / "data" / "tiny").index["label"].tolist()[:3] == [-1, -1, -1]
    run = open_run(tmp_path / "models" / "small")
    predictions = run.predictions()
    assert (predictions["label"] == UNLABELLED).sum() == 3
    assert len(judged(run, predictions)) == len(predictions) - 3
    with pytest.raises(Refusal, match="its 3 patches have none"):
        judged(run, predictions[predictions["label"] == UNLABELLED])
