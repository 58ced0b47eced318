"""The steps that make the reference runs, and whether one is done.

A step is a command of `train_cli.py` with every setting that is not a default. It is done where its
run is finished with these settings, on this data, with this teacher; a run of the name that was
made otherwise is refused, never taken for it and never replaced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.records.folds import read_folds
from idc_core.records.run_info import RunInfo, info_if_whole
from idc_core.runs import cross_validated, fitted_on
from idc_core.runs.out_of_fold import FILE as OUT_OF_FOLD
from idc_core.train.config import AugmentConfig, TrainConfig, differences, from_dict, to_dict
from idc_core.train.recipes import recipe_for

Setting = str | float

MAIN: Mapping[str, Setting] = {
    "epochs": 40,
    "stop_patience": 0,
    "stain": 0.25,
    "stain_hue": 0.15,
    "brightness": 0.05,
}
"""What the shipped network is trained with, where that is no default."""

TEACHER: Mapping[str, Setting] = {"network": "efficientnet_lite0", "deterministic": False}
TAUGHT: Mapping[str, Setting] = {**MAIN, "trust": 0.9}
"""The same, distilled from a teacher: an attempt, which docs/models.md weighs against it."""

SEEDS = (0, 1, 2)
"""Of the main path; the run of the first is the one that is shipped."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made: `name` of the shipped run (others are called after it) on the store `data`, by
    these settings, and distilled from a `teacher` where its own are given."""

    data: str
    name: str = "reference"
    folds: int = 5
    settings: Mapping[str, Setting] = field(default_factory=lambda: MAIN)
    teacher: Mapping[str, Setting] | None = None
    seeds: tuple[int, ...] = SEEDS


def taught_plan(data: str, name: str, folds: int) -> Plan:
    """The same with a teacher, for the run and for each of its folds."""
    return Plan(data, name, folds, TAUGHT, TEACHER)


@dataclass(frozen=True, slots=True)
class Step:
    """`run`: what it makes. `kind`: train, folds, final or test. `settings`: those of a training
    that are no defaults; `taught_by`: the run whose network teaches it."""

    key: str
    about: str
    kind: str
    run: str
    words: tuple[str, ...]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    taught_by: str | None = None

    @property
    def command(self) -> str:
        """As one types it."""
        return " ".join(["python train_cli.py", *self.words])


def steps(plan: Plan) -> list[Step]:
    """All of them in order; the last is done only where it is asked for.

    >>> [step.key for step in steps(Plan("mine", seeds=(0, 1)))]
    ['seed-0', 'seed-1', 'folds', 'final', 'test']
    >>> steps(Plan("mine"))[3].command
    'python train_cli.py train --run reference --folds 5'
    >>> [step.run for step in steps(taught_plan("mine", "taught", 5))][:2]
    ['taught-teacher', 'taught']
    """
    teacher = None if plan.teacher is None else f"{plan.name}-teacher"
    kind = "network" if teacher is None else "taught network"
    first = []
    if plan.teacher is not None:
        first.append(_training("teacher", "the teacher", plan, f"{teacher}", plan.teacher))
    trained = [
        _training(
            f"seed-{seed}",
            f"the {kind}" if seed == plan.seeds[0] else "the same with another seed",
            plan,
            plan.name if seed == plan.seeds[0] else f"{plan.name}-seed{seed}",
            {**plan.settings, "seed": seed},
            teacher,
        )
        for seed in plan.seeds
    ]
    name, folds = plan.name, str(plan.folds)
    return [
        *first,
        *trained,
        Step(
            "folds",
            "folds" if teacher is None else "folds with a teacher of their own",
            "folds",
            cross_validated.path_of(Path(name)).name,
            ("train", "--run", name, "--folds", folds),
        ),
        Step(
            "final",
            "the final fit",
            "final",
            fitted_on.path_of(Path(name)).name,
            ("train", "--run", name, "--final"),
        ),
        Step(
            "test",
            "the shipped run on test, once",
            "test",
            name,
            (
                *("check", "--run", name, "--split", "test"),
                *("--min-auc", "0", "--min-sensitivity", "0", "--min-specificity", "0"),
            ),
        ),
    ]


def _training(
    key: str,
    about: str,
    plan: Plan,
    run: str,
    settings: Mapping[str, Setting],
    teacher: str | None = None,
) -> Step:
    given = [word for name, value in settings.items() for word in _option(name, value)]
    taught = ["--teacher", teacher] if teacher else []
    words = ("train", "--data", plan.data, "--run", run, *taught, *given)
    return Step(key, about, "train", run, words, settings, teacher)


def _option(name: str, value: Setting) -> list[str]:
    option = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{option}" if value else f"--no-{option}"]
    return [f"--{option}", f"{value}"]


def to_do(step: Step, plan: Plan, models: Path, fingerprint: str) -> tuple[str, ...] | None:
    """The words of the command that is left to give; None where the step is done.

    Raises `Refusal` where the run of the name was made otherwise.
    """
    folder = models / step.run
    info = info_if_whole(folder) if (folder / "run.json").is_file() else None
    if step.kind == "test":
        return step.words
    if step.kind == "folds":
        return None if _folds_done(models / plan.name, info, plan) else step.words
    if step.kind == "final":
        return None if _final_done(models / plan.name, info) else step.words
    if info is None:
        return step.words
    _refuse_other(step, info, models, fingerprint)
    if info.status == "finished":
        return None
    return ("train", "--run", step.run, "--resume")


def config_of(settings: Mapping[str, Any]) -> TrainConfig:
    """The settings that a command with these options trains with."""
    network = str(settings.get("network", TrainConfig().network))
    chosen = {**recipe_for(network, None).settings, **settings}
    names = to_dict(AugmentConfig())
    augment = {name: chosen.pop(name) for name in list(chosen) if name in names}
    return TrainConfig(**chosen, augment=AugmentConfig(**augment))


def _refuse_other(step: Step, info: RunInfo, models: Path, fingerprint: str) -> None:
    known = None if info.config is None else from_dict(info.config)
    apart = ["no training"] if known is None else differences(known, config_of(step.settings))
    if info.fingerprint != fingerprint:
        apart.append(f"data {str(info.fingerprint)[:12]} → {fingerprint[:12]}")
    if step.taught_by is not None:
        network = models / step.taught_by / "model.onnx"
        digest = sha256_of(network) if network.is_file() else None
        if info.teacher is None or info.teacher.sha256 != digest:
            apart.append("teacher another → this")
    elif info.teacher is not None:
        apart.append("teacher one → none")
    if apart:
        raise Refusal(
            f"expected {step.run} as this makes it: the run of the name differs "
            f"({'; '.join(apart)}). Rename it: python train_cli.py rename NEW --run {step.run}, or "
            "make others: --name NAME."
        )


def _folds_done(run: Path, info: RunInfo | None, plan: Plan) -> bool:
    known = None if info is None else info.cross_validated
    dealt, own = read_folds(run), info_if_whole(run)
    return (
        known is not None
        and dealt is not None
        and own is not None
        and own.config is not None
        and (run / OUT_OF_FOLD).is_file()
        and (known.folds, dealt.folds) == (plan.folds, plan.folds)
        and dealt.config is not None
        and not differences(from_dict(dealt.config), from_dict(own.config))
        and dealt.data == own.fingerprint == info_fingerprint(info)
        and (dealt.teacher is None) == (own.teacher is None)
    )


def info_fingerprint(info: RunInfo | None) -> str | None:
    """Of its data; None without a run."""
    return None if info is None else info.fingerprint


def _final_done(run: Path, info: RunInfo | None) -> bool:
    own = info_if_whole(run)
    return (
        info is not None
        and own is not None
        and info.status == "finished"
        and info.fitted_on is not None
        and info.fitted_on.run == run.name
        and info.config == own.config
        and info.epochs == own.best_epoch
        and info.fingerprint == own.fingerprint
    )
