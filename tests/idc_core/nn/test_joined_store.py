"""A training on joined stores is that on the same patches in one store, to the last digit."""

import pandas as pd

from idc_core.data.joining.join import join
from idc_core.io.files import read_json
from idc_core.nn import models
from idc_core.nn.training import train
from idc_core.train.config import TrainConfig
from tests.idc_core.nn.children import remembering
from tests.joined_world import as_a_dozen, as_one


def test_scores_and_figures_are_equal(tmp_path, monkeypatch):
    monkeypatch.setitem(models.NETWORKS, "sepres", remembering)
    stores = as_one(tmp_path), join(as_a_dozen(tmp_path), tmp_path / "data" / "all")
    config = TrainConfig(epochs=2, batch_size=16, learning_rate=0.02)
    runs = [train(config, tmp_path / "models" / store.name, store) for store in stores]
    one, joined = (run.predictions() for run in runs)
    pd.testing.assert_frame_equal(joined, one)
    known, found = (read_json(run.path / "report.json")["splits"] for run in runs)
    assert found == known
    assert 0.5 < known["validation"]["pooled"]["roc_auc"]["value"] <= 1
