"""What is chosen stands in the address by its key, and links with the old words still open."""

import ast
import re
import shutil

import pytest

from dashboard import pages
from dashboard.state import old_links
from idc_core.io.paths import REPOSITORY

CONTROLS = {
    "overview": {"published": ("ROC-AUC", "roc_auc")},
    "patients": {
        "status": ("not begun", "not_begun"),
        "least_errors": ("5 errors or more", "5"),
    },
    "patients of one": {
        "overlay": ("errors only", "errors"),
        "beside": ("run other", "run:other"),
        "which": ("all patches", "all"),
        "order": ("by isolation", "isolation"),
    },
    "similar": {
        "among": ("training patches", "train"),
        "coloured": ("the chosen patient", "patient"),
    },
    "labels": {"says": ("no IDC", "no_idc")},
    "network/pair": {"pair_beside": ("nearest of another patient", "other_patient")},
    "failures/areas": {"hit": ("a quarter", "quarter")},
    "operating-point/threshold": {"matrix_share": ("% of call", "column")},
    "network/evidence": {"window": ("20 px", "20")},
}
"""By page: a name in the address, the words in old links, the key."""
PLAIN = re.compile(r"[^\sA-Z]*")
"""No space and no capital letter: no word of the interface."""


def opened(app, view, **query):
    asked = {"run": "small", "threshold": "0.5"} | query
    page = app(**asked).open(view.partition(" ")[0], **asked)
    assert not page.failed
    return page


def said(page):
    """All that is said, but for when a file was made."""
    return re.sub(r"T\d\d:\d\d:\d\dZ", "", page.text)


def control(page, name):
    key = f"explain_{name}" if name == "window" else name
    drawn = [*page.at.selectbox, *page.at.get("segmented_control"), *page.at.get("button_group")]
    return next(each for each in drawn if each.key == key)


@pytest.fixture(scope="module")
def two_runs(copied, tmp_path_factory):
    """A copy of the world with a second run on the same data; pages only open it."""
    root = copied(tmp_path_factory.mktemp("two_runs"))
    shutil.copytree(root / "models" / "small", root / "models" / "other")
    return root


@pytest.mark.parametrize("view", CONTROLS)
def test_an_old_link_opens_the_same_view_and_a_move_writes_the_key(two_runs, settle, app, view):
    settle(two_runs)
    controls = CONTROLS[view]
    whose = {} if view == "patients" else {"patient": "10253", "patch": "x1151_y501"}
    opened(app, view, **whose)  # the first look at test is counted here, and said from then on
    page = opened(app, view, **whose, **{name: old for name, (old, _) in controls.items()})
    for name, (_, key) in controls.items():
        assert page.query[name] == key
        assert control(page, name).value == key
    bare = opened(app, view, **whose)
    for name, (_, key) in controls.items():
        assert name not in bare.query, "the default is not in the address"
        control(bare, name).set_value(key)
    bare.at.run()
    assert not bare.failed
    assert {name: bare.query[name] for name in controls} == {
        name: key for name, (_, key) in controls.items()
    }
    assert said(page) == said(bare)


def test_a_tab_is_opened_by_its_key_and_by_its_words_of_old(full_run, app):
    page = opened(app, "operating-point/threshold", below="What a move changes")
    assert page.query["below"] == "moves"
    assert page.at.number_input(key="flips_from")
    page.at.query_params["below"] = "rates"
    page.at.run()
    assert "below" not in page.query
    assert "flips_from" not in [each.key for each in page.at.number_input]


def test_what_nobody_offers_is_taken_out_of_the_address(full_run, app):
    assert (
        "matrix_share" not in opened(app, "operating-point/threshold", matrix_share="a word").query
    )


def test_a_page_left_and_opened_again_stands_as_it_was_left(full_run, app):
    page = opened(app, "operating-point/threshold")
    page.at.segmented_control(key="matrix_share").set_value("column").run()
    for view in ("overview", "operating-point/threshold"):
        page.at.query_params.clear()  # as a link of the navigation does
        page.open(view)
        assert page.query.get("matrix_share") == (None if view == "overview" else "column")
    assert page.at.segmented_control(key="matrix_share").value == "column"
    del page.at.query_params["matrix_share"]  # as the browser's own Back does
    page.at.run()
    assert page.at.segmented_control(key="matrix_share").value == "row"
    assert "matrix_share" not in page.query


def test_every_key_is_plain_and_no_old_word_is_one():
    for name, keys in old_links._KEYS.items():
        for old, key in keys.items():
            assert PLAIN.fullmatch(key), (name, key)
            assert old != key, (name, old)


CHOICES = {"segmented_control", "selectbox", "radio", "pills", "multiselect", "tabs"}
OF_STREAMLIT = {"toggle", "expander"}
"""What Streamlit may keep in the address itself: yes and no have no words."""


def calls():
    """Every call of a method in the dashboard: where, its name, its node."""
    for file in sorted((REPOSITORY / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield f"{file.name}:{node.lineno}", node.func.attr, node


def test_streamlit_keeps_no_words_in_the_address_itself():
    bound = [
        (where, name)
        for where, name, call in calls()
        if any(each.arg == "bind" for each in call.keywords)
    ]
    assert len(bound) == 4
    assert {name for _, name in bound} == OF_STREAMLIT


def test_no_choice_is_made_of_words_that_stand_in_the_program():
    said = []
    for where, name, call in calls():
        if name not in CHOICES or len(call.args) < 2 - (name == "tabs"):
            continue
        options = call.args[0 if name == "tabs" else 1]
        if isinstance(options, (ast.List, ast.Tuple)):
            texts = [each.value for each in options.elts if isinstance(each, ast.Constant)]
            said += [(where, text) for text in texts if text and not PLAIN.fullmatch(str(text))]
    assert not said


def test_every_page_opens_again_on_the_tab_that_was_left(full_run, app):
    page = opened(app, "network/steps")
    for view, left in (("failures/burden", "burden"), ("network", "steps"), ("failures", "burden")):
        page.at.query_params.clear()  # as a link of the navigation does
        if "/" in view:
            page.open(view)
        else:
            page.at.switch_page(pages.of(view).file).run()
        assert page.query["tab"] == left
