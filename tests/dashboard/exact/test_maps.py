"""Feature maps: the layers' sizes and costs, and each channel's figures on one patch."""

import numpy as np
import pytest

from tests.dashboard.exact import network
from tests.dashboard.exact.reading import holding, markdown, numbers

PLACE = ("10253", 1151, 651)
"""An A: IDC by label, and the network says 0.08."""


@pytest.fixture(scope="module")
def conv_page(page_at):
    return page_at("network/maps", 0.5, patient="10253", patch="x1151_y651", layer="conv")


def test_the_patch_is_told_by_the_score_that_the_network_gives_it(conv_page, exact_root):
    score = network.score(network.patches(exact_root)[PLACE])
    said = holding(markdown(conv_page), "the selected patch")
    assert f"labelled IDC, score {score:.3f}, predicted no IDC at 0.500 – missed IDC" in said


def test_each_layer_says_its_size_cost_and_receptive_field(conv_page):
    boxes = conv_page.panel("network_row")["boxes"]
    assert [box["facts"] for box in boxes] == [
        # 4 kernels of 3 · 3 · 3, at (50 - 3) / 2 + 1 = 24 places a side: 24 · 24 · 108
        "Conv2D · 24 × 24 × 4 · 108 parameters · 62,208 multiply-adds · receptive field: 3 × 3 px",
        # 4 · 9 + 3 · 4 weights and 3 biases; 22 · 22 · 48; 3 + 2 · 2 px, as each step is 2 px
        "SeparableConv2D · 22 × 22 × 3 · 51 parameters · 23,232 multiply-adds · "
        "receptive field: 7 × 7 px",
        "ReLU · 22 × 22 × 3 · receptive field: 7 × 7 px",
        "GlobalAveragePooling2D · 3 · receptive field: whole patch",
        "Dense · 1 · 3 parameters · 3 multiply-adds · receptive field: whole patch",
    ]
    said = holding([each.value for each in conv_page.at.caption], "silent on this patch")
    # less than nothing is silent; 108 + 51 + 3; 62,208 + 23,232 + 3
    assert numbers(said) == ["4", "1", "162", "85,443"]


def test_each_channel_has_its_own_smallest_largest_mean_and_share_of_zeros(conv_page, exact_root):
    shown, values = (
        conv_page.panel("channel_mosaic"),
        network.conv(network.patches(exact_root)[PLACE]).reshape(-1, 4),
    )
    assert shown["low"] == values.min(axis=0).tolist()
    assert shown["high"] == values.max(axis=0).tolist()
    assert shown["mean"] == pytest.approx(values.mean(axis=0), rel=1e-6)
    assert shown["zeros"] == pytest.approx((values == 0).mean(axis=0), rel=1e-6)
    assert shown["zeros"][3] == 1
    assert (shown["count"], shown["height"], shown["width"]) == (4, 24, 24)
    assert shown["shared"] == [values.max()] * 4
    # a channel of zeros keeps a scale to be drawn on
    assert shown["own"] == [*values.max(axis=0)[:3].tolist(), 1]


def test_another_layer_is_measured_on_the_same_patch(page_at, exact_root):
    page = page_at("network/maps", 0.5, patient="10253", patch="x1151_y651", layer="sep")
    shown = page.panel("channel_mosaic")
    values = network.sep(network.patches(exact_root)[PLACE]).reshape(-1, 3)
    assert shown["low"] == pytest.approx(values.min(axis=0), abs=1e-6)
    assert shown["mean"] == pytest.approx(values.mean(axis=0), abs=1e-6)
    assert shown["signed"] is bool(np.any(values < 0))
    said = holding([each.value for each in page.at.caption], "silent on this patch")
    assert numbers(said)[:2] == ["3", "0"]
