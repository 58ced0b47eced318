"""The Similar page: nearest patches, a map to draw on, and what is missing."""

import pytest


@pytest.fixture
def page(full_run, app):
    return app(threshold="0.5").open("similar")


def test_the_nearest_patches_are_counted_by_label(page):
    assert "Of the **24** most similar patches, " in page.text
    assert "most confident error" in page.text


def test_where_is_looked_changes_the_answer(page):
    before = page.text
    page.at.segmented_control(key="among").set_value("train").run()
    assert page.text != before
    assert not page.failed


def test_other_patients_leave_the_own_out(full_run, app):
    page = app(threshold="0.5", patient="10253").open(
        "similar", patient="10253", patch="x1151_y501"
    )
    names = page.at.selectbox(key="near_pick").options
    assert not any(name.startswith("10253 ") for name in names)
    page.at.segmented_control(key="among").set_value("anywhere").run()
    assert any(name.startswith("10253 ") for name in page.at.selectbox(key="near_pick").options)


@pytest.mark.parametrize("coloured", ["label", "patient"])
def test_the_map_can_be_coloured(page, coloured):
    before = page.at.get("plotly_chart")[0].proto.spec
    page.at.segmented_control(key="coloured").set_value(coloured).run()
    assert page.at.get("plotly_chart")[0].proto.spec != before


def test_points_that_were_drawn_around_are_shown(page):
    page.at.session_state["embedding_map"] = {
        "selection": {"points": [{"customdata": 0}, {"customdata": [1]}], "point_indices": []}
    }
    page.at.run()
    assert any("2 selected on the map" in head.value for head in page.at.header)


def test_a_run_without_a_network_says_what_it_needs(own_run, app):
    (own_run / "model.onnx").unlink()
    page = app().open("similar")
    assert not page.failed
    assert "Similarity is measured by a network, and this run has none" in page.text


def test_without_pixels_the_command_that_brings_them_is_shown(no_pixels, app):
    page = app().open("similar")
    assert not page.failed
    assert any("prepare" in block.value for block in page.at.code)


def test_a_patient_of_another_split_is_shown_there(full_run, app):
    from dashboard.cache import predictions, runs

    other = predictions.scores(runs.run("small"), "train").names[0]
    page = app(split="test", patient=other).open("patients", split="test", patient=other)
    assert page.query["split"] == "train"
    assert page.query["patient"] == other
