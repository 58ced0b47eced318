"""The records of networks fit the settings."""

from dataclasses import fields

import pytest

from idc_core.io.refusal import Refusal
from idc_core.train.config import TrainConfig
from idc_core.train.networks import NAMES, NETWORKS, refuse_side


def test_the_first_is_trained_unless_another_is_asked_for() -> None:
    assert TrainConfig().network == NAMES[0] == "sepres"


def test_the_settings_of_a_network_are_settings_of_a_training() -> None:
    known = {each.name for each in fields(TrainConfig)}
    for each in NETWORKS:
        assert set(each.settings) <= known
        TrainConfig(network=each.name, **each.settings)  # type: ignore[arg-type]


def test_patches_that_are_too_small_are_refused_with_the_option_that_enlarges_them() -> None:
    refuse_side("efficientnet_lite0", 32)
    with pytest.raises(Refusal) as said:
        refuse_side("efficientnet_lite0", 31)
    assert str(said.value) == (
        "expected patches of at least 32 px for the network efficientnet_lite0: these have 31. "
        "Enlarge them: --input-size 96."
    )


def test_the_command_trains_a_network_as_it_was_published() -> None:
    assert NETWORKS[1].command == "--network cancernet --optimizer adagrad --learning-rate 0.01"
