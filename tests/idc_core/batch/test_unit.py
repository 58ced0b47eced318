"""The pure function: what a slide or a part of a store is scored as, and what tells two apart."""

import numpy as np
import pytest

from idc_core.batch.unit import (
    STORE_ROWS,
    ScoreSettings,
    SlideUnit,
    StorePart,
    content_digest,
    parts_of,
    score_unit,
)
from idc_core.data.stores.store import open_store
from idc_core.io.refusal import Refusal
from idc_core.score.scoring import BATCH, Scorer
from idc_core.score.slide_scoring import score_image
from idc_core.wsi.reading import open_image
from tests.batch_world import EACH, SIDE, units_in
from tests.cut_world import COLUMNS, ROWS, UM
from tests.slides import draw

SETTINGS = ScoreSettings(UM, None)


@pytest.fixture
def scorer(drawn):
    return Scorer(drawn / "models" / "small" / "model.onnx", threads=1)


def test_a_slide_has_a_row_per_square_with_tissue_row_after_row(drawn, scorer):
    table = score_unit(units_in(drawn)[0], scorer, SETTINGS)
    assert table.num_rows == EACH
    assert table.column_names == ["x", "y", "score", "tissue"]
    assert [str(each) for each in table.schema.types] == ["int32", "int32", "double", "float"]
    assert table["x"].to_pylist()[: COLUMNS + 1] == [1 + SIDE * at for at in range(COLUMNS + 1)]
    assert table["y"].to_pylist() == [1 + SIDE * row for row in range(ROWS) for _ in range(5)]


def test_its_scores_are_those_of_the_page_score(drawn, scorer):
    unit = units_in(drawn)[1]
    table = score_unit(unit, scorer, SETTINGS).to_pandas()
    with open_image(unit.file) as image:
        live = score_image(image, scorer, target_um=UM).rows
    assert table.equals(live.astype({"tissue": np.float32}))


def test_a_part_of_a_store_has_the_scores_of_its_rows(drawn, scorer):
    store = open_store(drawn / "data" / "tiny")
    part = StorePart(store.path, store.fingerprint, 32, 80)
    found = score_unit(part, scorer, SETTINGS)["score"].to_numpy()
    assert np.array_equal(found, scorer.score(store.patches)[32:80])


def test_a_store_is_parted_at_whole_batches(drawn):
    store = open_store(drawn / "data" / "tiny")
    assert STORE_ROWS % BATCH == 0
    assert [(each.start, each.stop) for each in parts_of(store)] == [(0, len(store.index))]


def test_a_store_that_changed_since_is_refused(drawn, scorer):
    part = StorePart(drawn / "data" / "tiny", "another", 0, 16)
    with pytest.raises(Refusal, match="expected the store tiny as it was"):
        score_unit(part, scorer, SETTINGS)


def test_bare_glass_is_refused(drawn, scorer, tmp_path):
    file = draw(tmp_path / "glass.tif", np.full((100, 100, 3), 250, np.uint8), levels=1)
    with pytest.raises(Refusal, match=r"expected stained tissue in glass\.tif"):
        score_unit(SlideUnit("glass", "glass", file, UM), scorer, SETTINGS)


def test_a_slide_is_known_by_its_bytes_not_by_its_name(drawn, tmp_path):
    first, second, *_ = units_in(drawn)
    copy = tmp_path / "other.tif"
    copy.write_bytes(first.file.read_bytes())
    assert content_digest(SlideUnit("other", "p", copy)) == content_digest(first)
    assert content_digest(second) != content_digest(first)


def test_all_files_of_a_slide_count(tmp_path):
    slide, folder = tmp_path / "a.mrxs", tmp_path / "a"
    slide.write_bytes(b"1")
    folder.mkdir()
    (folder / "Data0001.dat").write_bytes(b"2")
    dicom = tmp_path / "d"
    dicom.mkdir()
    (dicom / "one.dcm").write_bytes(b"3")
    for unit, file in (
        (SlideUnit("a", "a", slide), folder / "Data0001.dat"),
        (SlideUnit("d", "d", dicom), dicom / "one.dcm"),
    ):
        before = content_digest(unit)
        file.write_bytes(b"changed")
        assert content_digest(unit) != before


def test_settings_that_change_scores_change_their_digest(drawn):
    unit = units_in(drawn)[0]
    given = SlideUnit(unit.slide, unit.patient, unit.file, 0.25)
    digests = {
        SETTINGS.digest(unit),
        SETTINGS.digest(given),
        ScoreSettings(0.25, None).digest(unit),
        ScoreSettings(UM, "jpeg").digest(unit),
        ScoreSettings(UM, None, batch=8).digest(unit),
        ScoreSettings(UM, None, packages=(("onnxruntime", "1"),)).digest(unit),
    }
    assert len(digests) == 6
    assert ScoreSettings(UM, None).digest(unit) == SETTINGS.digest(unit)
