"""A run's training told from its own numbers."""

from dashboard.components.story import tell


def test_the_story_names_the_best_epoch_the_last_and_the_gap(small_world):
    said = tell(small_world.history(), {"monitor": "val_auc", "stop_reason": "patience"})
    assert said.startswith("6 epochs; best in epoch **4** (validation auc 0.900, last 0.880).")
    assert "validation loss is 0.480 and the training loss 0.400: a gap of +0.080" in said
    assert said.endswith("It ended because: patience.")


def test_without_the_monitored_figure_no_epoch_is_called_best(small_world):
    said = tell(small_world.history().drop(columns="val_auc"), {})
    assert "no best epoch can be named" in said
    assert "**" not in said
