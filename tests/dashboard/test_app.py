"""Every page opens on whatever lies there, and says what is missing and how to get it."""

import pytest

from dashboard import pages

VIEWS = [view.key for view in pages.VIEWS]
NOTICE = "not a diagnosis"


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_on_a_finished_run(full_run, app, view):
    page = app().open(view)
    assert not page.failed
    assert page.title == pages.view(view).page.title
    assert NOTICE in page.text
    assert "Traceback" not in page.text


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_again_after_an_error_was_chosen(full_run, app, view):
    page = app().open(view, patient="10253", patch="x1151_y501", threshold="0.5")
    assert not page.failed
    assert page.query["patient"] == "10253"


@pytest.mark.parametrize("view", VIEWS)
def test_without_any_run_a_page_names_the_commands(empty_models, app, view):
    page = app().open(view)
    assert not page.failed
    assert "make demo" in page.text
    assert "python train_cli.py train" in page.text
    assert NOTICE in page.text


@pytest.mark.parametrize("view", VIEWS)
def test_an_unfinished_run_is_said_to_be_unfinished(changed_world, app, view):
    changed_world("unfinished")
    page = app().open(view)
    assert not page.failed
    if view == "training":
        assert "--resume" in page.text or "--resume" in str(page.at.info[0].value)
        assert "2 epochs" in page.text
    elif view == "data":
        assert "No patient appears in more than one split" in page.text
    elif view == "network/maps" or view == "score/patches":
        assert "model.onnx" in unescaped(page)
    else:
        assert "train_cli.py" in unescaped(page)


@pytest.mark.parametrize("view", VIEWS)
def test_without_pixels_a_page_shows_what_needs_none(changed_world, app, view):
    changed_world("without pixels")
    page = app().open(view, patient="10253", patch="x1151_y501")
    assert not page.failed
    if view == "patients":
        assert "pixels are not on this machine" in page.text
        assert page.at.get("vega_lite_chart")
    if view in ("network/maps", "score/patches"):
        assert "python train_cli.py prepare" in unescaped(page)


@pytest.mark.parametrize("view", VIEWS)
def test_imported_predictions_open_everywhere(changed_world, app, view):
    changed_world("imported")
    page = app().open(view)
    assert not page.failed
    if view in ("training", "network/maps", "score/patches", "data"):
        assert "python train_cli.py" in unescaped(page)
    if view == "overview":
        assert "imported predictions" in page.text


DAMAGE = {
    "run.json": ["{", "[]", '{"data": 3, "config": [], "monitor": 1}', "{}"],
    "predictions.parquet": ["", "PAR1 nothing PAR1"],
    "history.csv": ["", "\x00\x01", "what,is\nthis,1\n", "epoch,loss\none,two\n"],
    "report.json": ["{", "[]", "{}", '{"splits": {}}', '{"splits": {"test": {}}}'],
    "operating_points.jsonl": ["{\n{}\n", "[]\n[]\n", '{"threshold": "high"}\n'],
    "events.jsonl": ["{\n{}\n", "[]\n[]\n", '{"kind": "resume"}\n'],
    "model.onnx": ["", "not a network"],
}


CASES = [(file, text) for file, texts in DAMAGE.items() for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize(("file", "content"), CASES)
def test_a_damaged_file_is_said_in_a_sentence(own_run, app, in_turns, file, content):
    (own_run / file).write_text(content)
    page = app()
    for view in in_turns(DAMAGE[file].index(content), max(3, len(DAMAGE[file]))):
        page.open(view)
        assert not page.failed, f"{view} with {file} = {content!r}"
        assert NOTICE in page.text


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(("file", "content"), CASES)
def test_a_damaged_file_is_said_on_every_page(own_run, app, file, content):
    (own_run / file).write_text(content)
    page = app()
    assert [view for view in VIEWS if page.open(view).failed or NOTICE not in page.text] == []


def test_a_damaged_file_is_named(own_run, app):
    (own_run / "predictions.parquet").write_bytes(b"PAR1 and no more")
    page = app().open("operating-point/threshold")
    assert "predictions.parquet" in unescaped(page)
    assert "damaged" in page.text


STORE = ["manifest.json", "index.parquet", "patches.npy", "rejects.csv"]


@pytest.mark.parametrize("file", STORE)
def test_a_damaged_store_is_said_in_a_sentence(own_world, app, in_turns, file):
    (own_world / "data" / "tiny" / file).write_bytes(b"\x93NUMPY damaged")
    page = app(patient="10253", patch="x1151_y501")
    for view in in_turns(STORE.index(file), 2):
        page.open(view)
        assert not page.failed, f"{view} with a damaged {file}"


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("file", STORE)
def test_a_damaged_store_takes_no_page_of_all_down(own_world, app, file):
    (own_world / "data" / "tiny" / file).write_bytes(b"\x93NUMPY damaged")
    page = app(patient="10253", patch="x1151_y501")
    assert [view for view in VIEWS if page.open(view).failed] == []


def test_a_split_without_patches_is_said(full_run, app):
    page = app(split="unused")
    for view in ("operating-point/threshold", "patients"):
        page.open(view)
        assert not page.failed
        assert "holds no patch" in page.text
    for view in VIEWS:
        assert not page.open(view).failed


@pytest.mark.parametrize("threshold", ["0", "1"])
def test_the_ends_of_the_threshold_are_shown(full_run, app, threshold):
    page = app(threshold=threshold, patient="10253")
    for view in VIEWS:
        assert not page.open(view).failed, view


def unescaped(page):
    return page.text.replace("\\", "")
