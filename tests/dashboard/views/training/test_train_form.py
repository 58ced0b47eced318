"""A training started, stopped and continued from the page, through the queue."""

import shutil

import pytest

from dashboard.access import audit
from dashboard.state.queue import queue
from idc_core.io import progress
from idc_core.io.files import read_json, write_json
from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal
from idc_core.jobs.queue import WORKER_LOCK
from idc_core.jobs.train import read_asked
from idc_core.train import wanted
from idc_core.train.config import TrainConfig, to_dict
from tests.dashboard.test_roles import BEN, LEA, ROSA, as_person

__all__ = ["as_person"]

MODULE = "dashboard.views.training.train_start"


@pytest.fixture
def worker(own_world):
    """As if one were there; nothing is done."""
    queue().table  # noqa: B018 - makes its folder
    with only_one(queue().root / WORKER_LOCK, "working"):
        yield


@pytest.fixture
def page(own_world, app):
    """The page with the form open."""

    def opened(**query):
        found = app(run="small", **query).open("training", run="small", **query)
        found.open_popover("train_form")
        return found

    return opened


def press(opened):
    opened.at.button(key="train_go").click().run()
    return opened


def warned(opened):
    return "\n".join(each.value for each in opened.at.warning).replace("\\", "")


def text(opened):
    return opened.text.replace("\\", "")


def bars(opened):
    return [each.proto.text.replace("\\", "") for each in opened.at.get("progress")]


def jobs():
    return queue().of("train")


def command(opened):
    return next(each.value for each in opened.at.code if " train " in each.value)


def test_the_form_is_made_when_it_is_opened_and_begins_with_what_most_want(own_world, app, page):
    closed = app(run="small").open("training", run="small")
    assert not [each for each in closed.at.button if each.key == "train_go"]
    opened = page()
    assert opened.at.selectbox(key="train_store").value == "tiny"
    assert opened.at.selectbox(key="train_network").value == "sepres"
    assert opened.at.selectbox(key="train_recipe").value == "from-scratch"
    assert opened.at.number_input(key="train_epochs").value == 24
    assert opened.at.text_input(key="train_name").proto.placeholder == "tiny-sepres"
    assert (
        "tiny-sepres learns from 60 patches of 2 patients; 60 patches of 2 others choose the best "
        "of at most 24 epochs."
    ) in text(opened)
    assert command(opened) == "python train_cli.py train --data tiny --run tiny-sepres"


def test_a_network_brings_its_recipe_and_a_recipe_its_epochs(page):
    opened = page()
    opened.at.selectbox(key="train_network").set_value("efficientnet_lite0").run()
    assert opened.at.selectbox(key="train_recipe").value == "fine-tune"
    assert opened.at.number_input(key="train_epochs").value == 8
    opened.at.selectbox(key="train_recipe").set_value("from-scratch").run()
    assert opened.at.number_input(key="train_epochs").value == 24


def test_what_is_started_is_what_the_form_says_and_its_command_would_train(worker, page):
    opened = page()
    opened.at.selectbox(key="train_recipe").set_value("fine-tune").run()
    opened.at.number_input(key="train_seed").set_value(7).run()
    said = command(opened)
    opened.at.text_input(key="train_name").set_value("mine")  # typed and pressed at once
    press(opened)
    (job,) = jobs()
    asked = read_asked(job)
    expected = wanted.Wanted(
        store="tiny", run="mine", network="sepres", recipe="fine-tune", epochs=8, seed=7
    )
    assert asked.config == to_dict(expected.config())
    assert (job.name, job.run, asked.store, asked.continues) == ("mine", "mine", "tiny", False)
    assert expected.command() == said.replace("tiny-sepres", "mine")
    assert bars(opened) == ["Training mine – waiting for its turn …"]
    assert not opened.at.session_state["train_form"]
    assert not opened.failed


def test_pressed_in_two_tabs_it_is_one_training(worker, page):
    first, second = page(), page()
    for each in (first, second):
        each.at.text_input(key="train_name").set_value("mine")
        press(each)
    assert [job.run for job in jobs()] == ["mine"]
    assert not warned(second)


def test_the_same_name_for_another_training_is_refused_while_one_is_under_way(worker, page):
    first, second = page(), page()
    first.at.text_input(key="train_name").set_value("mine")
    press(first)
    second.at.text_input(key="train_name").set_value("mine")
    second.at.number_input(key="train_epochs").set_value(3)
    press(second)
    assert [read_asked(job).config["epochs"] for job in jobs()] == [24]
    assert "Not started: expected a new name: a training called mine is under way" in warned(second)
    assert second.at.text_input(key="train_name").value == "mine", "what was typed stays"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("small", "expected a new name: a run called small is there already."),
        ("../up", "expected a name of letters, digits, dots, dashes and underscores"),
    ],
)
def test_a_name_that_will_not_do_is_one_sentence_and_nothing_starts(worker, page, name, said):
    opened = page()
    opened.at.text_input(key="train_name").set_value(name)
    assert f"Not started: {said}" in warned(press(opened))
    assert jobs() == []


def test_without_a_worker_nothing_starts_and_the_sentence_has_the_command(page):
    assert warned(press(page())) == (
        "Not started: expected a worker, which does the training: none is running. Start one: "
        "python train_cli.py worker."
    )
    assert jobs() == []


def test_missing_weights_of_a_pretrained_network_are_said_with_the_cure(worker, page, monkeypatch):
    def missing(name):
        raise Refusal(f"expected the weights of {name}: install them.")

    monkeypatch.setattr(f"{MODULE}.weights_file", missing)
    opened = page()
    opened.at.selectbox(key="train_network").set_value("efficientnet_lite0").run()
    assert "expected the weights of efficientnet_lite0: install them." in warned(press(opened))
    assert jobs() == []


def test_a_store_without_training_patches_is_refused(own_world, worker, page, monkeypatch):
    import pandas as pd

    file = own_world / "data" / "tiny" / "index.parquet"
    index = pd.read_parquet(file)
    index.assign(split=index["split"].replace("train", "test")).to_parquet(file)
    assert "expected train patches of both classes in tiny: found" in warned(press(page()))
    assert jobs() == []


def test_pixels_that_are_not_here_are_said_with_the_command_that_brings_them(
    own_world, worker, page
):
    (own_world / "data" / "tiny" / "patches.npy").unlink()
    assert "expected the pixels of tiny: they are not on this machine" in warned(press(page()))
    assert jobs() == []


def test_a_store_that_was_replaced_since_it_was_shown_is_not_trained_on(own_world, worker, page):
    opened = page()
    file = own_world / "data" / "tiny" / "manifest.json"
    manifest = read_json(file)
    manifest.pop("sum", None)
    write_json(file, manifest | {"fingerprint": "0" * 64})
    press(opened)
    assert "expected the patches of tiny as the form showed them" in warned(opened)
    assert jobs() == []


def test_without_a_store_the_form_says_how_to_make_one(empty_models, app):
    opened = app().open("training")
    opened.open_popover("train_form")
    assert "There is no patch store to train on yet." in text(opened)
    assert not [each for each in opened.at.button if each.key == "train_go"]


def test_the_first_run_of_an_installation_can_be_trained_from_the_page(own_world, worker, app):
    shutil.rmtree(own_world / "models" / "small")
    opened = app().open("training")
    opened.open_popover("train_form")
    press(opened)
    assert [job.run for job in jobs()] == ["tiny-sepres"]
    assert bars(opened) == ["Training tiny-sepres – waiting for its turn …"]


def begun(own_world, name="mine", status="training"):
    """A run of two epochs."""
    run = own_world / "models" / name
    shutil.copytree(own_world / "models" / "small", run)
    config = {"config": to_dict(TrainConfig()), "id": name, "status": status}
    write_json(run / "run.json", read_json(run / "run.json") | config)
    return run


def test_of_another_run_it_is_shown_how_far_it_is_and_the_run_is_opened_once_it_is_there(
    own_world, worker, page, app
):
    press(page())
    (job,) = jobs()
    queue().table.begin(job.id)
    queue().table.tell(job.id, "epoch 2 of 24, batches", 3, 4)
    again = app(run="small").open("training", run="small")
    assert bars(again) == ["Training tiny-sepres – epoch 2 of 24, batches: 3 of 4"]
    assert not [each for each in again.at.button if each.label == "Open"]
    begun(own_world, "tiny-sepres")
    again.at.run()
    again.at.button(key=f"train_open_{job.id}").click().run()
    assert again.query["run"] == "tiny-sepres"
    assert bars(again) == ["Training tiny-sepres – epoch 2 of 24, batches: 3 of 4"]


def test_one_that_waits_is_cancelled_and_one_that_failed_says_why_until_it_is_dismissed(
    worker, page, app
):
    opened = press(page())
    (job,) = jobs()
    opened.at.button(key=f"train_cancel_{job.id}").click().run()
    assert queue().get(job.id).state == "cancelled"
    opened.open_popover("train_form")
    press(opened)
    job = jobs()[0]
    queue().table.begin(job.id)
    queue().table.finish(job.id, "refused", "expected room: there is none.")
    again = app(run="small").open("training", run="small")
    assert "Training tiny-sepres: expected room: there is none." in warned(again)
    again.at.button(key=f"train_dismiss_{job.id}").click().run()
    assert queue().get(job.id) is None
    assert not warned(again)


def test_a_training_of_the_queue_is_stopped_through_it(own_world, worker, page, app):
    press(page())
    (job,) = jobs()
    run = begun(own_world, "tiny-sepres")
    queue().table.begin(job.id)
    with only_one(run / "checkpoint" / "lock", "training"):
        tell = progress.followed(run, lambda _: None)
        tell(progress.Progress("train", 2, 24, 3, 4))
        opened = app(run="tiny-sepres").open("training", run="tiny-sepres")
        assert "epoch 2 of 24: training, batch 3 of 4" in bars(opened)[0]
        opened.at.button(key="stop_training").click().run()
        assert queue().get(job.id).stopping
        assert not progress.is_asked_to_stop(run)
        assert "Stop requested: training ends after this batch" in opened.text


def test_a_training_that_was_stopped_is_continued_once_however_often_it_is_pressed(
    own_world, worker, app
):
    begun(own_world, status="interrupted")
    pages = [app(run="mine").open("training", run="mine") for _ in range(2)]
    for opened in pages:
        opened.at.button(key="continue_training").click().run()
        assert bars(opened) == ["Training mine – waiting for its turn …"]
    (job,) = jobs()
    asked = read_asked(job)
    manifest = read_json(own_world / "data" / "tiny" / "manifest.json")
    assert (asked.continues, asked.id, asked.data) == (True, "mine", manifest["fingerprint"])


def test_without_a_worker_it_is_not_continued_and_the_sentence_says_so(own_world, app):
    begun(own_world, status="interrupted")
    opened = app(run="mine").open("training", run="mine")
    opened.at.button(key="continue_training").click().run()
    assert "Not continued: expected a worker, which does the training" in warned(opened)
    assert jobs() == []


def test_a_run_that_is_finished_or_a_final_fit_is_not_offered_to_be_continued(own_world, app):
    run = begun(own_world, status="finished")
    keys = {each.key for each in app(run="mine").open("training", run="mine").at.button}
    assert "continue_training" not in keys
    final = {"run": "small", "patients": 2, "patches": 60, "sha256": "0"}
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"status": "interrupted", "fitted_on": final})
    opened = app(run="mine").open("training", run="mine")
    assert "train --run small --final" in opened.at.info[0].value
    assert "continue_training" not in {each.key for each in opened.at.button}


def test_what_became_of_a_training_that_the_worker_gave_up_is_said_beside_the_button(
    own_world, worker, page, app
):
    press(page())
    (job,) = jobs()
    queue().table.begin(job.id)
    queue().table.finish(job.id, "failed", "the worker ended 2 times while it did this.")
    begun(own_world, "tiny-sepres")
    opened = app(run="tiny-sepres").open("training", run="tiny-sepres")
    assert "Training tiny-sepres: the worker ended 2 times while it did this." in warned(opened)
    assert opened.at.button(key="continue_training").label == "Continue training"


def test_only_a_lead_starts_stops_and_continues_and_each_is_written_down(
    own_world,
    worker,
    as_person,
):
    begun(own_world, status="interrupted")
    reader = as_person(BEN, run="mine").open("training", run="mine")
    reader.open_popover("train_form")
    assert reader.at.button(key="train_go").disabled
    assert reader.at.button(key="continue_training").disabled
    said = "Starting or continuing a training needs the role lead; yours is reader."
    assert said in reader.text
    lead = as_person(LEA, run="mine").open("training", run="mine")
    lead.open_popover("train_form")
    press(lead)
    lead.at.button(key="continue_training").click().run()
    found = [(each.act, each.outcome, each.run, each.what) for each in audit.log().entries()]
    assert ("train", "allowed", "tiny-sepres", "sepres on tiny") in found
    assert ("train", "allowed", "mine", "continued") in found
    assert {(job.by.subject, job.by.name) for job in jobs()} == {("lea", "Dr Lea")}


def test_the_state_of_the_server_lists_a_training_of_the_queue_once(
    own_world,
    worker,
    as_person,
):
    lead = as_person(LEA, run="small").open("training", run="small")
    lead.open_popover("train_form")
    press(lead)
    (job,) = jobs()
    queue().table.begin(job.id)
    queue().table.tell(job.id, "epoch 2 of 24, batches", 3, 4)
    run = begun(own_world, "tiny-sepres")
    with only_one(run / "checkpoint" / "lock", "training"):
        system = as_person(ROSA).open("system")
    table = next(each.value for each in system.at.dataframe if "started by" in each.value)
    rows = table[["work", "of", "state", "done", "of all", "started by"]].to_numpy().tolist()
    assert rows == [["Train a network", "tiny-sepres", "epoch 2 of 24, batches", 3, 4, "Dr Lea"]]


def test_who_lost_the_role_meanwhile_starts_nothing(worker, as_person):
    lead = as_person(LEA, run="small").open("training", run="small")
    lead.open_popover("train_form")
    as_person(BEN)
    press(lead)
    assert "Not started: Starting or continuing a training needs the role lead" in warned(lead)
    assert jobs() == []
    assert [each.outcome for each in audit.log().entries() if each.act == "train"] == ["refused"]
