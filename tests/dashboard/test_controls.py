"""Every control on the pages changes something, and numbers follow the threshold."""

import json
import re
import shutil

import pytest


def numbers(page):
    """The figures in the row on top, by name."""
    found = re.findall(r'class="name">([^<]+)</div><div class="value">([^ <]+)', page.html)
    return dict(found)


def matrix(page):
    """The four counts beside the matrix: IDC found, missed IDC, false alarms, true negatives."""
    said = re.search(r'role="status">([^<]+)', page.html)[1]
    return [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", said)]


def test_a_higher_threshold_lowers_sensitivity_and_raises_specificity(full_run, app):
    page = app(threshold="0.2").open("operating-point/threshold")
    low, low_matrix = numbers(page), matrix(page)
    page.move_threshold(0.8)
    high, high_matrix = numbers(page), matrix(page)
    assert float(high["Sensitivity"]) < float(low["Sensitivity"])
    assert float(high["Specificity"]) > float(low["Specificity"])
    assert high_matrix[1] > low_matrix[1]
    assert high_matrix[2] < low_matrix[2]
    assert sum(high_matrix) == sum(low_matrix) == 78


def test_the_numbers_are_those_of_the_matrix(full_run, app):
    page = app(threshold="0.5").open("operating-point/threshold")
    found, missed, alarms, left = matrix(page)
    assert numbers(page)["Sensitivity"] == f"{found / (found + missed):.2f}"
    assert numbers(page)["Specificity"] == f"{left / (left + alarms):.2f}"
    assert numbers(page)["Precision"] == f"{found / (found + alarms):.2f}"
    assert f"{found} of {found + missed} IDC patches" in page.html


@pytest.mark.parametrize(
    "key", ["rule_sensitivity>=0.9", "rule_specificity>=0.9", "rule_youden", "rule_f1"]
)
def test_a_rule_moves_the_threshold(full_run, app, key):
    page = app(threshold="0.999").open("operating-point/threshold")
    page.at.button(key=key).click().run()
    assert page.query["threshold"] != "0.999"
    assert not page.failed


def test_the_rule_for_sensitivity_finds_nine_of_ten_on_validation(full_run, app):
    page = app(split="validation", threshold="0.999").open("operating-point/threshold")
    page.at.button(key="rule_sensitivity>=0.9").click().run()
    assert float(numbers(page)["Sensitivity"]) >= 0.9


@pytest.mark.parametrize(("outcome", "at"), [("tp", 0), ("fn", 1), ("fp", 2), ("tn", 3)])
def test_a_cell_shows_as_many_patches_as_it_counts(full_run, app, outcome, at):
    page = app(threshold="0.5").open("operating-point/threshold")
    page.at.button(key=f"cell_{outcome}").click().run()
    assert page.query["cell"] == outcome
    heads = [head.value for head in page.at.header if "most confident" in head.value]
    assert re.search(rf": {matrix(page)[at]} patch", heads[0])


def test_a_patch_chosen_by_its_name_opens_its_patient(full_run, app):
    page = app(threshold="0.5", cell="fn").open("operating-point/threshold", cell="fn")
    pick = page.at.selectbox(key="cell_gallery_fn_pick")
    patient, _, patch = pick.options[0].rpartition(" ")
    pick.select(pick.options[0]).run()
    assert page.title == "Patients"
    assert (page.query["patient"], page.query["patch"]) == (patient, patch)


def test_the_shares_of_the_matrix_follow_their_control(full_run, app):
    page = app(threshold="0.5").open("operating-point/threshold")
    control = page.at.segmented_control(key="matrix_share")
    before = chart_data(page, "Confusion")
    control.set_value(control.options[1]).run()
    assert chart_data(page, "Confusion") != before


def test_another_split_changes_what_is_counted(full_run, app):
    page = app().open("operating-point/threshold")
    before = matrix(page)
    page.at.selectbox(key="bar_split").select("validation").run()
    assert sum(matrix(page)) == 60 != sum(before)


def test_the_published_results_follow_their_control(full_run, app):
    page = app().open("overview")
    before = chart_data(page, "Published")
    page.at.segmented_control(key="published").set_value("roc_auc").run()
    assert chart_data(page, "Published") != before


def test_the_worst_patient_is_one_click_away(full_run, app):
    page = app().open("overview")
    button = next(each for each in page.at.button if (each.key or "").startswith("worst_"))
    patient = button.label.partition(":")[0].replace("\\", "")
    button.click().run()
    assert page.title == "Patients"
    assert page.query["patient"] == patient


def test_the_weakest_split_is_one_click_away(full_run, app):
    page = app().open("overview")
    page.at.button(key="weakest").click().run()
    assert page.title == "Operating point"


def test_metrics_and_other_runs_are_drawn_when_asked_for(own_world, app):
    shutil.copytree(own_world / "models" / "small", own_world / "models" / "other")
    page = app(run="small").open("training")
    first = page.at.get("plotly_chart")[0].proto.spec
    page.at.pills(key="metrics").set_value(["accuracy"]).run()
    second = page.at.get("plotly_chart")[0].proto.spec
    page.at.multiselect(key="overlaid").select("other").run()
    third = page.at.get("plotly_chart")[0].proto.spec
    assert len({first, second, third}) == 3
    assert "other" in third


@pytest.mark.parametrize("which", ["missed", "alarms", "all"])
def test_the_patches_to_look_at_can_be_asked_for_by_kind(full_run, app, which):
    page = app(threshold="0.5", patient="10253").open("patients")
    before = grid(page)
    page.at.selectbox(key="which").set_value(which).run()
    assert grid(page) != before


def grid(page):
    return [
        chart.proto.alt for chart in page.at.get("vega_lite_chart") if "grid" in chart.proto.alt
    ] + [each.value for each in page.at.caption]


def test_stepping_goes_through_the_errors(full_run, app):
    page = app(threshold="0.5", patient="10253").open("patients")
    first = page.act("show", to=page.panel()["steps"][1]["to"]).query["patch"]
    assert page.act("show", to=page.panel()["steps"][1]["to"]).query["patch"] != first
    assert page.act("show", to=page.panel()["steps"][0]["to"]).query["patch"] == first


@pytest.mark.parametrize("overlay", ["errors", "score", "label", "tissue"])
def test_the_overlay_of_the_slide_changes_its_picture(full_run, app, overlay):
    page = app(patient="10253").open("patients")
    before = slide(page)
    page.at.segmented_control(key="overlay").set_value(overlay).run()
    assert slide(page) != before


def test_the_opacity_of_the_slide_changes_its_picture(full_run, app):
    page = app(patient="10253").open("patients")
    before = slide(page)
    page.at.slider(key="opacity").set_value(0.2).run()
    assert slide(page) != before


def test_a_second_map_stands_beside_the_first(full_run, app):
    page = app(patient="10253").open("patients")
    page.at.selectbox(key="beside").set_value("label").run()
    assert slide(page).count("squares") > 2


def slide(page):
    """What the slide viewer is given."""
    found = page.at.get("bidi_component")
    return next(str(each.proto) for each in found if each.proto.id.endswith("-slide_viewer"))


def chart_data(page, said):
    """All that a chart is drawn from: its specification and its tables."""
    found = next(c.proto for c in page.at.get("vega_lite_chart") if said in c.proto.alt)
    tables = [table.data.data for table in found.datasets] + [found.data.data]
    return json.dumps(json.loads(found.spec), sort_keys=True), tables
