"""Training: best and last epoch."""

from tests.dashboard.exact.reading import holding, markdown, numbers


def test_training_says_its_best_and_last_epoch(page_at):
    page = page_at("training", 0.5)
    said = holding(markdown(page), "best in epoch")
    # val_auc is 0.9 − 0.01·|epoch − 4|, of 6 epochs
    assert numbers(said)[:6] == ["6", "4", "0.900", "15", "2", "0.880"]
    # val_loss 0.72 − 0.04·epoch and loss 0.7 − 0.05·epoch
    rows = page.frame("runs_0_").set_index("run")
    assert rows.loc[
        "small", ["best", "last", "best epoch", "saved epoch", "epochs", "minutes"]
    ].tolist() == [
        *(0.9, 0.88, 4, 4, 6, 1.0),
    ]
    assert numbers(rows.loc["small", "data"]) == ["11"]
