"""Pages of a store whose slides are there: they show the slide, and say where it is gone."""

import pytest

from tests.cut_world import cut_store, draw_slides, trained_on

SIDE = 64
HERE = {"run": "ours", "split": "test", "threshold": "0.5", "patch": "x129_y65"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("slides")
    store = cut_store(root, draw_slides(root, SIDE), SIDE, "jpeg")
    trained_on(store, root / "models" / "ours")
    return root


@pytest.fixture
def patient(world, settle):
    """Of the test split, called as its only slide."""
    from idc_core.io.files import read_parquet

    settle(world)
    rows = read_parquet(world / "models" / "ours" / "predictions.parquet")
    return str(rows.loc[rows["split"] == "test", "patient"].iloc[0])


def field(page):
    return next(each for each in page.at.get("button_group") if each.key == "field_um")


def test_the_patch_is_shown_in_a_field_of_its_slide_in_um(patient, app):
    page = app(**HERE, patient=patient).open("patients").read_as("Ada")
    assert not page.failed
    assert page.panel()["alt"] == "The patch x129_y65, outlined in 500 µm of its slide"
    assert list(field(page).options) == ["100 µm", "200 µm", "500 µm", "1 mm", "2 mm"]
    field(page).set_value(100)
    page.at.run()
    assert page.panel()["alt"] == "The patch x129_y65, outlined in 100 µm of its slide"
    viewer = page.panel("slide_viewer")["whole"]
    assert (viewer["width"], viewer["height"], viewer["side"]) == (4 * SIDE + 56, 3 * SIDE, 64)
    assert viewer["tiles"].startswith("/slides/cut_jpeg/")


def test_where_the_slide_is_gone_its_picture_and_its_patches_are_shown_and_a_sentence(
    patient, app, world
):
    file = world / "slides" / f"{patient}.tif"
    file.rename(file.with_name("away"))
    try:
        page = app(**HERE, patient=patient).open("patients").read_as("Ada")
        assert not page.failed
        assert page.panel()["alt"] == "The patch x129_y65, in its 5×5 surroundings, outlined"
        assert page.panel("slide_viewer")["whole"]["tiles"] is None
        assert "A small picture of the slide is shown: expected the slide" in page.text
    finally:
        file.with_name("away").rename(file)


@pytest.mark.parametrize("view", ["network/evidence", "network/maps", "robustness"])
def test_pages_about_a_patch_show_it_on_its_slide(patient, app, view):
    page = app(**HERE, patient=patient).open(view)
    assert not page.failed
    assert field(page).value == 500
    assert any("x129_y65, outlined in 500 " in str(each.proto) for each in page.at.get("image"))


def test_look_alikes_show_the_same_field(patient, app):
    page = app(**HERE, patient=patient).open("similar")
    assert not page.failed
    assert field(page).value == 500


def test_what_was_drawn_on_the_slide_lies_over_it_unless_it_is_turned_off(patient, app):
    page = app(**HERE, patient=patient).open("patients")
    assert "outlined as tumour" in page.html
    assert page.panel("slide_viewer")["whole"]["over"] is not None
    page.at.toggle(key="outlines").set_value(False).run()
    assert "outlined as tumour" not in page.html
    assert page.panel("slide_viewer")["whole"]["over"] is None


def test_a_blinded_reader_is_sent_the_slide_and_no_outline(patient, app):
    page = app(**HERE, patient=patient, blind="1").open("patients").read_as("Ada")
    assert not page.failed
    whole = page.panel("slide_viewer")["whole"]
    assert whole["tiles"]
    assert whole["over"] is None
    assert "outlined as tumour" not in page.html


def test_slides_that_nobody_drew_on_are_looked_at_one_by_one(world, settle, app):
    from idc_core.data.stores.store import open_store
    from idc_core.runs.run import open_run
    from idc_core.score.score_store import score_store

    settle(world)
    store = open_store(world / "data" / "cut_jpeg")
    unlabelled = type(store)(store.path, store.index.assign(label=-1), store.manifest)
    score_store(open_run(world / "models" / "ours"), unlabelled, "looked", world / "models")
    page = app(run="looked", threshold="0.5").open("score/slide")
    assert not page.failed
    box = page.at.selectbox(key="scored_slide_box")
    assert len(box.options) == 5
    assert box.options[0].endswith(" % predicted tumour)")
    assert "\\" not in box.options[0]
    assert "The file has 0.5 µm per pixel, its patches 0.5" in page.text
    first = page.panel("slide_viewer")["whole"]["tiles"]
    box.select_index(4).run()
    assert not page.failed
    assert page.query["scored_slide"].endswith(f"/{page.query['scored_slide'].split('/')[0]}")
    assert page.panel("slide_viewer")["whole"]["tiles"] != first
    assert page.panel("slide_viewer")["whole"]["over"] is None
