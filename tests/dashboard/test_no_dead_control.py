"""A control that changes nothing is a defect.

Every page is searched for widgets; each is moved as a user would, and something else than the
widget itself must change: the picture, a number, the address or the page. Widgets that appear after
a move are found and moved too. A widget of a kind this test cannot move fails, unless
`MOVED_ELSEWHERE` names the test that does.
"""

import re
import shutil
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1 import element_tree as tree

from dashboard import pages
from idc_core.io.files import read_parquet, write_parquet
from idc_core.io.paths import REPOSITORY

VIEWS = sorted(view.key for view in pages.VIEWS)
PLAIN = re.compile(r"[^\sA-Z]*")
"""What an address may hold: no space and no capital letter, so no word of the interface."""
MOST_MOVES = 80
SLIDER = "slider:bar_threshold"
"""The one component that this test moves itself."""

MOVED_ELSEWHERE = {
    # The browser's own clicks, which only a browser can do.
    "vega_lite_chart": "test_journey.py",
    "plotly_chart": "test_controls.py",
    "bidi_component": "test_journey.py",
    "dataframe": "test_patients.py",
}


def nodes(page):
    return list(page.at._tree)


def identity(node):
    return str(getattr(getattr(node, "proto", None), "id", "") or "")


def name(node):
    if identity(node).endswith("-bar_threshold"):
        return SLIDER
    return f"{node.type}:{node.key or getattr(node, 'label', '')}"


def is_widget(node):
    if isinstance(node, tree.Widget):
        return True
    proto = getattr(node, "proto", None)
    if getattr(node, "type", "") == "bidi_component":
        return True
    return bool(identity(node)) and bool(
        getattr(proto, "selection_mode", None) or getattr(proto, "on_select", None)
    )


def picture(page, without):
    """All that is on the page, but for one widget."""
    shown = []
    for node in nodes(page):
        proto = getattr(node, "proto", None)
        if proto is None or isinstance(node, tree.Block) or identity(node) == without:
            continue
        shown.append((node.type, proto.SerializeToString(deterministic=True)))
    return shown, page.query, page.title


def png():
    done, coded = cv2.imencode(".png", np.full((50, 50, 3), 128, np.uint8))
    assert done
    return coded.tobytes()


def others(node):
    """Options that are not chosen now; options are texts, values need not be."""
    chosen = node.indices if isinstance(node, tree.ButtonGroup) else [node.index]
    return [option for at, option in enumerate(node.options) if at not in chosen]


def ways(node):
    """Values to try, the likeliest first; empty where there is nothing else to choose."""
    if isinstance(node, tree.Slider):
        low, high = node.min, node.max
        if isinstance(node.value, (list, tuple)):
            return [(low, high), (low, (low + high) / 2)]
        return [each for each in (high, low, (low + high) / 2) if each != node.value]
    if isinstance(node, tree.NumberInput):
        step, now = node.step or 1, node.min if node.value is None else node.value
        return [v for v in (now + step, now - step) if node.min <= v <= node.max]
    if isinstance(node, (tree.TextInput, tree.TextArea)):
        return ["reason for a test", "0.3"]
    if isinstance(node, (tree.Toggle, tree.Checkbox)):
        return [not node.value]
    if isinstance(node, tree.Multiselect):
        left = [option for option in node.options if option not in node.value]
        return [[*node.value, left[0]]] if left else [node.value[1:]]
    if isinstance(node, tree.SelectSlider):
        return [option for option in node.options if option != node.value][:2]
    if isinstance(node, tree.ButtonGroup):
        single = node.proto.click_mode == node.proto.SINGLE_SELECT
        return [option if single else [option] for option in others(node)[:2]]
    if isinstance(node, (tree.Selectbox, tree.Radio)):
        return others(node)[:2]
    if isinstance(node, tree.Pagination):
        return [2] if node.value == 1 else [1]
    raise NotImplementedError(name(node))


def folds(page):
    """What reruns the page when it is opened, tabs among it: (key, value to set)."""
    found = []
    for node in nodes(page):
        key = tree.user_key_from_element_id(getattr(node, "_block_id", "") or "")
        if key and getattr(node, "type", "") == "tab_container":
            found += [(key, tab.label) for tab in node.children.values()]
        elif key and isinstance(node, tree.Expander):
            found.append((key, not node.proto.expanded))
        elif key and getattr(node, "type", "") == "popover" and node.proto.popover.id:
            found.append((key, not node.proto.popover.open))
    return found


def find(page, key):
    return next((node for node in nodes(page) if is_widget(node) and name(node) == key), None)


def moved(page, key):
    """Whether moving the widget changed anything; None where it cannot be moved now."""
    node = find(page, key)
    if key == SLIDER:
        before = picture(page, identity(node))
        page.move_threshold(1.0)
        return picture(page, identity(node)) != before
    if getattr(node.proto, "disabled", False) or getattr(node, "disabled", False):
        return None
    if isinstance(node, tree.DownloadButton):
        return None  # it changes the user's disk, not the page
    before = picture(page, identity(node))
    if isinstance(node, tree.FileUploader):
        node.set_value([("patch.png", png(), "image/png")]).run()
        return picture(page, identity(node)) != before
    if isinstance(node, tree.Button):
        node.click().run()
        return picture(page, identity(node)) != before
    tried = ways(node)
    for value in tried:
        before = picture(page, identity(node))
        node.set_value(value).run()
        if picture(page, identity(node)) != before:
            return True
        node = find(page, key)
        if node is None:
            return True
    return False if tried else None


@dataclass
class Search:
    """What was found on a page by moving everything that can be moved."""

    moved: list = field(default_factory=list)
    dead: list = field(default_factory=list)
    strange: list = field(default_factory=list)
    words: list = field(default_factory=list)


def search(opened, opened_otherwise):
    """Moves every widget of a page, and those that appear meanwhile.

    `opened` opens the page; `opened_otherwise` opens it in another state, for a widget that stood
    where it would have gone.
    """
    page, found, done = opened(), Search(), set()
    home = page.title
    for _ in range(MOST_MOVES):
        waiting = next((n for n in nodes(page) if is_widget(n) and name(n) not in done), None)
        if waiting is None:
            fold = next((each for each in folds(page) if each not in done), None)
            if fold is None:
                return found
            done.add(fold)
            if fold[0].endswith("_tabs"):  # the address opens them, by the words of old links too
                page.at.query_params[fold[0].removesuffix("_tabs")] = fold[1]
            else:
                page.at.session_state[fold[0]] = fold[1]
            page.at.run()
            assert not page.failed, f"after opening {fold}"
            continue
        key = name(waiting)
        done.add(key)
        if not isinstance(waiting, tree.Widget) and key != SLIDER:
            if waiting.type not in MOVED_ELSEWHERE:
                found.strange.append(key)
            continue
        try:
            changed = moved(page, key)
            if changed is False:
                page = opened_otherwise()
                changed = moved(page, key) if find(page, key) is not None else False
        except NotImplementedError:
            found.strange.append(key)
            continue
        if changed is not None:
            (found.moved if changed else found.dead).append(key)
        assert not page.failed, f"after moving {key}"
        found.words += [(key, each) for each in page.query.items() if not PLAIN.fullmatch(each[1])]
        if page.title != home:
            page = opened()
    raise AssertionError(f"more than {MOST_MOVES} widgets: {sorted(map(str, done))}")


def second_run(models):
    """Another run on the same patches, so that there is something to compare with."""
    shutil.copytree(models / "small", models / "other")
    file = models / "other" / "predictions.parquet"
    table = read_parquet(file)
    write_parquet(file, table.assign(score=(table["score"] ** 2).astype("float32")))


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_every_control_of_a_page_changes_something(own_world, app, view):
    second_run(own_world / "models")
    at = {"threshold": "0.5", "split": "test", "run": "small"}
    found = search(
        lambda: app(**at).open(view, **at), lambda: app().open(view, **at | {"threshold": "0.9"})
    )
    assert not found.strange, f"this test does not know how to move {found.strange}"
    assert not found.dead, f"moving these changed nothing: {found.dead}"
    assert not found.words, f"words stand in the address: {found.words}"
    assert {SLIDER, "selectbox:bar_split"} <= set(found.moved)


ALIVE_AND_DEAD = """
import streamlit as st

st.title("A page")
st.write(st.slider("alive", 0, 10, 5))
st.slider("dead", 0, 10, 5)
if st.toggle("opens"):
    st.button("dead too, and hidden")
first, second = st.tabs(["first", "second"], key="tabs", on_change="rerun")
if second.open:
    second.toggle("dead in a tab")
popover = st.popover("More", key="more", on_change="rerun")
if popover.open:
    popover.toggle("dead in a popover")
st.time_input("of an unknown kind", "12:00")  # by default it shows the time, which moves by itself
"""


def test_the_search_finds_what_is_dead_hidden_or_unknown():
    class Plain:
        failed, query = False, {}

        def __init__(self):
            self.at = AppTest.from_string(ALIVE_AND_DEAD).run()

        @property
        def title(self):
            return self.at.title[0].value

    found = search(Plain, Plain)
    assert [each.rpartition(":")[2] for each in found.moved] == ["alive", "opens"]
    assert [each.rpartition(":")[2] for each in found.dead] == [
        "dead",
        "dead too, and hidden",
        "dead in a tab",
        "dead in a popover",
    ]
    assert [each.rpartition(":")[2] for each in found.strange] == ["of an unknown kind"]


@pytest.mark.parametrize(("kind", "place"), MOVED_ELSEWHERE.items())
def test_what_is_moved_elsewhere_is(kind, place):
    found = list((REPOSITORY / "tests").rglob(place))
    assert found, f"{kind} is said to be moved in {place}, which is not there"
