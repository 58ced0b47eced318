"""The interval of the workload: from nothing predicted positive down to everything."""

import numpy as np
import pytest

from dashboard.cache import predictions, runs
from dashboard.views.operating_point.threshold import cache
from idc_core.metrics import workload


@pytest.mark.parametrize("share", [0.8, 0.99])
def test_the_workload_without_a_patient_is_read_between_nothing_and_everything_called(
    own_run, share
):
    run = runs.run(own_run.name)
    found = predictions.scores(run, "test")
    falling = [np.inf, *found.curve.thresholds[found.curve.thresholds <= 1].tolist(), -np.inf]
    counts = np.stack([found.patients.at(float(cut)) for cut in falling]).astype(float)
    assert counts[0, :, [1, 3]].sum() == 0, "nothing is called first"
    assert counts[-1, :, [0, 2]].sum() == 0, "everything is called last"
    work = workload.to_find(found.ranked, share)
    expected = workload.interval(work, counts, share)
    got = cache.workload_interval(run, "test", share)
    assert (got.low, got.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert got.low < work.reviewed < got.high
