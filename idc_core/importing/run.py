"""Writing imported predictions as a run folder: `run.json`, predictions, rejects, report."""

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.places import PATCH, SLIDE, place_of
from idc_core.data.split.splits import GivenSplit, split_by_patient, splits_of
from idc_core.data.split_names import SPLITS, refuse_patients_in_two_splits
from idc_core.data.stores.store import PatchStore, stores
from idc_core.evaluate import threshold_tables
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.facts.names import told
from idc_core.facts.record import PREFIX
from idc_core.importing.columns import Columns
from idc_core.importing.known import several_slides
from idc_core.importing.options import Asked
from idc_core.importing.proved import Prover
from idc_core.importing.reading import Reading, read_table
from idc_core.importing.warn import few_patients, warnings
from idc_core.io import record
from idc_core.io.files import sha256_of, write_parquet, write_text
from idc_core.io.names import run_names
from idc_core.io.paths import data_root, models_root
from idc_core.io.provenance import now, versions
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_csv
from idc_core.records.raster import USUAL, Raster
from idc_core.records.report import Report
from idc_core.records.run_info import (
    Data,
    RunInfo,
    Source,
    info_if_whole,
    new_id,
    read_info,
)
from idc_core.runs import fitted_on
from idc_core.runs.run import open_run, prediction_columns
from idc_core.runs.writer import building


@dataclass(frozen=True, slots=True)
class SplitChoice:
    """Which patients are validation and which test: all are test, unless something says else."""

    given: GivenSplit | None = None
    validation: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.validation < 1:
            raise Refusal(
                "expected a share of patients for validation from 0 to below 1, like 0.4: "
                f"found {self.validation:g}."
            )


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it: how the table was read, counts, what to know, where an old run went, and
    what is known of the patches on this machine.

    `report` is None where no patch has a label.
    """

    reading: Reading
    patches: int
    patients: int
    store: str | None
    warnings: list[str]
    report: Report | None
    replaced: Path | None = None
    known: tuple[str, ...] = ()
    raster: Raster = USUAL

    @property
    def mapping(self) -> str:
        return self.reading.mapping(self.raster)

    @property
    def refused(self) -> pd.DataFrame:
        return self.reading.rejects

    @property
    def again(self) -> int:
        return self.reading.again


def import_predictions(
    source: Path,
    run_folder: Path,
    *,
    asked: Columns | None = None,
    answers: Asked | None = None,
    split_choice: SplitChoice | None = None,
    overwrite: bool = False,
) -> Imported:
    """Read a table of predictions and write the run folder `run`.

    `asked` names columns, `answers` says what else cannot be told from the table. Nothing of a run
    that is replaced is read; it is kept in `.replaced/`. Raises `Refusal` where the folder holds a
    run already, the table cannot be read, a score is no probability, or a question is open: rows
    that mean nothing yet, or a loss that would change the set. Nothing is written then.
    """
    if (run_folder / "run.json").exists() and not overwrite:
        raise Refusal(
            f"expected a new name for the run: {run_folder} holds one already. Choose another, or "
            "replace it with --overwrite."
        )
    answers = answers or Asked()
    prover = Prover(
        data_root(), models_root(), answers.places, answers.like, besides=[run_folder.name]
    )
    reading = read_table(source, asked, answers, settle=prover, several=several_slides(data_root()))
    reading.refuse_open(accept_loss=answers.accept_loss)
    predictions = _predictions(reading.rows, split_choice or SplitChoice())
    held, fingerprint, predictions = _store_with(predictions)
    store = None if held is None else held.path.name
    proved = prover.found
    raster = held.raster if held is not None else proved.raster if proved is not None else USUAL
    said = [
        *reading.loss.sentences,
        *(proved.sentences() if proved else ()),
        *warnings(predictions, raster, proved.labels if proved else None),
    ]
    info = _info(reading, answers, predictions, store, fingerprint, said, raster)
    if proved is not None:
        info = record.replace(info, places=proved.places.record(), known=proved.known())
    final = final_of(source, models_root())
    if final is not None:
        predictions = fitted_on.without_labels(predictions, fitted_patients(final))
    labelled = bool(is_known(predictions["label"]).any())
    with building(run_folder) as made:
        if final is not None:
            info = record.replace(fitted_on.inherited(final, info, made.folder), labels=labelled)
        write_parquet(made.folder / "predictions.parquet", predictions)
        listed = reading.rejects[["row", "entry", "reason"]]
        write_text(
            made.folder / "rejects.csv",
            safe_csv(listed.columns, listed.itertuples(index=False)),
        )
        record.write(made.folder / "run.json", info)
        report = write_evaluation(open_run(made.folder)) if labelled else None
        if labelled:
            threshold_tables.keep(open_run(made.folder))
    return Imported(
        reading,
        len(predictions),
        int(predictions["patient"].nunique()),
        store,
        [*said, *filter(None, [few_patients(predictions)])],
        report,
        made.replaced,
        tuple(proved.confirmed(said=store)) if proved else (),
        raster,
    )


def final_of(source: Path, root: Path) -> Path | None:
    """The final fit in `root` whose scores a table of ours holds, by the run that it names; None of
    any other table."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for _, row in zip(range(2), csv.reader(file), strict=False)]
    except (OSError, UnicodeError, csv.Error):  # no table of ours: what it is, is said elsewhere
        return None
    column = f"{PREFIX}run"
    if len(rows) < 2 or column not in rows[0] or len(rows[0]) != len(rows[1]):
        return None
    named = rows[1][rows[0].index(column)].removeprefix("'")
    folders = (root / name for name in run_names(root) if told(name) == named)
    folder = next(folders, None)
    info = None if folder is None else info_if_whole(folder)
    return folder if info is not None and info.fitted_on is not None else None


def fitted_patients(final: Path) -> frozenset[str]:
    """The patients that a final fit learnt from."""
    return fitted_on.patients(final, read_info(final))


def _predictions(placed: pd.DataFrame, split_choice: SplitChoice) -> pd.DataFrame:
    """`runs.prediction_columns`, by patient, slide, row and column."""
    table = placed.astype({"x": np.int32, "y": np.int32, "label": np.int8, "score": np.float64})
    table["split"] = _split(table, split_choice)
    name = table["patient"].astype(str)
    stem = name.map({who: file_stem(who) for who in name.unique()})
    table["file"] = [
        f"{patient}_idx5_x{x}_y{y}" + (f"_class{label}" * (label >= 0)) + ".png"
        for patient, x, y, label in zip(stem, table["x"], table["y"], table["label"], strict=True)
    ]
    table["patient"] = name
    whose = place_of(table)[:-2]
    table = table.astype(dict.fromkeys(whose, "str"))
    table = table.sort_values([*whose, "y", "x"], ignore_index=True)
    return table[prediction_columns(table)]


def file_stem(patient: str) -> str:
    """A patient as the name of a file holds it: no folder, and no sign that ends a name before
    exports have hashed the whole of it (`exports.names`).

    >>> file_stem("S20-1/2"), file_stem("Müller, A.")
    ('S20-1_2', 'Müller__A.')
    """
    return re.sub(r"^\.|[^\w.()+#~-]", "_", patient)


def _split(table: pd.DataFrame, split_choice: SplitChoice) -> "pd.Series[str]":
    if split_choice.given is not None:
        return table["patient"].astype(str).map(splits_of(table, split_choice.given))
    if "split" in table:
        return _said(table)
    if not split_choice.validation:
        return pd.Series("test", index=table.index)
    index = table[[*place_of(table), "label"]].astype({"patient": str})
    fractions = (split_choice.validation, 0.0, 1 - split_choice.validation)
    chosen = split_by_patient(index, fractions=fractions, seed=split_choice.seed)
    names = {"train": "validation"}
    return index["patient"].map({who: names.get(split, split) for who, split in chosen.items()})


def _said(table: pd.DataFrame) -> "pd.Series[str]":
    """The table's own split column."""
    unknown = table.loc[~table["split"].isin(SPLITS), ["row", "split"]]
    if len(unknown):
        row, word = unknown.iloc[0]
        held = "none" if pd.isna(word) else repr(word)
        raise Refusal(
            f"expected the splits train, validation, test or unused: row {row} holds {held}. Fill "
            "it in, or bring the table without its split: --split-column none."
        )
    used = table[table["split"] != "unused"].astype({"patient": str})
    by_patient = used.groupby("patient")["split"].unique()
    leaks = {str(who): sorted(found) for who, found in by_patient.items() if len(found) > 1}
    cure = "Bring the table without its split: --split-column none."
    refuse_patients_in_two_splits(leaks, "the table's split", cure)
    return table["split"].astype(str)


def _store_with(predictions: pd.DataFrame) -> tuple[PatchStore | None, str, pd.DataFrame]:
    """The patch store that holds every imported patch with no other label, if one does; its
    fingerprint; and the predictions, with the slides as the store names them.

    Without one, the fingerprint of the imported places and labels.
    """
    label = predictions["label"].to_numpy()
    for store in stores(data_root()):
        at = _rows_in(store.index, predictions)
        if at is None:
            continue
        theirs = store.index["label"].to_numpy()[at]
        if not ((theirs == label) | ~is_known(label) | ~is_known(theirs)).all():
            continue
        if SLIDE in store.index and SLIDE not in predictions:
            named = predictions.assign(**{SLIDE: store.index[SLIDE].astype(str).to_numpy()[at]})
            predictions = named[prediction_columns(named)]
        return store, store.fingerprint, predictions
    lines = predictions["file"].tolist()
    if SLIDE in predictions:
        lines = [f"{file} {slide}" for file, slide in zip(lines, predictions[SLIDE], strict=True)]
    return None, hashlib.sha256("\n".join(lines).encode()).hexdigest(), predictions


def _rows_in(index: pd.DataFrame, predictions: pd.DataFrame) -> npt.NDArray[np.intp] | None:
    """The row of each prediction in a store's index; None where one is not there, or where it is
    not known on which of a patient's slides it lies."""
    place = place_of(predictions, index)
    known = index[place].astype({"patient": str}).assign(row=np.arange(len(index)))
    if SLIDE in index and SLIDE not in place:
        slides = index.groupby("patient", observed=True)[SLIDE].nunique()
        known = known[known["patient"].isin(slides.index[slides == 1].astype(str))]
    elif SLIDE in predictions and SLIDE not in place and predictions.duplicated([*PATCH]).any():
        return None
    row = known.drop_duplicates(place).set_index(place)["row"]
    at = row.index.get_indexer(pd.MultiIndex.from_frame(predictions[place]))
    return None if (at < 0).any() else row.to_numpy()[at]


def _info(
    reading: Reading,
    answers: Asked,
    predictions: pd.DataFrame,
    store: str | None,
    fingerprint: str,
    said: list[str],
    raster: Raster,
) -> RunInfo:
    by_split = predictions.groupby("split")
    source = reading.source
    return RunInfo(
        id=new_id(),
        status="imported",
        labels=bool(is_known(predictions["label"]).any()),
        data=Data(
            name=store or source.stem,
            fingerprint=fingerprint,
            patches={str(k): int(v) for k, v in by_split.size().items()},
            patients={str(k): int(v) for k, v in by_split["patient"].nunique().items()},
        ),
        source=Source(
            file=source.name,
            sha256=sha256_of(source),
            mapping=reading.mapping(raster),
            notes=list(reading.notes),
            asked=answers.facts(),
            refused=len(reading.rejects),
            repeated=reading.again,
            left_out=reading.loss.facts(),
        ),
        raster=raster,
        trained_on="not known: these predictions were imported",
        warnings=said,
        started=now(),
        versions={**versions()},
    )
