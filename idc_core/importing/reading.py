"""A table of predictions as it is understood, before anything is written: what a preview shows.

`read_table` is the seam: the command line, the page that brings data and the comparison with what
is known all look at the same `Reading`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from idc_core.data import left_out
from idc_core.data.left_out import LeftOut, right_calls
from idc_core.data.tables import names
from idc_core.data.tables.column_names import KNOWN, all_of
from idc_core.importing import columns as columns_
from idc_core.importing import repeats, rows, scores, truth
from idc_core.importing.cells import unpacked
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked, Question
from idc_core.importing.rows import Settle
from idc_core.io.refusal import Refusal
from idc_core.io.tabular import Table, open_table
from idc_core.records.raster import Raster

_CURES = {
    truth.WORD: 'say what the words mean: --label-words "WORD=idc, OTHER=no-idc"',
    truth.DISAGREES: "say which label holds: --label-from file-name, or --label-from column",
    repeats.TORN: "take the mean of a patch's rows: --repeated mean",
    names.EATEN: "say what stands before the patient's name: --strip-prefix TEXT",
    names.NO_PLACE: "name the column of file names: --path-column NAME",
    names.NO_SLIDE: "name the column of slides, or none: --slide-column NAME",
    rows.NO_PLACE: "name the columns: --patient-column, --x-column, --y-column",
    scores.NO_SCORE: "name the column of scores: --score-column NAME",
}
"""Which option answers a loss, by its reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A table as it is understood: `scale` and `source_of_labels` are words of the mapping.

    `rows` are predictions (columns patient, x, y, label, score, row, and slide and split where the
    table says them), `rejects` the rows that are left out (the same, with `entry` and `reason`),
    `again` how many rows say a patch over unchanged. `unknown` are label words with their counts.
    `questions` must be answered before the table is taken.
    """

    source: Path
    columns: Columns
    scale: str
    source_of_labels: str | None
    notes: tuple[str, ...]
    rows: pd.DataFrame
    rejects: pd.DataFrame
    again: int
    unknown: dict[str, int]
    loss: LeftOut
    asked_first: tuple[Question, ...]
    names: tuple[str, ...]

    def mapping(self, raster: Raster) -> str:
        """The sentence "Read as …", with the names of the classes."""
        return self.columns.words(raster, self.scale, self.source_of_labels)

    @property
    def questions(self) -> tuple[str, ...]:
        """Each question as a sentence with the option that answers it; those about the loss come
        once the others are answered, which may leave less of it."""
        return tuple(map(str, self.asked_first)) or self.loss.questions

    def refuse_open(self, *, accept_loss: bool) -> None:
        """Raise `Refusal` where nothing or little is left, or a question is open."""
        _refuse_most(self, accept_loss)
        open_ = [str(each) for each in self.asked_first if not (each.of_loss and accept_loss)]
        if open_:
            raise Refusal(" ".join(open_))
        self.loss.refuse(accepted=accept_loss)


MOST_REFUSED = 0.5
"""With more than this share of rows refused, the table is not what it was taken for."""


def read_table(
    source: Path,
    columns: Columns | None = None,
    asked: Asked | None = None,
    *,
    settle: Settle | None = None,
    several: Collection[str] = (),
) -> Reading:
    """Read a table of predictions and write nothing.

    `columns` are those that were named, `asked` the other answers; `settle` brings places into the
    product's pixels; `several`: patients with several slides in the stores that are here. Raises
    `Refusal` where the table cannot be read at all; what is only doubtful is a question of the
    `Reading`.
    """
    table = opened(source)
    frame = table.read(table.columns)
    return read_frame(
        frame, source, columns, asked, settle=settle, several=several, notes=table.notes
    )


def opened(source: Path) -> Table:
    """A table that has rows; raises `Refusal` for anything else."""
    table = open_table(source)
    if not len(table):
        raise Refusal(f"expected predictions in {source}: the table has no row.")
    return table


def read_frame(
    table: pd.DataFrame,
    source: Path,
    columns: Columns | None = None,
    asked: Asked | None = None,
    *,
    settle: Settle | None = None,
    several: Collection[str] = (),
    notes: tuple[str, ...] = (),
) -> Reading:
    """The same of a table that was read already: texts or numbers, a row an entry; `notes` say what
    was unusual about its file."""
    asked, named = asked or Asked(), columns or Columns()
    table = table.reset_index(drop=True)
    table, of_where = _where(table, asked)
    spread = unpacked(table)
    mapping = columns_.guess(spread, named, asked.split_words, several)
    sure = named.label is not None
    placed = rows.place(spread, mapping, asked, sure=sure, settle=settle)
    notes = (*notes, *of_where, *placed.notes, *_unused(spread, mapping, asked))
    return Reading(
        source,
        mapping,
        placed.scale,
        placed.source,
        notes,
        placed.rows,
        placed.rejects,
        placed.again,
        dict(placed.unknown or {}),
        _loss(placed),
        placed.questions,
        tuple(map(str, table.columns)),
    )


def _where(table: pd.DataFrame, asked: Asked) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Only the rows that were asked for."""
    notes = []
    for column, value in asked.where.items():
        if column not in table:
            listed = ", ".join(repr(str(name)) for name in table.columns[:20])
            raise Refusal(f"expected a column {column!r} for --where: the table has {listed}.")
        texts = table[column].astype("string").str.strip()
        kept = texts.eq(value).to_numpy(bool, na_value=False)
        if not kept.any():
            listed = ", ".join(f"“{each}”" for each in texts.dropna().unique()[:6])
            raise Refusal(
                f"expected rows with {value!r} in {column!r} for --where: it holds {listed}."
            )
        notes.append(f"{int(kept.sum()):,} of {len(table):,} rows have “{value}” in “{column}”.")
        table = table[kept]
    return table, tuple(notes)


def _unused(table: pd.DataFrame, mapping: Columns, asked: Asked) -> tuple[str, ...]:
    """The columns that are not read, those that look like a split with the reason."""
    used = {*mapping.used(), *asked.where}
    left = [str(name) for name in table.columns if str(name) not in used]
    splits = all_of(left, KNOWN["split"])
    said = []
    for name in left:
        if name in splits and mapping.split is None:
            words = table[name].dropna().astype(str).unique()
            listed = ", ".join(str(word)[:20] for word in words[:4]) + ", …" * (len(words) > 4)
            said.append(f"“{name}” (holds {listed}, which are no splits)")
        else:
            said.append(f"“{name}”")
    if mapping.call is not None:
        said.append(f"“{mapping.call}” (the model's prediction)")
    return (f"Not used: {', '.join(said[:12])}{', …' * (len(said) > 12)}.",) if said else ()


def _loss(placed: rows.Placed) -> LeftOut:
    frames = []
    for frame in (placed.rows, placed.rejects):
        known = frame.reset_index(drop=True)
        right = right_calls(known["label"], known["score"])
        frames.append(known.assign(right=right))
    return left_out.judge(*frames, cures=_CURES)


def _refuse_most(reading: Reading, accept_loss: bool) -> None:
    refused, total = len(reading.rejects), reading.loss.total + reading.again
    few = refused <= MOST_REFUSED * total or accept_loss
    if (few and len(reading.rows)) or not refused:
        return
    reason = next(iter(reading.loss.reasons))
    known = [each for each in reading.asked_first if each.of_loss]
    if reason in (truth.WORD, repeats.TORN, scores.OUTSIDE) and known:
        raise Refusal(" ".join(each.text for each in known))
    first = reading.rejects[reading.rejects["reason"] == reason].iloc[0]
    cure = _CURES.get(reason)
    raise Refusal(
        f"expected predictions of patches in {reading.source}: {refused:,} of {total:,} rows "
        f"cannot be placed, most of them for “{reason}”, such as row {first['row']}: "
        f"{str(first['entry'])[:80]!r}." + (f" {cure[0].upper()}{cure[1:]}." if cure else "")
    )
