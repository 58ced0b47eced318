"""Every figure with an interval, in small worlds of any kind: its interval holds it, or is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.coverage.figures import FIGURES
from benchmarks.coverage.populations import BINS, Patients
from idc_core.metrics.paired import cell_of

UNBOUNDED = ("difference", "calling all", "limit", "net benefit", "calibration", "ratio", "alarm")


def world(seed, patients, patches):
    """Patients of few patches, some of one class, some with all scores at one place."""
    rng = np.random.default_rng(seed)
    middle = rng.integers(0, BINS, (2, patients))
    counts = rng.integers(0, patches + 1, (2, patients)) * (rng.random((2, patients)) < 0.7)
    counts[0, 0] += counts.sum() == 0
    spread = int(rng.integers(0, 12))
    bins = np.zeros((2, patients, BINS))
    cells = np.zeros((patients, 8))
    for kind in (0, 1):
        for at in range(patients):
            drawn = middle[kind, at] + rng.integers(-spread, spread + 1, counts[kind, at])
            kept = np.clip(drawn, 0, BINS - 1)
            bins[kind, at] = np.bincount(kept, minlength=BINS)
            calls = kept >= BINS // 2
            labels = np.full(len(kept), 1 - kind, np.int8)
            other = calls ^ (rng.random(len(kept)) < 0.2)
            cells[at] += np.bincount(cell_of(labels, calls, other), minlength=8)
    some = bins.sum(axis=(0, 2)) > 0
    return Patients(bins[0][some], bins[1][some], cells[some])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 7), st.sampled_from([1, 3, 40]))
def test_an_interval_holds_its_value_or_is_none(seed, patients, patches):
    drawn = world(seed, patients, patches)
    for name, figure in FIGURES.items():
        found = figure.of(drawn)
        if np.isnan(found.value) or np.isnan(found.low + found.high):
            continue
        assert found.low <= found.value + 1e-9, (name, found)
        assert found.value - 1e-9 <= found.high, (name, found)
        # Equal patients, or few distinct scores, may be so where order is all that it rests on.
        if not name.startswith(("median", "threshold")):
            assert found.high - found.low > 1e-9, (name, found)
        if name.startswith("false_alarm"):
            assert found.low >= 0
        elif not any(word in name for word in UNBOUNDED) and name not in ("bias", "next patient"):
            assert found.low >= -1 - 1e-9, (name, found)
            assert found.high <= 1 + 1e-9, (name, found)
