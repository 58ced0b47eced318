"""Settings are checked at birth and survive JSON."""

import dataclasses
import json

import pytest

from idc_core.io.refusal import Refusal
from idc_core.train.config import (
    AugmentConfig,
    TrainConfig,
    differences,
    from_dict,
    options,
    to_dict,
)


def test_settings_come_back_from_json_as_they_were() -> None:
    config = TrainConfig(epochs=3, learning_rate=0.1 + 0.2, augment=AugmentConfig(zoom=0.3))
    assert from_dict(json.loads(json.dumps(to_dict(config)))) == config


def test_settings_left_out_of_an_old_file_take_their_defaults() -> None:
    assert from_dict({"epochs": 5}) == TrainConfig(epochs=5)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"epochs": 0}, "epochs must be at least 1: found 0."),
        ({"epochs": 2.5}, "epochs must be of type int: found 2.5."),
        (
            {"network": "resnet"},
            "network must be one of sepres, cancernet, efficientnet_lite0, efficientnetv2_b0, "
            "mobilenetv3_small: found 'resnet'.",
        ),
        ({"average": float("nan")}, "average must be from 0 to 0.99999: found nan."),
        ({"deterministic": 1}, "deterministic must be of type bool: found 1."),
        ({"speed": 1}, "found speed."),
        ({"augment": {"zoom": 2}}, "zoom must be from 0 to 0.9: found 2."),
        ({"augment": {"hue": 2}}, "found augment.hue."),
        ({"augment": 3}, "augment must hold settings by name: found 3."),
    ],
)
def test_a_bad_setting_is_refused_by_name(content: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        from_dict(content)
    assert sentence in str(refused.value)


def test_differences_name_what_differs_at_any_depth() -> None:
    old, new = TrainConfig(), TrainConfig(seed=4, augment=AugmentConfig(shift=0.5))
    assert differences(old, old) == []
    assert differences(old, new) == ["seed 0 → 4", "augment.shift 0.06 → 0.5"]


@pytest.mark.parametrize("config", [AugmentConfig, TrainConfig])
def test_every_setting_is_an_option_with_a_help_text(
    config: type[AugmentConfig] | type[TrainConfig],
) -> None:
    plain = {each.name for each in dataclasses.fields(config)} - {"augment"}
    found = list(options(config))
    assert {option.name for option in found} == plain
    assert all(option.help and isinstance(option.default, option.type) for option in found)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().epochs = 3  # type: ignore[misc]
