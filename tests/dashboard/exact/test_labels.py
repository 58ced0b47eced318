"""Suspect labels: how many are contradicted."""

from tests.dashboard.exact import network
from tests.dashboard.exact.reading import captions, datasets, holding, markdown, numbers


def test_labels_are_counted_by_what_they_say(page_at):
    page = page_at("labels", 0.5)
    said = holding(markdown(page), "contradicted")
    # the network is sure of D and d (0.9), never above: 0.9 against "no IDC" in two patches is no
    # more than float32's 0.89999998
    assert numbers(said) == ["0", "40", "90", "0", "0", "0"]
    assert numbers(captions(page)[-1])[:4] == ["1", "40", "40", "3"]


def test_the_labels_that_are_contradicted_most_come_first(page_at):
    (squares,) = datasets(page_at("labels", 0.5))["squares"]
    letters = network.letters()
    shown = [
        letters[row.patient, row.x, row.y]
        for row in squares.sort_values(["row", "col"]).itertuples()
    ]
    # contradicted by 0.9, 0.7, 0.6, 0.4, 0.3 and 0.1
    order = [["A", "d"], ["B"], ["c"], ["C"], ["b"], ["D", "a"]]
    assert [sorted(set(shown[a:b])) for a, b in ((0, 3), (3, 6), (6, 9), (9, 13))] == order[:4]
    assert sorted(set(shown[13:21])) == order[4]
