"""What of a run's recipe is to be there before it is trained again."""

from pathlib import Path

import pytest

from idc_core.io import record
from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Pretrained, RunInfo, Teacher
from idc_core.runs.recipe import refuse_other_weights
from idc_core.runs.run import Run
from idc_core.train.config import TrainConfig, to_dict


def began_with(weights: Path, network: str = "efficientnet_lite0") -> RunInfo:
    known = Pretrained(file=weights.name, sha256=sha256_of(weights))
    return RunInfo(config=to_dict(TrainConfig(network=network)), pretrained=known)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    made = tmp_path / "own.pth", tmp_path / "other.pth"
    for file in made:
        file.write_text(file.stem)
    return made


def test_a_recipe_begins_with_the_weights_of_its_run(files: tuple[Path, Path]) -> None:
    own, other = files
    run = Run(own.parent / "run", began_with(own))
    refuse_other_weights(run, own)
    with pytest.raises(Refusal, match=r"that run began with \(own.pth, digest .*: .*other.pth"):
        refuse_other_weights(run, other)
    with pytest.raises(Refusal, match=r"that run began with .*efficientnet-lite0-57934424.pth"):
        refuse_other_weights(run, None)  # those of the package


def test_so_does_its_teacher_s(files: tuple[Path, Path]) -> None:
    own, other = files
    teacher = own.parent / "master"
    teacher.mkdir()
    record.write(teacher / "run.json", began_with(own))
    taught = RunInfo(
        config=to_dict(TrainConfig()), teacher=Teacher(file="master/model.onnx", sha256="0")
    )
    run = Run(own.parent / "run", taught)
    refuse_other_weights(run, own)
    with pytest.raises(Refusal, match="that the teacher of run began with"):
        refuse_other_weights(run, other)


def test_what_began_at_random_or_before_that_was_recorded_is_not_asked(
    files: tuple[Path, Path],
) -> None:
    own, other = files
    for info in (
        RunInfo(config=to_dict(TrainConfig())),
        RunInfo(config=to_dict(TrainConfig(network="efficientnet_lite0"))),
    ):
        refuse_other_weights(Run(own.parent / "run", info), other)
