"""The page Training: what it says of a run, how it is drawn, and what can be done with it."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from dashboard.state.queue import queue
from dashboard.views.training import learning_rates, run_table
from idc_core.io import progress
from idc_core.io.files import read_json, write_json
from idc_core.io.lock import only_one
from idc_core.records.notes import Notes, read_notes, write_notes
from idc_core.train import tracked_patches
from idc_core.train.history.rates import FILE


@pytest.fixture
def page(own_world, app):
    return lambda **query: app(run="small", **query).open("training", run="small", **query)


def run_path(own_world):
    return own_world / "models" / "small"


def drawn(page):
    """The figure that holds the curves, as the browser gets it."""
    chart = next(node for node in page.at.get("plotly_chart"))
    return json.loads(chart.proto.spec)


def another(own_world, name, **config):
    models = own_world / "models"
    shutil.copytree(models / "small", models / name)
    info = read_json(models / name / "run.json")
    write_json(models / name / "run.json", info | {"config": info["config"] | config})


def watch(own_world):
    """Scores of 40 validation patches in every epoch, some of each fate."""
    run = run_path(own_world)
    index = pd.read_parquet(own_world / "data" / "tiny" / "index.parquet")
    rows = np.flatnonzero(index["split"] == "validation")
    tracked_patches.save_patches(run, index, rows)
    labels = index["label"].to_numpy()[rows]
    for epoch in range(1, 7):
        good = 0.5 + 0.4 * np.where(labels == 1, 1, -1)
        score = np.where(np.arange(len(rows)) % 3 == 0, good, 0.5 + (0.5 - good) * (epoch < 3))
        tracked_patches.append_scores(run, epoch, score.astype(np.float16))


def test_the_page_tells_the_story_before_the_curves(page):
    opened = page()
    assert "best in epoch **4**" in opened.text
    assert "**Not converged.**" in opened.text
    assert not opened.failed


def test_smoothing_axis_scale_and_metrics_are_in_the_address_and_drawn(page):
    opened = page(smooth="60", axis="minutes", log="1", metrics="accuracy")
    figure = drawn(opened)
    titles = [note["text"] for note in figure["layout"]["annotations"]]
    assert "accuracy at 0.5" in titles
    assert "ROC-AUC" not in titles
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert any("raw" in trace["name"] for trace in figure["data"])
    opened.at.slider(key="smoothing").set_value(0).run()
    assert "smooth" not in opened.query
    assert not any("raw" in trace["name"] for trace in drawn(opened)["data"])


def test_a_saved_figure_names_its_own_splits_and_no_threshold(own_world, app):
    table = pd.DataFrame({"rate": np.geomspace(1e-5, 1, 40), "loss": np.linspace(1, 0.5, 40)})
    table.to_csv(run_path(own_world) / FILE, index=False)
    opened = app(run="small").open(
        "training", run="small", split="test", threshold="0.4321", more="rate"
    )
    curves, rates = (json.loads(node.proto.spec) for node in opened.at.get("plotly_chart"))
    for figure, split in ((curves, "train and validation"), (rates, "train")):
        said = json.dumps(figure["layout"], ensure_ascii=False)
        assert f"small · {split} · research use only" in said
        assert "0.4321" not in said
    names = [
        json.loads(node.proto.config)["toImageButtonOptions"]["filename"]
        for node in opened.at.get("plotly_chart")
    ]
    assert names == ["small_train_and_validation_history", "small_train_rates"]


def test_runs_are_overlaid_and_the_link_keeps_them(own_world, page):
    another(own_world, "other", optimizer="adagrad")
    opened = page()
    opened.at.multiselect(key="overlaid").set_value(["other"]).run()
    assert opened.query["with"] == "other"
    names = {trace["name"] for trace in drawn(page(**{"with": "other"}))["data"]}
    assert {"small · validation", "other · validation"} <= names


def test_runs_with_other_seeds_become_a_band(own_world, page):
    info = read_json(run_path(own_world) / "run.json")
    write_json(run_path(own_world) / "run.json", info | {"config": {"epochs": 6, "seed": 0}})
    another(own_world, "seed1", epochs=6, seed=1)
    opened = page(**{"with": "seed1"})
    assert any("mean of 2 seeds" in trace["name"] for trace in drawn(opened)["data"])
    opened.at.toggle(key="curves_band").set_value(False).run()
    assert not any("mean of" in trace["name"] for trace in drawn(opened)["data"])


def test_the_table_names_only_settings_that_differ_and_the_baselines(own_world, page):
    config = {"epochs": 6, "seed": 0, "batch_size": 32, "learning_rate": 0.002}
    info = read_json(run_path(own_world) / "run.json")
    write_json(run_path(own_world) / "run.json", info | {"config": config})
    another(own_world, "other", learning_rate=0.01)
    opened = page()
    table = next(frame.value for frame in opened.at.dataframe)
    assert "learning_rate" in table
    assert "batch_size" not in table
    # drawn colours are apart, so that here colour alone has no regression
    assert table["run"].tolist() == ["other", "small", "without a network: prevalence"]
    assert table.set_index("run").loc["small", "best"] == pytest.approx(0.9)
    assert table.set_index("run").loc["without a network: prevalence", "best"] == 0.5


def three_runs(own_world):
    """`small` and `near` differ in the learning rate only, `far` in the batch size too."""
    config = {"epochs": 6, "seed": 0, "batch_size": 32, "learning_rate": 0.002}
    info = read_json(run_path(own_world) / "run.json")
    write_json(run_path(own_world) / "run.json", info | {"config": config})
    another(own_world, "near", learning_rate=0.01)
    another(own_world, "far", learning_rate=0.01, batch_size=64)


def runs_in(opened):
    return next(frame.value for frame in opened.at.dataframe if "run" in frame.value)


def test_columns_are_of_the_settings_in_which_the_ticked_runs_differ(own_world, page):
    three_runs(own_world)
    opened = page(**{"with": "near"})
    assert "learning_rate" in runs_in(opened)
    assert "batch_size" not in runs_in(opened)
    assert "the ticked runs (small, near) differ" in opened.text
    opened = page(**{"with": "near,far"})
    assert {"learning_rate", "batch_size"} <= set(runs_in(opened))


def test_with_fewer_than_two_ticked_all_runs_count_and_the_page_says_how_to_tick(own_world, page):
    three_runs(own_world)
    opened = page()
    assert {"learning_rate", "batch_size"} <= set(runs_in(opened))
    assert "any of the 3 trained runs differ" in opened.text
    assert "tick the box at the left of their rows" in opened.text


def test_runs_ticked_on_an_earlier_visit_count_no_more_where_nothing_can_be_ticked(own_world, app):
    three_runs(own_world)
    opened = app(run="small").open("training", run="small", **{"with": "near"})
    assert "batch_size" not in runs_in(opened)
    (own_world / "models" / "small" / "history.csv").unlink()
    opened.open("training", run="small", **{"with": "near"})
    assert opened.at.session_state["overlaid"] == ["near"]
    assert {"learning_rate", "batch_size"} <= set(runs_in(opened))
    assert "ticked runs" not in opened.text


def test_the_kept_epoch_has_a_column_of_its_own(own_world, page):
    info = read_json(run_path(own_world) / "run.json")
    write_json(run_path(own_world) / "run.json", info | {"best_epoch": 3})
    row = runs_in(page()).set_index("run").loc["small"]
    assert (row["best epoch"], row["saved epoch"]) == (4, 3)


def test_the_table_is_filtered_and_archived_runs_are_put_aside(own_world, page):
    another(own_world, "other")
    write_notes(own_world / "models" / "other", Notes(("old",), archived=True))
    opened = page()
    assert "other" not in opened.at.selectbox(key="bar_run").options
    opened.at.toggle(key="run_archived").set_value(True).run()
    opened.at.text_input(key="run_filter").set_value("old").run()
    table = next(frame.value for frame in opened.at.dataframe)
    assert table["run"].tolist() == ["other"]
    opened.at.text_input(key="run_filter").set_value("nothing like it").run()
    assert "No run matches" in opened.text


def test_tags_and_archive_are_kept_with_the_run(own_world, page):
    opened = page()
    opened.at.session_state["reviewer"] = "A. Reader"
    opened.at.text_input(key="tags_small").set_value("first, baseline").run()
    opened.at.toggle(key="archived_small").set_value(True).run()
    notes = read_notes(run_path(own_world))
    assert (notes.tags, notes.archived) == (("first", "baseline"), True)
    assert {change.by for change in notes.changes} == {"A. Reader"}
    assert "first, baseline" in opened.text
    assert opened.query["run"] == "small"


def test_a_run_is_renamed_and_the_thread_goes_with_it(own_world, page):
    opened = page()
    opened.at.session_state["reviewer"] = "A. Reader"
    opened.at.text_input(key="name_small").set_value("better")
    opened.at.button(key="rename_small").click().run()
    assert (own_world / "models" / "better" / "run.json").is_file()
    assert opened.query["run"] == "better"
    assert not opened.failed


def test_a_name_that_will_not_do_is_a_sentence(own_world, page):
    opened = page()
    opened.at.text_input(key="name_small").set_value("../up")
    opened.at.button(key="rename_small").click().run()
    assert "letters, digits" in str(opened.at.warning[0].value)
    assert run_path(own_world).is_dir()
    assert opened.at.text_input(key="name_small").value == "../up", "what was typed stays"


def test_without_a_name_of_the_reader_nothing_is_noted(own_world, page):
    opened = page()
    opened.at.text_input(key="tags_small").set_value("first").run()
    assert "expected who does it" in str(opened.at.warning[0].value)
    assert read_notes(run_path(own_world)) == Notes()
    assert opened.at.text_input(key="tags_small").value == "first", "what was typed stays"


def test_a_run_being_trained_is_followed_and_stopped(own_world, page):
    run = run_path(own_world)
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"status": "training"})
    with only_one(run / "checkpoint" / "lock", "training"):
        tell = progress.followed(run, lambda _: None)
        tell(progress.Progress("train", 7, 10, 5, 20, 300.0, {"loss": 0.25}))
        opened = page()
        bar = opened.at.get("progress")[0]
        assert "epoch 7 of 10: training, batch 5 of 20, 300 patches/s, loss 0.250" in bar.proto.text
        assert bar.proto.value == 62
        opened.at.button(key="stop_training").click().run()
        assert progress.is_asked_to_stop(run)
        assert "Stop requested" in opened.text


def begun(own_world, status="training"):
    """The run as it is before its first epoch is done."""
    run = run_path(own_world)
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"status": status})
    for name in ("history.csv", "predictions.parquet", "report.json"):
        (run / name).unlink()
    return run


def test_a_training_without_an_epoch_is_one_message_and_no_chart(own_world, page):
    run = begun(own_world)
    with only_one(run / "checkpoint" / "lock", "training"):
        opened = page()
        said = progress.no_epoch_sentence(run)
    assert said == (
        "small is being trained and its first epoch is not done: figures and curves follow then."
    )
    assert opened.text.count("first epoch") == 1
    assert "no training history" not in opened.text
    assert "Train one" not in opened.text
    assert not opened.at.get("plotly_chart")
    assert not opened.failed


def test_before_the_first_epoch_the_bar_is_the_message(own_world, page):
    run = begun(own_world)
    with only_one(run / "checkpoint" / "lock", "training"):
        tell = progress.followed(run, lambda _: None)
        tell(progress.Progress("train", 1, 10, 5, 20, 300.0, {"loss": 0.25}))
        opened = page()
        bar = opened.at.get("progress")[0].proto.text
    assert bar.endswith("Figures and curves appear after the first epoch.")
    assert "first epoch" not in opened.text


def test_a_training_that_died_before_its_first_epoch_says_so_once(own_world, page):
    begun(own_world, "interrupted")
    opened = page()
    assert opened.text.count("ended before its first epoch was done") == 1
    assert "train --run small --resume" in opened.text
    assert "Train one" not in opened.text
    assert not opened.at.info


def test_a_training_that_died_says_how_to_go_on(own_world, page):
    run = run_path(own_world)
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"status": "training"})
    said = str(page().at.info[0].value)
    assert "terminated unexpectedly" in said
    assert "train --run small --resume" in said
    assert run_table.status(run, "training") == "terminated unexpectedly"


def test_watched_patches_are_counted_and_shown(own_world, page):
    watch(own_world)
    opened = page(more="watched")
    assert "Never learned" in opened.html
    assert "Forgotten" in opened.html
    assert opened.at.get("image")
    before = opened.text
    opened.at.segmented_control(key="fate").set_value("always_right").run()
    assert opened.query["fate"] == "always_right"
    assert opened.text != before


def test_watched_patches_are_called_as_the_run_calls_its_classes(own_world, page):
    watch(own_world)
    file = run_path(own_world) / "run.json"
    names = {"positive": "tumour", "negative": "stroma"}
    write_json(file, read_json(file) | {"raster": names})
    said = page(more="watched").text
    assert "Frame: label (blue tumour, grey stroma)." in said
    assert "): tumour, correct in " in said or "): stroma, correct in " in said


def test_a_run_without_watched_patches_says_how_to_get_them(page):
    assert "epoch scores of single patches" in page(more="watched").text


def test_folds_that_are_not_there_have_a_command(page):
    assert "--folds 5" in page(more="folds").text


def test_folds_are_shown_with_their_intervals(own_world, page):
    run = run_path(own_world)
    table = pd.read_parquet(run / "predictions.parquet")
    fold = pd.factorize(table["patient"])[0] % 3 + 1
    table.assign(fold=fold.astype(np.int16)).drop(columns="file").to_parquet(
        run / "out_of_fold.parquet"
    )
    opened = page(more="folds")
    assert "**3 networks, each evaluated on its held-out patients:**" in opened.text
    assert "settings differ" not in opened.text
    assert "Only 2 patients in fold 2: below 20, every interval here is unreliable." in opened.html
    begun = {"folds": 3, "seed": 0, "data": "f", "patients": {}}
    write_json(run / "folds.json", begun | {"config": {"epochs": 3}})
    assert "their settings differ (epochs" in page(more="folds").text


def test_the_finders_curve_suggests_a_rate(own_world, page):
    rates = np.geomspace(1e-6, 1, 120)
    falls = 0.7 - 0.3 / (1 + (1e-3 / rates) ** 2)
    losses = np.where(rates > 0.1, falls + 4 * np.log10(rates / 0.1), falls)
    pd.DataFrame({"rate": rates, "loss": losses}).to_csv(run_path(own_world) / FILE, index=False)
    assert "**Try a rate around " in page(more="rate").text


def test_a_finder_without_its_columns_is_refused(own_world, page):
    (run_path(own_world) / FILE).write_text("a,b\n1,2\n")
    opened = page(more="rate")
    assert "expected numbers as rate and loss" in opened.text + "".join(
        str(e.value) for e in opened.at.error
    )
    assert not opened.at.exception


def test_the_finder_waits_in_the_queue_and_says_how_it_ended(own_world, page):
    run = run_path(own_world)
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"config": info["config"] | {"epochs": 3}})
    opened = page(more="rate")
    opened.at.button(key="find_rate_small").click().run()
    (job,) = queue().all()
    assert (job.kind, job.run, job.state) == ("learning_rates", "small", "waiting")
    again = page(more="rate")
    (said,) = [each.proto.text for each in again.at.get("progress")]
    assert said == "Learning rates of small – waiting for its turn …"
    assert "No worker is running" in again.at.warning[0].value
    again.at.button(key="cancel_finder").click().run()
    assert queue().get(job.id).state == "cancelled"
    assert "Learning rates of small: cancelled. Nothing was kept." in again.text
    assert not again.at.button(key="find_rate_small").proto.disabled


def test_an_imported_run_cannot_be_searched_for_a_rate(page):
    assert page(more="rate").at.button(key="find_rate_small").proto.disabled


def test_what_the_finder_suggests_is_set_beside_the_runs_own_rate():
    from idc_core.train.history.rates import NoAdvice, Suggested

    said = learning_rates._said(Suggested(1e-3, 1e-2, 1e-3, True), 1e-2)
    assert "10 times below what this run used (1.0e-02)" in said
    assert "about what" in learning_rates._said(Suggested(1e-3, 1e-2, 1e-3, True), 1.5e-3)
    assert learning_rates._said(NoAdvice("Flat."), 1e-3) == "**Flat.**"


def test_augmentation_is_shown_by_the_runs_own_settings(own_world, page):
    info = read_json(run_path(own_world) / "run.json")
    config = {"epochs": 20, "augment": {"rotation": 20.0, "stain": 0.0}}
    write_json(run_path(own_world) / "run.json", info | {"config": config, "epochs": 20})
    opened = page(more="augmentation")
    assert "rotation up to 20°" in opened.text
    assert "4 training patches" in opened.text or "2 training patches" in opened.text
    first = opened.at.get("image")[0].proto.SerializeToString()
    opened.at.number_input(key="augment_epoch").set_value(5).run()
    assert opened.at.get("image")[0].proto.SerializeToString() != first
    opened.at.toggle(key="stain_normalised").set_value(True).run()
    assert "stain-normalised" in opened.text


def test_of_ticked_rows_only_other_runs_with_a_history_are_drawn(own_world, page):
    another(own_world, "better", learning_rate=0.1)
    assert not page(**{"with": "better"}).failed
    ticked = ["small", "better", "without a network: prevalence"]
    assert run_table.overlaid(ticked, "small") == ["better"]
