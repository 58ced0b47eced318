"""The options of `train`: one a setting, generated from the frozen settings, in groups."""

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

import typer

from idc_core.cli.words import TRACKERS, LabelsFile, RunName, WeightsFile
from idc_core.train.config import AugmentConfig, Option, TrainConfig, options
from idc_core.train.networks import NETWORKS
from idc_core.train.recipes import RECIPES

WHAT, LENGTH, STEPS, LOSS, MACHINE, AUGMENTATION, TRACKING = (
    "Data and network",
    "Network and length",
    "Optimiser and learning rate",
    "Labels and loss",
    "Machine and checkpoints",
    "Augmentation",
    "Other trackers",
)

GROUPS: dict[str, tuple[str, ...]] = {
    LENGTH: ("network", "input_size", "epochs", "stop_patience", "monitor", "seed"),
    STEPS: (
        "batch_size",
        "optimizer",
        "learning_rate",
        "weight_decay",
        "schedule",
        "warmup_epochs",
        "decay",
        "frozen_epochs",
        "first_layer_rate",
        "plateau_patience",
        "plateau_factor",
        "average",
    ),
    LOSS: ("class_weights", "label_smoothing", "mixup", "trust"),
    MACHINE: ("devices", "deterministic", "checkpoint_batches"),
}
"""Every setting of `TrainConfig` in its group; those of `AugmentConfig` have one of their own."""

_RECIPES = " ".join(f"{each.name}: {each.about}." for each in RECIPES)

_PUBLISHED = "\n\n".join(
    f"{each.example}:  train --data mine --run plain {each.command}"
    for each in NETWORKS
    if each.example
)
EXAMPLES = f"""[bold]Examples[/bold]

A first try:  train --data demo --run first --epochs 3

Resume a run that was stopped:  train --run first --resume

{_PUBLISHED}

Scores of every patch by a network that never saw its patient, and the run first-folds that judges \
the recipe by them:  train --data mine --run first --folds 5

The same recipe on all labelled patients, to be used:  train --run first --final"""

_Data = Annotated[
    str | None,
    typer.Option(help="a patch store: a name in data/, or a path", rich_help_panel=WHAT),
]
_Resume = Annotated[
    bool,
    typer.Option("--resume", help="resume a run that was stopped", rich_help_panel=WHAT),
]
_Folds = Annotated[
    int,
    typer.Option(
        help="also train one network for each of so many folds of the patients, for scores of "
        "every patch by a network that never saw its patient and a run RUN-folds that judges the "
        "recipe by them; a fold that is done is not done again; 0: none",
        min=0,
        rich_help_panel=WHAT,
    ),
]
_Final = Annotated[
    bool,
    typer.Option(
        "--final",
        help="fit the recipe of RUN, which is finished, on all labelled patients of its data for "
        "the epochs that it chose, as the run RUN-final; no page judges that on these patients",
        rich_help_panel=WHAT,
    ),
]
_RecipeName: Any = Literal[tuple(each.name for each in RECIPES)]
_Recipe = Annotated[
    _RecipeName | None,
    typer.Option(
        help="settings that belong together; options given beside it override it. Without it: "
        f"fine-tune for a pretrained network, else from-scratch. {_RECIPES}",
        rich_help_panel=LENGTH,
    ),
]
_Teacher = Annotated[
    str | None,
    typer.Option(
        help="a run whose network is the teacher for distillation (--trust)", rich_help_panel=LOSS
    ),
]


def add_to(app: typer.Typer, run: Callable[..., None], panel: str) -> None:
    """Register `run` as the command `train`; it gets the context and every option by name."""

    def command(**chosen: Any) -> None:
        run(**chosen)

    parameters = list(_parameters())
    command.__doc__ = run.__doc__
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    app.command("train", rich_help_panel=panel, epilog=EXAMPLES)(command)


def _parameters() -> Iterator[inspect.Parameter]:
    named = inspect.Parameter.KEYWORD_ONLY
    yield inspect.Parameter("context", named, annotation=typer.Context)
    yield inspect.Parameter("run", named, annotation=_in(WHAT, RunName))
    yield inspect.Parameter("data", named, default=None, annotation=_Data)
    yield inspect.Parameter("resume", named, default=False, annotation=_Resume)
    yield inspect.Parameter("weights", named, default=None, annotation=_in(WHAT, WeightsFile))
    yield inspect.Parameter("folds", named, default=0, annotation=_Folds)
    yield inspect.Parameter("final", named, default=False, annotation=_Final)
    by_name = {option.name: option for option in options(TrainConfig)}
    for group, names in GROUPS.items():
        if group == LENGTH:
            yield inspect.Parameter("recipe", named, default=None, annotation=_Recipe)
        yield from (_as_parameter(by_name[name], group) for name in names)
        if group == LOSS:
            labels = _in(LOSS, LabelsFile)
            yield inspect.Parameter("labels", named, default=None, annotation=labels)
            yield inspect.Parameter("teacher", named, default=None, annotation=_Teacher)
    yield from (_as_parameter(option, AUGMENTATION) for option in options(AugmentConfig))
    for name, kind in TRACKERS.items():
        yield inspect.Parameter(name, named, default=None, annotation=_in(TRACKING, kind))


def _as_parameter(option: Option, group: str) -> inspect.Parameter:
    kind: Any = Literal[option.choices] if option.choices else option.type
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=option.default,
        annotation=Annotated[kind, typer.Option(help=option.help, rich_help_panel=group)],
    )


def _in(group: str, kind: Any) -> Any:
    """An option that several commands share, in a group of this one's."""
    from copy import copy

    option = copy(kind.__metadata__[0])
    option.rich_help_panel = group
    return Annotated[kind.__origin__, option]
