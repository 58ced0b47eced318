"""An imported network: what it was trained on is not known, and every page says so."""

import pytest

from idc_core.io.files import read_json, write_json


@pytest.fixture
def imported(own_run):
    """The run of the small world as `import-model --data tiny` leaves it."""
    info = read_json(own_run / "run.json")
    for name in ("config", "trained_on"):
        info.pop(name, None)
    info |= {"status": "imported", "model_source": {"file": "theirs.keras"}}
    write_json(own_run / "run.json", info)
    return own_run


@pytest.mark.parametrize("view", ["overview", "operating-point/threshold", "score/patches"])
def test_every_page_warns_that_its_patients_may_have_been_in_the_training(imported, app, view):
    page = app(run="small", threshold="0.5").open(view)
    assert not page.failed
    assert "What it was trained on is not known (this network was imported)" in page.html
    assert "trained on 60 patches" not in page.text


def test_the_input_check_says_what_it_compares_with(imported, app):
    page = app(run="small", threshold="0.5").open("robustness")
    said = (page.text + "".join(each.value for each in page.at.warning)).replace("\\", "")
    assert "the training split of “tiny” (whether it learnt from them is not known)" in said


def test_augmentation_is_not_shown_as_that_of_its_training(imported, app):
    page = app(run="small", more="augmentation").open("training")
    assert not page.failed
    assert "as epochs" not in page.text
