"""Subgroups by what was measured when slides were cut: which patch is in which, and its outcome.

Twelve test patches of three slides, two of them of patient `a`, with every outcome another number
of times in every subgroup, and four training patches, from which the quarters are.
"""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.slices import cut_store
from idc_core.evaluate.slices.attributes import UNKNOWN
from idc_core.evaluate.slices.table import sliced
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import Manifest
from idc_core.records.raster import Raster
from idc_core.runs.patient_counts import by_patient

TP, FP, FN, TN = (1, 0.9), (0, 0.9), (1, 0.1), (0, 0.1)
COLUMNS = ["patient", "slide", "outcome", "tissue", "pen", "sharpness", "section", "split"]
ROWS = [
    ("a", "a1", TP, 0.1, 0.0, 9, 1, "test"),
    ("a", "a1", TP, 0.1, 0.0, 9, 1, "test"),
    ("a", "a1", FN, 0.1, 0.0, 15, 1, "test"),
    ("a", "a1", TN, 0.5, 0.05, 25, 2, "test"),
    ("a", "a2", TP, 0.5, 0.05, 35, 1, "test"),
    ("a", "a2", FP, 0.5, 0.06, 35, 1, "test"),
    ("a", "a2", FP, 0.7, 1.0, 35, 2, "test"),
    ("a", "a2", FN, 0.7, 0.0, 45, 7, "test"),
    ("b", "b", TN, 1.0, 0.0, 45, 0, "test"),
    ("b", "b", TN, 1.0, 0.0, 45, 1, "test"),
    ("b", "b", TN, 1.0, 0.0, 45, 1, "test"),
    ("b", "b", FN, 1.0, np.nan, 45, 1, "test"),
    ("c", "c", TN, 0.2, 0.0, 10, 1, "train"),
    ("c", "c", TN, 0.4, 0.0, 20, 1, "train"),
    ("c", "c", TN, 0.6, 0.0, 30, 1, "train"),
    ("c", "c", TN, 0.8, 0.0, 40, 1, "train"),
]
SLIDES = [
    ("a1", "Aperio", "north", "done"),
    ("a2", "Hama|matsu", "north", "done"),
    ("b", "Aperio", "", "done"),
    ("c", "Aperio", "south", "done"),
    ("refused", "Leica", "east", "refused"),
]


@pytest.fixture
def store(tmp_path):
    table = pd.DataFrame(SLIDES, columns=["slide", "scanner", "site", "state"])
    table.to_parquet(tmp_path / "slides.parquet")
    return store_of(tmp_path, ROWS)


def store_of(folder, rows):
    index = pd.DataFrame(rows, columns=COLUMNS)
    index["x"] = (1 + 96 * np.arange(len(index))).astype(np.int32)
    index["y"] = np.int32(1)
    index["label"] = [label for label, _ in index["outcome"]]
    index["score"] = [score for _, score in index["outcome"]]
    index["share"] = index["label"].astype(np.float32)
    index = index.drop(columns="outcome").astype({"section": np.int16, "sharpness": np.float32})
    manifest = Manifest(name="m", fingerprint="f", whole_patients=[], raster=Raster(patch_px=96))
    return PatchStore(folder, index, manifest)


def judged_rows(store):
    return store.index.query("split == 'test'")[["patient", "slide", "x", "y", "label", "score"]]


def outcomes(attribute, rows):
    """tp, fp, fn, tn of each value that holds a patch."""
    patients = by_patient(rows)
    counts = sliced(attribute, patients).at(0.5).sum(axis=1)
    return {
        value: tuple(int(count) for count in (tp, fp, fn, tn))
        for value, (tn, fp, fn, tp) in zip(attribute.values, counts, strict=True)
        if tn + fp + fn + tp
    }


def test_every_outcome_is_counted_in_the_subgroup_of_its_patch(store):
    rows = judged_rows(store)
    found = {each.name: outcomes(each, rows) for each in cut_store.of_cut(rows, store)}
    assert found == {
        # Quarters of the training patches end at 0.35, 0.5 and 0.65.
        "tissue": {
            "lowest quarter": (2, 0, 1, 0),
            "third quarter": (1, 1, 0, 1),
            "highest quarter": (0, 1, 2, 3),
        },
        "ink": {"none": (2, 0, 2, 3), "up to 5 %": (1, 0, 0, 1), "over 5 %": (0, 2, 0, 0)},
        # At 17.5, 25 and 32.5.
        "sharpness": {
            "lowest quarter": (2, 0, 1, 0),
            "third quarter": (0, 0, 0, 1),
            "highest quarter": (1, 2, 2, 3),
        },
        "section": {"1": (3, 1, 2, 2), "2": (0, 1, 0, 1), "6 and later": (0, 0, 1, 0)},
        "scanner": {"Aperio": (2, 0, 2, 4), "Hama/matsu": (1, 2, 1, 0)},
        "site": {"north": (3, 2, 2, 1)},
    }


def test_what_is_not_known_of_a_patch_is_counted_and_in_no_subgroup(store):
    found = {each.name: each for each in cut_store.of_cut(judged_rows(store), store)}
    assert found["ink"].unknown == 1
    assert found["section"].unknown == 1
    assert found["site"].unknown == 4
    assert found["site"].values == ("north", "south")
    assert found["tissue"].ranges == ("below 0.35", "0.35–0.50", "0.50–0.65", "0.65 and more")
    assert found["tissue"].note.endswith("Quarters of the training split.")


def test_rows_are_found_in_any_order_and_others_have_no_value(store):
    rows = judged_rows(store).iloc[::-1]
    strange = rows.iloc[:1].assign(slide="z")
    (tissue, *_) = cut_store.of_cut(pd.concat([rows, strange]), store)
    assert tissue.codes.tolist() == [3, 3, 3, 3, 3, 3, 2, 2, 2, 0, 0, 0, UNKNOWN]


def test_what_does_not_differ_within_the_store_is_no_attribute(store, tmp_path):
    pd.DataFrame(
        {"slide": ["a1", "a2", "b", "c"], "scanner": ["Aperio"] * 4, "site": [None] * 4}
    ).to_parquet(tmp_path / "slides.parquet")
    alike = PatchStore(tmp_path, store.index.assign(section=np.int16(1)), store.manifest)
    names = [each.name for each in cut_store.of_cut(judged_rows(alike), alike)]
    assert names == ["tissue", "ink", "sharpness"]


def test_without_the_table_of_slides_scanner_and_site_are_not_known(store, tmp_path):
    (tmp_path / "slides.parquet").unlink()
    names = [each.name for each in cut_store.of_cut(judged_rows(store), store)]
    assert names == ["tissue", "ink", "sharpness", "section"]


def test_a_store_that_was_not_cut_knows_none_of_it(store):
    rows = judged_rows(store)
    bare = PatchStore(store.path, store.index.drop(columns="tissue"), store.manifest)
    assert cut_store.of_cut(rows, bare) == []
    assert cut_store.of_cut(rows, None) == []


def test_a_column_that_holds_something_else_is_refused_by_its_name(store):
    wrong = PatchStore(store.path, store.index.assign(tissue=7.0), store.manifest)
    with pytest.raises(Refusal, match="expected numbers from 0 to 1 in the column tissue of"):
        cut_store.of_cut(judged_rows(store), wrong)


def test_of_many_sites_the_rarest_are_others():
    names = [f"site {at:02}" for at in range(20) for _ in range(20 - at)]
    values, codes = cut_store.categories(names)
    assert len(values) == cut_store.MOST_CATEGORIES
    assert values[-1] == "others"
    assert np.bincount(codes).tolist() == [*range(20, 9, -1), sum(range(1, 10))]
