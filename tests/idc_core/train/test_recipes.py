"""A recipe is a set of settings, and a pretrained network has its own."""

import pytest

from idc_core.train.config import TrainConfig, differences
from idc_core.train.networks import NETWORKS
from idc_core.train.recipes import RECIPES, recipe_for


@pytest.mark.parametrize("network", NETWORKS, ids=lambda each: each.name)
def test_a_pretrained_network_is_fine_tuned_unless_told_otherwise(network) -> None:
    usual = "fine-tune" if network.pretrained else "from-scratch"
    assert recipe_for(network.name, None).name == usual
    assert {recipe_for(network.name, each.name).name for each in RECIPES} == {
        "from-scratch",
        "fine-tune",
    }


def test_from_scratch_changes_no_setting() -> None:
    assert TrainConfig(**recipe_for("sepres", None).settings) == TrainConfig()


def test_fine_tuning_is_said_as_it_is_done() -> None:
    recipe = recipe_for("efficientnet_lite0", None)
    assert differences(TrainConfig(), TrainConfig(**recipe.settings)) == [  # type: ignore[arg-type]
        "input_size 0 → 96",
        "epochs 24 → 8",
        "learning_rate 0.002 → 0.001",
        "frozen_epochs 0 → 1",
        "first_layer_rate 1.0 → 0.1",
        "label_smoothing 0.0 → 0.05",
    ]
    for said in ("resized to 96 px", "for one epoch", "for seven", "at a tenth"):
        assert said in recipe.about
