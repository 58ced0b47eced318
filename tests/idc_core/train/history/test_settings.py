"""What tells runs apart."""

from typing import Any

from idc_core.io.record import replace
from idc_core.records.run_info import Data, Pretrained, RunInfo, Teacher
from idc_core.train.history.settings import differing, repeats


def info(seed: int, **settings: Any) -> RunInfo:
    config = {"epochs": 5, "seed": seed, "augment": {"zoom": 0.1}} | settings
    return RunInfo(config=config, data=Data(fingerprint="a"))


def test_only_settings_that_differ_are_named_nested_ones_too() -> None:
    configs = [info(0).config or {}, info(0, augment={"zoom": 0.2}).config or {}]
    assert differing(configs) == ["augment.zoom"]


def test_a_setting_that_an_older_run_does_not_know_is_no_difference() -> None:
    assert differing([{"epochs": 3}, {"epochs": 3, "mixup": 0.0}, {}]) == []
    assert differing([{"epochs": 3}, {"mixup": 0.0}, {"mixup": 0.2}]) == ["mixup"]


def test_runs_with_other_seeds_only_are_repeats() -> None:
    runs = {"a": info(0), "b": info(1), "c": info(1, epochs=6), "d": RunInfo(status="imported")}
    assert repeats(runs) == [["a", "b"]]


def test_other_data_is_no_repeat() -> None:
    assert repeats({"a": info(0), "b": replace(info(1), data=Data(fingerprint="b"))}) == []


def test_another_teacher_is_no_repeat() -> None:
    assert repeats({"a": info(0), "b": replace(info(1), teacher=Teacher(sha256="b"))}) == []


def test_other_pretrained_weights_are_no_repeat() -> None:
    other = replace(info(1), pretrained=Pretrained(sha256="b"))
    assert repeats({"a": info(0), "b": other}) == []
    same = replace(info(0), pretrained=Pretrained(sha256="b"))
    assert repeats({"a": same, "b": other}) == [["a", "b"]]
