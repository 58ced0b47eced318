"""A training as a form asks for it: a store, a name, and the few settings that most people choose.

The command line has all the others; `command` is what one would type there for the same.
"""

import shlex
from dataclasses import dataclass

from idc_core.train.config import TrainConfig
from idc_core.train.networks import NAMES, NETWORKS, Network
from idc_core.train.recipes import recipe_for

OFFERED: tuple[Network, ...] = tuple(
    each for each in NETWORKS if each.pretrained is None or each.pretrained.package
)
"""Networks that need no file of weights named, and nothing downloaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`run`: the name that it gets; `recipe`: by name."""

    store: str
    run: str
    network: str
    recipe: str
    epochs: int
    seed: int = 0

    def config(self) -> TrainConfig:
        """All settings; raises `Refusal` for a number that will not do."""
        settings = {
            **recipe_for(self.network, self.recipe).settings,
            "network": self.network,
            "epochs": self.epochs,
            "seed": self.seed,
        }
        return TrainConfig(**settings)  # type: ignore[arg-type]

    def command(self) -> str:
        """The command that trains the same; what it would take by itself is left out.

        >>> Wanted(store="demo", run="a b", network="sepres", recipe="from-scratch", epochs=3)\\
        ... .command()
        "python train_cli.py train --data demo --run 'a b' --epochs 3"
        """
        words = ["--data", self.store, "--run", self.run]
        if self.network != NAMES[0]:
            words += ["--network", self.network]
        if self.recipe != recipe_for(self.network, None).name:
            words += ["--recipe", self.recipe]
        if self.epochs != epochs_of(self.network, self.recipe):
            words += ["--epochs", str(self.epochs)]
        if self.seed:
            words += ["--seed", str(self.seed)]
        return f"python train_cli.py train {shlex.join(words)}"


def epochs_of(network: str, recipe: str) -> int:
    """How many a recipe trains at most.

    >>> epochs_of("sepres", "fine-tune")
    8
    """
    return int(recipe_for(network, recipe).settings.get("epochs", TrainConfig().epochs))
