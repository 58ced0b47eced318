"""A page's rows count at each threshold what a list that is drawn there counts."""

import gzip
import json

import numpy as np
import pytest

from dashboard.cache import predictions, runs
from dashboard.state import static_files, streamlit_inside
from dashboard.views.patients import moving_rows, worklist


@pytest.fixture
def kept(monkeypatch):
    """What is served, as it was kept."""
    kept = []
    monkeypatch.setattr(streamlit_inside, "is_served", lambda: True)
    monkeypatch.setattr(
        static_files, "address", lambda content, kind, name: kept.append(content) or f"/{name}"
    )
    return kept


def test_at_every_threshold_it_counts_what_the_list_counts(full_run, kept):
    run = runs.run("small")
    found = predictions.scores(run, "test")
    standing = found.rows[["patient", "x", "y"]].astype({"patient": str}).iloc[::3]
    page = worklist.of(found, 0.5, {"10254", "10253"}, standing)
    moving_rows.told(run, found, page, standing)
    told = json.loads(gzip.decompress(kept[0]))
    names, counts = page["patient"].tolist(), ("fn", "fp", "judged")
    assert [row["whole"] for row in told["rows"]] == (page["tissue"] == "whole").tolist()
    seen = set()
    for index in np.random.default_rng(0).integers(0, len(told["grid"]), 60):
        now = worklist.of(found, told["grid"][index], {"10254"}, standing).set_index("patient")
        for name, row in zip(names, told["rows"], strict=True):
            drawn = tuple(int(now.loc[name, each]) for each in counts)
            assert tuple(sum(row[each][: index + 1]) for each in counts) == drawn, (index, name)
            assert row["positives"] + row["negatives"] == now.loc[name, "patches"]
            seen.add(drawn)
    assert len(seen) > 30


def test_another_verdict_makes_another_table_and_nothing_is_made_without_a_browser(
    full_run, kept, monkeypatch
):
    run = runs.run("small")
    found = predictions.scores(run, "test")
    standing = found.rows[["patient", "x", "y"]].astype({"patient": str}).iloc[::3]
    page = worklist.of(found, 0.5, frozenset(), standing)
    first = moving_rows.told(run, found, page, standing)
    assert moving_rows.told(run, found, page, standing).of == first.of
    assert moving_rows.told(run, found, page, standing.iloc[1:]).of != first.of
    assert moving_rows.told(run, found, page.iloc[:0], standing) is None
    monkeypatch.setattr(streamlit_inside, "is_served", lambda: False)
    assert moving_rows.told(run, found, page, standing) is None
