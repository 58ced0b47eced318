"""Whom a run learns from, and that a resumed run keeps its teacher."""

from types import SimpleNamespace

import pytest

from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.nn.training import _soft_targets
from idc_core.records.raster import Raster
from idc_core.records.run_info import Teacher
from idc_core.train.config import TrainConfig
from idc_core.train.soft_targets import TargetRule

pytestmark = pytest.mark.slow


@pytest.fixture
def models(copied, tmp_path):
    return copied(tmp_path) / "models"


STORE = SimpleNamespace(name="small", raster=Raster())


def begun_with(teacher):
    return SimpleNamespace(name="pupil", info=SimpleNamespace(teacher=teacher))


def test_without_a_teacher_labels_alone_are_learnt(models):
    rule, facts = _soft_targets(
        TrainConfig(label_smoothing=0.1), models / "pupil", STORE, None, None
    )
    assert (rule, facts) == (TargetRule(0.1, 0.0), None)


def test_a_teacher_is_named_beside_the_run_with_its_digest(models):
    network = models / "small" / "model.onnx"
    rule, facts = _soft_targets(TrainConfig(), models / "pupil", STORE, network, None)
    assert facts == Teacher(file="small/model.onnx", sha256=sha256_of(network))
    assert rule.teacher is not None


def test_a_resumed_run_keeps_the_teacher_that_it_was_started_with(models):
    known = Teacher(file="small/model.onnx", sha256=sha256_of(models / "small" / "model.onnx"))
    _, facts = _soft_targets(TrainConfig(), models / "pupil", STORE, None, begun_with(known))
    assert facts == known


@pytest.mark.parametrize("known", [None, Teacher(file="small/model.onnx", sha256="0")])
def test_a_resumed_run_is_refused_another_teacher(models, known):
    network = models / "small" / "model.onnx"
    with pytest.raises(Refusal, match=r"^expected the teacher that pupil was started with"):
        _soft_targets(TrainConfig(), models / "pupil", STORE, network, begun_with(known))
