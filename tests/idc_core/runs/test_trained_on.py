"""What a run was trained on is known of those trained here, and of nothing that was imported."""

import numpy as np
import pandas as pd

from idc_core.export.pages import markup
from idc_core.export.report.card import model_card
from idc_core.io import record
from idc_core.io.files import write_json
from idc_core.records.run_info import Origin, RunInfo
from idc_core.runs.run import Run, open_run
from idc_core.runs.trained_on import Known, Unknown, caution, training_data
from idc_core.score.save_as_run import save_as_run

MINE = {"name": "mine", "patches": {"train": 210, "test": 90}, "patients": {"train": 7, "test": 3}}


def info(**said):
    return record.of(RunInfo, said, "here")


def test_a_run_trained_here_names_its_training_side():
    found = training_data(info(status="finished", data=MINE, trained_on="words"))
    assert found == Known("words", "mine", 210, 7, None)
    assert caution(info(status="finished", data=MINE)) is None


def test_of_imports_nothing_is_known_whatever_data_they_were_judged_on():
    network = info(status="imported", model_source={"file": "a.keras"}, data=MINE)
    assert training_data(network) == Unknown("this network was imported")
    predictions = info(status="imported", data=MINE)
    assert training_data(predictions) == Unknown("these predictions were imported")
    # A network that was brought into a folder which once was trained here.
    assert isinstance(training_data(record.replace(network, status="finished")), Unknown)
    assert training_data(info(status="finished")) == Unknown("it was not recorded")
    assert "may have been in its training" in str(caution(network))


def test_what_was_scored_inherits_it_from_the_network_that_scored_it(world, copied, tmp_path):
    copied(tmp_path)
    parent = open_run(tmp_path / "models" / "small")
    learnt = training_data(parent.info)
    rows = pd.DataFrame({"patient": "s", "x": [1, 51], "y": 1, "label": -1, "score": [0.1, 0.9]})

    def kept(name):
        return save_as_run(
            name,
            open_run(parent.path),
            rows,
            np.zeros((2, 50, 50, 3), np.uint8),
            Origin(kind="slide"),
            data=tmp_path / "data",
            models=tmp_path / "models",
        )

    assert training_data(kept("own").info) == learnt
    assert isinstance(learnt, Known)
    assert learnt.patches == 60
    write_json(
        parent.path / "run.json", record.fields(parent.info) | {"model_source": {"file": "a.keras"}}
    )
    assert training_data(kept("foreign").info) == Unknown("this network was imported")
    # Kept before this was recorded: the words that came along decide.
    old = info(status="scored", trained_on="not known: this network was imported", data=MINE)
    assert training_data(old) == Unknown("the network that scored it was imported")


def test_the_model_card_does_not_call_judged_data_training_data(world):
    run = open_run(world / "models" / "small")
    foreign = Run(
        run.path,
        info(**record.fields(run.info) | {"model_source": {"file": "a.keras"}, "data": MINE}),
    )
    card = markup(model_card(foreign, run.report()))
    assert "Splits of the data it was evaluated on" in card
    assert "not known: this network was imported" in card
    assert "may have been in its training" in card
