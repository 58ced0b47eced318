"""No page speaks of IDC where a store's classes have other names: texts, charts, tables, panels."""

import re

import pytest
from streamlit.testing.v1.element_tree import Block

from dashboard import pages
from idc_core.io.files import read_json, write_json

NAMED = {"positive": "growth", "negative": "no growth"}
IDC = re.compile(r"\bIDC\b(?! Review)")
AROUND = 60


def said(block):
    """All that is sent to the browser, part by part."""
    for node in block:
        if not isinstance(node, Block) or getattr(node, "proto", None) is not None:
            yield str(node.proto)


def found(at):
    """Where IDC is named, with what stands around it."""
    return {
        text[max(0, hit.start() - AROUND) : hit.end() + AROUND]
        for text in said(at._tree)
        for hit in IDC.finditer(text)
    }


def named(root):
    """Gives the classes of the world's store and run other names."""
    for file in ("data/tiny/manifest.json", "models/small/run.json"):
        content = read_json(root / file)
        write_json(root / file, content | {"raster": content.get("raster", {}) | NAMED})


@pytest.fixture(scope="module")
def named_world(copied, tmp_path_factory):
    root = copied(tmp_path_factory.mktemp("named"))
    named(root)
    return root


@pytest.mark.parametrize("view", [view.key for view in pages.VIEWS])
def test_a_page_names_the_classes_as_the_store_does(view, named_world, settle, app):
    settle(named_world)
    page = app(run="small", split="test").open(view)
    assert not page.failed
    assert found(page.at) == set()
