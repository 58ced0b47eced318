"""The threshold tab: apply a rule, lock its choice, read the ledger, see what changes."""

import json
import re

import pandas as pd
import pytest

from dashboard.cache import operating, runs
from idc_core.io.files import read_json, write_parquet
from idc_core.metrics.confusion import confusion_at
from idc_core.runs import ledger
from idc_core.runs.run import open_run


def rows(run, split="test"):
    table = pd.read_parquet(run / "predictions.parquet")
    return table[table["split"] == split]


def own_rule(page, kind, number):
    page.open_popover("another_rule")
    page.at.selectbox(key="own_kind").select(kind).run()
    page.at.number_input(key=f"own_number_{kind}").set_value(number).run()


def test_a_rule_of_ones_own_says_what_it_reaches_and_moves_there(own_run, app):
    page = app(threshold="0.999").open("operating-point/threshold")
    own_rule(page, "sensitivity", 80.0)
    said = next(m.value for m in page.at.markdown if "on validation." in m.value)
    page.at.button(key="own_rule").click().run()
    threshold = float(page.query["threshold"])
    assert open_run(own_run).predictions()["score"].astype(float).eq(threshold).any(), "to the bit"
    table = rows(own_run, "validation")
    reached = confusion_at(table["label"], table["score"], threshold).sensitivity
    assert reached >= 0.8
    assert f"**{threshold!r}**: sensitivity {100 * reached:.1f} %, " in said


def test_a_rule_that_cannot_be_had_offers_the_nearest(own_run, app):
    file = own_run / "predictions.parquet"
    table = pd.read_parquet(file)
    table.loc[(table["split"] == "validation") & (table["label"] == 0), "score"] = 1.0
    table.to_parquet(file)
    page = app(threshold="0.5").open("operating-point/threshold")
    own_rule(page, "specificity", 90.0)
    assert "No threshold satisfies this on validation" in page.text
    button = page.at.button(key="own_rule")
    assert button.label == "Apply nearest"
    button.click().run()
    assert page.query["threshold"] == "1.0"


def test_what_is_typed_with_the_click_is_what_is_asked_for(own_run, app):
    page = app(threshold="0.999").open("operating-point/threshold")
    own_rule(page, "sensitivity", 80.0)
    page.at.number_input(key="own_number_sensitivity").set_value(40.0)
    page.at.button(key="own_rule").click().run()
    run = runs.run(own_run.name)
    assert float(page.query["threshold"]) == operating.chosen(run, "sensitivity>=0.4").threshold
    assert operating.chosen(run, "sensitivity>=0.8").threshold < float(page.query["threshold"])


def lock(page, name="for the ward", reason="agreed", by="A. Reader", moved_to=None):
    page.at.session_state["reviewer"] = by
    page.open_popover("lock_form")
    page.at.text_input(key="lock_name").set_value(name)
    page.at.text_area(key="lock_reason").set_value(reason)
    button = page.at.button(key="lock").click()
    if moved_to is None:
        button.run()
    else:  # the slider is let go so late that both are sent together
        page.move_threshold(moved_to)


def ledger_lines(run):
    return (run / "operating_points.jsonl").read_bytes()


def test_what_a_rule_chose_is_locked_with_its_rule_and_drives_the_report(own_run, app):
    page = app(threshold="0.999").open("operating-point/threshold")
    page.at.button(key="rule_specificity>=0.9").click().run()
    lock(page)
    point = open_run(own_run).operating_point()
    assert (point.rule, point.name, point.reason, point.by) == (
        "specificity>=0.9",
        "for the ward",
        "agreed",
        "A. Reader",
    )
    assert point.looks_at_test >= 1, "the page was looked at on test before"
    assert "Locked" in page.text
    assert "operating point, locked" in page.threshold["state"]
    assert read_json(own_run / "report.json")["threshold"] == point.threshold
    assert ledger.check(open_run(own_run)).intact


def test_a_hand_moved_threshold_is_locked_as_such_and_its_looks_are_said(own_run, app):
    page = app(threshold="0.5").open("operating-point/threshold")
    page.move_threshold(0.61)
    page.open_popover("lock_form")
    assert "been shown on test in this run" in page.text
    lock(page)
    point = open_run(own_run).operating_point()
    assert point.rule == "by hand"
    assert point.threshold == pytest.approx(0.61)
    assert point.looks_at_test == 2


def test_one_threshold_that_was_shown_on_test_is_said_in_the_singular(own_run, app):
    (own_run / "looks.jsonl").unlink(missing_ok=True)
    page = app(threshold="0.5").open("operating-point/threshold")
    page.open_popover("lock_form")
    assert "**1 threshold has been shown on test in this run.**" in _markdown(page)
    page.at.query_params["threshold"] = "0.61"
    page = app(threshold="0.61").open("operating-point/threshold")
    page.open_popover("lock_form")
    assert "**2 thresholds have been shown on test in this run.**" in _markdown(page)


def _markdown(page):
    return " ".join(each.value for each in page.at.markdown)


def test_without_a_reason_nothing_is_locked_and_the_page_says_so(own_run, app):
    before = (own_run / "operating_points.jsonl").read_bytes()
    page = app(threshold="0.5").open("operating-point/threshold")
    lock(page, reason=" ")
    assert "Not locked" in page.at.warning[0].value
    assert "expected a name and a reason" in page.at.warning[0].value
    assert (own_run / "operating_points.jsonl").read_bytes() == before


def test_a_lock_asks_who_locks_and_keeps_what_was_typed(own_run, app):
    before = ledger_lines(own_run)
    page = app(threshold="0.5").open("operating-point/threshold")
    lock(page, by=" ")
    assert "expected your name" in page.at.warning[0].value
    assert ledger_lines(own_run) == before
    assert page.at.text_input(key="lock_name").value == "for the ward"
    assert page.at.text_area(key="lock_reason").value == "agreed"
    page.at.session_state["reviewer"] = "A. Reader"
    page.at.button(key="lock").click().run()
    assert open_run(own_run).operating_point().by == "A. Reader"


def test_what_is_locked_is_what_the_form_showed_also_where_the_slider_is_let_go_with_the_click(
    own_run, app
):
    page = app(threshold="0.5").open("operating-point/threshold")
    lock(page, moved_to=0.61)
    assert open_run(own_run).operating_point().threshold == 0.5
    assert page.query["threshold"] == "0.61"


def moved_before_it_was_seen(page, run):
    """The bar stands at another one already; the browser has not drawn its form yet."""
    page.at.session_state["lock_threshold"] = "0.7"


def locked_by_another(page, run):
    opened = open_run(run)
    ledger.lock(
        opened, opened.predictions(), rule="by hand", name="n", reason="r", threshold=0.3, by="B"
    )


def scores_replaced(page, run):
    table = pd.read_parquet(run / "predictions.parquet")
    write_parquet(run / "predictions.parquet", table.assign(score=1 - table["score"]))


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (moved_before_it_was_seen, "the form showed 0.7, and the threshold is now 0.5"),
        (locked_by_another, "another threshold was locked in the meantime"),
        (scores_replaced, "the run's scores were replaced"),
    ],
)
def test_what_changed_since_the_form_was_drawn_is_said_and_not_locked(
    own_run, app, meanwhile, said
):
    page = app(threshold="0.5").open("operating-point/threshold")
    page.open_popover("lock_form")
    meanwhile(page, own_run)
    before = ledger_lines(own_run)
    lock(page)
    assert said in page.at.warning[0].value.replace("\\", "")
    assert ledger_lines(own_run) == before
    assert page.at.text_area(key="lock_reason").value == "agreed"


def test_looks_at_test_are_counted_once_each_and_reruns_are_none(own_run, app):
    page = app(threshold="0.5").open("operating-point/threshold")
    for value in (0.6, 0.5, 0.6):
        page.move_threshold(value)
        page.at.run()
    seen = [look.threshold for look in ledger.looks(open_run(own_run))]
    assert seen == [0.5, pytest.approx(0.6)]
    assert "exploratory · 2 looks at test" in page.threshold["state"]
    page.at.selectbox(key="bar_split").select("validation").run()
    page.move_threshold(0.7)
    assert len(ledger.looks(open_run(own_run))) == 2, "validation may be looked at freely"


def test_pages_that_judge_nothing_are_no_looks(own_run, app):
    for view in ("training", "data", "score/patches", "network/maps", "calibration"):
        app(split="validation").open(view, split="test", threshold="0.31")
    assert ledger.looks(open_run(own_run)) == []
    app(threshold="0.31").open("overview")
    assert [look.threshold for look in ledger.looks(open_run(own_run))] == [0.31]


def test_the_ledger_is_read_and_a_missing_line_is_noticed(own_run, app):
    for number in (0.3, 0.4, 0.5):
        run = open_run(own_run)
        ledger.lock(run, run.predictions(), rule="by hand", name="n", reason="r", threshold=number)
    page = app().open("operating-point/threshold", below="ledger")
    assert page.at.dataframe[0].value["threshold"].tolist()[:3] == [0.5, 0.4, 0.3]
    assert "none of them is missing" in page.html
    file = own_run / "operating_points.jsonl"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:-2], lines[-1]]) + "\n")
    page = app().open("operating-point/threshold", below="ledger")
    assert "does not match the one before" in page.html


def test_flips_are_counted_and_told_apart(own_run, app):
    page = app(threshold="0.4").open("operating-point/threshold", below="moves")
    page.at.number_input(key="flips_from").set_value(0.6).run()
    table = rows(own_run)
    between = table[(table["score"] >= 0.4) & (table["score"] < 0.6)]
    right = int((between["label"] == 1).sum())
    said = next(m.value for m in page.at.markdown if "From 0.600 to 0.400" in m.value)
    assert (
        f"**{len(between)} patches in {between['patient'].nunique()} patients are reclassified** "
        in said
    )
    assert f"{right} from wrong to correct, {len(between) - right} from correct to wrong" in said
    page.at.segmented_control(key="flips_kind").set_value("right").run()
    assert re.search(rf"of {right} patch", page.html)


def test_an_import_without_validation_offers_no_rule_and_no_lock(imported_run, app):
    file = imported_run / "predictions.parquet"
    table = pd.read_parquet(file)
    table[table["split"] == "test"].to_parquet(file)
    page = app(threshold="0.5").open("operating-point/threshold")
    assert not page.failed
    assert page.at.button(key="rule_youden").disabled
    assert not [each for each in page.at.button if each.key == "lock"]


def test_a_point_of_other_scores_does_not_count(own_run, app):
    line = {"name": "old", "rule": "f1", "threshold": 0.9, "calibration": "platt-0123456789"}
    with (own_run / "operating_points.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    page = app().open("operating-point/threshold")
    assert float(page.query["threshold"]) != 0.9
