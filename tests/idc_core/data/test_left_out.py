"""What was left out is counted by whom it falls on; a loss that changes the set is a question."""

import json

import numpy as np
import pandas as pd
import pytest

from idc_core.data.left_out import OPTION, Group, judge, right_calls
from idc_core.io.record import fields
from idc_core.io.refusal import Refusal

WORD = "a label word that is not understood"


def world(patients=10, each=100, share=0.3):
    """Patients with as many patches, of which the first `share` are IDC; every 10th call errs."""
    at = np.arange(patients * each)
    return pd.DataFrame(
        {
            "patient": [f"p{i // each}" for i in at],
            "label": (at % each < share * each).astype(int),
            "split": np.where(at < patients * each // 2, "test", "validation"),
            "right": at % 10 != 0,
        }
    )


def lost_from(all_, mask, reason="no score"):
    return judge(
        all_[~mask],
        all_[mask].assign(reason=reason),
        noun="rows",
        cures={
            WORD: 'say what the words mean: --label-words "tumurous=idc"',
        },
    )


def first_of(all_, mask, count):
    return all_.index.isin(all_.index[mask][:count])


def test_nothing_left_out_is_neither_said_nor_asked():
    found = lost_from(world(), np.zeros(1000, bool))
    assert (found.lost, found.total, found.sentences, found.questions) == (0, 1000, (), ())
    found.refuse(accepted=False)


def test_a_loss_is_counted_by_reason_class_side_call_and_patient():
    all_ = world()
    mask = np.zeros(1000, bool)
    mask[[0, 1, 100, 550, 551, 552, 553, 554, 555, 556, 557]] = True
    found = judge(all_[~mask], all_[mask].assign(reason=["no score"] * 3 + ["no place"] * 8))
    assert found.reasons == {"no place": 8, "no score": 3}
    assert found.classes == (Group("no IDC", 8, 700), Group("IDC", 3, 300))
    assert found.splits == (Group("validation", 8, 500), Group("test", 3, 500))
    assert found.calls == (Group("wrong predictions", 3, 100), Group("correct predictions", 8, 900))
    assert found.patients == (Group("p5", 8, 100), Group("p0", 2, 100), Group("p1", 1, 100))
    assert found.sentences == (
        "11 of 1,000 rows (1.1 %) are left out: 8 for “no place”; 3 for “no score”.",
        "Left out by class: no IDC 8 of 700, IDC 3 of 300.",
        "Left out by split: validation 8 of 500, test 3 of 500.",
        "Left out by call: wrong predictions 3 of 100, correct predictions 8 of 900.",
        "Left out from 3 patients, most from p5 8 of 100, p0 2 of 100, p1 1 of 100.",
    )
    assert found.questions == ()


def test_up_to_one_in_a_hundred_is_not_said():
    all_ = world()
    assert lost_from(all_, first_of(all_, all_["label"] == 0, 10)).sentences == ()
    assert len(lost_from(all_, first_of(all_, all_["label"] == 0, 11)).sentences) == 5


def test_a_class_lost_whole_is_asked_about_with_the_option_that_answers():
    all_ = world()
    found = lost_from(all_, (all_["label"] == 1).to_numpy(), WORD)
    assert found.questions == (
        "expected no loss that falls on one class: all 300 rows labelled IDC are left out, and 0 "
        f"of the other 700, for “{WORD}”. Say what the words mean: --label-words "
        f'"tumurous=idc", or go on without them: {OPTION}.',
    )
    with pytest.raises(Refusal, match="all 300 rows labelled IDC"):
        found.refuse(accepted=False)
    found.refuse(accepted=True)


@pytest.mark.parametrize(("count", "asked"), [(15, False), (16, True)])
def test_a_class_far_above_the_rest_is_asked_about_from_a_twentieth_on(count, asked):
    all_ = world()
    found = lost_from(all_, first_of(all_, all_["label"] == 1, count))
    assert bool(found.questions) == asked, "5 % of 300 patches are 15"


@pytest.mark.parametrize(("others", "asked"), [(12, True), (13, False)])
def test_three_times_the_rate_of_the_rest_is_far_above_it(others, asked):
    all_ = world(share=0.5)
    mask = first_of(all_, all_["label"] == 1, 37) | first_of(all_, all_["label"] == 0, others)
    assert bool(lost_from(all_[["label"]], mask).questions) == asked


def test_a_few_that_chance_can_take_from_one_class_are_no_question():
    all_ = world(patients=2, each=10, share=0.5)[["label"]]
    assert lost_from(all_, first_of(all_, all_["label"] == 1, 2)).questions == ()


def test_a_side_lost_whole_is_asked_about():
    all_ = world()
    found = lost_from(all_, (all_["split"] == "validation").to_numpy(), "an unknown folder")
    assert "on one split: all 500 rows of the split validation are left out" in found.questions[0]


def test_errors_lost_far_more_often_than_right_calls_are_asked_about():
    all_ = world()
    errors = ~all_["right"].to_numpy()
    found = lost_from(all_, errors, "disagrees with the file name")
    assert found.questions[0].startswith(
        "expected no loss that falls on the errors: all 100 of the model's wrong predictions are "
        "left out, and 0 of the other 900, for “disagrees with the file name”."
    )
    assert lost_from(all_, first_of(all_, errors, 6)).questions
    assert not lost_from(all_, first_of(all_, errors, 5)).questions


def test_right_calls_lost_make_the_model_look_worse_and_are_no_question():
    all_ = world()[["right"]]
    assert not lost_from(all_, first_of(all_, all_["right"], 90)).questions


def test_whole_patients_are_asked_about_by_name():
    all_ = world(patients=200, each=5)
    mask = all_["patient"].isin(["p3", "p7", "p8", "p9"]).to_numpy()
    found = lost_from(all_, mask, "no place")
    assert found.questions == (
        "expected to keep every patient: 4 patients (p3, p7, p8, …) would be lost whole, for "
        f"“no place”. Go on without them: {OPTION}.",
    )


def test_a_patient_lost_by_more_than_half_is_as_good_as_lost():
    all_ = world(patients=100, each=20)
    half = first_of(all_, all_["patient"] == "p4", 10)
    more = first_of(all_, all_["patient"] == "p4", 11)
    assert lost_from(all_, half).questions == ()
    assert "1 patient (p4) would be lost whole or nearly so" in lost_from(all_, more).questions[0]


def test_a_class_that_only_hides_behind_unknown_labels_is_asked_about():
    kept = pd.DataFrame({"label": [0] * 700})
    left = pd.DataFrame({"label": [np.nan] * 30, "reason": WORD})
    (question,) = judge(kept, left).questions
    assert "expected both classes: without the 30 rows left out" in question
    assert "all 700 are labelled no IDC" in question


def test_more_than_a_tenth_of_all_is_a_question_whomever_it_falls_on():
    all_ = world()
    even = np.arange(1000) % 9 == 0
    (question,) = lost_from(all_, even).questions
    assert question == (
        "expected to take nearly all 1,000 rows: 112 (11 %) are left out, for “no score”. Go on "
        f"without them: {OPTION}."
    )
    assert lost_from(all_, np.arange(1000) % 10 == 3).questions == ()


def test_the_most_common_reason_is_named_and_said_to_be_only_most():
    all_ = world()
    left = all_[all_["split"] == "test"].assign(reason=["no score"] * 400 + ["no place"] * 100)
    (question,) = judge(
        all_[all_["split"] != "test"][["split"]], left[["split", "reason"]]
    ).questions
    assert ", most of them for “no score”" in question


def test_what_is_known_of_nobody_is_no_group():
    found = judge(pd.DataFrame({"label": [1, -1]}), pd.DataFrame({"reason": ["no place"]}))
    assert found.classes == (Group("IDC", 0, 1),)
    assert (found.splits, found.patients, found.calls) == ((), (), ())


def test_the_facts_can_be_written_as_json():
    all_ = world()
    facts = json.loads(json.dumps(fields(lost_from(all_, ~all_["right"].to_numpy()).facts())))
    assert facts["left_out"] == 100
    assert facts["calls"][0] == {"name": "wrong predictions", "lost": 100, "total": 100}
    assert len(facts["accepted"]) == 1


def test_a_call_is_right_where_the_score_and_the_label_say_the_same():
    found = right_calls([1, 1, 0, 0, -1, 1], [0.5, 0.4, 0.5, 0.4, 0.9, np.nan])
    assert found.isna().tolist() == [False] * 4 + [True] * 2
    assert found[:4].tolist() == [True, False, False, True]
