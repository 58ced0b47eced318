"""What a run is, in words and facts."""

from dashboard.widgets.run_words import facts, sentences
from idc_core.io import record
from idc_core.records.run_info import ModelSource, RunInfo
from idc_core.runs.run import open_run


def test_a_run_is_told_with_its_network_its_data_and_its_threshold(world):
    run = open_run(world / "models" / "small")
    said = sentences(run, run.report()).replace("\\", "")
    assert "is the network one_layer, trained on 60 patches of the data set tiny." in said
    assert "Its report evaluates it on 78 patches of 3 patients (test split) at" in said
    assert f"{run.report().threshold:.3f}" in said


def test_facts_leave_out_what_is_not_known(world):
    run = open_run(world / "models" / "small")
    known = facts(run).set_index("fact")["value"]
    assert known["wall time"] == "1.0 min"
    assert known["epochs (saved)"] == "6 (4)"
    bare = type(run)(run.path, RunInfo(status="imported"))
    assert "network" not in set(facts(bare)["fact"])


def test_facts_name_the_teacher_the_hardware_and_the_wait_for_input(world):
    run = open_run(world / "models" / "small")
    more = {
        "teacher": {"file": "big/model.onnx"},
        "pretrained": {"package": "theirs 0.1", "file": "theirs.pth"},
        "config": {"trust": 0.9},
        "hardware": {"devices": ["GPU:0", "GPU:1"], "mixed_precision": True, "xla": True},
        "waited_for_input_seconds": 0.61,
    }
    known = facts(
        type(run)(run.path, record.of(RunInfo, record.fields(run.info) | more, "here"))
    ).set_index("fact")["value"]
    assert known["distilled from"] == "big/model.onnx, distillation weight 90%"
    assert known["began with"] == "the pretrained weights theirs.pth of theirs 0.1"
    assert known["hardware"] == "GPU:0, GPU:1; mixed precision; XLA"
    assert known["waited for input"] == "1.0% of wall time"


def test_an_imported_network_is_not_said_to_be_trained_on_the_data_it_was_judged_on(world):
    run = open_run(world / "models" / "small")
    foreign = type(run)(
        run.path, record.replace(run.info, model_source=ModelSource(file="a.keras"))
    )
    said = sentences(foreign, run.report()).replace("\\", "")
    assert "what it was trained on is not known (this network was imported)" in said
    assert "trained on 60" not in said
    known = facts(foreign).set_index("fact")["value"]
    assert known["trained on"] == "not known: this network was imported"
