"""Clinical use: predictive values, a thousand patches, net benefit."""

from tests.dashboard.exact.reading import captions, cards, holding, markdown, numbers, table, values


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
