"""Tables of patients with several slides: read, held against stores, kept, given back."""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.split.given_split import GivenSplit
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked
from idc_core.importing.reading import read_frame
from idc_core.importing.run import SplitChoice, import_predictions
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL
from idc_core.runs.run import open_run
from tests.other_raster import COLUMNS, ROWS, drawn_store

SIDE = 64
EACH = COLUMNS * ROWS
SLIDES = ["patient", "slide", "x", "y"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    return tmp_path


def scored(store):
    """Every slide is scored alike, and rightly, but for the six tumour patches of slide b."""
    rows = store.index[[*SLIDES, "label", "split"]].reset_index(drop=True)
    rank = np.arange(len(rows)) % EACH / 1000
    score = np.where(rows["label"] == 1, 0.8, 0.2) + rank
    missed = (rows["slide"] == "b") & (rows["label"] == 1)
    return rows.assign(score=np.where(missed, 0.1 + rank, score))


@pytest.fixture
def table(here):
    """Predictions of a store of five patients, the fourth with the slides a and b."""
    return scored(drawn_store(here / "data" / "drawn", SIDE, "b"))


def bring(here, table, name="theirs", asked=None, given=None, **answers):
    file = here / f"{name}.csv"
    table.to_csv(file, index=False)
    return import_predictions(
        file,
        here / "models" / name,
        asked=asked,
        answers=Asked(**answers),
        split_choice=SplitChoice(given),
        overwrite=True,
    )


def kept(here, name="theirs"):
    return open_run(here / "models" / name).predictions()


def test_two_slides_of_a_patient_are_two_slides_and_the_store_is_known_by_them(here, table):
    found = bring(here, table.sample(frac=1, random_state=0))
    rows, run = kept(here), open_run(here / "models" / "theirs")
    assert list(rows.columns) == [*SLIDES, "label", "split", "score", "file"]
    assert rows[[*SLIDES, "label", "split", "score"]].equals(table)
    assert (found.patches, found.patients, found.store) == (6 * EACH, 5, "drawn")
    assert found.refused.empty
    assert found.again == 0
    assert "patch from “patient”, “slide”, “x”, “y”" in found.mapping
    assert run.info.raster.patch_px == SIDE
    test = found.report.splits["test"]
    counts = test.confusion
    assert (test.n_patches, test.n_patients) == (3 * EACH, 2)
    assert (counts.tp, counts.fn, counts.fp, counts.tn) == (12, 6, 0, 18)
    # 18 tumour against 18 stroma: the 12 stand above all stroma, the 6 of slide b below all.
    assert test.pooled["roc_auc"].value == pytest.approx(12 / 18)


def test_one_slide_alone_of_a_patient_who_has_two_is_found_by_its_name(here, table):
    part = table[(table["patient"] == "four") & (table["slide"] == "b")].drop(columns="split")
    found = bring(here, part)
    assert found.store == "drawn"
    assert set(kept(here)["slide"]) == {"b"}
    counts = found.report.splits["test"].confusion
    assert (counts.tp, counts.fn, counts.fp, counts.tn) == (0, 6, 0, 6)


def test_without_its_slides_a_table_is_of_no_store_in_which_they_matter(here, table):
    once = table[table["slide"] == "a"].drop(columns=["slide", "split"])
    once.loc[once.index[-1], "score"] = 0.1
    found = bring(here, once)
    assert found.store is None
    assert "slide" not in kept(here)
    assert any(
        "Patient four has 2 slides in the store “drawn” (a, b), and the table names none" in each
        for each in found.warnings
    )
    others = once[once["patient"] != "four"]
    assert bring(here, others).store == "drawn"
    assert set(kept(here)["slide"]) == {"a"}, "the store's name for the only slide"


def test_equal_places_without_a_slide_are_asked_about_as_before(here, table):
    with pytest.raises(Refusal, match="6 patches come more than once with differing scores"):
        bring(here, table.drop(columns="slide"))
    with pytest.raises(Refusal, match="come more than once"):
        bring(here, table, asked=Columns(slide="none"))


def test_where_the_column_says_no_more_than_the_patient_all_is_as_it_was(here, table):
    single = table[table["slide"] == "a"].assign(patient=lambda rows: "new " + rows["patient"])
    single.loc[single.index[-1], "score"] = 0.1
    plain = bring(here, single.drop(columns="slide"), "plain")
    named = bring(here, single.assign(slide="s " + single["patient"]), "named")
    one, other = (here / "models" / name / "predictions.parquet" for name in ("plain", "named"))
    assert one.read_bytes() == other.read_bytes()
    fingerprints = [open_run(file.parent).info.data.fingerprint for file in (one, other)]
    assert fingerprints[0] == fingerprints[1]
    assert plain.mapping == named.mapping
    assert "Not used: “slide”." in named.reading.notes


def test_a_table_with_slides_alone_names_patients_by_them(here):
    rows = pd.DataFrame({"slide": ["s1", "s2"], "x": 1, "y": 1, "score": [0.2, 0.7], "label": 0})
    found = read_frame(rows, here / "t.csv")
    assert found.rows["patient"].tolist() == ["s1", "s2"]
    assert "slide" not in found.rows
    assert "patch from “slide”, “x”, “y”" in found.mapping(USUAL)


@pytest.mark.parametrize("name", ["slide_id", "WSI", "Slide Name"])
def test_slides_are_known_by_their_usual_names_beside_any_patient(here, table, name):
    found = bring(here, table.rename(columns={"patient": "subject", "slide": name}))
    assert found.patients == 5
    assert f"“subject”, “{name}”" in found.mapping
    assert kept(here)[SLIDES].equals(table[SLIDES])


def test_a_slide_column_of_any_name_can_be_named(here, table):
    strange = table.rename(columns={"slide": "Objektträger"})
    with pytest.raises(Refusal, match="“Objektträger” tells them apart"):
        bring(here, strange)
    bring(here, strange, asked=Columns(slide="Objektträger"))
    assert kept(here)[SLIDES].equals(table[SLIDES])
    with pytest.raises(Refusal, match="expected a column 'b': the table has 'patient'"):
        bring(here, strange, asked=Columns(slide="b"))
    alone = table.drop(columns="patient")
    with pytest.raises(
        Refusal, match=r"a column of patients beside the slides in 'slide'.*--patient-column"
    ):
        bring(here, alone, asked=Columns(slide="slide"))


def test_a_slide_beside_file_names_goes_with_the_patient_of_its_own_column(here, table):
    files = [
        f"{who}_{slide}_idx5_x{x}_y{y}_class{label}.png"
        for who, slide, x, y, label in table[[*SLIDES, "label"]].to_numpy()
    ]
    found = bring(here, table[["patient", "slide", "score", "split"]].assign(file=files))
    assert kept(here)[[*SLIDES, "label"]].equals(table[[*SLIDES, "label"]])
    assert "file name in “file”, patient from “patient”, slide from “slide”" in found.mapping


def test_file_names_with_slides_and_no_column_of_patients_are_as_before(here, table):
    files = [f"{who}_idx5_x{x}_y{y}.png" for who, _, x, y in table[SLIDES].to_numpy()]
    rows = table[["slide", "label", "score"]].assign(file=files)
    with pytest.raises(Refusal, match="if it names the slide, say --slide-column slide"):
        bring(here, rows)
    bring(here, rows, asked=Columns(slide="slide"))
    assert kept(here)[SLIDES].equals(table[SLIDES])


def test_a_row_without_a_slide_is_left_out_with_its_reason(here, table):
    rows = table.astype({"slide": object})
    rows.loc[rows.index[-1], "slide"] = None
    found = bring(here, rows, accept_loss=True)
    assert found.refused[["row", "reason"]].to_numpy().tolist() == [[6 * EACH, "no slide"]]


def test_places_on_no_store_keep_their_slides_and_another_slide_is_another_fingerprint(here, table):
    marks = []
    for last in ("b", "c"):
        rows = table.assign(
            patient="new " + table["patient"], slide=table["slide"].replace("b", last)
        )
        bring(here, rows, last)
        marks.append(open_run(here / "models" / last).info.data.fingerprint)
        assert set(kept(here, last)["slide"]) == {"a", last}
    assert marks[0] != marks[1]


def test_slides_that_are_spelled_otherwise_are_told_and_like_mends_it(here, table):
    theirs = table.assign(slide=table["slide"].str.upper() + ".svs")
    found = bring(here, theirs)
    assert found.store is None
    assert any(
        "once “A.svs” is read as slide a (and 5 more): import again with --like drawn." in each
        for each in found.warnings
    )
    mended = bring(here, theirs, like="drawn")
    assert mended.store == "drawn"
    assert kept(here)[SLIDES].equals(table[SLIDES])
    assert any("slides as the store “drawn” writes them" in note for note in mended.reading.notes)


def test_indices_of_two_slides_are_brought_to_the_grid_of_the_store(here, table):
    squares = table.assign(x=(table["x"] - 1) // SIDE, y=(table["y"] - 1) // SIDE)
    assert bring(here, squares, like="drawn").store == "drawn"
    assert kept(here)[SLIDES].equals(table[SLIDES])


def test_a_split_that_parts_the_slides_of_a_patient_is_refused(here, table):
    parted = table.assign(split=np.where(table["slide"] == "b", "train", table["split"]))
    with pytest.raises(
        Refusal, match=r"patient four stands in test and train.*--split-column none"
    ):
        bring(here, parted)
    whole = {"one": "train", "two": "train", "three": "validation", "four": "test"}
    bring(here, table, given=GivenSplit(whole, "theirs"))
    assert kept(here).groupby("split").size().to_dict() == {
        "test": 2 * EACH,
        "train": 2 * EACH,
        "unused": EACH,
        "validation": EACH,
    }
