"""Suspect labels: how many are contradicted."""

from tests.dashboard.exact.reading import captions, holding, markdown, numbers


def test_labels_are_counted_by_what_they_say(page_at):
    page = page_at("labels", 0.5)
    said = holding(markdown(page), "contradicted")
    # the network is sure of D and d (0.9), never above: 0.9 against "no IDC" in two patches is no
    # more than float32's 0.89999998
    assert numbers(said) == ["0", "40", "90", "0", "0", "0"]
    assert numbers(captions(page)[-1])[:4] == ["1", "40", "40", "3"]
