import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate.spatial.neighbours import neighbours_of
from idc_core.importing.options import Asked
from idc_core.importing.run import Imported, import_predictions
from idc_core.importing.warn import warnings
from idc_core.io.refusal import Refusal
from idc_core.metrics.curves import Ranked
from idc_core.records.raster import USUAL
from idc_core.runs.run import open_run
from tests.idc_core.importing import world

TABLE = world.tissue(tuple(f"9{at:03}" for at in range(6)))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    return tmp_path


def bring(here: Path, table: pd.DataFrame, name: str = "run", **asked: object) -> Imported:
    file = here / f"{name}.csv"
    table.to_csv(file, index=False)
    return import_predictions(file, here / "models" / name, answers=Asked(**asked), overwrite=True)


def indices(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(x=(table["x"] - 1) // 50, y=(table["y"] - 1) // 50)


def test_indices_become_the_squares_they_are_and_the_run_says_so(here: Path) -> None:
    found = bring(here, indices(TABLE))
    kept = open_run(here / "models" / "run").predictions()
    wanted = TABLE.sort_values(["patient", "y", "x"])
    assert kept["x"].tolist() == wanted["x"].tolist()
    assert kept["y"].tolist() == wanted["y"].tolist()
    assert (neighbours_of(kept) == neighbours_of(wanted)).all()
    assert any(
        note.startswith("Places: x and y as columns and rows of patches, counted from 0")
        for note in found.reading.notes
    )
    info = json.loads((here / "models" / "run" / "run.json").read_text())
    assert info["places"]["step"] == 1


def test_an_answer_keeps_indices_as_pixels_and_the_run_warns(here: Path) -> None:
    found = bring(here, indices(TABLE), places="pixels")
    kept = open_run(here / "models" / "run").predictions()
    assert kept["x"].max() == 14
    assert any("share a square of 50×50 pixels" in each for each in found.warnings)


def test_what_fits_once_is_a_warning_and_like_mends_it(here: Path) -> None:
    world.run(here / "models", "before", TABLE)
    swapped = TABLE.assign(x=TABLE["y"], y=TABLE["x"], score=TABLE["score"] * 0.9)
    found = bring(here, swapped)
    assert any(
        "once x and y are exchanged: import again with --like before." in each
        for each in found.warnings
    )
    mended = bring(here, swapped, like="before")
    kept = open_run(here / "models" / "run").predictions()
    assert sorted(kept["x"]) == sorted(TABLE["x"])
    assert mended.known == (f"All {len(TABLE):,} patches are in the run “before”.",)


def test_the_run_that_is_replaced_is_not_held_against_itself(here: Path) -> None:
    bring(here, TABLE)
    assert bring(here, TABLE).known == ()
    assert bring(here, TABLE, "again").known[1] == (
        f"Its {len(TABLE):,} scores are those of the run “run”."
    )


def test_a_refused_table_writes_nothing(here: Path) -> None:
    with pytest.raises(Refusal, match="expected a store or run that holds the patches"):
        bring(here, TABLE, like="nobody")
    assert not (here / "models").exists()


def backwards(labels: str | None, *, patients: int = 20) -> list[str]:
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, patients * 30)
    table = pd.DataFrame(
        {
            "patient": np.repeat([f"p{at}" for at in range(patients)], 30),
            "label": label,
            "score": 0.6 * (1 - label) + 0.4 * rng.random(len(label)),
            "split": "test",
        }
    )
    return [each for each in warnings(table, USUAL, labels) if "wrong way round" in each]


def test_scores_are_called_reversed_only_where_the_labels_are_known(here: Path) -> None:
    (sure,) = backwards("agree")
    assert sure.endswith("probability of no IDC. Import again with --score-of no-idc.")
    (open_,) = backwards(None)
    assert "or the labels are reversed; nothing on this machine knows these labels" in open_
    assert "--score-of" not in open_
    assert "some labels differ" in backwards("differ")[0]
    assert backwards("reversed") == []


def test_chance_below_a_half_is_no_reversal() -> None:
    rng = np.random.default_rng(5)
    label, score = rng.integers(0, 2, 200), rng.random(200)
    below = score if Ranked(label, score).roc_auc < 0.5 else 1 - score
    assert 0.4 < Ranked(label, below).roc_auc < 0.5
    patient = np.repeat([f"p{at}" for at in range(20)], 10)
    table = pd.DataFrame({"patient": patient, "split": "test", "label": label, "score": below})
    assert [each for each in warnings(table, USUAL, "agree") if "wrong way" in each] == []


def test_what_is_read_like_a_run_is_called_as_its_classes_are(here: Path) -> None:
    world.run(here / "models", "before", TABLE)
    names = {"positive": "tumour", "negative": "stroma"}
    file = here / "models" / "before" / "run.json"
    file.write_text(json.dumps({"status": "imported", "format": 3, "raster": names}))
    turned = TABLE.assign(label=1 - TABLE["label"], score=TABLE["score"] * 0.9)
    found = bring(here, turned, like="before")
    assert "; probability of tumour from “score”;" in found.mapping
    assert any("If 1 means stroma in this table, import" in each for each in found.warnings)
    info = open_run(here / "models" / "run").info
    assert (info.raster.positive, info.source.mapping) == ("tumour", found.mapping)
