"""Channels: what one channel tells apart alone, and what is lost without it."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from tests.dashboard.exact import network, referee
from tests.dashboard.exact.reading import (
    cards,
    datasets,
    holding,
    intervals,
    markdown,
    numbers,
    written,
)

PLACE = ("10253", 1001, 501)
"""A D of 10253."""


def _page(analysed_at, layer, channel, **query):
    query |= {"patient": "10253", "patch": "x1001_y501", "layer": layer, "channel": str(channel)}
    return analysed_at("network/channels", 0.5, **query)


@pytest.fixture(scope="module")
def validation(exact_root):
    """Its 15 patches, with the network's score, whole and without each channel of `relu`."""
    rows, pixels = referee.rows("validation"), network.patches(exact_root)
    own = [pixels[row.patient, row.x, row.y] for row in rows.itertuples()]
    without = {f"off{at}": [network.score(each, at) for each in own] for at in range(3)}
    means = pd.DataFrame([network.pooled(each) for each in own]).add_prefix("mean")
    scored = rows.assign(score=[network.score(each) for each in own], **without)
    return pd.concat([scored, means], axis=1)


def _signed(value):
    return f"{value:+.3f}".replace("-", "−")


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_channel_says_what_it_tells_apart_alone_and_what_is_lost_without_it(
    analysed_at, validation, channel
):
    page = _page(analysed_at, "relu", channel)
    off, labels = validation.assign(score=validation[f"off{channel}"]), validation["label"]
    alone = metrics.roc_auc_score(labels, validation[f"mean{channel}"])
    shown = [(name, value) for name, value, _ in cards(page)]
    areas = [metrics.roc_auc_score(labels, each["score"]) for each in (off, validation)]
    change = areas[0] - areas[1]
    rates = {}
    for name in ("Sensitivity", "Specificity"):
        figure = referee.at(0.5, referee.RATES[name])
        rates[name] = figure(off), figure(validation)
    assert shown == [
        ("Single-channel AUC", f"{alone:.2f}"),
        # 24 of 66 patches are the strongest of each, from all 7 patients
        ("Patients among its strongest patches", "7"),
        ("Change of AUC without it", _signed(change)),
        ("Change of sensitivity without it", _signed(np.subtract(*rates["Sensitivity"]))),
        ("Change of specificity without it", _signed(np.subtract(*rates["Specificity"]))),
    ]
    both = [n for _, _, n in cards(page)]
    assert both[0] == ["15", "2"]
    assert both[2] == [f"{areas[1]:.2f}", f"{areas[0]:.2f}"]
    assert both[3] == [f"{each:.2f}" for each in reversed(rates["Sensitivity"])]


def test_a_change_ends_where_no_two_rates_can_lie_farther_apart(analysed_at, validation):
    def change(some):
        figure = referee.at(0.5, referee.RATES["Sensitivity"])
        return figure(some.assign(score=some["off0"])) - figure(some)

    value, low, high = referee.interval(change, validation, None)
    assert low < -1
    assert high > 1
    shown = intervals(_page(analysed_at, "relu", 0))["Change of sensitivity without it"]
    assert shown == written((value, -1, 1), "+.3f", " to ")


def test_the_patch_says_its_score_without_the_channel(analysed_at, exact_root):
    pixels = network.patches(exact_root)[PLACE]
    said = holding(markdown(_page(analysed_at, "relu", 2)), "this patch would score")
    without = network.score(pixels, 2)
    change = f"{without - network.score(pixels):+.3g}".replace("-", "−")
    assert said.startswith(f"Without this channel, this patch would score {without:.3f} ({change})")
    assert "the prediction changes" not in said
    said = holding(markdown(_page(analysed_at, "relu", 0)), "this patch would score")
    assert f"{network.score(pixels, 0):.3g}" in said
    assert "the prediction changes" in said
    drawn = [each.value for each in _page(analysed_at, "relu", 0).at.caption]
    red = network.sep(pixels)[..., 0]
    figures = [f"{each:.2f}" for each in (red.min(), red.max(), red.mean())]
    assert numbers(holding(drawn, "Its activation on this patch")) == figures


def test_the_strongest_patches_are_counted_by_label_and_patient(analysed_at, exact_root):
    page = _page(analysed_at, "relu", 2)
    pixels = network.patches(exact_root)
    means = {place: network.pooled(each)[2] for place, each in pixels.items()}
    order = sorted(means, key=lambda place: -means[place])[:24]
    letters = [network.letters()[place] for place in order]
    assert numbers(holding(markdown(page), "the highest mean activation")) == [
        *("24", "66"),
        str(sum(each.isupper() for each in letters)),
        str(len({place[0] for place in order})),
        f"{means[order[0]]:.2f}",
        f"{means[order[23]]:.2f}",
    ]
    (squares,) = datasets(page)["squares"]
    assert set(zip(squares["patient"], squares["x"], squares["y"], strict=True)) == set(order)


def test_all_channels_of_the_layer_are_listed(analysed_at, validation):
    page = _page(analysed_at, "relu", 0)
    assert numbers(holding(markdown(page), "Click a row")) == ["3", "0", "0", "2"]
    found = page.frame("channel_table")
    labels = validation["label"]
    assert found["single-channel AUC"].tolist() == [
        round(metrics.roc_auc_score(labels, validation[f"mean{at}"]), 3) for at in range(3)
    ]
    whole = metrics.roc_auc_score(labels, validation["score"])
    assert found["AUC lost without it"].tolist() == [
        round(whole - metrics.roc_auc_score(labels, validation[f"off{at}"]), 4) for at in range(3)
    ]
    # red and green lie above zero everywhere; the rest is zero here and there
    assert found["remarks"].tolist() == ["saturated", "saturated", ""]


def test_a_channel_of_zeros_is_dead_and_no_patch_is_its_strongest(analysed_at):
    page = _page(analysed_at, "conv", 3)
    assert numbers(holding(markdown(page), "Click a row")) == ["4", "1", "0", "0"]
    assert [(value, n) for _, value, n in cards(page)][:2] == [
        ("0.50", ["15", "2"]),
        ("0", ["24", "66"]),
    ]
    found = page.frame("channel_table")
    assert found["remarks"].tolist() == ["", "", "", "dead"]
    assert found["silent on (share of patches)"].tolist() == [0, 0, 0, 1]
    assert "No patch activates this channel, out of 66." in holding(markdown(page), "No patch")
