"""Threshold: rates, matrix, histogram, curves, all metrics, and what a rule chooses."""

import re

import pytest

from tests.dashboard.exact import referee
from tests.dashboard.exact.reading import (
    captions,
    cards,
    cells,
    datasets,
    holding,
    intervals,
    markdown,
    numbers,
    table,
    values,
    written,
)


def test_threshold_prints_its_four_rates_and_what_they_are_counted_on(page_at):
    assert cards(page_at("operating-point/threshold", 0.5)) == [
        ("Sensitivity", "0.73", ["11", "15", "3"]),  # 11 / 15
        ("Specificity", "0.80", ["20", "25", "3"]),  # 20 / 25
        ("Precision", "0.69", ["11", "16", "3", "38"]),  # 11 / (11 + 5); 15 of 40 are IDC
        ("F1", "0.71", ["40", "3", "38"]),  # 22 / (22 + 4 + 5)
    ]


def test_a_higher_threshold_lowers_sensitivity_and_raises_specificity_to_these_figures(opened):
    page = opened("operating-point/threshold", 0.2)
    assert values(page) == ["0.93", "0.48", "0.52", "0.67"]  # 14/15, 12/25, 14/27, 28/42
    page.move_threshold(0.75)
    assert values(page) == ["0.47", "0.92", "0.78", "0.58"]  # 7/15, 23/25, 7/9, 14/24
    assert cards(page)[2][2] == ["7", "9", "3", "38"]
    page.move_threshold(0.5)
    assert values(page) == ["0.73", "0.80", "0.69", "0.71"]


def test_threshold_says_what_is_found_and_what_is_a_false_alarm_of_a_hundred(page_at):
    said = holding(markdown(page_at("operating-point/threshold", 0.75)), "Of 100 IDC patches")
    found, _, false_alarms = said.partition(";")
    assert numbers(found)[:2] == ["100", "47"]  # 7 / 15
    assert numbers(found)[-1] == "3"
    assert numbers(false_alarms) == ["100", "8"]  # 2 / 25


@pytest.mark.parametrize(
    ("threshold", "counts", "shares"),
    [
        (0.2, [14, 1, 13, 12], ["93.3 %", "6.7 %", "52.0 %", "48.0 %"]),
        (0.5, [11, 4, 5, 20], ["73.3 %", "26.7 %", "20.0 %", "80.0 %"]),
        (0.75, [7, 8, 2, 23], ["46.7 %", "53.3 %", "8.0 %", "92.0 %"]),
    ],
)
def test_the_matrix_holds_each_outcome_in_its_own_cell(page_at, threshold, counts, shares):
    page = page_at("operating-point/threshold", threshold)
    (cells,) = datasets(page)["cells"]
    assert cells["outcome"].tolist() == ["tp", "fn", "fp", "tn"]
    assert cells["label"].tolist() == ["IDC", "IDC", "no IDC", "no IDC"]
    assert cells["count"].tolist() == counts
    assert cells["said"].tolist() == [str(each) for each in counts]
    assert [re.match(r"[\d.]+ %", each)[0] for each in cells["of"]] == shares
    read = re.search(r'class="idc-read"[^>]*>(.*?)</div>', page.html)[1]
    assert numbers(read) == [str(each) for each in counts]


def test_the_histogram_counts_patches_by_score_and_outcome(page_at):
    (areas,) = datasets(page_at("operating-point/threshold", 0.5))["areas"]
    shown = [(row.outcome, round(row.low, 2), row.n) for row in areas.itertuples() if row.n]
    assert shown == [
        ("fn", 0.1, 1),  # A
        ("fn", 0.3, 3),  # B
        ("tp", 0.6, 4),  # C
        ("tp", 0.88, 7),  # D: float32 has 0.9 just below 0.9
        ("tn", 0.1, 12),  # a
        ("tn", 0.3, 8),  # b
        ("fp", 0.6, 3),  # c
        ("fp", 0.88, 2),  # d
    ]


def test_the_three_curves_pass_through_the_points_of_the_four_scores(page_at):
    page = page_at("operating-point/threshold", 0.5)
    roc, precision, workload = (
        [(round(row.across, 3), round(row.up, 3)) for row in line.itertuples()]
        for line in datasets(page)["line"]
    )
    # FP / 25 and TP / 15 from 0.9 down to 0.1
    assert roc == [(0, 0), (0.08, 0.467), (0.2, 0.733), (0.52, 0.933), (1, 1)]
    # TP / 15 and TP / (TP + FP)
    assert precision == [(0.467, 0.778), (0.733, 0.688), (0.933, 0.518), (1, 0.375)]
    # (TP + FP) / 40 and TP / 15
    assert workload == [(0, 0), (0.225, 0.467), (0.4, 0.733), (0.675, 0.933), (1, 1)]
    dots = [row for now in datasets(page)["now"] if "across" in now for row in now.itertuples()]
    assert [(round(row.across, 4), round(row.up, 4)) for row in dots] == [
        (0.2, 0.7333),
        (0.7333, 0.6875),
        (0.4, 0.7333),
    ]


def test_the_captions_of_the_curves_say_their_areas_and_the_share_looked_at(page_at):
    said = captions(page_at("operating-point/threshold", 0.75))
    # pairs won: A 0.5·12, B 3·(12 + 4), C 4·(20 + 1.5), D 7·(23 + 1): 308 of 15 · 25
    assert numbers(holding(said, "AUC "))[0] == "0.821"
    # 7/15·7/9 + 4/15·11/16 + 3/15·14/27 + 1/15·15/40
    assert numbers(holding(said, "Average precision"))[:2] == ["0.675", "0.375"]
    assert numbers(holding(said, "At this threshold")) == ["22", "47"]  # 9 of 40, 7 of 15
    page = page_at("operating-point/threshold", 0.5)
    assert numbers(holding(captions(page), "At this threshold")) == ["40", "73"]  # 16/40, 11/15
    # to find 90 % it must be 0.3: 14 + 13 of 40
    said = holding([each.value for each in page.at.caption], "highest scores")
    assert (numbers(said)[0], numbers(said)[3]) == ("68", "0.300")


def test_all_metrics_of_all_patches_and_patient_by_patient(page_at):
    shown = {
        row[0]: (row[1], numbers(row[2]), *row[4:])
        for row in table(page_at("operating-point/threshold", 0.5))
    }
    assert shown == {
        # 5/8, 4/5, 2/2
        "Sensitivity": ("0.73", ["11", "15"], "3", "0.81", "0.80", "0.62 (10253)"),
        # 10/12, 5/7, 5/6
        "Specificity": ("0.80", ["20", "25"], "3", "0.79", "0.83", "0.71 (10254)"),
        # 5/7, 4/6, 2/3
        "Precision": ("0.69", ["11", "16", "38"], "3", "0.68", "0.67", "0.67 (08863)"),
        # 10/13, 5/6, 5/5
        "Negative predictive value": (
            "0.83",
            ["20", "24", "38"],
            "3",
            "0.87",
            "0.83",
            "0.77 (10253)",
        ),
        # 15/20, 9/12, 7/8
        "Accuracy": ("0.78", ["31", "40", "38"], "3", "0.79", "0.75", "0.75 (10253)"),
        # (5/8 + 10/12)/2, (4/5 + 5/7)/2, (1 + 5/6)/2
        "Balanced accuracy": ("0.77", ["40"], "3", "0.80", "0.76", "0.73 (10253)"),
        # 10/15, 8/11, 4/5
        "F1": ("0.71", ["40", "38"], "3", "0.73", "0.73", "0.67 (10253)"),
        # (11·20 − 5·4)/√(16·15·25·24); (5·10 − 2·3)/√8736, (4·5 − 2·1)/√1260, 10/√180
        "MCC": ("0.53", ["40", "38"], "3", "0.57", "0.51", "0.47 (10253)"),
    }


@pytest.mark.parametrize(
    ("rule", "threshold", "validation"),
    [
        # sensitivity 6/6 at 0.3, but 5/6 at 0.6
        ("sensitivity>=0.9", 0.3, None),
        # specificity 9/9 at 0.9, but 8/9 at 0.6
        ("specificity>=0.9", 0.9, ["0.50", "1.00"]),
        # 5/6 + 8/9 − 1 = 0.72; 0.67 at 0.3, 0.50 at 0.9
        ("youden", 0.6, ["0.83", "0.89"]),
        # 10/12 = 0.83 at 0.6; 12/15 = 0.80 at 0.3, 6/9 = 0.67 at 0.9
        ("f1", 0.6, ["0.83", "0.89"]),
        ("locked", 0.3, None),
    ],
)
def test_a_rule_chooses_the_threshold_that_validation_says(opened, rule, threshold, validation):
    page = opened("operating-point/threshold", 0.5)
    next(each for each in page.at.button if each.key == f"rule_{rule}").click().run()
    assert float(page.query["threshold"]) == pytest.approx(threshold, abs=1e-5)
    page.open_popover("lock_form")
    fields = [each for each in page.at.text_input if each.label.startswith("Threshold, ")]
    if validation is None:  # that of the ledger already: there is nothing to lock
        assert not fields
        return
    # what is locked is what the rule chose: it cannot be typed over
    assert [(float(each.value), each.disabled) for each in fields] == [
        (float(page.query["threshold"]), True)
    ]
    said = holding(markdown(page), "On validation (")
    assert numbers(said)[:3] == ["15", "2", validation[0]]
    # from two patients no interval is given
    assert "[" not in said
    assert numbers(said.partition("specificity")[2])[0] == validation[1]


@pytest.mark.parametrize("threshold", [0.5, 0.75])
def test_threshold_prints_the_ends_that_leaving_out_each_patient_gives(page_at, threshold):
    page, patches = page_at("operating-point/threshold", threshold), referee.rows()
    expected = {
        name: written(referee.rate(name, patches, threshold))
        for name in ("Sensitivity", "Specificity", "Precision", "F1")
    }
    assert intervals(page) == expected


def test_all_metrics_have_the_same_ends_in_figures_and_in_words(page_at):
    patches = referee.rows()
    for row in cells(page_at("operating-point/threshold", 0.5)):
        found = referee.rate(row[0], patches)
        assert row[1] == written(found), row[0]
        assert row[5] == written(referee.mean_of_patients(row[0], patches)), row[0]
        if row[0] != "MCC":  # a correlation is no share of a hundred
            _, low, high = (f"{100 * each:.0f}" for each in found)
            assert numbers(row[3].partition(";")[2]) == ["95", low, high, "3"], row[0]


def test_the_sentence_gives_sensitivity_its_ends_in_per_cent(page_at):
    said = holding(markdown(page_at("operating-point/threshold", 0.5)), "Of 100 IDC patches")
    _, low, high = referee.rate("Sensitivity", referee.rows())
    found = numbers(said.partition(";")[0])
    assert found == ["100", "73", "95", f"{100 * low:.0f}", f"{100 * high:.0f}", "3"]
