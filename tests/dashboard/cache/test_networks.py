"""A network is opened once."""

import pytest

from dashboard.cache import networks, runs
from idc_core.io.refusal import Refusal


def test_the_network_is_opened_once_and_refused_where_there_is_none(own_run):
    scorer = networks.scorer(runs.run("small"))
    assert networks.scorer(runs.run("small")) is scorer
    (own_run / "model.onnx").unlink()
    with pytest.raises(Refusal, match=r"train_cli.py train"):
        networks.scorer(runs.run("small"))
