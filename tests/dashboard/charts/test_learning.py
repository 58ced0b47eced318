"""A metric over the epochs, as the report prints it."""

import pandas as pd

from dashboard.charts.learning import best, kept_rule, learning_chart, learning_table

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3],
        "loss": [0.6, 0.5, 0.4],
        "val_loss": [0.6, 0.4, 0.5],
        "val_auc": [None] * 3,
    }
)


def test_both_sides_are_drawn_where_both_were_logged():
    table = learning_table(HISTORY, "loss")
    assert table["side"].tolist() == ["validation"] * 3 + ["train"] * 3
    assert table["value"].tolist() == [0.6, 0.4, 0.5, 0.6, 0.5, 0.4]
    assert learning_table(HISTORY[["epoch", "loss"]], "loss")["side"].unique().tolist() == ["train"]


def test_the_best_is_that_of_validation_in_its_own_direction():
    assert best(HISTORY, "loss").to_dict("records") == [{"epoch": 2, "value": 0.4}]
    assert best(HISTORY, "auc").empty
    assert best(HISTORY[["epoch", "loss"]], "loss").empty


def test_a_kept_epoch_outside_the_table_is_no_rule():
    assert kept_rule(HISTORY, 3)["epoch"].tolist() == [3]
    assert kept_rule(HISTORY, 9).empty
    assert kept_rule(HISTORY, None).empty


def test_a_history_of_one_epoch_is_seen_as_points():
    def points(history):
        return learning_chart(history, "loss", "Loss", None)["layer"][1]["mark"]["point"]

    assert points(HISTORY.head(1)) is True
    assert points(HISTORY) is False
