"""What is fenced in one file, and what Streamlit must still have for it: read from the installed
package and its scripts, without a browser."""

import ast
import re
from functools import cache

import pytest

from dashboard.frame import style
from dashboard.state import streamlit_inside
from idc_core.io.paths import REPOSITORY

DASHBOARD = REPOSITORY / "dashboard"
INSIDE = DASHBOARD / "state" / "streamlit_inside.py"
STYLE = DASHBOARD / "frame" / "style.py"
PAGE = DASHBOARD / "widgets" / "streamlit_page.js"
PYTHON = sorted(DASHBOARD.rglob("*.py"))
SCRIPTS = [file for file in DASHBOARD.rglob("*.js") if "node_modules" not in file.parts]
STYLES = [file for file in DASHBOARD.rglob("*.css") if "node_modules" not in file.parts]
STREAMLITS_OWN = re.compile(r"data-testid|\bst-key-|\.st[A-Z]|window\.parent|window\.top\b")
IDS = re.compile(r"""data-testid=["'](\w+)["']|\.(st[A-Z]\w+)""")
KEYS = re.compile(r"\.st-key-(\w+)")
BEGINNINGS = re.compile(r"""\*=["']st-key-(\w+)["']""")


@cache
def nodes(file):
    return tuple(ast.walk(ast.parse(file.read_text("utf-8"))))


def named(file):
    return str(file.relative_to(REPOSITORY))


def documented(node):
    """`import streamlit as st` and the types that Streamlit offers for annotations."""
    if isinstance(node, ast.Import):
        return all(each.name == "streamlit" for each in node.names)
    return node.module == "streamlit.typing"


def imports_of_streamlit(file):
    for node in nodes(file):
        modules = []
        if isinstance(node, ast.Import):
            modules = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        if any(module.split(".")[0] == "streamlit" for module in modules):
            yield node


def test_one_module_takes_what_streamlit_does_not_document():
    found = {
        named(file)
        for file in PYTHON
        for node in imports_of_streamlit(file)
        if not documented(node)
    }
    assert found == {named(INSIDE)}


def test_nothing_of_streamlit_is_reached_by_a_private_name_or_through_its_packages():
    packages = {"runtime", "web", "elements", "proto", "delta_generator", "watcher", "config"}
    found = [
        f"{named(file)}:{node.lineno} st.{node.attr}"
        for file in PYTHON
        for node in nodes(file)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "st"
        and (node.attr.startswith("_") or node.attr in packages)
    ]
    assert found == []


def test_no_page_sleeps():
    """A page that waits for the browser waits for nothing that tells it."""
    found = [
        f"{named(file)}:{node.lineno}"
        for file in PYTHON
        for node in nodes(file)
        if isinstance(node, ast.Attribute | ast.Name)
        and getattr(node, "attr", getattr(node, "id", "")) == "sleep"
    ]
    assert found == []


def test_two_files_know_the_elements_that_streamlit_draws():
    """One for the rules of style, one for the scripts."""
    found = {
        named(file)
        for file in [*PYTHON, *SCRIPTS, *STYLES]
        if STREAMLITS_OWN.search(file.read_text("utf-8"))
    }
    assert found == {named(STYLE), named(PAGE)}


def test_one_script_looks_into_the_document():
    asking = re.compile(r"\bdocument\.(querySelector|getElement|all\b)")
    found = {named(file) for file in SCRIPTS if asking.search(file.read_text("utf-8"))}
    assert found == {named(PAGE)}


def test_every_timer_of_a_script_says_why():
    said = re.compile(r"eslint-disable-next-line no-restricted-globals -- \S")
    for file in SCRIPTS:
        lines = file.read_text("utf-8").splitlines()
        for before, line in zip(["", *lines], lines, strict=False):
            if re.search(r"\bset(Timeout|Interval)\(", line):
                assert said.search(before), f"{named(file)}: {line.strip()}"


@cache
def drawn_by_streamlit():
    """Its scripts, as bytes: a search in 22 MB of them is quick."""
    scripts = streamlit_inside.scripts()
    return b"\n".join(file.read_bytes() for file in sorted(scripts.glob("*.js")))


def is_drawn(name):
    """Whether a whole word of the scripts is this name."""
    scripts, word, at = drawn_by_streamlit(), name.encode(), -1
    while (at := scripts.find(word, at + 1)) >= 0:
        after = scripts[at + len(word) : at + len(word) + 1]
        if not (after.isalnum() or after == b"_"):
            return True
    return False


@pytest.mark.parametrize(
    "text",
    [style.CSS + style.COMING + style.ROOM, PAGE.read_text("utf-8")],
    ids=["style", "scripts"],
)
def test_streamlit_still_draws_every_element_that_is_styled_or_read(text):
    names = sorted({one or other for one, other in IDS.findall(text)})
    assert len(names) >= 3
    assert [name for name in names if not is_drawn(name)] == []


@pytest.mark.parametrize(
    "said",
    ["st-key-", "block-container", "_chart.$", "Download as CSV", "aria-expanded"],
)
def test_streamlit_still_says_what_is_looked_for(said):
    """Classes of keys, names of a chart's file and of buttons, the state of a list."""
    assert said.encode() in drawn_by_streamlit()


@cache
def texts():
    """Every text of our Python, and how each composed one begins."""
    whole, begins = set(), set()
    for file in PYTHON:
        for node in nodes(file):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begins.add(node.values[0].value)
    return whole, tuple(each for each in begins if re.fullmatch(r"[a-z_]+_", each))


def test_every_key_that_is_styled_or_pressed_is_one_of_ours():
    whole, begins = texts()
    text = style.CSS + style.COMING + PAGE.read_text("utf-8")
    keys, beginnings = set(KEYS.findall(text)), set(BEGINNINGS.findall(text))
    assert len(keys) > 15
    assert {key for key in keys if key not in whole and not key.startswith(begins)} == set()
    # A key may be composed twice: "chart_" before "strip_" and a name.
    composed = {*begins, *(one + other for one in begins for other in begins)}
    assert {
        each for each in beginnings if not any(one.startswith(each) for one in composed)
    } == set()
