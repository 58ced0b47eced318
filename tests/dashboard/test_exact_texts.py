"""Every figure that a page prints, in a world small enough to be reckoned by hand.

The arithmetic stands beside each figure; counts are those of the tables in `exact_world.py`.
"""

import re
import shutil
from html import unescape

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

from tests import exact_world

NUMBER = re.compile(r"[+−-]?(?<![\w.])\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="session")
def exact_root(tmp_path_factory):
    return exact_world.make_world(tmp_path_factory.mktemp("exact"))


@pytest.fixture
def opened(exact_root, settle, app):
    """Opens a page of that world on test, at a threshold."""
    settle(exact_root)

    def at(view, threshold, **query):
        said = {"run": exact_world.RUN, "split": "test", "threshold": str(threshold), **query}
        page = app(**said).open(view, **said)
        assert not page.failed, page.text
        return page

    return at


def numbers(text):
    """All numbers of a text, as it writes them."""
    return NUMBER.findall(plain(text))


def plain(html):
    return unescape(re.sub(r"<[^>]*>", " ", html)).replace("**", "")


def cards(page):
    """The large figures in their order: name, value, and the numbers that stand below.

    An interval that does not hold its own value is a mistake anywhere.
    """
    shape = (
        r'name">(.*?)</div><div class="value">(.*?)<small>(.*?)</small></div>'
        r'<div class="n">(.*?)</div>'
    )
    found = re.findall(shape, page.html)
    for name, value, interval, _ in found:
        ends = [float(each.replace("−", "-")) for each in numbers(interval)]
        if len(ends) == 2 and interval.startswith("["):
            assert ends[0] <= float(value.replace("−", "-")) <= ends[1], (name, value, interval)
    return [(unescape(name), value.strip(), numbers(n)) for name, value, _, n in found]


def values(page):
    return [value for _, value, _ in cards(page)]


def table(page, number=0):
    """The rows of a table, without what stands in brackets [ ] and its header."""
    shown = re.findall(r'<table class="idc-table">.*?</table>', page.html)[number]
    rows = re.findall(r"<tr>(.*?)</tr>", shown)[1:]
    return [
        [
            re.sub(r" \[.*?\]", "", plain(cell)).strip()
            for cell in re.findall(r"<td>(.*?)</td>", row)
        ]
        for row in rows
    ]


def datasets(page):
    """What the charts draw: all their tables, by name; of several with one name a list."""
    found = {}
    for chart in page.at.get("vega_lite_chart"):
        for each in chart.proto.datasets:
            frame = convert_arrow_bytes_to_pandas_df(each.data.data)
            found.setdefault(each.name, []).append(frame)
    return found


def captions(page):
    return re.findall(r'idc-caption"[^>]*>(.*?)</div>', page.html)


def holding(texts, *wanted):
    """The one text that has these words."""
    (found,) = [each for each in texts if all(word in each for word in wanted)]
    return plain(found)


def markdown(page):
    return [str(each.value) for each in page.at.markdown]


# Operating point, threshold ---------------------------------------------------------------------


def test_threshold_prints_its_four_rates_and_what_they_are_counted_on(opened):
    assert cards(opened("operating-point/threshold", 0.5)) == [
        ("Sensitivity", "0.73", ["11", "15", "3"]),  # 11 / 15
        ("Specificity", "0.80", ["20", "25", "3"]),  # 20 / 25
        ("Precision", "0.69", ["11", "16", "3", "38"]),  # 11 / (11 + 5); 15 of 40 are IDC
        ("F1", "0.71", ["40", "3", "38"]),  # 22 / (22 + 4 + 5)
    ]


def test_a_higher_threshold_lowers_sensitivity_and_raises_specificity_to_these_figures(opened):
    page = opened("operating-point/threshold", 0.2)
    assert values(page) == ["0.93", "0.48", "0.52", "0.67"]  # 14/15, 12/25, 14/27, 28/42
    page.at.slider(key="bar_threshold").set_value(0.75).run()
    assert values(page) == ["0.47", "0.92", "0.78", "0.58"]  # 7/15, 23/25, 7/9, 14/24
    assert cards(page)[2][2] == ["7", "9", "3", "38"]
    page.at.slider(key="bar_threshold").set_value(0.5).run()
    assert values(page) == ["0.73", "0.80", "0.69", "0.71"]


def test_threshold_says_what_is_found_and_what_is_a_false_alarm_of_a_hundred(opened):
    said = holding(markdown(opened("operating-point/threshold", 0.75)), "Of 100 IDC patches")
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
def test_the_matrix_holds_each_outcome_in_its_own_cell(opened, threshold, counts, shares):
    page = opened("operating-point/threshold", threshold)
    (cells,) = datasets(page)["cells"]
    assert cells["outcome"].tolist() == ["tp", "fn", "fp", "tn"]
    assert cells["label"].tolist() == ["IDC", "IDC", "no IDC", "no IDC"]
    assert cells["count"].tolist() == counts
    assert cells["said"].tolist() == [str(each) for each in counts]
    assert [re.match(r"[\d.]+ %", each)[0] for each in cells["of"]] == shares
    read = re.search(r'class="idc-read"[^>]*>(.*?)</div>', page.html)[1]
    assert numbers(read) == [str(each) for each in counts]


def test_the_histogram_counts_patches_by_score_and_outcome(opened):
    (areas,) = datasets(opened("operating-point/threshold", 0.5))["areas"]
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


def test_the_three_curves_pass_through_the_points_of_the_four_scores(opened):
    page = opened("operating-point/threshold", 0.5)
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


def test_the_captions_of_the_curves_say_their_areas_and_the_share_looked_at(opened):
    said = captions(opened("operating-point/threshold", 0.75))
    # pairs won: A 0.5·12, B 3·(12 + 4), C 4·(20 + 1.5), D 7·(23 + 1): 308 of 15 · 25
    assert numbers(holding(said, "AUC "))[0] == "0.821"
    # 7/15·7/9 + 4/15·11/16 + 3/15·14/27 + 1/15·15/40
    assert numbers(holding(said, "Average precision"))[:2] == ["0.675", "0.375"]
    assert numbers(holding(said, "At this threshold")) == ["22", "47"]  # 9 of 40, 7 of 15
    page = opened("operating-point/threshold", 0.5)
    assert numbers(holding(captions(page), "At this threshold")) == ["40", "73"]  # 16/40, 11/15
    # to find 90 % it must be 0.3: 14 + 13 of 40
    said = holding([each.value for each in page.at.caption], "highest scores")
    assert (numbers(said)[0], numbers(said)[3]) == ("68", "0.300")


def test_all_metrics_of_all_patches_and_patient_by_patient(opened):
    shown = {
        row[0]: (row[1], numbers(row[2]), *row[4:])
        for row in table(opened("operating-point/threshold", 0.5))
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
    if validation is None:  # that of the ledger already: there is nothing to lock
        return
    said = holding(markdown(page), "On validation (")
    assert numbers(said)[:3] == ["15", "2", validation[0]]
    assert numbers(said.partition("specificity")[2])[0] == validation[1]


# Operating point, clinic ------------------------------------------------------------------------


def test_clinic_says_predictive_values_and_likelihood_ratios(opened):
    assert [(value, n) for _, value, n in cards(opened("operating-point/clinic", 0.5))] == [
        ("0.69", ["40", "3"]),  # 11/16 at the prevalence of the split
        ("0.83", ["40", "3"]),  # 20/24
        ("3.67", ["1", "40", "3"]),  # 0.7333 / (1 − 0.8)
        ("0.33", ["0", "40", "3"]),  # (1 − 0.7333) / 0.8
    ]
    # 7/9, 23/31, 0.4667/0.08, 0.5333/0.92
    assert values(opened("operating-point/clinic", 0.75)) == ["0.78", "0.74", "5.83", "0.58"]


def test_clinic_reckons_a_thousand_patches_net_benefit_and_answers(opened):
    page = opened("operating-point/clinic", 0.5)
    said = holding(markdown(page), "Of 1,000 patches")
    # (11 + 5)/40, 11/40, 5/40; the other 24/40, 4/40
    assert numbers(said) == ["1,000", "37.5", "400", "275", "125", "600", "100"]
    assert numbers(holding(captions(page), "TP", "FN"))[:4] == ["275", "100", "125", "500"]
    benefit = holding(captions(page), "net benefit")
    # 11/40 − 5/40; predicting IDC everywhere 15/40 − 25/40, 0.4 less
    assert numbers(benefit)[:3] == ["0.500", "1", "+0.150"]
    assert numbers(benefit.partition("difference")[2])[0] == "+0.400"
    answers = table(page)
    assert [row[1] for row in answers[:5]] == ["0.73", "0.80", "0.69", "0.83", "0.22"]  # 9 / 40
    assert numbers(answers[5][1]) == ["40", "3"]


# Patients ---------------------------------------------------------------------------------------


def test_the_worklist_counts_missed_and_false_alarms_of_each_patient(opened):
    page = opened("patients", 0.5)
    rows = page.frame("worklist").set_index("patient").round(3)
    assert rows.index.tolist() == ["10253", "10254", "08863"]  # 5, 3 and 1 error
    assert rows["patches"].tolist() == [20, 12, 8]
    assert rows["fn"].tolist() == [3, 1, 0]
    assert rows["fp"].tolist() == [2, 2, 1]
    assert rows["sensitivity"].tolist() == [0.625, 0.8, 1.0]  # 5/8, 4/5, 2/2
    assert rows["specificity"].tolist() == [0.833, 0.714, 0.833]  # 10/12, 5/7, 5/6
    assert rows["auc"].tolist() == [0.76, 0.9, 0.875]  # 73/96, 31.5/35, 10.5/12
    assert rows["burden"].tolist() == [0.4, 0.417, 0.25]  # 8/20, 5/12, 2/8
    assert rows["predicted"].tolist() == [0.35, 0.5, 0.375]  # 7/20, 6/12, 3/8
    assert numbers(holding(markdown(page), "of 9", "errors")) == ["0", "9", "3", "3"]


def test_the_worklist_follows_the_threshold(opened):
    rows = opened("patients", 0.75).frame("worklist").set_index("patient")
    # above 0.75: D and d alone
    assert rows["fn"].to_dict() == {"10253": 5, "10254": 2, "08863": 1}
    assert rows["fp"].to_dict() == {"10253": 1, "10254": 0, "08863": 1}
    assert rows["predicted"].round(3).to_dict() == {"10253": 0.2, "10254": 0.25, "08863": 0.25}


def test_a_patient_is_told_by_missed_false_alarms_and_burden(opened):
    said = holding(markdown(opened("patients", 0.5, patient="10253")), "Burden")
    assert numbers(said) == ["8", "3", "12", "2", "40", "35", "0", "5"]
    said = holding(markdown(opened("patients", 0.75, patient="10254")), "Burden")
    assert numbers(said) == ["5", "2", "7", "0", "42", "25", "0", "2"]  # 5/12, 3/12


def test_a_patch_is_told_by_score_outcome_border_and_neighbours(opened):
    # A of 10253, row 4, column 4; beside it a B on the right, a b and d above and an a on the left
    page = opened("patients", 0.5, patient="10253", patch="x1151_y651")
    score, outcome, border = cards(page)[:3]
    assert (score[1], score[2]) == ("0.100", ["0.500"])
    assert (outcome[1], border[1]) == ("FN", "1")
    near = re.search(r'class="idc-near".*?</table>', page.html)[0]
    assert re.findall(r"0\.\d\d|·", plain(near)) == [
        *("0.10", "0.30", "0.90"),
        *("0.10", "0.10", "0.30"),
        *("·", "·", "·"),
    ]
    # 0.1, 0.3, 0.9, 0.1, 0.3
    assert numbers(holding(re.findall(r"<span>(.*?)</span>", page.html), "mean"))[-1] == "0.340"


# Overview ---------------------------------------------------------------------------------------


def test_overview_prints_five_rates_and_the_patients_means(opened):
    page = opened("overview", 0.5)
    assert [(value, n[:2]) for _, value, n in cards(page)] == [
        ("0.82", ["40", "3"]),  # 308/375
        ("0.77", ["40", "3"]),  # (11/15 + 20/25)/2
        ("0.71", ["40", "3"]),  # 22/31
        ("0.73", ["40", "3"]),
        ("0.80", ["40", "3"]),
    ]
    said = [str(each.value) for each in page.at.caption]
    means = holding(said, "pool all patches").partition(":")[2]
    assert re.findall(r" (\d\.\d\d) \[.*?\] · (\d\.\d\d)", means) == [
        ("0.80", "0.76"),
        ("0.73", "0.73"),
        ("0.81", "0.80"),
        ("0.79", "0.83"),
    ]
    assert values(opened("overview", 0.75)) == ["0.82", "0.69", "0.58", "0.47", "0.92"]


def test_overview_says_what_was_trained_and_where_to_look(opened):
    page = opened("overview", 0.5)
    # 8 + 3 patches of training
    assert numbers(holding(markdown(page), "trained on"))[:3] == ["11", "40", "3"]
    labels = [str(each.label) for each in page.at.button]
    worst = [numbers(each) for each in labels if each.startswith(tuple(exact_world.PATIENTS))]
    assert worst == [
        ["10253", "25", "3", "2"],  # 5 of 20
        ["10254", "25", "1", "2"],  # 3 of 12
        ["08863", "12", "0", "1"],  # 1 of 8
    ]


# Failure patterns -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threshold", "shown", "counts"),
    [
        # 4 of 6 lesions; 3 areas of false alarms on 3 slides, 2 of them one square
        (0.5, ["0.67", "1.00", "2", "1.00"], [["4", "6", "3"], ["3", "3"]]),
        # the C of 08863 is missed, its d no longer beside a prediction: d and d remain
        (0.75, ["0.50", "0.67", "2", "1.00"], [["3", "6", "3"], ["2", "3"]]),
    ],
)
def test_lesions_found_and_false_alarms_per_slide(opened, threshold, shown, counts):
    page = opened("failures/areas", threshold)
    assert values(page) == shown
    assert [n for _, _, n in cards(page)[:2]] == counts


def test_each_lesion_is_listed_with_its_patches_predictions_and_place(opened):
    rows = opened("failures/areas", 0.5).frame("regions_table")
    assert [tuple(row)[1:] for row in rows.round(2).itertuples(index=False)] == [
        ("10253", 2, 0, 0.3, 1201, 651),  # A B
        ("10254", 1, 0, 0.3, 1151, 601),  # B
        ("10254", 2, 2, 0.6, 1151, 501),  # c c
        ("10253", 1, 1, 0.9, 1201, 601),  # d
        ("10253", 1, 1, 0.6, 1201, 501),  # c
        ("10253", 6, 5, 0.9, 1051, 601),  # D D D C C B
        ("10254", 4, 4, 0.9, 1001, 501),  # D D D C
        ("08863", 1, 1, 0.9, 1001, 501),  # D
        ("08863", 1, 1, 0.6, 1151, 551),  # C
    ]


def test_burden_by_label_and_by_model(opened):
    page = opened("failures/burden", 0.5)
    # differences −5, 25/3 and 12.5 points: mean 5.28, SD 9.14
    # one more patient: 5.28 ± 4.303 · 9.14 · √(4/3)
    # ICC(2,1): (MSR 0.01071 − MSE 0.00418) / (MSR + MSE + ⅔ (MSC 0.00418 − MSE))
    # all three are predicted 30–60 %: no better than chance
    assert values(page) == ["+5.3", "−40.1", "0.44", "0.00"]
    assert re.search(r"−40\.1\s*<small>to \+50\.7</small>", page.html)
    assert cards(page)[0][2] == ["3", "40"]
    classes = page.at.dataframe[-1].value
    assert classes.iloc[:, 1:].to_numpy().tolist() == [
        [0, 0, 0, 0],
        [0, 0, 1, 0],  # 08863: 25 % labelled, 37.5 % predicted
        [0, 0, 2, 0],  # 10253: 40 and 35 %; 10254: 41.7 and 50 %
        [0, 0, 0, 0],
    ]
    # at 0.75 20, 25 and 25 % are predicted: −20, −16.7 and 0 points
    assert values(opened("failures/burden", 0.75))[0] == "−12.2"


# Calibration ------------------------------------------------------------------------------------


def test_calibration_prints_what_the_scores_are_off_by(opened):
    page = opened("calibration", 0.5)
    shown = values(page)
    # mean score (13·0.1 + 11·0.3 + 7·0.6 + 9·0.9)/40 = 0.4225; 15/40 are IDC
    assert shown[1] == "0.05"
    # IDC 0.81 + 3·0.49 + 4·0.16 + 7·0.01; others 12·0.01 + 8·0.09 + 3·0.36 + 2·0.81: 6.53/40
    assert shown[3] == "0.16"
    # 13·|0.1 − 1/13| + 11·|0.3 − 3/11| + 7·|0.6 − 4/7| + 9·|0.9 − 7/9| = 1.9, of 40
    assert shown[4] == "0.05"
    assert [n[-2:] for _, _, n in cards(page)][1:3] == [["40", "3"], ["40", "3"]]
    assert [row[1] for row in table(page)] == [
        "0.0039",  # 13·0.0231² + 11·0.0273² + 7·0.0286² + 9·0.1222², of 40
        "0.0750",  # 0.2344 + 0.0039 − 0.1632
        "0.2344",  # 15/40 · 25/40
        "0.0000",
        "0.1632",
    ]
    assert table(page, 1)[0][3:] == ["0.16", "0.05", "0.82"]


# Suspect labels, training, data ----------------------------------------------------------------


def test_labels_are_counted_by_what_they_say(opened):
    page = opened("labels", 0.5)
    said = holding(markdown(page), "contradicted")
    # the network is sure of D and d (0.9), never above: 0.9 against "no IDC" in two patches is no
    # more than float32's 0.89999998
    assert numbers(said) == ["0", "40", "90", "0", "0", "0"]
    assert numbers(captions(page)[-1])[:4] == ["1", "40", "40", "3"]


def test_training_says_its_best_and_last_epoch(opened):
    page = opened("training", 0.5)
    said = holding(markdown(page), "best in epoch")
    # val_auc is 0.9 − 0.01·|epoch − 4|, of 6 epochs
    assert numbers(said)[:6] == ["6", "4", "0.900", "15", "2", "0.880"]
    # val_loss 0.72 − 0.04·epoch and loss 0.7 − 0.05·epoch
    rows = page.frame("runs_0_").set_index("run")
    assert rows.loc[
        "small", ["best", "last", "best epoch", "saved epoch", "epochs", "minutes"]
    ].tolist() == [
        *(0.9, 0.88, 4, 4, 6, 1.0),
    ]
    assert numbers(rows.loc["small", "data"]) == ["11"]


def test_data_counts_patients_patches_and_idc_of_each_split(opened):
    page = opened("data", 0.5)
    splits = page.at.dataframe[0].value
    assert splits.round(3).to_numpy().tolist() == [
        ["train", 2, 11, 4, 0.364],  # D C B B; C
        ["validation", 2, 15, 6, 0.4],
        ["test", 3, 40, 15, 0.375],
    ]
    said = [numbers(each) for each in markdown(page) if numbers(each)]
    assert [each[0] for each in said[:2]] == ["7", "66"]  # patients and patches compared
    # both of training are smaller than 3 by 3: samples
    assert numbers(holding(captions(page), "samples"))[:2] == ["7", "5"]


# Compare ----------------------------------------------------------------------------------------


@pytest.fixture
def two_runs(exact_root, settle, tmp_path):
    """That run and `other`, which scores every B, and each b of 08863, with 0.6."""
    shutil.copytree(exact_root / "data", tmp_path / "data")
    shutil.copytree(exact_root / "models", tmp_path / "models")
    exact_world.write_other(tmp_path)
    return settle(tmp_path)


@pytest.fixture
def compared(two_runs, app):
    query = {"run": "small", "other": "other", "split": "test", "threshold": "0.5", "how": "bar"}
    page = app(**query).open("compare", **query)
    assert not page.failed, page.text
    return page


def test_compare_prints_both_runs_and_b_less_a(compared):
    assert [(value, numbers(n)) for value, n in _compared(compared)] == [
        ("+20.0", ["0.73", "0.93"]),  # 11/15, 14/15
        ("−8.0", ["0.80", "0.72"]),  # 20/25, 18/25
        ("+6.8", ["0.71", "0.78"]),  # 22/31, 28/36
        ("+2.5", ["0.82", "0.85"]),  # 308/375; 0.5·12 + 7·(18 + 2.5) + 7·(23 + 1): 317.5/375
    ]
    said = holding(markdown(compared), "It fixes")
    assert re.findall(r"[\d.]+ points (\w+)", said) == ["higher", "lower"]
    assert numbers(said.partition("It fixes")[2])[:4] == ["3", "2", "2", "1"]


def _compared(page):
    found = re.findall(
        r'class="value">(.*?)<small>.*?</small></div><div class="n">(.*?)</div>', page.html
    )
    return [(value.strip(), re.search(r"A [\d.]+ · B [\d.]+", n)[0]) for value, n in found]


def test_compare_lists_every_figure_of_both_runs(compared):
    rows = {row[0]: row[1:4] for row in table(compared)}
    assert {name: rows[name] for name in list(rows)[:9]} == {
        "Sensitivity": ["0.73", "0.93", "+20.0"],
        "Specificity": ["0.80", "0.72", "−8.0"],
        "Precision": ["0.69", "0.67", "−2.1"],  # 11/16, 14/21
        "Negative predictive value": ["0.83", "0.95", "+11.4"],  # 20/24, 18/19
        "Accuracy": ["0.78", "0.80", "+2.5"],  # 31/40, 32/40
        "Balanced accuracy": ["0.77", "0.83", "+6.0"],
        "F1": ["0.71", "0.78", "+6.8"],
        "MCC": ["0.53", "0.63", "+10.6"],  # 200/√144000, (14·18 − 7)/√(21·15·25·19)
        "ROC-AUC": ["0.82", "0.85", "+2.5"],
    }


def test_compare_counts_what_b_fixes_and_breaks_in_each_patient(compared):
    rows = compared.frame("compare_patients").set_index("patient")
    assert rows.index.tolist() == ["08863", "10254", "10253"]
    assert rows["net"].tolist() == [2, -1, -2]
    assert rows["broken_idc"].tolist() == [0, 0, 0]
    assert rows["broken_no_idc"].tolist() == [2, 0, 0]
    assert rows["fixed_idc"].tolist() == [0, 1, 2]
    assert rows["fixed_no_idc"].tolist() == [0, 0, 0]
    assert rows["wrong_a"].tolist() == [1, 3, 5]
    assert rows["wrong_b"].tolist() == [3, 2, 3]
    assert rows["patches"].tolist() == [8, 12, 20]


def test_compare_counts_each_pair_of_answers(compared):
    read = re.findall(r'class="idc-read"[^>]*>(.*?)</div>', compared.html)
    (said,) = [each for each in read if each.count(";") == 7]
    # IDC: found by both, by B alone, by A alone, by none; without: no alarm, A's, B's, both
    assert [int(each.rpartition(":")[2]) for each in said.split(";")] == [11, 3, 0, 1, 18, 0, 2, 5]
