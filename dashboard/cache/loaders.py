"""Everything read from disk, and the only caches.

Things are held once per server (`cache_resource`) and keyed by the file they came from: its path,
time and size. Tables are never hashed by content: Streamlit hashes large ones from a sample and
would answer with yesterday's scores. What is returned here is read-only by agreement.
"""

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts import curves, gallery, slide_map, strip
from dashboard.charts.montage import montage
from idc_core.data.patches import PATCH_PX
from idc_core.data.slides import neighbourhood
from idc_core.data.stores.store import PatchStore, open_store, store_folders
from idc_core.data.tables import places
from idc_core.evaluate import recalibration
from idc_core.evaluate.evaluation import patient_aucs
from idc_core.io.places import data_root, run_path
from idc_core.io.refusal import Refusal, SystemRefused
from idc_core.metrics.bands import bands
from idc_core.metrics.curves import Curve, Ranked
from idc_core.metrics.operating_point import Chosen, choose
from idc_core.metrics.uncertainty import Interval, PatientBootstrap
from idc_core.records.history import Event
from idc_core.records.manifest import fingerprint_in
from idc_core.records.report import Report
from idc_core.runs import ledger
from idc_core.runs.looks import Looks, looks_at, looks_in, tested_patients
from idc_core.runs.patient_counts import PatientCounts, by_patient
from idc_core.runs.run import Run, judged, open_run, refuse_unlabelled
from idc_core.score.scoring import Scorer

Stamp = tuple[str, int, int]

CURVE_POINTS = 240


@dataclass(frozen=True)
class SplitScores:
    """One split of a run's predictions, and what is computed from it once.

    `rows` is sorted by patient and keeps the order of `patients`. They are the patches whose labels
    are known; `unlabelled` counts the others, which are in no figure.
    """

    rows: pd.DataFrame
    ranked: Ranked
    patients: PatientCounts
    bootstrap: PatientBootstrap
    unlabelled: int = 0

    def span(self, patient: str) -> slice:
        """Where one patient's rows stand; nowhere if the split does not hold the patient."""
        at = int(np.searchsorted(self.patients.patients, patient))
        if at == len(self.patients) or self.patients.patients[at] != patient:
            return slice(0, 0)
        ends = np.append(self.patients.starts, len(self.rows))
        return slice(int(ends[at]), int(ends[at + 1]))

    def of(self, patient: str) -> pd.DataFrame:
        """One patient's rows; none where the split does not hold the patient."""
        return self.rows.iloc[self.span(patient)]

    @cached_property
    def names(self) -> list[str]:
        """Names of the patients, sorted."""
        return [str(patient) for patient in self.patients.patients]

    @cached_property
    def curve(self) -> Curve:
        """At most `CURVE_POINTS` points, for drawing."""
        return self.ranked.points(CURVE_POINTS)

    @cached_property
    def curve_table(self) -> pd.DataFrame:
        """The same points as a table to take along."""
        names = ("thresholds", "sensitivity", "specificity", "precision")
        table = pd.DataFrame({name: getattr(self.curve, name) for name in names})
        return table.rename(columns={"thresholds": "at"})

    @cached_property
    def roc_auc(self) -> float:
        """Area under ROC over all patches."""
        return self.ranked.roc_auc

    @cached_property
    def roc_auc_interval(self) -> Interval:
        """The same with what it would be for other patients."""
        known = self.patients
        return self.bootstrap.of_roc_auc_scores(known.owner, known.labels, known.scores)

    @cached_property
    def pr_auc(self) -> float:
        """Average precision over all patches."""
        return self.ranked.pr_auc

    @cached_property
    def curves(self) -> dict[str, curves.Drawn]:
        """ROC, precision-recall and workload, all but the point of the threshold.

        The bands say how far a curve would move if other patients had come.
        """
        band = bands(self.patients.at, self.curve.thresholds, self.bootstrap)
        prevalence = self.ranked.prevalence
        return {
            "roc": curves.roc(self.curve, band.roc),
            "pr": curves.precision_recall(self.curve, prevalence, band.pr),
            "workload": curves.workload(self.curve, prevalence),
        }

    @cached_property
    def aucs(self) -> "np.ndarray[Any, Any]":
        """ROC-AUC within each patient."""
        return patient_aucs(self.patients)


def run(name: str) -> Run:
    """A run by its name; raises `Refusal` if it is missing or damaged."""
    return open_run(run_path(name))


def scores(chosen: Run, split: str, *, raw: bool = False) -> SplitScores | None:
    """One split of a run's predictions; None where it holds no patch.

    Scores are those of the run's kept calibration, unless they are asked for `raw`.
    """
    file = chosen.path / "predictions.parquet"
    refuse_unlabelled(chosen)
    if not file.is_file():
        chosen.predictions()  # refuses, naming the command
    calibration = None if raw else chosen.calibration_id()
    return _scores(str(chosen.path), split, calibration, stamp(file))


def rows_of(chosen: Run, split: str) -> pd.DataFrame | None:
    """The patches of a split with the scores that the run's pages show, labelled or not: to be
    looked at, not judged. None where it holds no patch."""
    calibration = chosen.calibration_id()
    return _rows_of(
        str(chosen.path), split, calibration, stamp(chosen.path / "predictions.parquet")
    )


def calibrated(chosen: Run, live: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Raw scores of a run's network through its kept map; patches without neighbours at hand are
    never smoothed."""
    kept = recalibration.kept(chosen)
    return live if kept is None else kept.apply(live)


def splits(chosen: Run) -> list[str]:
    """The splits that a run's predictions hold."""
    file = chosen.path / "predictions.parquet"
    return _splits(str(chosen.path), stamp(file)) if file.is_file() else []


def report(chosen: Run) -> Report:
    """A run's `report.json`."""
    return chosen.report()


def history(chosen: Run) -> pd.DataFrame:
    """A run's epochs; empty where nothing was trained."""
    return chosen.history()


def events(chosen: Run) -> list[Event]:
    """What happened in which epoch of a run."""
    return chosen.events()


def locked_threshold(chosen: Run) -> float | None:
    """The run's newest operating point; None where none was chosen."""
    point = chosen.operating_point()
    return None if point is None else point.threshold


def looks(chosen: Run, threshold: float | None = None) -> int:
    """How many thresholds were looked at on these test patients, in all runs (`looks_in_all`),
    with this one in this run, if it is given."""
    known, here = looks_in_all(chosen), _known_looks(chosen)
    new = threshold is not None and (threshold, chosen.calibration_id()) not in here
    return known.total + new


def looks_in_all(chosen: Run) -> Looks:
    """Looks at the run's test patients here and in every other run that shares some of them."""
    return looks_at(chosen, _patients_tested, _count_of_looks)


def _patients_tested(run: Path) -> frozenset[str]:
    file = run / "predictions.parquet"
    return _tested(str(run), stamp(file)) if file.is_file() else frozenset()


@st.cache_resource(max_entries=512, show_spinner=False)
def _tested(path: str, stamp: Stamp) -> frozenset[str]:
    return tested_patients(Path(path))


def _count_of_looks(run: Path) -> int:
    file = run / ledger.LOOKS
    return _counted(str(run), stamp(file)) if file.is_file() else 0


@st.cache_resource(max_entries=512, show_spinner=False)
def _counted(path: str, stamp: Stamp) -> int:
    return looks_in(Path(path))


def look(chosen: Run, threshold: float) -> None:
    """Record a look at test, if it is a new one."""
    if (threshold, chosen.calibration_id()) not in _known_looks(chosen):
        ledger.look(chosen, threshold)


def _known_looks(chosen: Run) -> frozenset[tuple[float, str | None]]:
    file = chosen.path / "looks.jsonl"
    return _looks(str(chosen.path), stamp(file) if file.is_file() else None)


@st.cache_resource(max_entries=8, show_spinner=False)
def _looks(path: str, stamp: Stamp | None) -> frozenset[tuple[float, str | None]]:
    found = ledger.looks(open_run(Path(path)))
    return frozenset((look.threshold, look.calibration) for look in found)


def chosen(run: Run, rule: str) -> Chosen:
    """What a rule chooses on validation; raises `ValueError` where it cannot, see `choose`."""
    file = run.path / "predictions.parquet"
    found = _chosen(str(run.path), rule, run.calibration_id(), stamp(file))
    if isinstance(found, ValueError):
        raise found
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _chosen(path: str, rule: str, calibration: str | None, stamp: Stamp) -> Chosen | ValueError:
    found = scores(open_run(Path(path)), "validation")
    if found is None:
        return ValueError("expected a validation split to choose a threshold on: there is none.")
    try:
        return choose(found.ranked, rule, found.patients.at)
    except ValueError as cannot:
        return cannot


def store_of(chosen: Run) -> PatchStore | None:
    """The patch store with a run's data; None where it is not on this machine."""
    wanted = chosen.info.fingerprint
    damaged: Refusal | None = None
    for folder in store_folders(data_root()) if wanted else ():
        if fingerprint_in(folder) == wanted:
            try:
                return _opened(str(folder))
            except Refusal as refused:  # a copy beside it may be whole
                damaged = damaged or refused
    if damaged is not None:
        raise damaged
    return None


def pixels_of(chosen: Run) -> PatchStore | None:
    """The same, if its pixels are there too."""
    store = store_of(chosen)
    return store if store is not None and store.has_pixels else None


def rows_of_store(store: PatchStore) -> "pd.Series[int]":
    """Row of `store.patches` by (patient, x, y)."""
    return _rows(str(store.path), stamp(store.path / "index.parquet"))


def scorer(chosen: Run) -> Scorer:
    """A run's network; raises `Refusal` where it has none."""
    file = chosen.path / "model.onnx"
    return _scorer(str(file), stamp(file)) if file.is_file() else Scorer(file)


def stamp(file: Path) -> Stamp:
    """What identifies a file's content without reading it."""
    try:
        found = file.stat()
    except FileNotFoundError:
        raise Refusal(f"expected the file {file}: it is not there.") from None
    except OSError as error:
        raise SystemRefused(error, f"look at {file}") from None
    return str(file), found.st_mtime_ns, found.st_size


@st.cache_resource(max_entries=4, show_spinner=False)
def _predictions(path: str, stamp: Stamp) -> pd.DataFrame:
    frame = open_run(Path(path)).predictions(compact=True)
    patient = frame["patient"].cat
    frame["patient"] = patient.reorder_categories(sorted(patient.categories))
    codes = frame["patient"].cat.codes.to_numpy()
    if (np.diff(codes) >= 0).all():
        return frame
    return frame.iloc[np.argsort(codes, kind="stable")].reset_index(drop=True)


def off_grid(chosen: Run) -> str | None:
    """Why the squares of slide maps do not hold for a run's places; None where they do."""
    file = chosen.path / "predictions.parquet"
    return _off_grid(str(chosen.path), stamp(file)) if file.is_file() else None


@st.cache_resource(max_entries=64, show_spinner=False)
def _off_grid(path: str, stamp: Stamp) -> str | None:
    rows = _predictions(path, stamp)
    return places.off_grid(rows["patient"], rows["x"], rows["y"])


@st.cache_resource(max_entries=4, show_spinner=False)
def _splits(path: str, stamp: Stamp) -> list[str]:
    return [str(split) for split in _predictions(path, stamp)["split"].unique()]


@st.cache_resource(max_entries=12, show_spinner=False)
def _rows_of(path: str, split: str, calibration: str | None, stamp: Stamp) -> pd.DataFrame | None:
    frame = _predictions(path, stamp)
    own = (frame["split"] == split).to_numpy()
    if not own.any():
        return None
    # Ten million rows are not copied to leave out none.
    rows = frame.copy(deep=False) if own.all() else frame[own].reset_index(drop=True)
    codes, names = rows["patient"].cat.codes.to_numpy(), rows["patient"].cat.categories
    if not np.bincount(codes[codes >= 0], minlength=len(names)).all():
        rows["patient"] = rows["patient"].cat.remove_unused_categories()
    if calibration is not None:
        rows["score"] = recalibration.mapped(open_run(Path(path)), rows)["score"]
    return rows


@st.cache_resource(max_entries=12, show_spinner=False)
def _scores(path: str, split: str, calibration: str | None, stamp: Stamp) -> SplitScores | None:
    rows = _rows_of(path, split, calibration, stamp)
    if rows is None:
        return None
    every = len(rows)
    known = judged(open_run(Path(path)), rows)
    if len(known) < every:
        rows = known.reset_index(drop=True)
        rows["patient"] = rows["patient"].cat.remove_unused_categories()
    try:
        with ThreadPoolExecutor(1) as beside:
            ranking = beside.submit(Ranked, rows["label"].to_numpy(), rows["score"].to_numpy())
            patients = by_patient(rows)
            ranked = ranking.result()
    except ValueError as broken:
        raise Refusal(f"the predictions in {path} cannot be shown: {broken}") from None
    bootstrap = PatientBootstrap(len(patients))
    return SplitScores(rows, ranked, patients, bootstrap, every - len(rows))


@st.cache_resource(max_entries=8, show_spinner=False)
def _store(path: str, index: Stamp, manifest: Stamp, pixels: Stamp | None) -> PatchStore:
    return open_store(Path(path))


def _opened(path: str) -> PatchStore:
    """The store as its files are now: one that was replaced is opened anew, pixels and all."""
    folder = Path(path)
    pixels = folder / "patches.npy"
    return _store(
        path,
        stamp(folder / "index.parquet"),
        stamp(folder / "manifest.json"),
        stamp(pixels) if pixels.is_file() else None,
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _rows(path: str, stamp: Stamp) -> "pd.Series[int]":
    index = _opened(path).index
    keys = pd.MultiIndex.from_frame(index[["patient", "x", "y"]])
    return pd.Series(np.arange(len(index)), index=keys).sort_index()


@st.cache_resource(max_entries=4, show_spinner=False)
def _scorer(path: str, stamp: Stamp) -> Scorer:
    return Scorer(Path(path))


def rejects(store: PatchStore) -> pd.DataFrame:
    """Files that were not taken into a store: `file, reason, detail`."""
    file = store.path / "rejects.csv"
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as broken:
        raise Refusal(f"expected a table of files in {file}: {broken}.") from None
    if not {"file", "reason"} <= set(table.columns):
        raise Refusal(f"expected the columns file and reason in {file}: they are not there.")
    return table


@dataclass(frozen=True)
class Slide:
    """A patient's slide as a store knows it: the frame, the places with tissue, the picture."""

    frame: slide_map.Frame
    places: frozenset[tuple[int, int]]
    tissue: bytes | None


def slide(store: PatchStore, patient: str) -> Slide | None:
    """A patient's slide; None where the store does not know the patient."""
    return _slide(str(store.path), patient, stamp(store.path / "patches.npy"))


@st.cache_resource(max_entries=24, show_spinner="Putting the slide together …")
def _slide(path: str, patient: str, stamp: Stamp) -> Slide | None:
    store = _opened(path)
    at = np.flatnonzero(store.index["patient"] == patient)
    if not len(at):
        return None
    x, y = (store.index[name].to_numpy()[at] for name in ("x", "y"))
    frame = slide_map.frame_of(x, y)
    places = frozenset(zip(x.tolist(), y.tolist(), strict=True))
    return Slide(frame, places, slide_map.picture(store.patches[at], x, y, frame))


def squares(
    chosen: Run, split: str, patient: str, slide: Slide | None
) -> tuple[slide_map.Frame, bytes]:
    """The frame of a patient's slide and its squares for the viewer (`slide_map.squares`).

    `slide`: what the store knows of it; squares without a prediction are marked.
    """
    file = stamp(chosen.path / "predictions.parquet")
    store = None if slide is None else id(slide)
    return _squares(str(chosen.path), split, patient, chosen.calibration_id(), store, file, slide)


def hidden_squares(rows: pd.DataFrame, slide: Slide, hidden: "np.ndarray[Any, Any]") -> bytes:
    """The squares of a blinded reader: label and score of `hidden` patches are not sent."""
    return slide_map.squares(rows, slide.frame, hidden=hidden)


@st.cache_resource(max_entries=48, show_spinner=False)
def _squares(
    path: str,
    split: str,
    patient: str,
    calibration: str | None,
    store: int | None,
    stamp: Stamp,
    _slide: Slide | None,
) -> tuple[slide_map.Frame, bytes]:
    found = scores(open_run(Path(path)), split)
    if found is None:
        raise Refusal(f"the {split} split of this run holds no patch.")
    rows = found.of(patient)
    places = set(zip(rows["x"].tolist(), rows["y"].tolist(), strict=True))
    if _slide is None or not places <= _slide.places:
        frame = slide_map.frame_of(rows["x"], rows["y"])
        return frame, slide_map.squares(rows, frame)
    return _slide.frame, slide_map.squares(
        rows, _slide.frame, unscored=sorted(_slide.places - places)
    )


def sheet(store: PatchStore, at: tuple[int, ...], outcomes: tuple[str, ...]) -> str:
    """Rows of the store as one picture in `gallery.COLUMNS` columns, as a data address."""
    return _sheet(str(store.path), at, outcomes, stamp(store.path / "patches.npy"))


@st.cache_resource(max_entries=48, show_spinner=False)
def _sheet(path: str, at: tuple[int, ...], outcomes: tuple[str, ...], stamp: Stamp) -> str:
    patches = _opened(path).patches[list(at)]
    return gallery.address(montage(patches, np.array(outcomes), columns=gallery.COLUMNS))


def around(store: PatchStore, patient: str, place: tuple[int, int], size: int) -> Any:
    """The pixels of the `size`×`size` squares around a patch; None where the store lacks it."""
    known = rows_of_store(store)
    if (patient, *place) not in known.index:
        return None
    own = known.loc[patient]
    x, y = (own.index.get_level_values(name).to_numpy() for name in ("x", "y"))
    reach = size // 2 * PATCH_PX
    near = (np.abs(x - place[0]) <= reach) & (np.abs(y - place[1]) <= reach)
    pixels, _ = neighbourhood(store.patches[own.to_numpy()[near]], x[near], y[near], place, size)
    return pixels


def fields(
    store: PatchStore, centres: tuple[tuple[str, int, int], ...], outcomes: tuple[str, ...]
) -> str | None:
    """Fields of 3×3 patches side by side, as a data address; None where the store lacks one."""
    return _fields(str(store.path), centres, outcomes, stamp(store.path / "patches.npy"))


@st.cache_resource(max_entries=48, show_spinner=False)
def _fields(
    path: str, centres: tuple[tuple[str, int, int], ...], outcomes: tuple[str, ...], stamp: Stamp
) -> str | None:
    found = [around(_opened(path), patient, (x, y), 3) for patient, x, y in centres]
    if any(each is None for each in found):
        return None
    return gallery.address(strip.sheet(found, list(outcomes)))


@st.cache_resource(show_spinner=False)
def settle(page: str) -> None:
    """Once a page: take all that is loaded by now out of the garbage collector's rounds.

    Streamlit collects after every rerun and looks at every object then: modules, charts and tables
    that stay anyway cost 0.1 s each time, in which no answer is sent.
    """
    gc.collect()
    gc.freeze()


def whole_patients(chosen: Run) -> frozenset[str]:
    """Patients whose tissue is whole, as their store says; none where it is not here."""
    store = store_of(chosen)
    return store.whole_patients if store is not None else frozenset()
