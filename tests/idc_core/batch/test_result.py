"""The run that parts make."""

from pathlib import Path

import numpy as np
import pytest

from idc_core.batch.result import as_run, as_run_of_store, refuse_other_run
from idc_core.batch.unit import parts_of
from idc_core.data.stores.store import open_store
from idc_core.io.refusal import Refusal
from idc_core.runs import seal
from idc_core.runs.run import open_run
from idc_core.score.scoring import Scorer
from tests.batch_world import EACH, HERE, bytes_in, scored, units_in, work_in


@pytest.fixture
def parent(place):
    return open_run(place / "models" / "small")


def make(place, parent, units=None, out="night"):
    work = work_in(place, out)
    batch = scored(units or units_in(place), work)
    return as_run(batch, work, parent, place / "models" / out, [place / "slides"])


def test_the_slides_become_a_sealed_run_without_labels(place, parent):
    run, replaced = make(place, parent)
    assert replaced is None
    rows = run.predictions()
    assert len(rows) == 4 * EACH
    assert list(rows.columns) == [
        *("patient", "slide", "x", "y", "label", "split", "score", "file"),
    ]
    assert not rows.duplicated(["patient", "slide", "x", "y"]).any()
    assert rows.equals(rows.sort_values(["patient", "slide", "y", "x"], ignore_index=True))
    assert set(rows["label"]) == {-1}
    assert not run.has_labels
    assert (run.status, run.info.scored_by) == ("scored", "small")
    assert run.info.versions["processor"] in HERE
    assert seal.read(run.path) is not None
    assert seal.differences(run.path) == []
    assert run.has_network
    assert run.info.origin.file == "slides"  # no folder of this machine


def test_made_again_of_the_same_scores_it_stays_as_it_is(place, parent):
    run, _ = make(place, parent)
    before = (run.path / "predictions.parquet").stat().st_mtime_ns
    again, replaced = make(place, parent)
    assert replaced is None
    assert (again.path / "predictions.parquet").stat().st_mtime_ns == before


def test_with_more_slides_it_is_replaced_and_the_old_one_kept(place, parent):
    make(place, parent, units_in(place)[:2])
    run, replaced = make(place, parent)
    assert len(run.predictions()) == 4 * EACH
    assert len(open_run(replaced).predictions()) == 2 * EACH


def test_a_store_gives_a_run_with_its_labels_that_is_judged(place, parent):
    store, work = open_store(place / "data" / "tiny"), work_in(place, "again")
    batch = scored(parts_of(store), work)
    run, _ = as_run_of_store(batch, work, parent, place / "models" / "again", store)
    expected = Scorer(work.model, threads=1).score(store.patches)
    assert np.array_equal(run.predictions()["score"], expected)
    assert run.info.fingerprint == store.fingerprint
    assert (run.path / "report.json").is_file()


def test_a_damaged_part_is_named_and_no_run_is_made(place, parent):
    work = work_in(place)
    batch = scored(units_in(place), work)
    name = sorted(bytes_in(work.folder))[0]
    file: Path = work.folder / name
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(Refusal, match=f"{name}: the file is damaged"):
        as_run(batch, work, parent, place / "models" / "night", [place / "slides"])
    assert not (place / "models" / "night").exists()
    assert scored(units_in(place), work).before == 3  # it is scored anew


def test_a_folder_with_another_run_is_refused(place, parent):
    refuse_other_run(place / "models" / "new", parent)
    with pytest.raises(Refusal, match="expected a new folder, or scores by small"):
        refuse_other_run(place / "models" / "small", parent)
    run, _ = make(place, parent)
    refuse_other_run(run.path, parent)
