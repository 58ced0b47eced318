"""Steps: one value of a separable convolution, worked out by hand."""

import re

import numpy as np
import pytest

from tests.dashboard.exact import network
from tests.dashboard.exact.reading import holding, markdown, numbers, plain

PLACE = ("10253", 1001, 501)
"""A D."""


@pytest.fixture(scope="module")
def pixels(exact_root):
    return network.patches(exact_root)[PLACE]


@pytest.fixture(scope="module")
def at(pixels):
    """Row and column at which blue lies farthest above red."""
    above = network.conv(pixels)[1:-1, 1:-1, 2]
    return tuple(int(each) for each in np.unravel_index(above.argmax(), above.shape))


@pytest.fixture(scope="module")
def page(page_at, at):
    query = {"channel": "2", "row": str(at[0]), "column": str(at[1])}
    return page_at("network/steps", 0.5, patient="10253", patch="x1001_y501", **query)


def _rows(page):
    """What the rows of the computation end with."""
    table = re.search(r'<table class="idc-steps">(.*)</table>', page.html, re.DOTALL)[1]
    table = re.sub(r'<table class="grid">.*?</table>', "", table)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table)[1:]
    return [[plain(cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", r)] for r in rows]


def _written(value):
    return f"{value:.4f}".replace("-", "−")


def test_the_channels_are_filtered_weighted_and_summed_with_the_bias(page, pixels, at):
    wide = network.conv(pixels)
    row, column = at[0] + 1, at[1] + 1
    red, above = wide[row, column, 0], wide[row, column, 2]
    green = (wide[row, column - 1, 1] + wide[row, column + 1, 1]) / 2
    # minus a hundredth of red, a twentieth of what blue has above it; the largest first
    filtered = {0: red, 1: green, 2: above, 3: 0}
    weights = {0: -0.01, 1: 0, 2: 0.05, 3: 0}
    order = sorted(filtered, key=lambda each: -abs(filtered[each] * weights[each]))
    shown = [[cells[0], *cells[-3:]] for cells in _rows(page)[:4]]
    assert shown == [
        [
            str(channel),
            _written(filtered[channel]),
            f"× {_written(weights[channel])}",
            _written(filtered[channel] * weights[channel]),
        ]
        for channel in order
    ]
    total = _written(1.5 - red / 100 + above / 20)
    assert _rows(page)[4] == ["bias", "1.5000"]
    assert [cells[-1].split() for cells in _rows(page)[5:]] == [
        [total, "✓", "the", "network:", total],
        [total, "✓", "the", "network:", total],
    ]
    said = holding(markdown(page), "filtered by its own kernel")
    assert numbers(said)[:4] == ["2", str(at[0]), str(at[1]), total]
    assert float(numbers(said)[4]) <= 1e-5


def test_the_windows_hold_what_the_kernels_lie_over(page, pixels, at):
    grids = re.findall(r'<table class="grid">(.*?)</table>', page.html)
    wide = network.conv(pixels)[at[0] : at[0] + 3, at[1] : at[1] + 3]
    first = re.findall(r">([^<]+)</td>", grids[0])
    above = wide[1, 1, 2] * 0.05 > wide[1, 1, 0] * 0.01
    assert first == [f"{each:.2f}" for each in wide[..., 2 if above else 0].ravel()]
    assert re.findall(r">([^<]+)</td>", grids[1]) == [*(4 * ["0.00"]), "1.00", *(4 * ["0.00"])]


def test_without_a_position_it_is_where_the_channel_is_strongest(page_at, pixels):
    page = page_at("network/steps", 0.5, patient="10253", patch="x1001_y501", channel="1")
    green = network.sep(pixels)[..., 1]
    row, column = np.unravel_index(green.argmax(), green.shape)
    said = numbers(holding(markdown(page), "filtered by its own kernel"))
    assert said[:4] == ["1", str(row), str(column), _written(green.max())]
    words = [each.value for each in page.at.caption]
    assert numbers(holding(words, "Step 1, depthwise"))[1:4] == ["4", "3", "3"]
    assert numbers(holding(words, "Step 2, pointwise"))[1:3] == ["3", "4"]
