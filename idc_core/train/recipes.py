"""Settings that belong together, by one name: what a training takes unless it is told otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from idc_core.train.networks import network_called


@dataclass(frozen=True, slots=True)
class Recipe:
    """`about`: for `train --help`. `settings`: of `TrainConfig`, where they are not its own."""

    name: str
    about: str
    settings: Mapping[str, str | float]


RECIPES = (
    Recipe("from-scratch", "the defaults listed here", {}),
    Recipe(
        "fine-tune",
        "for a pretrained network: patches resized to 96 px, the last layer alone for one epoch, "
        "then all layers for seven, the first at a tenth of the learning rate",
        {
            "input_size": 96,
            "epochs": 8,
            "learning_rate": 1e-3,
            "label_smoothing": 0.05,
            "frozen_epochs": 1,
            "first_layer_rate": 0.1,
        },
    ),
)


def recipe_for(network: str, name: str | None) -> Recipe:
    """The recipe called `name`; without a name the one for this network."""
    usual = "from-scratch" if network_called(network).pretrained is None else "fine-tune"
    wanted = name or usual
    return next(each for each in RECIPES if each.name == wanted)
