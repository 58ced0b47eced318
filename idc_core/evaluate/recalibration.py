"""Maps from raw scores to better probabilities, fitted on validation, kept with the run.

`calibration.json` in the run folder holds the saved map; its `id` is named by every operating point
that was chosen on mapped scores. Raw scores stay as they are in `predictions.parquet`.

Mapped scores are doubles. A file written before they were has no `precision`: its map goes on
rounding them to float32, for the operating points chosen on it are such numbers.

| kind | map | source |
|---|---|---|
| `temperature` | sigmoid(logit / T): milder or bolder, order kept | Guo et al. 2017, 1706.04599 |
| `platt` | sigmoid(a·logit + b): also moves the middle, order kept | Platt 1999 |
| `isotonic` | any rising shape, through knots; merges scores | Zadrozny & Elkan 2002 |
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.evaluate.spatial import saved_smoothing as smoothing
from idc_core.io.files import read_json, write_json
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.metrics._checks import check_labels_and_scores
from idc_core.metrics.calibration import logistic, logit
from idc_core.metrics.sigmoid import sigmoid
from idc_core.runs import seal
from idc_core.runs.run import Run

FILE = "calibration.json"
DOUBLE, SINGLE = "double", "single"
MAPS = ("temperature", "platt", "isotonic")

_PARAMETERS = {"temperature": ("temperature",), "platt": ("a", "b"), "isotonic": ("x", "y")}


@dataclass(frozen=True, slots=True)
class ScoreMap:
    """A rising map of scores; `parameters` by kind, `fitted_on` says on what."""

    kind: str
    parameters: Mapping[str, Any]
    fitted_on: Mapping[str, Any] = field(default_factory=dict)
    precision: str = DOUBLE

    @property
    def id(self) -> str:
        """Short name of this very map: the same kind and parameters have the same."""
        named = [self.kind, dict(self.parameters)]
        content = json.dumps(
            named if self.precision == SINGLE else [*named, self.precision], sort_keys=True
        )
        return f"{self.kind}-{hashlib.sha256(content.encode()).hexdigest()[:10]}"

    def apply(self, scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Mapped scores in [0, 1], same shape."""
        given = np.asarray(scores, dtype=np.float64)
        if self.kind == "isotonic":
            mapped = np.interp(given, self.parameters["x"], self.parameters["y"])
        else:
            mapped = self._sigmoid(given)
        found: npt.NDArray[np.float64] = np.clip(mapped, 0, 1)
        if self.precision == SINGLE:
            return found.astype(np.float32).astype(np.float64)
        return found

    def _sigmoid(self, given: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        if self.kind == "temperature":
            slope, middle = 1 / float(self.parameters["temperature"]), 0.0
        else:
            slope, middle = float(self.parameters["a"]), float(self.parameters["b"])
        # Scores of exactly 0 and 1 are infinite in log odds and stay where they are.
        with np.errstate(divide="ignore"):
            odds = np.log(given) - np.log1p(-given)
        return sigmoid(slope * odds + middle)

    def to_dict(self) -> dict[str, Any]:
        """As `calibration.json` holds it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "parameters": dict(self.parameters),
            "precision": self.precision,
            "fitted_on": dict(self.fitted_on),
        }


def from_dict(content: Mapping[str, Any]) -> ScoreMap:
    """A map from what `to_dict` gave; raises `ValueError` for anything else."""
    kind, parameters = content.get("kind"), content.get("parameters")
    if kind not in MAPS or not isinstance(parameters, Mapping):
        raise ValueError(f"expected one of the maps {', '.join(MAPS)}: found {kind!r}.")
    if set(parameters) != set(_PARAMETERS[str(kind)]):
        raise ValueError(f"expected the parameters {', '.join(_PARAMETERS[str(kind)])} of {kind}.")
    fitted_on, precision = dict(content.get("fitted_on") or {}), content.get("precision", SINGLE)
    if precision not in (DOUBLE, SINGLE):
        raise ValueError(f"expected the precision {DOUBLE} or {SINGLE}: found {precision!r}.")
    known = ScoreMap(str(kind), dict(parameters), fitted_on, str(precision))
    _check(known)
    return known


def _check(known: ScoreMap) -> None:
    numbers = [np.asarray(value, dtype=np.float64) for value in known.parameters.values()]
    good = all(np.isfinite(each).all() for each in numbers)
    if known.kind == "isotonic":
        x, y = numbers
        good = good and x.ndim == 1 and x.shape == y.shape and len(x) > 0
        good = good and bool((np.diff(x) >= 0).all() and (np.diff(y) >= 0).all())
        good = good and bool((y >= 0).all() and (y <= 1).all())
    else:
        good = good and all(each.ndim == 0 for each in numbers) and bool(numbers[0] > 0)
    if not good:
        raise ValueError(
            f"expected a rising map within 0 and 1: these parameters of {known.kind} are none."
        )


def fit(kind: str, labels: npt.ArrayLike, scores: npt.ArrayLike, **fitted_on: Any) -> ScoreMap:
    """Fit one kind of map; raises `Refusal` without both classes, or where no rising map fits."""
    label_array, score_array = check_labels_and_scores(labels, scores)
    if not 0 < label_array.sum() < len(label_array):
        raise Refusal("expected patches of both classes to fit a map of scores: found one class.")
    if kind == "isotonic":
        return ScoreMap(kind, _isotonic(label_array, score_array), fitted_on)
    x = logit(score_array)
    columns = [x] if kind == "temperature" else [x, np.ones_like(x)]
    found = logistic(np.stack(columns, axis=1), label_array.astype(np.float64))
    if found is None or not found[0] > 0:
        raise Refusal(
            f"expected scores that rise with the share of the positive class to fit {kind}: these "
            "do not, or they divide the classes so that the best map is a step."
        )
    if kind == "temperature":
        return ScoreMap(kind, {"temperature": float(1 / found[0])}, fitted_on)
    return ScoreMap(kind, {"a": float(found[0]), "b": float(found[1])}, fitted_on)


def _isotonic(labels: npt.NDArray[Any], scores: npt.NDArray[Any]) -> dict[str, list[float]]:
    from sklearn.isotonic import IsotonicRegression  # takes seconds to import, serves this alone

    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, labels)
    return {"x": fitted.X_thresholds_.tolist(), "y": fitted.y_thresholds_.tolist()}


def fit_all(validation: pd.DataFrame) -> dict[str, ScoreMap]:
    """Every kind that can be fitted on these predictions (raw `score`, `label`, `patient`)."""
    facts = {
        "split": "validation",
        "n_patches": len(validation),
        "n_patients": int(validation["patient"].nunique()),
    }
    labels, scores = validation["label"].to_numpy(), validation["score"].to_numpy()
    found = {}
    for kind in MAPS:
        try:
            found[kind] = fit(kind, labels, scores, **facts)
        except Refusal:
            continue
    return found


def saved(run: Run) -> ScoreMap | None:
    """The map kept with the run; None for raw scores, `Refusal` where the file is damaged."""
    file = run.path / FILE
    if not file.exists():
        return None
    content = read_json(file)
    try:
        known = from_dict(content if isinstance(content, Mapping) else {})
    except (ValueError, TypeError) as broken:
        raise Refusal(
            f"expected a map of scores in {file}: {broken} Remove the file, and raw scores are "
            "shown, or save a recalibration again on the page Calibration."
        ) from None
    if known.id != content.get("id"):
        raise Refusal(
            f"expected the map {content.get('id')} in {file}: its parameters are those of "
            f"{known.id}. Remove the file, and raw scores are shown."
        )
    return known


def save(run: Run, chosen: ScoreMap) -> None:
    """Keep a map with the run: from now on its scores are shown through it."""
    with seal.changing(run.path, FILE):
        write_json(run.path / FILE, chosen.to_dict() | {"kept_at": now()})


def drop(run: Run) -> None:
    """Go back to raw scores."""
    with seal.changing(run.path, FILE), refused_by_system(f"remove {run.path / FILE}"):
        (run.path / FILE).unlink(missing_ok=True)


def mapped(run: Run, predictions: pd.DataFrame, *, smooth: bool = True) -> pd.DataFrame:
    """Predictions (patient, x, y, score) with the scores that the run shows: through the saved map,
    then smoothed where that was taken (`smooth`); raw where neither is kept."""
    known = saved(run)
    if known is not None:
        predictions = predictions.assign(score=known.apply(predictions["score"].to_numpy()))
    taken = smoothing.saved(run) if smooth else None
    return predictions if taken is None else predictions.assign(score=taken.apply(predictions))
