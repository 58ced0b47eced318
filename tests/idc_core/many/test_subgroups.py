"""Subgroups that patients form, from what is kept, are those of the table in memory."""

import numpy as np
import pytest

from idc_core.evaluate.slices import attributes
from idc_core.evaluate.slices.table import AREA, RATE_NAMES, judged, slice_aucs, sliced
from idc_core.many import build, engine, source, subgroups
from idc_core.metrics.areas import roc_auc_left_out
from idc_core.records.raster import USUAL
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import judged as known_only
from tests.idc_core.many.worlds import drawn, run_of

WORLDS = {
    "two digits": drawn(40),
    "no tie": drawn(40, digits=None),
    "one class": drawn().assign(label=np.int8(0)),
}


@pytest.fixture(params=["two digits", "no tie", "one class"])
def both(request, monkeypatch, tmp_path):
    """What is kept, and the attribute in memory with its patients."""
    monkeypatch.setattr(engine, "AT_ONCE", 97)
    run = run_of(tmp_path / "run", WORLDS[request.param])
    held = source.look_through(run)["test"]
    found = build.make(run, "test", held, build.of(run, "test"))
    rows = known_only(run, run.predictions())
    rows = rows[rows["split"] == "test"].sort_values("patient", kind="stable", ignore_index=True)
    return found, attributes.burden(rows), by_patient(rows)


def test_counts_rates_and_differences_are_the_same(both):
    found, attribute, patients = both
    cut, own = subgroups.by_burden(found, USUAL), sliced(attribute, patients)
    for threshold in (0.2, 0.5):
        whole = patients.at(threshold)
        assert (cut.at(threshold) == own.at(threshold)).all()
        for metric in RATE_NAMES:
            one = judged(cut, whole, threshold, metric)
            other = judged(own, whole, threshold, metric)
            # Intervals may be undefined: repr makes two of these alike.
            assert [repr(each) for each in one] == [repr(each) for each in other]
            assert len(one) > 0


def test_areas_and_their_distance_from_the_rest_are_the_same(both):
    found, attribute, patients = both
    own = slice_aucs(sliced(attribute, patients), patients)
    mine = subgroups.areas(found)
    assert len(mine) == len(own) == len(attributes.STRATA)
    for (area, apart), (same, as_well) in zip(mine, own, strict=True):
        assert repr(area) == repr(same)
        assert repr(apart.difference) == repr(as_well.difference)
        assert np.array_equal(apart.left_out, as_well.left_out, equal_nan=True)
    one = judged(subgroups.by_burden(found, USUAL), patients.at(0.5), 0.5, AREA, mine)
    assert [each.figure for each in one if each.figure.value == each.figure.value] == [
        area for area, _ in own if area.value == area.value
    ]


def test_pairs_by_stratum_add_up_to_those_of_the_split(both):
    found, _, patients = both
    own = roc_auc_left_out(patients.owner, patients.labels, patients.scores, len(patients))
    assert np.array_equal(found.roc_auc.left_out, own.left_out, equal_nan=True)
