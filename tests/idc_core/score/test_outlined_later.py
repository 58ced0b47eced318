"""Outlines that come after slides were scored and read: labels by the rule of cutting, verdicts
where they were."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pytest

from idc_core.annotations.classes import ClassMap, read_class_map
from idc_core.annotations.labels import Label
from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from idc_core.cut.settings import Settings
from idc_core.cut.store import put_together
from idc_core.data.stores.store import open_store
from idc_core.evaluate.verify import verify_run
from idc_core.io import record
from idc_core.io.refusal import Refusal
from idc_core.records.score_parts import read_parts
from idc_core.reviews import Verdict, data_key, labelled_since, open_reviews
from idc_core.runs import score_parts
from idc_core.runs.corrected_labels import decided
from idc_core.runs.run import open_run
from idc_core.score.outlined_later import outlined_later
from idc_core.score.score_store import score_store
from tests.cut_world import cut_store, draw_slides, trained_on

SIDE = 64
PLACE = ["patient", "slide", "x", "y"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Slides whose outlines lie apart, `cut_jpeg` as it was cut with them, a network, and the run
    `looked` of the slides as nobody had drawn on them."""
    root = tmp_path_factory.mktemp("later")
    store = cut_store(root, draw_slides(root, SIDE), SIDE, "jpeg")
    ours = trained_on(store, root / "models" / "ours")
    (root / "outlines").mkdir()
    for file in (root / "slides").glob("*.geojson"):
        file.rename(root / "outlines" / file.name)
    raster = record.replace(ours.info.raster, codec=None)
    settings = Settings(raster, 0.5, ClassMap(()), unlabelled=True)
    parts, _ = cut_all(
        jobs(root / "slides", None), settings, root / ".un", workers=1, tell=lambda *_: None
    )
    place = root / "data" / "looked"
    unlabelled = put_together(parts, [], settings, place, root / "slides", None)
    score_store(ours, unlabelled, "looked", root / "models")
    return root


@pytest.fixture
def root(world, tmp_path, monkeypatch):
    """A copy of it, to be written to."""
    own = tmp_path / "own"
    for name in ("models", "data", "outlines"):
        shutil.copytree(world / name, own / name)
    shutil.copy(world / "classes.csv", own)
    monkeypatch.setenv("IDC_DATA", str(own / "data"))
    monkeypatch.setenv("IDC_MODELS", str(own / "models"))
    return own


@pytest.fixture
def settings(root):
    store = open_store(root / "data" / "looked")
    return Settings(store.raster, 0.5, read_class_map(root / "classes.csv"))


def give(root, settings, *, exhaustive=False):
    run, store = open_run(root / "models" / "looked"), open_store(root / "data" / "looked")
    return outlined_later(run, store, root / "outlines", settings, exhaustive=exhaustive)


def test_every_square_gets_the_label_that_cutting_gives_it(root, settings):
    before = open_run(root / "models" / "looked")
    found = give(root, settings)
    run = open_run(root / "models" / "looked")
    cut = open_store(root / "data" / "cut_jpeg").index
    both = cut[[*PLACE, "label"]].merge(run.predictions(), on=PLACE)
    assert len(both) == len(cut) == len(found.labels)
    assert (both["label_x"] == both["label_y"]).all()
    assert (found.count(Label.POSITIVE), found.count(Label.NEGATIVE)) == (
        int(cut["label"].sum()),
        int((cut["label"] == 0).sum()),
    )
    assert before.info.labels is False
    assert run.has_labels


def test_scores_places_and_data_are_what_they_were_so_that_verdicts_stay(root, settings, tmp_path):
    before = open_run(root / "models" / "looked")
    rows = before.predictions()
    first = rows.iloc[0]
    log = open_reviews(tmp_path / "reviews.sqlite")
    log.record([verdict(before, first)])
    give(root, settings)
    run = open_run(root / "models" / "looked")
    assert np.array_equal(run.predictions()[[*PLACE, "score"]], rows[[*PLACE, "score"]])
    standing = log.standing(data_key(run))
    assert len(standing) == 1
    now = labelled_since(standing, run.predictions())
    assert standing["label"].tolist() == [-1]
    assert now["label"].tolist() == [int(run.predictions().iloc[0]["label"])]
    assert decided(standing)["original"].isna().all()
    assert decided(now)["original"].tolist() == now["label"].tolist()


def test_a_run_whose_predictions_lie_in_parts_keeps_them_there(root, settings):
    run = open_run(root / "models" / "looked")
    whole = run.predictions()
    tables = (whole[:7], whole[7:30], whole[30:])
    score_parts.write_parts(
        run.path, (pa.Table.from_pandas(each, preserve_index=False) for each in tables)
    )
    (run.path / "predictions.parquet").unlink()
    give(root, settings)
    run = open_run(root / "models" / "looked")
    assert not (run.path / "predictions.parquet").exists()
    assert [part.rows for part in read_parts(run.path).parts] == [7, 23, len(whole) - 30]
    assert score_parts.differences(run.path) == []
    assert run.predictions()[[*PLACE, "score"]].equals(whole[[*PLACE, "score"]])
    assert set(run.predictions()["label"]) >= {0, 1}


def verdict(run, row):
    return Verdict(
        data=data_key(run),
        patient=row["patient"],
        slide=row["slide"],
        x=int(row["x"]),
        y=int(row["y"]),
        reviewer="Ada",
        verdict="idc",
        run=run.name,
        model="m",
        split="test",
        threshold=0.5,
        score=float(row["score"]),
        label=-1,
    )


def test_the_run_is_judged_sealed_and_says_where_its_labels_come_from(root, settings):
    give(root, settings)
    run = open_run(root / "models" / "looked")
    rows = run.predictions()
    assert run.report().splits["test"].n_patches == (rows["label"] >= 0).sum()
    assert [each.difference for each in verify_run(run.path)] == [""] * len([*verify_run(run.path)])
    said = run.info.outlines
    assert set(said.files) == {f"S{number}" for number in range(5)}
    assert said.classes == {"T": "positive", "Stroma": "negative"}
    assert (said.exhaustive, said.positive_from, said.negative_to) == (False, 0.8, 0.0)
    assert said.positive == (rows["label"] == 1).sum()
    assert run.info.sampled_labels


def test_what_was_drawn_lies_over_the_slides_as_in_a_store_that_was_cut_with_it(root, settings):
    give(root, settings)
    for number in range(5):
        ours, theirs = (
            json.loads((root / "data" / name / "slides" / f"{number}.json").read_text())
            for name in ("looked", "cut_jpeg")
        )
        assert ours == theirs


def keep_tumour(file):
    """Take every other outline out of the file."""
    drawn = json.loads(file.read_text())
    tumour = [each for each in drawn if each["properties"]["classification"]["name"] == "T"]
    file.write_text(json.dumps(tumour))


def test_squares_that_nobody_outlined_stay_without_a_label(root, settings):
    """Of a slide without outlines all, of one that is outlined in part those beside; none of them
    is negative."""
    (root / "outlines" / "S0.geojson").unlink()
    keep_tumour(root / "outlines" / "S1.geojson")
    found = give(root, settings)
    rows = open_run(root / "models" / "looked").predictions()
    assert found.without == ("S0",)
    assert set(rows.loc[rows["slide"] == "S0", "label"]) == {-1}
    assert set(rows.loc[rows["slide"] == "S1", "label"]) == {-1, 1}


def test_where_all_that_is_positive_is_outlined_the_rest_is_negative(root, settings):
    keep_tumour(root / "outlines" / "S1.geojson")
    give(root, settings, exhaustive=True)
    run = open_run(root / "models" / "looked")
    rows = run.predictions()
    assert set(rows.loc[rows["slide"] == "S1", "label"]) == {0, 1}
    assert not run.info.sampled_labels


def test_better_outlines_may_follow(root, settings):
    give(root, settings)
    for file in (root / "outlines").iterdir():
        file.write_text(file.read_text().replace('"T"', '"X"').replace('"Stroma"', '"T"'))
        file.write_text(file.read_text().replace('"X"', '"Stroma"'))
    before = open_run(root / "models" / "looked").predictions()
    give(root, settings)
    after = open_run(root / "models" / "looked").predictions()
    known = before["label"] >= 0
    assert (after.loc[known, "label"] == 1 - before.loc[known, "label"]).all()


def test_what_will_not_do_is_said_and_changes_nothing(root, settings):
    run, store = open_run(root / "models" / "looked"), open_store(root / "data" / "looked")
    before = {file.name: file.read_bytes() for file in run.path.iterdir() if file.is_file()}
    (root / "empty").mkdir()
    for folder, said in (
        (root / "empty", "no file called as a slide, as S0.geojson"),
        (root / "nowhere", "expected a folder of annotations"),
    ):
        with pytest.raises(Refusal, match=said):
            outlined_later(run, store, folder, settings, exhaustive=False)
    nothing = Settings(store.raster, 0.5, ClassMap(()))
    with pytest.raises(Refusal, match="expected a row in the table of classes for every class"):
        outlined_later(run, store, root / "outlines", nothing, exhaustive=False)
    ours = open_run(root / "models" / "ours")
    with pytest.raises(Refusal, match="ours has its own"):
        outlined_later(ours, store, root / "outlines", settings, exhaustive=False)
    known = {file.name: file.read_bytes() for file in run.path.iterdir() if file.is_file()}
    assert {name: known[name] for name in before} == before


def test_a_store_that_was_not_cut_from_slides_is_refused(root, settings):
    (root / "data" / "looked" / "slides.parquet").unlink()
    with pytest.raises(Refusal, match="expected a store that was cut from slides"):
        give(root, settings)
