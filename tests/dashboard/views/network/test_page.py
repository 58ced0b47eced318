"""Five tabs about one patch: it stays the same across them, and so do the layer and the channel."""

import json
import shutil

import pytest

from idc_core.io.paths import REPOSITORY

TABS = ("maps", "evidence", "steps", "pair", "channels")
PATCH = {"patient": "10253", "patch": "x1151_y501", "threshold": "0.5"}
LAYER = {"layer": "block1_sepconv1", "channel": "3"}


@pytest.fixture
def deep_run(own_run):
    """A run with the demo's network, which has separable convolutions."""
    network = REPOSITORY / "models" / "demo" / "model.onnx"
    shutil.copyfile(network, own_run / "model.onnx")
    return own_run


def head(page):
    """The sentence about the patch."""
    return [each.value for each in page.at.markdown if "10253 · x1151" in each.value]


def links(app, tab, **query):
    """Where the links from tab to tab lead, by their labels; the address leaves the first out."""
    found = {}
    names = ("tab", "layer", "channel")
    labels = [each.label for each in buttons(app(**PATCH).open(tab, **query))]
    for at, label in enumerate(labels):
        page = app(**PATCH).open(tab, **query)
        buttons(page)[at].click().run()
        assert not page.failed
        found[label] = {name: page.query[name] for name in names if name in page.query}
    return found


def buttons(page):
    return [each for each in page.at.button if (each.key or "").startswith("link_network/")]


def test_every_tab_names_the_same_patch_in_the_same_sentence(deep_run, app):
    sentences = {tab: head(app(**PATCH).open(f"network/{tab}")) for tab in TABS}
    assert [len(each) for each in sentences.values()] == [1] * len(TABS)
    assert len({each[0] for each in sentences.values()}) == 1
    assert sentences["maps"][0].startswith("10253 · x1151\\_y501 (the selected patch): labelled ")


def test_links_between_tabs_keep_layer_and_channel(deep_run, app):
    kept = {"layer": "block1_sepconv1", "channel": "3"}
    assert links(app, "network/maps", **LAYER) == {
        "Channel 3 over all data": {"tab": "channels"} | kept,
        "How one value of channel 3 is computed": {"tab": "steps"} | kept,
        "Compare with another patch": {"tab": "pair"} | kept,
    }
    assert links(app, "network/steps", **LAYER) == {
        "All channels of this layer": kept,
        "Channel 3 over all data": {"tab": "channels"} | kept,
    }


def test_the_tabs_open_one_after_the_other_with_the_same_layer_and_channel(deep_run, app):
    page = app(**PATCH).open("network/maps", **LAYER)
    assert json.loads(page._component("channel_mosaic").proto.json)["chosen"] == 3
    page.open("network/steps")
    assert "Channel 3 at row " in page.text
    assert page.at.selectbox(key="choose_layer").value == "block1_sepconv1"
    page.open("network/channels")
    assert page.at.number_input(key="choose_channel").value == 3
    assert page.at.selectbox(key="choose_layer").value == "block1_sepconv1"
    page.open("network/evidence")
    assert page.at.selectbox(key="explain_layer").value == "block1_sepconv1"
    assert (page.query["layer"], page.query["channel"]) == ("block1_sepconv1", "3")


def test_without_a_chosen_channel_no_link_chooses_one(deep_run, app):
    layer = {"layer": "block1_sepconv1"}
    assert links(app, "network/maps", layer="block1_sepconv1") == {
        "Channel 0 over all data": {"tab": "channels"} | layer,
        "How one value of this layer is computed": {"tab": "steps"} | layer,
        "Compare with another patch": {"tab": "pair"} | layer,
    }
