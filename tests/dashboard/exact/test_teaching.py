"""Teaching: who was right on the patches that were asked about, the reader or the model."""

import numpy as np
import pytest

from idc_core.runs.run import open_run
from tests import exact_world
from tests.dashboard.exact import network
from tests.dashboard.exact.reading import holding, markdown, numbers

ASKED = 8


@pytest.fixture
def quiz(opened):
    return opened("teaching", 0.5)


def _asked(root, page):
    """Letters in the order in which they are asked about."""
    rows = open_run(root / "models" / exact_world.RUN).predictions().query("split == 'test'")
    order = np.random.default_rng(page.panel("quiz_keys")["about"]["seed"]).permutation(len(rows))
    keys = [tuple(row) for row in rows[["patient", "x", "y"]].itertuples(index=False)]
    return [network.letters()[keys[each]] for each in order[:ASKED]]


def _answer(page, said):
    page.act(verdict=said, key="quiz_keys")


def test_an_answer_is_held_against_label_and_model(quiz, exact_root):
    letter = _asked(exact_root, quiz)[0]
    _answer(quiz, "1")
    told = holding(markdown(quiz), "The label is")
    score = exact_world.SCORES[letter.lower()]
    idc, called = letter.isupper(), score > 0.5
    right = "correct" if idc else "the label says otherwise"
    assert f"You said IDC: {right}." in told
    assert f"The label is {'IDC' if idc else 'no IDC'}." in told
    assert f"score is {score:.3f}, predicted {'IDC' if called else 'no IDC'} at 0.500" in told
    outcome = {"A": "FN", "B": "FN", "C": "TP", "D": "TP", "a": "TN", "b": "TN", "c": "FP"}
    assert f"({outcome.get(letter, 'FP')})" in told


@pytest.mark.parametrize("said", ["1", "0"])
def test_the_running_score_counts_both_and_their_agreement(quiz, exact_root, said):
    letters = _asked(exact_root, quiz)
    for at in range(ASKED):
        _answer(quiz, said)
        if at < ASKED - 1:
            quiz.act("next", key="quiz_keys")
    idc = sum(each.isupper() for each in letters)
    called = sum(each in "cdCD" for each in letters)
    you, same = (idc, called) if said == "1" else (ASKED - idc, ASKED - called)
    model = sum(each in "CDab" for each in letters)
    assert numbers(holding(markdown(quiz), "you and the model agree on")) == [
        str(ASKED),
        *(str(you), f"{100 * you / ASKED:.0f}"),
        *(str(model), f"{100 * model / ASKED:.0f}"),
        str(same),
    ]
    words = [each.value for each in quiz.at.caption]
    assert numbers(holding(words, "picked at random"))[0] == "40"


def test_the_classes_are_called_as_the_run_calls_them(tumour_run, app):
    page = app(run="small", split="test", threshold="0.5").open("teaching")
    panel = page.panel("quiz_keys")
    assert panel["title"] == "Is this patch tumour or stroma?"
    assert [each["words"] for each in panel["buttons"]] == ["Tumour", "Stroma"]
    _answer(page, "0")
    told = holding(markdown(page), "The label is")
    assert "You said stroma: " in told
    assert "IDC" not in told
