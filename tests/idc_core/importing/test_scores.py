"""Scores become the probability of IDC, or a question; rounding is forgiven, slips are not."""

import numpy as np
import pandas as pd
import pytest

from idc_core.importing.columns import Columns
from idc_core.importing.scores import NO_PAIR, NO_SCORE, OUTSIDE, read_scores
from idc_core.io.refusal import Refusal


def scores(cells, *, name="score", other=None, scale=None, of="idc", call=None, calls=None):
    frame = pd.DataFrame({name: cells} | ({} if other is None else {"other": other}))
    columns = Columns(score=name, other=None if other is None else "other", score_of=of, call=call)
    return read_scores(frame, columns, scale, calls)


def many(*cells):
    """These cells and 98 others that are probabilities."""
    return [*cells, *(str(at / 100) for at in range(1, 99))]


@pytest.mark.parametrize("over", ["1.00000012", "1.00000536", "1.001", "1.0000000000000007"])
def test_rounding_past_one_is_one_and_said(over):
    found = scores(many(over, "-1e-9", "-0.0"))
    assert found.values[:3].tolist() == [1, 0, 0]
    assert not np.signbit(found.values[2])
    assert found.reasons[:3].tolist() == ["", "", ""]
    assert found.notes[0].startswith("2 scores lie past 0 or 1 by up to ")


def test_a_slip_is_asked_about_by_row_with_its_true_cause():
    found = scores(many("0.5", "1.5", "0.5", "-0.4"))
    assert found.reasons[:4].tolist() == ["", OUTSIDE, "", OUTSIDE]
    (question,) = found.questions
    assert str(question) == (
        "expected scores from 0 to 1 in 'score': row 2 holds 1.5, and 1 more are outside; the "
        "other 100 lie within. Correct these rows. Or go on without these rows: --accept-loss."
    )


def test_infinity_is_refused_by_row():
    with pytest.raises(Refusal, match="row 2 holds inf, and 0 more are infinite"):
        scores(many("0.5", "inf"))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["-3.2", "0.4", "2.5"], "from -3.2 to 2.5, logits.*--score-scale logit"),
        (["-3.2", "-0.4", "-2.5"], "--score-scale logit or --score-scale log"),
        (["3.2", "40", "97"], "percentages.*--score-scale percent"),
        (["3.2", "400", "97"], "neither a probability nor a percentage"),
        (["0.5", "2", "3"], "neither a probability nor a percentage"),
        (["high", "low"], "it holds texts like 'high'"),
        ([None, None], "its cells are empty"),
    ],
)
def test_another_scale_is_asked_about_with_the_option_that_says_it(cells, said):
    with pytest.raises(Refusal, match=said):
        scores(cells)


def test_a_logit_by_name_is_passed_through_the_sigmoid():
    found = scores(["0", "1.5", "-40", "800", "-800"], name="logit")
    expected = [0.5, 1 / (1 + np.exp(-1.5)), np.exp(-40) / (1 + np.exp(-40)), 1, 0]
    np.testing.assert_allclose(found.values, expected, rtol=1e-15)
    assert found.notes == ("“logit” holds logits: the score is their sigmoid.",)
    with pytest.raises(Refusal, match="a logit by its name, a probability by its numbers"):
        scores(["0.2", "0.3"], name="logit")


def test_logits_of_both_classes_are_a_softmax():
    found = scores(["1", "3"], name="logit_1", other=["2", "3"])
    np.testing.assert_allclose(found.values, [1 / (1 + np.e), 0.5])
    assert "softmax of both" in found.notes[0]


def test_percent_is_divided_and_said():
    assert scores(["99.82%", "7 %"]).values.tolist() == [0.9982, 0.07]
    assert scores(["50", "7"], scale="percent").values.tolist() == [0.5, 0.07]
    assert scores(["50", "7"], name="score_pct").values.tolist() == [0.5, 0.07]


def test_logarithms_are_read_where_the_name_says_so():
    np.testing.assert_allclose(scores(["-1", "-2"], name="log_prob").values, np.exp([-1, -2]))


def test_a_pair_written_with_two_digits_adds_up():
    found = scores(["0.77", "0.11"], other=["0.22", "0.88"])
    assert found.values.tolist() == [0.77, 0.11]
    assert found.notes == ("“score” and “other” add up to 1 within their 2 digits.",)
    assert scores(["0.7753", "0.1194"], other=["0.2247", "0.8806"]).notes == ()


def test_two_sigmoids_of_their_own_are_told_and_the_right_one_is_used():
    rng = np.random.default_rng(0)
    logit = rng.normal(0, 2, 200)
    one, other = 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(logit * 0.8 - 0.5))
    found = scores(one, other=other)
    np.testing.assert_array_equal(found.values, one)
    assert "two sigmoids of their own" in found.notes[0]
    assert "--score-column other --score-of no-idc" in found.notes[0]
    with pytest.raises(Refusal, match="Name the one that holds: --score-column score"):
        scores(one, other=one)


def test_a_few_pairs_that_do_not_add_up_are_rows_to_ask_about():
    one = np.linspace(0, 1, 100)
    other = 1 - one
    other[7] = 0.5
    found = scores(one, other=other)
    assert found.reasons[7] == NO_PAIR
    assert (found.reasons != "").sum() == 1
    assert "0 more rows do not" in str(found.questions[0])


def test_a_confidence_is_turned_where_the_call_is_no_idc():
    calls = np.tile([1.0, 0.0], 20)
    conf = np.linspace(0.5, 1, 40)
    found = scores(conf, name="confidence", call="pred", calls=calls)
    np.testing.assert_array_equal(found.values, np.where(calls == 1, conf, 1 - conf))
    assert "the model's confidence in its prediction in “pred”" in found.notes[0]
    kept = scores(conf, name="confidence", calls=np.ones(40))
    np.testing.assert_array_equal(kept.values, conf)
    with pytest.raises(Refusal, match="--call-column NAME"):
        scores(conf, scale="confidence")


def test_calls_alone_are_said_to_be_calls():
    found = scores(["1", "0", None])
    assert (found.decided, found.scale, found.reasons[2]) == (True, "call", NO_SCORE)
    words = scores(["IDC", "Non-IDC", "IDC"], name="pred")
    assert (words.values.tolist(), words.decided) == ([1, 0, 1], True)
    assert not scores(["1", "0", "0.5"]).decided


def test_a_float32_is_what_it_says():
    assert scores(np.array([0.7, 0.1], np.float32)).values.tolist() == [0.7, 0.1]
