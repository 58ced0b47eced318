"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

RunName = Annotated[str, typer.Option("--run", help="a name in models/, or a path")]
StoreName = Annotated[
    str, typer.Option("--name", help="name of the patch store in data/, or a path")
]
GivenSplit = Annotated[
    Path | None,
    typer.Option(
        "--split",
        help="use this split: a table or JSON by patient or file, or three lists, one per split",
    ),
]
Fractions = Annotated[
    str, typer.Option(help="shares of train, validation, test for a fresh split by patient")
]
Seed = Annotated[int, typer.Option(help="seed of a fresh split by patient")]
Fresh = Annotated[
    bool,
    typer.Option("--fresh-split", help="make a new split by patient, whatever the folders say"),
]
Whole = Annotated[list[str], typer.Option(help="treat this patient's tissue as whole; repeatable")]
Sampled = Annotated[list[str], typer.Option(help="treat this patient as a sample; repeatable")]
Overwrite = Annotated[bool, typer.Option(help="replace a store of this name")]
AcceptLoss = Annotated[
    bool,
    typer.Option(
        "--accept-loss",
        help="continue without what has to be left out, even if that biases the set",
    ),
]
Replace = Annotated[
    bool, typer.Option("--overwrite", help="replace an existing file that holds something else")
]

SlideTable = Annotated[
    Path | None, typer.Option("--slides", help="a table of slides: slide, patient, site, um")
]
SlideUm = Annotated[
    float | None, typer.Option(help="µm per pixel of the slides, where their files do not say it")
]

LabelsFile = Annotated[
    Path | None,
    typer.Option(
        help="corrected labels (a table of patient, x, y, label, or files and labels) to use"
    ),
]

WeightsFile = Annotated[
    Path | None,
    typer.Option(
        "--weights",
        help="a file of weights that a pretrained network begins with, in place of its package's",
    ),
]

TensorBoardFolder = Annotated[
    str | None, typer.Option(help="also log to TensorBoard in this folder")
]
MLflowAddress = Annotated[
    str | None, typer.Option(help="also log to MLflow: a server, or sqlite:///FILE")
]
TRACKERS = {"tensorboard": TensorBoardFolder, "mlflow": MLflowAddress}

PositiveFrom = Annotated[
    float, typer.Option(help="least share of positive area in a positive square")
]
NegativeTo = Annotated[
    float, typer.Option(help="largest share of positive area in a negative square")
]
Priority = Annotated[
    str,
    typer.Option(
        help="classes of the outlines, comma between, the first over the next where they overlap; "
        "others by size, the smaller over the larger"
    ),
]
Detections = Annotated[
    bool, typer.Option("--detections", help="take QuPath's detections and cells for outlines too")
]


def named_classes(priority: str) -> tuple[str, ...]:
    """The classes that `Priority` names, in order.

    >>> named_classes("Tumor, Stroma,")
    ('Tumor', 'Stroma')
    """
    return tuple(filter(None, (each.strip() for each in priority.split(","))))
