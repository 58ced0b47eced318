"""Published results beside a run's own."""

import pytest

from dashboard.views.overview.published_chart import (
    PUBLISHED,
    SHOWN,
    published_chart,
    published_table,
)

OURS = {"value": 0.93, "low": 0.9, "high": 0.95}


@pytest.mark.parametrize("metric", SHOWN)
def test_works_that_do_not_state_a_figure_are_left_out_and_ours_is_added(metric):
    table = published_table(metric, OURS, "mine")
    assert len(table) == PUBLISHED[metric].notna().sum() + 1
    own = table.iloc[-1]
    assert own["work"] == "this run (mine)"
    assert (own["value"], own["low"], own["high"]) == (0.93, 0.9, 0.95)
    assert table["value"].notna().all()


def test_every_work_says_how_it_was_split():
    assert set(PUBLISHED["split"]) == {"patient", "random patches"}


def test_only_ours_has_an_interval_and_every_work_its_split():
    drawn = published_chart(published_table("roc_auc", OURS, "mine"), "roc_auc").to_dict()
    span, points = drawn["layer"]
    assert len(drawn["datasets"][span["data"]["name"]]) == 1
    assert span["encoding"]["x2"]["field"] == "high"
    assert points["encoding"]["x"]["title"] == "ROC-AUC"
    for channel in ("color", "shape"):
        assert points["encoding"][channel]["field"] == "split"


def test_a_run_without_a_figure_is_left_without_a_point():
    nothing = {"value": None, "low": None, "high": None}
    table = published_table("f1", nothing, "mine")
    assert published_chart(table, "f1").to_dict()["layer"]
