"""Subgroups: which patches each holds, its rates and their ends, and how far it is from the rest.

At 0.5 the patients have TP 5, 4, 2; FN 3, 1, 0; FP 2, 2, 1; TN 10, 5, 5 (10253, 10254, 08863).
"""

import numpy as np
import pytest

from tests.dashboard.exact import network, referee
from tests.dashboard.exact.reading import (
    datasets,
    frame,
    holding,
    intervals,
    markdown,
    numbers,
    written,
)

COLUMNS = ["patches", "patients", "IDC", "Sensitivity", "Specificity", "Balanced accuracy", "F1"]
SHARE, PLACE = "Patient's share of IDC", "Place in the labelled area"


@pytest.fixture(scope="module")
def shown(page_at):
    return frame(page_at("failures/subgroups", 0.5), "compared").set_index(
        ["attribute", "subgroup"]
    )


@pytest.fixture(scope="module")
def rows():
    """Test patches; `border`: one of the eight neighbours has the other label."""
    found = referee.rows()
    labels = found.set_index(["patient", "x", "y"])["label"].to_dict()
    around = [(x, y) for x in (-50, 0, 50) for y in (-50, 0, 50)]
    border = [
        any(
            labels.get((row.patient, row.x + x, row.y + y), row.label) != row.label
            for x, y in around
        )
        for row in found.itertuples()
    ]
    return found.assign(border=border)


def test_patients_are_put_together_by_their_share_of_idc(shown):
    # 2 of 8 in 08863: TP 2, FN 0, FP 1, TN 5: 8 of 9 halves right
    assert shown.loc[(SHARE, "10–30 %"), COLUMNS].tolist() == [
        *(8, 1, 2),
        *("1.00", "0.83", "0.92", "0.80"),
    ]
    # 8 of 20 and 5 of 12: TP 9, FN 4, FP 4, TN 15: 9/13, 15/19, their mean, 18/26
    assert shown.loc[(SHARE, "30–60 %"), COLUMNS].tolist() == [
        *(32, 2, 13),
        *("0.69", "0.79", "0.74", "0.69"),
    ]
    apart = shown["difference (Balanced accuracy)"]
    # 0.9167 - 0.7409
    assert apart[SHARE].tolist() == ["+0.18", "−0.18"]
    assert set(shown["compared"]) == {"too few"}


@pytest.mark.parametrize("border", [True, False])
def test_border_and_interior_hold_the_patches_with_and_without_another_label_beside(
    shown, rows, border
):
    own, rest = rows[rows["border"] == border], rows[rows["border"] != border]
    found = shown.loc[(PLACE, "border" if border else "interior")]
    assert found[["patches", "patients", "IDC"]].tolist() == [
        *(len(own), own["patient"].nunique(), own["label"].sum()),
    ]
    for name in ("Sensitivity", "Specificity", "Balanced accuracy", "F1"):
        value = referee.at(0.5, referee.RATES[name])(own)
        # two patients have no interval
        expected = written(referee.rate(name, own)) if border else f"{value:.2f}"
        assert found[name] == expected, name
    figure = referee.at(0.5, referee.RATES["Balanced accuracy"])
    assert found["difference (Balanced accuracy)"].startswith(
        f"{figure(own) - figure(rest):+.2f}".replace("-", "−")
    )


def test_the_difference_from_the_rest_leaves_a_patient_out_of_both(shown, rows):
    def apart(some):
        figure = referee.at(0.5, referee.RATES["Balanced accuracy"])
        return figure(some[some["border"]]) - figure(some[~some["border"]])

    value, low, high = referee.interval(apart, rows, None)
    # two shares differ by 1 at most
    expected = written((value, max(low, -1), min(high, 1)), "+.2f", " to ")
    assert shown.loc[(PLACE, "border"), "difference (Balanced accuracy)"] == expected


def test_quarters_of_brightness_are_those_of_the_training_patches(shown, exact_root, rows):
    light = {place: pixels.mean() for place, pixels in network.patches(exact_root).items()}
    train = [light[place] for place in light if place[0] in ("9041", "9043")]
    edges = np.quantile(train, [0.25, 0.5, 0.75])
    own = [light[row.patient, row.x, row.y] for row in rows.itertuples()]
    quarter = np.digitize(own, edges)
    found = shown.loc["Brightness"]
    low, middle, high = (f"{each:.0f}" for each in edges)
    assert found.index.tolist() == [
        f"lowest quarter (below {low})",
        f"second quarter ({low}–{middle})",
        f"third quarter ({middle}–{high})",
        f"highest quarter ({high} and more)",
    ]
    assert found["patches"].tolist() == np.bincount(quarter, minlength=4).tolist()
    assert found["IDC"].tolist() == [
        int(rows["label"].to_numpy()[quarter == each].sum()) for each in range(4)
    ]


def test_the_subgroup_with_the_lowest_figure_is_opened_with_its_patients_errors(page_at):
    query = {"slice": "burden:30–60 %", "metric": "sensitivity"}
    page = page_at("failures/subgroups", 0.5, **query)
    assert list(intervals(page).items()) == [
        ("Sensitivity", "0.69"),
        ("Specificity", "0.79"),
        ("F1", "0.69"),
    ]
    labels = [str(each.label) for each in page.at.button]
    assert {"10253: 3", "10254: 1"} <= set(labels)
    assert numbers(holding([each.value for each in page.at.header], "in this subgroup")) == ["4"]
    page = page_at("failures/subgroups", 0.5, errors="fp", **query)
    assert {"10253: 2", "10254: 2"} <= {str(each.label) for each in page.at.button}
    said = holding([each.value for each in page.at.header], "in this subgroup")
    assert said.startswith("False alarms in this subgroup: 4 patches")
    page = page_at("failures/subgroups", 0.5, errors="fp", slice="burden:10–30 %")
    said = holding([each.value for each in page.at.header], "in this subgroup")
    assert said.startswith("False alarms in this subgroup: 1 patch,")


def test_the_whole_and_each_split_stand_beside_the_subgroups(page_at):
    page = page_at("failures/subgroups", 0.5)
    (whole,) = datasets(page)["whole"]
    assert whole["said"].tolist() == ["all 0.77"]
    (bars,) = datasets(page)["rows"]
    splits = bars[bars["slice"].str.startswith("Split")].set_index("slice")
    # train DCab Baaa Cba: 3 of 4, 7 of 7; validation 5 of 6, 8 of 9; test 11 of 15, 20 of 25
    assert splits["value"].round(4).to_dict() == {
        "Split: train": 0.875,
        "Split: validation": 0.8611,
        "Split: test": 0.7667,
    }
    assert numbers(splits.loc["Split: train", "said"])[:2] == ["11", "2"]
    assert "No subgroup has enough patches" in holding(markdown(page), "No subgroup")


def test_two_attributes_are_combined_cell_by_cell(page_at, rows):
    page = page_at("failures/subgroups", 0.5, rows="burden", columns="place")
    (cells,) = datasets(page)["cells"]
    cells = cells.set_index(["a", "b"])
    for share, patients in (("10–30 %", ["08863"]), ("30–60 %", ["10253", "10254"])):
        for border, place in ((True, "border"), (False, "interior")):
            own = rows[rows["patient"].isin(patients) & (rows["border"] == border)]
            found = cells.loc[(share, place)]
            assert (found["patches"], found["patients"]) == (len(own), own["patient"].nunique())
            if own["label"].nunique() == 2:
                value = referee.at(0.5, referee.RATES["Balanced accuracy"])(own)
                assert found["said"] == f"{value:.2f}"
            else:
                assert found["said"] == "–"
