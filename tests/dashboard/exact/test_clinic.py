"""Clinical use: predictive values, a thousand patches, net benefit."""

from tests.dashboard.exact import referee
from tests.dashboard.exact.reading import (
    captions,
    cards,
    cells,
    holding,
    markdown,
    numbers,
    table,
    values,
    written,
)


def test_clinic_says_predictive_values_and_likelihood_ratios(page_at):
    assert [(value, n) for _, value, n in cards(page_at("operating-point/clinic", 0.5))] == [
        ("0.69", ["40", "3"]),  # 11/16 at the prevalence of the split
        ("0.83", ["40", "3"]),  # 20/24
        ("3.67", ["1", "40", "3"]),  # 0.7333 / (1 − 0.8)
        ("0.33", ["0", "40", "3"]),  # (1 − 0.7333) / 0.8
    ]
    # 7/9, 23/31, 0.4667/0.08, 0.5333/0.92
    assert values(page_at("operating-point/clinic", 0.75)) == ["0.78", "0.74", "5.83", "0.58"]


def test_clinic_reckons_a_thousand_patches_net_benefit_and_answers(page_at):
    page = page_at("operating-point/clinic", 0.5)
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


def test_the_answers_have_the_ends_that_leaving_out_each_patient_gives(page_at):
    page, patches = page_at("operating-point/clinic", 0.5), referee.rows()
    shown = {row[0]: row[1] for row in cells(page)}
    assert {name: shown[name] for name in list(shown)[:4]} == {
        "Sensitivity": written(referee.rate("Sensitivity", patches)),
        "Specificity": written(referee.rate("Specificity", patches)),
        "Precision (PPV)": written(referee.rate("Precision", patches)),
        "Negative predictive value": written(referee.rate("Negative predictive value", patches)),
    }
    right, low, high = referee.rate("Accuracy", patches)
    wrong = [1 - right, 1 - high, 1 - low]
    # in binary 9/40 is a trace below 0.225
    assert shown["Error rate"] == written([each - 1e-9 for each in wrong])
    said = holding(captions(page), "The model abstains").partition("are answered")[2]
    per_cent = [f"{100 * each:.1f}" for each in wrong]
    assert numbers(said)[:6] == [*per_cent, *per_cent]


def test_abstaining_leaves_out_the_patches_nearest_the_threshold(opened):
    page = opened("operating-point/clinic", 0.5)
    page.at.slider(key="clinic_silent").set_value(50).run()
    shown = {row[0]: row[1:] for row in table(page)}
    # neither b and B nor c and C are answered, 18 of 40; A, D, a and d are: 22, of which A and
    # both d are wrong
    said = numbers(holding(captions(page), "The model abstains"))
    assert said[:4] == ["0.300", "0.900", "55.0", "40"]
    assert numbers(holding(captions(page), "without an answer").partition("Of the ")[2])[:2] == [
        *("18", "3"),
    ]
    assert {name: both[1] for name, both in shown.items()} == {
        "Sensitivity": "0.88",  # 7/8
        "Specificity": "0.86",  # 12/14
        "Precision (PPV)": "0.78",  # 7/9
        "Negative predictive value": "0.92",  # 12/13
        "Error rate": "0.14",  # 3/22
        "Patches answered": "22 of 3 patients",
    }
    assert shown["Error rate"][0] == "0.22"
