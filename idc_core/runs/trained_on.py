"""What a run's network was trained on: known, or not known and why. Asked here and nowhere else.

What a run is judged on is `data` in its `run.json`; only for a run that was trained here is the
training side of that data what its network learnt from. Of what was imported nothing is known, and
a slide scored with it inherits that.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Known:
    """The training side: name and fingerprint of the data, patches and patients (None where only
    words were recorded), and those words."""

    said: str
    name: str | None = None
    patches: int | None = None
    patients: int | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody recorded it; `why`: as the rest of a sentence."""

    why: str


TrainingData = Known | Unknown


def training_data(info: Mapping[str, Any]) -> TrainingData:
    """What `run.json` says of the training.

    >>> training_data({"status": "imported", "data": {"name": "mine", "patches": {"train": 210}}})
    Unknown(why='these predictions were imported')
    """
    inherited = info.get("training")
    if isinstance(inherited, dict):
        return _inherited(inherited)
    said = str(info.get("trained_on") or "")
    if info.get("model_source"):
        return Unknown("this network was imported")
    if info.get("status") == "imported":
        return Unknown("these predictions were imported")
    if said.startswith("not known"):  # a slide that was scored with an imported network
        return Unknown("the network that scored it was imported")
    data = info.get("data") or {}
    patches = (data.get("patches") or {}).get("train")
    if info.get("status") == "scored" or patches is None:
        return Known(said) if said else Unknown("it was not recorded")
    patients = (data.get("patients") or {}).get("train")
    name, fingerprint = data.get("name"), data.get("fingerprint")
    words = said or f"the training side of “{name}”: {patches:,} patches"
    return Known(words, str(name), int(patches), patients, fingerprint)


def recorded(info: Mapping[str, Any]) -> dict[str, Any]:
    """The same as a run scored with this network keeps it (`training` in `run.json`)."""
    return asdict(training_data(info))


def _inherited(record: dict[str, Any]) -> TrainingData:
    if "why" in record:
        return Unknown(str(record["why"]))
    return Known(**{name: record.get(name) for name in Known.__dataclass_fields__})  # type: ignore[arg-type]


def reference(info: Mapping[str, Any], store: str | None = None) -> str:
    """What the patches are that an input is compared with, as the end of "nearly all N …"."""
    if isinstance(training_data(info), Known):
        return "training patches"
    name = f" of “{store}”" if store else ""
    return f"patches of the training side{name} (whether it learnt from them is not known)"


def caution(info: Mapping[str, Any]) -> str | None:
    """What has to be said wherever such a run is judged; None where its training is known.

    >>> caution({"model_source": {"file": "a.keras"}})  # doctest: +ELLIPSIS
    'What it was trained on is not known (this network was imported): patients shown here may ...
    """
    found = training_data(info)
    if isinstance(found, Known):
        return None
    return (
        f"What it was trained on is not known ({found.why}): patients shown here may have been in "
        "its training, and then it looks better than it is."
    )
