"""Agreement of readers with the label, the model and each other."""

import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from idc_core.reviews.reader_agreement import changes, pairs


def standing(*rows):
    """Rows of (reviewer, x, stage, says, label, called)."""
    return pd.DataFrame(
        [
            {
                "reviewer": who,
                "patient": f"p{x % 3}",
                "x": x,
                "y": 1,
                "stage": stage,
                "says": says,
                "verdict": {0: "no_idc", 1: "idc", None: "unsure"}[says],
                "label": label,
                "score": 0.9 if called else 0.1,
                "threshold": 0.5,
            }
            for who, x, stage, says, label, called in rows
        ]
    ).astype({"says": "Int8"})


def of(found, one, other, stage):
    return next(p for p in found if (p.one, p.other, p.stage) == (one, other, stage))


def test_kappa_with_label_and_model_agrees_with_scikit_learn():
    says, label, called = [1, 1, 0, 0, 1, 0], [1, 0, 0, 0, 1, 1], [1, 1, 0, 1, 1, 0]
    table = standing(
        *(("A", x, "open", *each) for x, each in enumerate(zip(says, label, called, strict=True)))
    )
    found = pairs(table)
    assert of(found, "A", "label", "open").kappa.value == pytest.approx(
        cohen_kappa_score(says, label)
    )
    assert of(found, "A", "model", "open").kappa.value == pytest.approx(
        cohen_kappa_score(says, called)
    )
    assert of(found, "A", "model", "open").patients == 3


def test_two_readers_are_compared_on_what_both_read():
    table = standing(
        ("A", 1, "open", 1, 1, 1),
        ("A", 2, "open", 0, 1, 1),
        ("A", 3, "open", 0, 1, 1),
        ("B", 1, "open", 1, 1, 1),
        ("B", 2, "open", 0, 1, 1),
        ("B", 9, "open", 0, 1, 1),
    )
    pair = of(pairs(table), "A", "B", "open")
    assert (pair.agreed, pair.patches) == (2, 2)
    assert pair.kappa.value == 1


def test_an_unsure_answer_is_left_out_and_counted():
    table = standing(("A", 1, "open", None, 1, 1), ("A", 2, "open", 1, 1, 1))
    pair = of(pairs(table), "A", "label", "open")
    assert (pair.patches, pair.left_out) == (1, 1)


def test_before_and_after_are_counted_on_the_same_patches():
    table = standing(
        ("A", 1, "blind", 0, 1, 1), ("A", 2, "blind", 1, 1, 1), ("A", 1, "revealed", 1, 1, 1)
    )
    found = pairs(table)
    assert of(found, "A", "model", "blind").patches == 1
    assert of(found, "A", "model", "blind").agreed == 0
    assert of(found, "A", "model", "revealed").agreed == 1


def test_a_blind_reading_without_any_reveal_stands_for_itself():
    assert of(pairs(standing(("A", 1, "blind", 0, 1, 1))), "A", "label", "blind").patches == 1


def test_changes_at_the_reveal_have_a_direction():
    table = standing(
        ("A", 1, "blind", 0, 1, 1),
        ("A", 1, "revealed", 1, 1, 1),
        ("A", 2, "blind", 1, 1, 1),
        ("A", 2, "revealed", 0, 1, 1),
        ("A", 3, "blind", 1, 1, 1),
        ("A", 3, "revealed", 1, 1, 1),
        ("A", 4, "blind", 0, 1, 1),
        ("A", 4, "revealed", None, 1, 1),
    )
    row = changes(table).iloc[0]
    assert row[["patches", "kept", "to_model", "from_model", "other"]].tolist() == [4, 1, 1, 1, 1]


def test_without_verdicts_there_is_nothing():
    none = standing(("A", 1, "open", 1, 1, 1)).iloc[:0]
    assert pairs(none) == []
    assert changes(none).empty


def test_a_patch_without_a_label_neither_agrees_nor_disagrees_with_it():
    table = standing(
        ("A", 1, "open", 1, 1, 1), ("A", 2, "open", 0, -1, 1), ("A", 3, "open", 1, -1, 1)
    )
    pair = of(pairs(table), "A", "label", "open")
    assert (pair.agreed, pair.patches, pair.left_out) == (1, 1, 2)
    assert of(pairs(table), "A", "model", "open").patches == 3
