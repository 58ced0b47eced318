"""What a network declared and what is kept are held against each other."""

import numpy as np
import pytest

from idc_core.io.refusal import Refusal
from idc_core.score.foreign.agreement import declared, notes, refuse_disagreement, refuse_no_numbers


def sigmoid(logit):
    return 1 / (1 + np.exp(-np.asarray(logit, float)))


@pytest.mark.parametrize(
    ("answers", "kind", "idc_class", "logit"),
    [
        ([[2.0]], "logits", 1, 2.0),
        ([[2.0]], "logits", 0, -2.0),
        ([[1.0, 3.0]], "logits", 1, 2.0),
        ([[1.0, 3.0]], "logits", 0, -2.0),
        ([[0.25]], "sigmoid", 1, -np.log(3)),
        ([[0.25]], "sigmoid", 0, np.log(3)),
        ([[0.1, 0.25]], "sigmoid", 1, -np.log(3)),
        ([[0.75, 0.25]], "softmax", 1, -np.log(3)),
        ([[0.75, 0.25]], "softmax", 0, np.log(3)),
        ([[0.25]], "probabilities", 1, -np.log(3)),
    ],
)
def test_an_answer_is_read_by_its_kind(answers, kind, idc_class, logit) -> None:
    said = declared(answers, kind, idc_class)
    assert said.logit[0] == pytest.approx(logit)
    assert said.probability[0] == pytest.approx(sigmoid(logit))


def test_a_second_sigmoid_is_found_out() -> None:
    logits = np.array([-3.0, 0.5, 4.0])
    said = declared(sigmoid(logits)[:, None], "sigmoid", 1)
    assert refuse_disagreement(said, sigmoid(logits), logits) < 1e-12
    twice = sigmoid(logits)
    with pytest.raises(Refusal, match="expected the same answers from the network"):
        refuse_disagreement(said, sigmoid(twice), twice)


def test_small_probabilities_are_compared_as_logits() -> None:
    logits = np.array([-20.0, -25.0])
    said = declared(sigmoid(logits)[:, None], "sigmoid", 1)
    with pytest.raises(Refusal):
        refuse_disagreement(said, sigmoid(logits - 1), logits - 1)


def test_probabilities_that_are_rounded_do_not_tell_a_logit_near_0_or_1() -> None:
    said = declared([[1e-6], [0.3], [1 - 1e-6]], "sigmoid", 1, rounding=2e-7)
    assert np.isnan(said.logit).tolist() == [True, False, True]


def test_half_precision_may_differ_by_more() -> None:
    logits = np.array([1.0, -2.0])
    said = declared(logits[:, None], "logits", 1)
    off = logits + 0.005
    with pytest.raises(Refusal):
        refuse_disagreement(said, sigmoid(off), off)
    assert refuse_disagreement(said, sigmoid(off), off, half=True) < 0.002


def test_no_numbers_are_refused() -> None:
    with pytest.raises(Refusal, match="NaN or infinity"):
        refuse_no_numbers([[np.nan]])


def test_one_answer_to_all_is_refused_however_small_it_is() -> None:
    small = np.array([-30.0, -28.0, -31.0])
    said = declared(sigmoid(small)[:, None], "sigmoid", 1)
    assert any(
        "sure of nearly every picture" in each
        for each in notes(said, small, sigmoid(small), "sigmoid", True)
    )
    same = np.full(3, -30.0)
    with pytest.raises(Refusal, match="different answers to different pictures"):
        notes(declared(sigmoid(same)[:, None], "sigmoid", 1), same, sigmoid(same), "sigmoid", True)
