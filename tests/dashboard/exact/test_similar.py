"""Look-alikes: how many of the nearest patches are IDC, and how near they are."""

import json

import numpy as np
import pytest

from tests.dashboard.exact import network, referee
from tests.dashboard.exact.reading import datasets, holding, markdown, numbers

PLACE = ("10253", 1001, 501)
"""A D of 10253."""


def _ranked(root, allowed):
    """Patches in the order of their cosine with it, and the cosines."""
    pixels = network.patches(root)
    places = [each for each in pixels if each != PLACE and allowed(each[0])]
    means = np.array([network.embedding(pixels[each]) for each in places])
    cosines = means @ network.embedding(pixels[PLACE])
    order = np.argsort(-cosines)
    return [places[each] for each in order], cosines[order]


def _opened(page_at, **query):
    return page_at("similar", 0.5, patient="10253", patch="x1001_y501", **query)


def _said(page):
    return numbers(holding(markdown(page), "most similar patches"))


def test_the_patch_is_told_by_score_label_and_split(page_at):
    assert holding(markdown(_opened(page_at)), "test split").strip() == (
        "Score 0.900, labelled IDC, test split."
    )


@pytest.mark.parametrize("among", ["others", "anywhere"])
def test_the_nearest_are_counted_by_label_and_prediction(page_at, exact_root, among):
    page = _opened(page_at, among=among)
    places, cosines = _ranked(exact_root, lambda who: among == "anywhere" or who != "10253")
    letters = [network.letters()[each] for each in places[:24]]
    assert cosines[23] - cosines[24] > 1e-4  # no tie decides which of two is the last
    assert _said(page) == [
        "24",
        str(sum(each.isupper() for each in letters)),
        str(sum(each in "cdCD" for each in letters)),
        str(len({each[0] for each in places[:24]})),
        f"{cosines[0]:.3f}",
        f"{cosines[23]:.3f}",
    ]
    (squares,) = datasets(page)["squares"]
    shown = set(zip(squares["patient"], squares["x"], squares["y"], strict=True))
    assert shown == set(places[:24])


def test_among_training_patches_all_eleven_are_found(page_at, exact_root):
    # D C a b, B a a a and C b a: D, C, B and C are IDC; D, C and C lie above 0.5
    _, cosines = _ranked(exact_root, lambda who: who in ("9041", "9043"))
    assert _said(_opened(page_at, among="train")) == [
        *("11", "4", "3", "2"),
        f"{cosines[0]:.3f}",
        f"{cosines[-1]:.3f}",
    ]


def test_the_map_counts_the_patches_of_the_split_by_outcome(page_at, exact_root):
    page = _opened(page_at)
    (drawn,) = page.at.get("plotly_chart")
    traces = {each["name"]: each for each in json.loads(drawn.proto.spec)["data"]}
    assert set(traces) == {
        *("true negative (20)", "false alarm (5)", "missed IDC (4)", "IDC found (11)"),
        "this patch",
    }
    said = numbers(holding([each.value for each in page.at.caption], "of the split"))
    unit = np.array([network.embedding(each) for each in network.patches(exact_root).values()])
    values = np.linalg.eigvalsh(np.cov(unit, rowvar=False))[::-1]
    assert said == ["40", "40", "3", f"{100 * values[:2].sum() / values.sum():.0f}"]


def test_the_map_counts_labels_and_the_selected_patient_too(page_at):
    def names(page):
        (drawn,) = page.at.get("plotly_chart")
        return [each["name"] for each in json.loads(drawn.proto.spec)["data"]]

    assert names(_opened(page_at, coloured="label"))[:2] == ["no IDC (25)", "IDC (15)"]
    of_patient = names(_opened(page_at, coloured="patient"))[:2]
    assert of_patient == ["other patients (20)", "selected patient (20)"]
    assert len(referee.rows()) == 40
