"""A run folder: `models/<run>/`, all that training and dashboard share.

| file | what | written |
|---|---|---|
| `run.json` | status, config, seed, data, versions, commit, wall time | atomically |
| `history.csv` | one row per epoch | appended, flushed |
| `events.jsonl` | what happened in which epoch | appended, flushed |
| `checkpoint/` | all that an exact resume needs, and how far it is; never shipped | renamed |
| `watched.parquet`, `watched_scores.f16` | validation patches followed (`watched.py`) | appended |
| `model.keras`, `model.onnx` | the best model; ONNX gives score and activations | atomically |
| `predictions.parquet` | columns `PREDICTION_COLUMNS`, raw scores | atomically |
| `fold_patients.parquet` | whom each fold learnt from (`cross_validated.py`) | atomically |
| `fitted_on.parquet` | whom a final fit learnt from (`fitted_on.py`) | atomically |
| `predictions/` | the same in parts, listed in `parts.json` (`score_parts.py`) | list last |
| `report.json` | figures of `evaluation.py` | atomically |
| `operating_points.jsonl` | thresholds chosen on validation, newest last | appended |
| `calibration.json` | the saved map from raw to calibrated scores, if any | atomically |
| `smoothing.json` | the kept smoothing over neighbours, if any (`spatial/kept.py`) | atomically |
| `looks.jsonl` | thresholds shown on test, each once (more of both: `run_logs.py`) | appended |
| `learning_rates.csv` | rate and loss of the finder's steps, if it was run | atomically |
| `notes.json`, `trackers.json` | tags and archive; what other trackers were sent | atomically |

Status is training, finished, interrupted, imported, scored (a slide or patches that somebody
brought and kept), or cross-validated (it judges a recipe by the networks of its folds). A run may
come from elsewhere: predictions alone open everywhere except Feature maps and Predict.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import union_categoricals

from idc_core.data import known_labels
from idc_core.data.known_labels import UNLABELLED
from idc_core.data.places import PATCH, SLIDE, place_of
from idc_core.data.shown_splits import DATA_SPLIT, FOLD, RAW
from idc_core.io import kinds
from idc_core.io.files import parquet_columns, read_json, read_parquet
from idc_core.io.names import run_names as list_runs
from idc_core.io.progress import has_epoch, is_training, no_epoch_sentence
from idc_core.io.refusal import Refusal
from idc_core.records.history import Event, read_events, read_history
from idc_core.records.ledger import OperatingPoint
from idc_core.records.report import Report, read_report
from idc_core.records.run_info import RunInfo, read_info
from idc_core.runs import fitted_on, run_logs, score_parts

__all__ = [
    "PREDICTION_COLUMNS",
    "PREDICTION_KINDS",
    "SMOOTHING",
    "UNLABELLED",
    "Run",
    "Unlabelled",
    "judged",
    "list_runs",
    "open_run",
    "prediction_columns",
    "refuse_unlabelled",
]

PREDICTION_COLUMNS = ("patient", "x", "y", "label", "split", "score", "file")
"""patient str · x, y int32 · label int8 (`known_labels`) · split str · score float64 in [0, 1]
(float32 in older files, read as the very same numbers in float64) · file str."""


def prediction_columns(table: pd.DataFrame) -> list[str]:
    """`PREDICTION_COLUMNS`, with the slide behind the patient where slides have names of their
    own (`places.py`)."""
    return [*place_of(table), *PREDICTION_COLUMNS[len(PATCH) :]]


PREDICTION_KINDS = kinds.PATCH | {
    "split": kinds.TEXT,
    "score": kinds.SHARE,
    "file": kinds.TEXT,
    FOLD: kinds.WHOLE,
    DATA_SPLIT: kinds.TEXT,
    RAW: kinds.SHARE,
}

SMOOTHING = "smoothing.json"


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder and its `run.json`; everything else is read when asked for."""

    path: Path
    info: RunInfo

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def status(self) -> str:
        return self.info.status or "unknown"

    @property
    def scores_file(self) -> Path:
        """The file that its predictions are known by: a change of it is a change of them."""
        return score_parts.known_by(self.path)

    @property
    def has_predictions(self) -> bool:
        return self.scores_file.is_file()

    @property
    def has_labels(self) -> bool:
        """Whether its patches are labelled; a scored slide's are not."""
        return self.info.labels is not False

    @property
    def has_network(self) -> bool:
        return (self.path / "model.onnx").is_file()

    @property
    def came_as_onnx(self) -> str | None:
        """The file that its network came in where that was ONNX: nothing is known of its layers."""
        source = self.info.model_source
        return str(source.file) if source is not None and source.kind == "onnx" else None

    def predictions(self, *, compact: bool = False) -> pd.DataFrame:
        """Raw scores of all splits; raises `Refusal` naming the command that makes them, and
        `TooMany` where they are not to be held in memory.

        `compact`: without `file`, patient and split as categories: a tenth of the memory.
        """
        if not self.has_predictions and self.info.fitted_on is not None:
            raise fitted_on.Fitted(fitted_on.sentence(self.info, self.name))
        if not self.has_predictions:
            raise Refusal(
                f"expected predictions in {self.scores_file}: there are none yet. {self._to_come()}"
            )
        score_parts.refuse_too_many(self.path)
        parts = [self._part(file, compact) for file in score_parts.files_of(self.path)]
        if len(parts) == 1:
            return parts[0]
        return pd.concat(parts, ignore_index=True) if not compact else _joined(parts)

    def _part(self, file: Path, compact: bool) -> pd.DataFrame:
        present = parquet_columns(file)
        missing = [column for column in PREDICTION_COLUMNS if column not in present]
        if missing:
            raise Refusal(
                f"expected the columns {', '.join(PREDICTION_COLUMNS)} in {file}: "
                f"{', '.join(missing)} missing."
            )
        frame = (
            read_parquet(
                file,
                _compact(present),
                repeated=tuple({"patient", SLIDE, "split", DATA_SPLIT} & {*present}),
            )
            if compact
            else read_parquet(file)
        )
        asked = _compact(present) if compact else present
        known = {*frame.columns, "__index_level_0__"}  # what pandas numbers rows by is no column
        if lost := [name for name in asked if name not in known]:  # the foot names columns twice
            raise Refusal(f"expected the column {lost[0]} in {file}: the table is damaged.")
        frame["label"] = known_labels.settled(frame["label"], file)
        kinds.refuse_others(file, frame, PREDICTION_KINDS)
        # A threshold is a double: compared with a float32 it would be rounded, here and not there.
        return frame.astype({"score": np.float64})

    def _to_come(self) -> str:
        """Where the predictions of a run without any stay, and what to do about it."""
        if self.status in ("training", "interrupted") and not has_epoch(self.path):
            return no_epoch_sentence(self.path)
        if is_training(self.path):
            return f"{self.name} is being trained: they are written at its end."
        return f"Finish the training: python train_cli.py train --run {self.name} --resume."

    def history(self) -> pd.DataFrame:
        """One row per epoch (`epoch` counts from 1); empty where nothing was trained."""
        return read_history(self.path)

    def events(self) -> list[Event]:
        """What happened when, oldest first."""
        return read_events(self.path)

    def report(self) -> Report:
        """The figures of `evaluation.py`; raises `Refusal` naming the command that makes them."""
        refuse_unlabelled(self)
        file = self.path / "report.json"
        if not file.is_file():
            trains = self.status in ("training", "interrupted") and not self.has_predictions
            make = f"{'Then make' if trains else 'Make'} it: python train_cli.py evaluate --run "
            make += f"{self.name}."
            first = f"{self._to_come()} " if trains else ""
            raise Refusal(f"expected {file}: it is not there. {first}{make}")
        return read_report(self.path)

    def operating_points(self) -> list[OperatingPoint]:
        """Thresholds chosen on validation, newest last; raises `Refusal` where the server that they
        may lie on cannot be asked."""
        return run_logs.points(self.path)

    def calibration_id(self) -> str | None:
        """What the run's scores are shown through: a saved map, a smoothing, or both
        (`map+smooth`); None for raw scores."""
        ids = [self._id_in(name) for name in ("calibration.json", SMOOTHING)]
        return "+".join(found for found in ids if found is not None) or None

    def _id_in(self, name: str) -> str | None:
        file = self.path / name
        if not file.exists():
            return None
        kept: Any = read_json(file)
        if not isinstance(kept, dict) or not isinstance(kept.get("id"), str):
            raise Refusal(
                f"expected an object with an id in {file}: found {str(kept)[:80]}. "
                "Remove the file, and the raw scores are shown."
            )
        return str(kept["id"])

    def operating_point(self) -> OperatingPoint | None:
        """The newest of those chosen on today's scores, raw or calibrated; None without one."""
        calibration = self.calibration_id()
        points = [point for point in self.operating_points() if point.calibration == calibration]
        return points[-1] if points else None


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Parts one after the other; texts stay categories, now of all parts."""
    named = [name for name in parts[0] if isinstance(parts[0][name].dtype, pd.CategoricalDtype)]
    joined = {
        name: union_categoricals([part[name] for part in parts], sort_categories=True)
        for name in named
    }
    others = pd.concat([part.drop(columns=named) for part in parts], ignore_index=True)
    for name, texts in joined.items():
        others[name] = texts
    return others[[*parts[0].columns]]


def _compact(present: Collection[str]) -> list[str]:
    """The columns of predictions but `file`; the slide, and what a run of folds has beside them,
    where they are there."""
    first, *others = PREDICTION_COLUMNS[:-1]
    of_folds = [name for name in (FOLD, DATA_SPLIT, RAW) if name in present]
    return [first, *({SLIDE} & {*present}), *others, *of_folds]


def only_calls(scores: npt.ArrayLike) -> bool:
    """Whether the scores are calls, 0 or 1, which no threshold moves and no curve joins.

    >>> only_calls([0, 1, 1]), only_calls([0, 0.5, 1]), only_calls([])
    (True, False, False)
    """
    given = np.asarray(scores, np.float64)
    return bool(given.size) and bool(((given == 0) | (given == 1)).all())


class Unlabelled(Refusal):
    """There is nothing to judge a run by; its patches can be looked at and reviewed."""


def refuse_unlabelled(run: Run) -> None:
    """Raise `Unlabelled` where there is nothing to judge scores by."""
    if not run.has_labels:
        if run.info.fitted_on is not None:
            raise fitted_on.Fitted(fitted_on.sentence(run.info, run.name))
        what = "imported scores" if run.status == "imported" else "scored slides"
        raise Unlabelled(
            f"expected labels to judge {run.name} by: it holds {what} without any. Review them on "
            "the page Patients, or choose another run above."
        )


def judged(run: Run, predictions: pd.DataFrame) -> pd.DataFrame:
    """The predictions whose labels are known, of patients that the network was not fitted on: all
    figures are of these; raises `Unlabelled` or `Fitted` where there is none."""
    refuse_unlabelled(run)
    predictions = fitted_on.refuse_or_drop(run.path, run.name, run.info, predictions)
    known = known_labels.is_known(predictions["label"])
    unlabelled = (predictions["label"] == UNLABELLED).to_numpy()
    if len(predictions) and not known.any() and unlabelled.all():
        raise Unlabelled(
            f"expected labels to judge {run.name} by: its {len(predictions):,} patches have none. "
            "Review them on the page Patients, or choose another run above."
        )
    # A label that is neither known nor missing is damage, and is refused where it is counted.
    return predictions[~unlabelled] if unlabelled.any() else predictions


def open_run(path: Path) -> Run:
    """Open the run folder `path`; raises `Refusal` saying how to make one."""
    return Run(path, read_info(path))
