"""A corrected label table: what readers decided, beside the labels and never in their place.

A table with at least the columns `patient, x, y, label` (0 no IDC, 1 IDC), or file names and labels
(`label_table` reads it), and `slide` where a patient has several; a column `original` is checked
against the labels it is applied to. Patches that it does not name keep their label.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.places import SLIDE, place_of
from idc_core.data.tables.label_coordinates import why_absent
from idc_core.data.tables.label_table import KEY as KEY
from idc_core.data.tables.label_table import patch_in_words, read_label_rows
from idc_core.data.tables.patient_names import who_is_meant
from idc_core.data.tables.slide_column import without_ending
from idc_core.io.files import sha256_of, write_text
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_csv
from idc_core.records.run_info import CorrectedLabels
from idc_core.runs import seal
from idc_core.runs.run import Run

FILE = "labels.csv"
"""The copy in a run folder of the table that the run was trained or judged with."""

_SAID = ("label", "original", "readers", "agree", "verdicts")
COLUMNS = [*KEY, *_SAID]


@dataclass(frozen=True)
class LabelTable:
    """A table that was read: `frame` (columns `KEY`, `label`, `original` or `nan`, and `slide`
    where it names slides), `sha256`."""

    frame: pd.DataFrame
    sha256: str
    name: str
    notes: tuple[str, ...] = ()

    def facts(self, changed: int) -> CorrectedLabels:
        """What `run.json` and `report.json` say of it."""
        return CorrectedLabels(
            file=self.name,
            sha256=self.sha256,
            named=len(self.frame),
            changed=changed,
            notes=list(self.notes),
        )


def decided(standing: pd.DataFrame) -> pd.DataFrame:
    """The table (`COLUMNS`) that follows from standing verdicts (`Reviews.standing`).

    Each reader counts once a patch, by what they said last. A patch is in the table if more readers
    who said IDC or no IDC agree on one than on the other; ties and patches that are only unsure,
    artefact or not assessable are left out, so they keep their label.
    """
    key = place_of(standing)
    last = standing.sort_values("id").drop_duplicates(["reviewer", *key], keep="last")
    said = last[last["says"].notna()].assign(says=lambda rows: rows["says"].astype(int))
    said = said.assign(label=said["label"].where(is_known(said["label"])))
    grouped = said.groupby(key, sort=True)
    table = pd.DataFrame(
        {
            "idc": grouped["says"].sum(),
            "readers": grouped.size(),
            "original": grouped["label"].first(),
            "verdicts": grouped["verdict"].agg(lambda all_: " ".join(all_)),
        }
    ).reset_index()
    table = table[2 * table["idc"] != table["readers"]]
    label = (2 * table["idc"] > table["readers"]).astype(int)
    agree = np.where(label == 1, table["idc"], table["readers"] - table["idc"])
    return table.assign(label=label, agree=agree)[[*key, *_SAID]].reset_index(drop=True)


def read_labels(path: Path) -> LabelTable:
    """Read a table; raises `Refusal` naming the row that will not do."""
    found = read_label_rows(path)
    return LabelTable(found.frame, sha256_of(path), path.name, found.notes)


def relabelled(rows: pd.DataFrame, table: LabelTable) -> tuple[npt.NDArray[np.int8], int]:
    """The labels of `rows` (columns `places.place_of`, `label`), the table's in place; and how many
    changed.

    Raises `Refusal` where the table names a patch that is not there, does not say on which of a
    patient's slides it lies, or was made from other labels.
    """
    key = place_of(rows)
    known = pd.MultiIndex.from_frame(rows[key].astype(dict.fromkeys(key[:-2], str)))
    frame = _of_patches(table, rows)
    named = _as_called_here(frame[place_of(frame)], rows)[key]
    at = known.get_indexer(pd.MultiIndex.from_frame(named))
    if (at < 0).any():
        lost = named[at < 0]
        why = why_absent(lost, known)
        raise Refusal(
            f"expected only patches of this data in {table.name}: {int((at < 0).sum()):,} of "
            f"{len(at):,} are not there, the first is {patch_in_words(lost.iloc[0].to_dict())}"
            f"{f'; {why}' if why else ''}."
        )
    labels = rows["label"].to_numpy(np.int8).copy()
    before, claimed = labels[at], frame["original"].to_numpy(np.float64)
    other = ~np.isnan(claimed) & (claimed != before)
    if other.any():
        raise Refusal(
            f"expected the labels that {table.name} was made from: {int(other.sum())} of its "
            "patches have another label here. Export it again from this data."
        )
    labels[at] = frame["label"].to_numpy(np.int8)
    return labels, int((labels[at] != before).sum())


def _of_patches(table: LabelTable, rows: pd.DataFrame) -> pd.DataFrame:
    """The table's rows, each a patch of data that tells slides apart as `rows` do."""
    frame = table.frame
    if SLIDE in rows or SLIDE not in frame:
        return frame
    once = frame.drop_duplicates([*KEY, "label"])
    twice = once.loc[once.duplicated(KEY), KEY]
    if len(twice):
        raise Refusal(
            f"expected one slide a patient in {table.name}, as in this data: "
            f"{patch_in_words(twice.iloc[0].to_dict())} has another label on another slide. Keep "
            "the labels of the slide that this data was made from."
        )
    return once.drop_duplicates(KEY)


def _as_called_here(named: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The same patches by the names that their patients and slides have in this data."""
    here = rows["patient"].astype(str).unique()
    if not named["patient"].isin(here).all():
        meant, _ = who_is_meant(list(here), list(named["patient"].unique()))
        renamed = {meant[who]: who for who in meant}
        named = named.assign(patient=named["patient"].replace(renamed))
    return _on_slides_here(named, rows) if SLIDE in rows else named


def _on_slides_here(named: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """With the slides as they are called here: in another spelling, with the ending of a file, or
    the only one of a patient where the table names none, or the patient again."""
    pairs = rows[["patient", SLIDE]].astype(str).drop_duplicates()
    here = pairs.groupby("patient")[SLIDE].agg(list).to_dict()
    if SLIDE not in named:
        for patient in named["patient"].unique():
            _refuse_several(str(patient), here.get(patient, []))
        only = {patient: slides[0] for patient, slides in here.items()}
        return named.assign(**{SLIDE: [only.get(patient, "") for patient in named["patient"]]})
    slide = named[SLIDE].astype(str).copy()
    for patient, part in named.groupby("patient")[SLIDE]:
        slides = here.get(str(patient), [])
        theirs = {one: one if one in slides else without_ending(one) for one in part.unique()}
        meant, _ = who_is_meant(slides, list(theirs.values()))
        called = {meant[one]: one for one in meant}
        if len(slides) == 1 and not called:
            called = {str(patient): slides[0]}
        slide[part.index] = part.map({one: called.get(plain, one) for one, plain in theirs.items()})
    return named.assign(**{SLIDE: slide})


def _refuse_several(patient: str, slides: Sequence[str]) -> None:
    if len(slides) < 2:
        return
    listed = ", ".join(slides[:4]) + ", …" * (len(slides) > 4)
    raise Refusal(
        f"expected a column slide beside patient, x and y: patient {patient[:64]} has "
        f"{len(slides):,} slides in this data ({listed}), and the table does not say which is "
        "meant. Add the column, or export the labels again on the page Suspect labels."
    )


def save(folder: Path, source: Path, rows: pd.DataFrame) -> LabelTable:
    """Copy a table into a run folder, so that the run can be judged by it again; give it back.

    Raises `Refusal`, and copies nothing, where it does not fit `rows` (columns `KEY`, `label`).
    """
    table = read_labels(source)
    relabelled(rows, table)
    if source.resolve() != (folder / FILE).resolve():
        with seal.changing(folder, FILE):
            write_text(folder / FILE, _copy(source, table, place_of(rows, table.frame)))
    return LabelTable(table.frame, sha256_of(folder / FILE), source.name, table.notes)


def _copy(source: Path, table: LabelTable, key: Sequence[str]) -> str:
    """What the run keeps: the table as it is, readers and all, or its labels written plainly, by
    the columns `key` of a patch."""
    if not table.notes and source.suffix == ".csv":
        return source.read_text(encoding="utf-8-sig")
    columns = [*key, "label", "original"]
    rows = table.frame[columns].astype({"original": "Int64"}).drop_duplicates()
    return safe_csv(columns, rows.astype(object).itertuples(index=False))


def refuse_others(folder: Path, source: Path) -> None:
    """A run that was begun learns from the labels it was begun with, and from no others."""
    file = folder / FILE
    if not file.is_file():
        raise Refusal(
            f"expected no --labels for {folder.name}: it was begun with the original labels. "
            "Train a new run with them."
        )
    theirs, ours = read_labels(source).frame, read_labels(file).frame
    said = [*place_of(theirs, ours), "label", "original"]
    pair = [each[said].drop_duplicates(ignore_index=True) for each in (theirs, ours)]
    if not pair[0].equals(pair[1]):
        raise Refusal(
            f"expected the labels that {folder.name} holds ({file}): {source} has others. "
            "Train a new run with them."
        )


def saved(run: Run) -> LabelTable | None:
    """The table in a run's folder; None where there is none."""
    file = run.path / FILE
    return read_labels(file) if file.is_file() else None
