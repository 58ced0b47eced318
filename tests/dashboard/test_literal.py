"""Every text that is not ours is shown literally on every page, whatever it is made of."""

import re

import pytest

from dashboard import pages

VIEWS = [view.key for view in pages.VIEWS]
PATIENT = "![x](e.png)[a](javascript:b):red[r]$x$`c`<img src=x onerror=a()> www.evil.org"
RAW = re.compile(r"(?<!\\)!\[x|(?<!\\)\[a\]\(javascript|(?<!\\):red\[|(?<!\\)\$x|(?<!\\)`c")
LITERAL = {
    "id",
    "element_hash",
    "key",
    "form_id",
    "url",
    "spec",
    "page",
    "code_text",
    "value",
    "default",
    "placeholder",
    "raw_value",
    "raw_values",
    "json",
    "options",
    "alt",
    "query_params",
    "columns",
    "figure",
    "config",
    "icon",
    "mixed_json",
    "mixed_data",
    "data",
    "file_name",
    "source",
    "page_script_hash",
    "query_string",
    "query_param_key",
    "user_key",
    "js_content",
    "css_content",
}
"""Fields that Streamlit shows, or uses, as they are."""


def texts(node):
    """Every text of an element and of all below it, as (element.field, text)."""
    if getattr(node, "proto", None) is not None:
        yield from _fields(node.proto, type(node.proto).__name__)
    for child in getattr(node, "children", {}).values():
        yield from texts(child)


def _fields(proto, name):
    if not hasattr(proto, "ListFields"):
        return
    for field, value in proto.ListFields():
        where = f"{name}.{field.name}"
        shown = field.name not in LITERAL or (name == "ButtonGroup" and field.name == "options")
        if not shown:
            continue
        for each in value if hasattr(value, "append") or hasattr(value, "add") else [value]:
            if isinstance(each, str):
                yield where, each
            elif hasattr(each, "ListFields"):
                yield from _fields(each, f"{where}.{type(each).__name__}")


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_shows_other_peoples_texts_as_they_are(hostile, settle, monkeypatch, app, view):
    settle(hostile)
    monkeypatch.setenv("IDC_REVIEWS", str(hostile / "data" / "reviews.sqlite"))
    page = app(run="small", split="test", threshold="0.5", patient=PATIENT).open(view)
    assert not page.failed
    for where, text in texts(page.at._tree):
        if where.startswith("Html"):
            assert "<img src=x" not in text, (where, text)
            assert "](javascript" not in text or "&lt;img" in text, (where, text)
        else:
            assert not RAW.search(text), (where, text)
