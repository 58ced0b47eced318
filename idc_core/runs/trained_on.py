"""What a run's network was trained on: known, or not known and why. Asked here and nowhere else.

What a run is judged on is `data` in its `run.json`; only for a run that was trained here is the
training split of that data what its network learnt from. Of what was imported nothing is known, and
a slide scored with it inherits that.
"""

from dataclasses import asdict, dataclass

from idc_core.records.run_info import Data, RunInfo, Training


@dataclass(frozen=True, slots=True)
class Known:
    """The training split: name and fingerprint of the data, patches and patients (None where only
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


def training_data(info: RunInfo) -> TrainingData:
    """What `run.json` says of the training.

    >>> training_data(RunInfo(status="imported", data=Data(name="mine", patches={"train": 210})))
    Unknown(why='these predictions were imported')
    """
    if info.training is not None:
        return _inherited(info.training)
    said = info.trained_on or ""
    if info.model_source is not None:
        return Unknown("this network was imported")
    if info.status == "imported":
        return Unknown("these predictions were imported")
    data = info.data or Data()
    patches = data.patches.get("train")
    if info.status == "scored" or patches is None:
        return Known(said) if said else Unknown("it was not recorded")
    words = said or f"the training split of “{data.name}”: {patches:,} patches"
    return Known(words, str(data.name), patches, data.patients.get("train"), data.fingerprint)


def recorded(info: RunInfo) -> Training:
    """The same as a run scored with this network keeps it (`training` in `run.json`)."""
    return Training(**asdict(training_data(info)))


def _inherited(record: Training) -> TrainingData:
    if record.why is not None:
        return Unknown(record.why)
    return Known(
        record.said or "", record.name, record.patches, record.patients, record.fingerprint
    )


def reference(info: RunInfo, store: str | None = None) -> str:
    """What the patches are that an input is compared with, as the end of "nearly all N …"."""
    if isinstance(training_data(info), Known):
        return "training patches"
    name = f" of “{store}”" if store else ""
    return f"patches of the training split{name} (whether it learnt from them is not known)"


def caution(info: RunInfo) -> str | None:
    """What has to be said wherever such a run is judged; None where its training is known.

    >>> caution(RunInfo(status="imported"))  # doctest: +ELLIPSIS
    'What it was trained on is not known (these predictions were imported): patients shown here ...
    """
    found = training_data(info)
    if isinstance(found, Known):
        return None
    return (
        f"What it was trained on is not known ({found.why}): patients shown here may have been in "
        "its training, and then it looks better than it is."
    )
