"""How long it takes is told from what was measured here, or not at all."""

import pytest

from idc_core.io.files import write_json
from idc_core.io.provenance import machine
from idc_core.train.config import TrainConfig, to_dict
from idc_core.train.history.pace import duration, measured

CONFIG = TrainConfig()


def trained(root, name, *, seconds=(60, 10, 10), started="2026-01-01", **other):
    run = root / name
    info = {
        "machine": machine(),
        "config": to_dict(CONFIG),
        "started": started,
        "data": {"patches": {"train": 1000}},
    }
    write_json(run / "run.json", info | other)
    rows = "".join(f"{epoch},{took}\n" for epoch, took in enumerate(seconds, start=1))
    (run / "history.csv").write_text("epoch,seconds\n" + rows)


def test_the_newest_run_of_this_machine_counts_from_its_second_epoch_on(tmp_path):
    trained(tmp_path, "old", seconds=(60, 1))
    trained(tmp_path, "new", started="2026-02-01")
    found = measured(CONFIG, tmp_path, distilled=False)
    assert (found.run, found.patches_per_second) == ("new", 100.0)
    assert found.seconds(24, 2000) == 480.0


def test_epochs_with_frozen_layers_do_not_count(tmp_path):
    config = TrainConfig(frozen_epochs=2)
    trained(tmp_path, "tuned", seconds=(60, 1, 10), config=to_dict(config))
    assert measured(config, tmp_path, distilled=False).patches_per_second == 100.0
    trained(tmp_path, "tuned", seconds=(60, 1), config=to_dict(config))
    assert measured(config, tmp_path, distilled=False) is None


@pytest.mark.parametrize(
    "other",
    [
        {"machine": "elsewhere"},
        {"machine": None},
        {"seconds": (60,)},
        {"seconds": ()},
        {"seconds": (60, 0)},
        {"config": to_dict(TrainConfig(network="cancernet"))},
        {"config": to_dict(TrainConfig(batch_size=8))},
        {"config": to_dict(TrainConfig(input_size=96))},
        {"config": None},
        {"teacher": {"file": "a/model.onnx"}},
        {"data": {}},
        {"data": None},
    ],
)
def test_what_was_measured_otherwise_tells_nothing(tmp_path, other):
    trained(tmp_path, "other", **other)
    assert measured(CONFIG, tmp_path, distilled=False) is None


def test_no_run_at_all_tells_nothing(tmp_path):
    assert measured(CONFIG, tmp_path / "absent", distilled=False) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "1 min"), (60, "1 min"), (60.5, "2 min"), (3599, "1 h 0 min")],
)
def test_a_duration_is_rounded_up(seconds, said):
    assert duration(seconds) == said
