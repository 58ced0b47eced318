"""A run's training told from its own numbers."""

from dashboard.charts.theme import plain
from dashboard.views.training.story import TITLES, findings, tell
from idc_core.records.run_info import Data, RunInfo
from idc_core.train.history import diagnosis


def test_the_story_names_the_best_epoch_and_the_last(small_world):
    said = tell(small_world.history(), RunInfo(monitor="val_auc", stop_reason="patience"))
    auc = plain("ROC-AUC")
    assert said.startswith(f"6 epochs; best in epoch **4**: validation {auc} 0.900, at the end")
    assert "at the end 0.880." in said
    assert said.endswith("Stop reason: patience.")


def test_without_the_monitored_figure_no_epoch_is_called_best(small_world):
    said = tell(small_world.history().drop(columns="val_auc"), RunInfo())
    assert "so there is no best epoch" in said
    assert "**" not in said


def test_the_story_tells_the_kept_epoch_from_the_best(small_world):
    said = tell(small_world.history(), RunInfo(monitor="val_auc", best_epoch=5))
    assert "best in epoch **4**" in said
    assert "The weights of epoch 5 were saved." in said
    assert "were saved" not in tell(small_world.history(), RunInfo(monitor="val_auc"))


def test_a_figure_whose_better_side_is_not_known_has_no_best_epoch(small_world):
    said = tell(small_world.history().assign(val_tone=1.0), RunInfo(monitor="val_tone"))
    assert "does not tell whether higher or lower is better, so there is no best epoch." in said


def test_every_finding_has_a_title_and_its_figures(small_world):
    said = findings(small_world.history(), RunInfo(stop_reason="all epochs done"))
    begins = plain("It had not converged: in the last 3 epochs")
    assert said.startswith(f"**Not converged.** {begins}")
    assert "*Next step:* more epochs" in said
    for kind in TITLES:
        assert f"`{kind}`" in diagnosis.__doc__
    assert diagnosis.__doc__.count("| `") == len(TITLES)


def test_the_story_says_on_how_many_patients_its_figure_rests(small_world):
    data = {"patches": {"validation": 3071}, "patients": {"validation": 39}}
    said = tell(small_world.history(), RunInfo(monitor="val_auc", data=Data(**data)))
    assert "0.900 (3,071 patches of 39 patients)" in said


def test_a_training_that_goes_on_is_told_as_such(small_world):
    assert findings(small_world.history(), RunInfo(status="training")).startswith(
        "*Training has not ended"
    )
    assert "Training has not ended" not in findings(
        small_world.history(), RunInfo(status="finished")
    )
