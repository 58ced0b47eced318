"""A run whose scores lie in a corner has a threshold that can be moved, seen and read."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.curves import bins_of, histogram_chart, histogram_table
from dashboard.charts.theme import digits
from idc_core.data.patches import PatchName
from idc_core.importing.run import SplitChoice, import_predictions
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import choose
from idc_core.records.raster import USUAL
from idc_core.runs.run import open_run


def drawn(scale):
    rng = np.random.default_rng(3)
    label = rng.random(1_200) < 0.2
    return label, scale * np.clip(np.exp(rng.normal(-1.5 + 1.2 * label, 0.5)), 1e-3, 0.99)


@pytest.fixture(params=[1e-6, 0.02])
def rare(request, settle, tmp_path):
    """24 patients whose scores are all below `scale`."""
    settle(tmp_path)
    label, score = drawn(request.param)
    names = [
        str(PatchName(f"P{at % 24}", 1 + 50 * (at // 24), 1, int(idc)))
        for at, idc in enumerate(label)
    ]
    pd.DataFrame({"file": names, "prob": score}).to_csv(tmp_path / "rare.csv", index=False)
    run = tmp_path / "models" / "rare"
    import_predictions(tmp_path / "rare.csv", run, split_choice=SplitChoice(validation=0.4))
    return open_run(run)


def test_the_slider_steps_through_the_scores_on_a_logit_scale(rare, app):
    page = app(run="rare").open("operating-point/threshold")
    assert not page.failed
    locked = rare.operating_point().threshold
    assert page.threshold["value"] == locked
    steps = page.threshold["steps"]
    assert len(steps) > 50
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, 1)
    assert "the scale is logit" in page.threshold["help"]
    said = [button.label for button in page.at.button]
    assert f"Locked {digits(locked)}" in said
    assert not any("0.000" in label for label in said)


def test_a_rule_moves_the_threshold_to_what_it_chooses(rare, app):
    page = app(run="rare").open("operating-point/threshold")
    locked = rare.operating_point().threshold
    page.at.button(key="rule_specificity>=0.9").click().run()
    rows = rare.predictions().query("split == 'validation'")
    chosen = choose(Ranked(rows["label"], rows["score"]), "specificity>=0.9")
    assert chosen.specificity >= 0.9
    assert float(page.query["threshold"]) == chosen.threshold != locked
    assert page.threshold["value"] == chosen.threshold
    page.at.button(key="rule_sensitivity>=0.9").click().run()
    found = choose(Ranked(rows["label"], rows["score"]), "sensitivity>=0.9")
    assert found.sensitivity >= 0.9
    assert page.threshold["value"] == float(page.query["threshold"]) == found.threshold


def test_moving_the_slider_is_exact_in_the_address(rare, app):
    page = app(run="rare").open("operating-point/threshold")
    wanted = float(np.sort(rare.predictions().query("split == 'test'")["score"])[0])
    page.move_threshold(wanted)
    assert float(page.query["threshold"]) == wanted


@pytest.fixture
def alike(settle, tmp_path):
    """24 patients whose scores all read 0.499 with three digits."""
    settle(tmp_path)
    label, score = drawn(1.0)
    names = [
        str(PatchName(f"P{at % 24}", 1 + 50 * (at // 24), 1, int(idc)))
        for at, idc in enumerate(label)
    ]
    table = pd.DataFrame({"file": names, "prob": 0.4986 + 0.0004 * score})
    table.to_csv(tmp_path / "alike.csv", index=False)
    import_predictions(tmp_path / "alike.csv", tmp_path / "models" / "alike")
    return open_run(tmp_path / "models" / "alike")


def test_a_threshold_among_scores_that_read_alike_stays_whatever_else_is_done(alike, app):
    page = app(run="alike", threshold="0.49868", patient="P1").open("patients")
    assert len(page.threshold["steps"]) > 50
    assert page.threshold["value"] == 0.49868
    next(each for each in page.at.button if each.key == "next_patient").click()
    page.at.run()
    assert page.query["patient"] != "P1"
    assert page.query["threshold"] == "0.49868"
    assert page.threshold["value"] == 0.49868


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 0.02])
def test_the_histogram_spreads_scores_that_lie_in_a_corner(scale):
    label, score = drawn(scale)
    ranked = Ranked(label.astype(int), score)
    at = float(np.median(score))
    table = histogram_table(ranked, at)
    assert table["low"].nunique() > 20
    counts = ranked.counts(at)
    areas = table.groupby("outcome")["patches"].sum().abs().to_dict()
    assert areas == {each: getattr(counts, each) for each in areas}
    places = histogram_chart(table, bins_of(ranked), at, USUAL)["datasets"]
    assert (places["areas"]["right"] > places["areas"]["left"]).all()
    assert places["areas"]["left"].min() <= places["now"]["at"][0] <= places["areas"]["right"].max()
    said = places["now"]["said"][0] + places["now"]["said_before"][0]
    assert said == f"threshold {at:.3g}"
