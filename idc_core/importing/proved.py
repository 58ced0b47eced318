"""A table's patients and places, read and held against what is known: what import writes.

A table whose places are in pixels of the usual grid keeps them, whatever else would fit: that is
said, with the option that mends. One whose places have to be brought to that grid anyway is brought
there as a store or run of the same patches has them, which settles whether indices count from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import SLIDE
from idc_core.data.tables.coordinates import Places, read_places, usual
from idc_core.data.tables.lattice import lattice_of
from idc_core.importing.against import FITTING, Finding, Held, hold, order_lost
from idc_core.importing.fits import Fit, Table
from idc_core.importing.known import owners_of
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass
class Prover:
    """Settles the places of a table while it is read (`rows.Settle`), and keeps what it `found`.

    `how` and `like` are answers: see `prove`.
    """

    data: Path
    models: Path
    how: str = "auto"
    like: str | None = None
    besides: Sequence[str] = ()
    found: "Proved | None" = None

    def __call__(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
        if not len(rows):
            return rows, ()
        x, y, score = (rows[name].to_numpy(np.float64) for name in ("x", "y", "score"))
        label = rows["label"].fillna(-1).to_numpy(np.int64)
        self.found = prove(
            rows["patient"],
            x,
            y,
            label,
            score,
            data=self.data,
            models=self.models,
            how=self.how,
            like=self.like,
            besides=self.besides,
            slide=rows.get(SLIDE),
        )
        moved = rows.assign(patient=self.found.patient, x=self.found.x, y=self.found.y)
        if self.found.slide is not None:
            moved[SLIDE] = self.found.slide
        return moved, tuple(f"Places: {each}." for each in self.found.words)


@dataclass(frozen=True, slots=True)
class Proved:
    """`patient` (n,) names, `x`, `y` (n,) as a run keeps them; `words`: what was done to them, for
    “Read as”; `findings`: what fits; `labels`: agree, reversed, differ, or None: nobody knows;
    `raster`: how the patches were cut, as what they were read as has it; `slide` (n,) names, None
    where the table has none."""

    patient: "pd.Series[Any]"
    x: Whole
    y: Whole
    words: tuple[str, ...]
    places: Places
    findings: tuple[Finding, ...]
    labels: str | None
    raster: Raster = USUAL
    slide: "pd.Series[Any] | None" = None

    def sentences(self) -> list[str]:
        """What to look at before the figures are believed, the gravest first."""
        found = [each.sentence for each in self.findings if each.kind not in FITTING]
        warning = self.places.warning()
        return [*found, *([warning] if warning else [])]

    def confirmed(self, *, said: str | None = None) -> list[str]:
        """What is known on this machine, and fits; `said`: a store that was named already."""
        return [
            each.sentence
            for each in self.findings
            if each.kind in FITTING and not (each.kind == "same" and each.source == said)
        ]

    def known(self) -> list[dict[str, object]]:
        """What a run keeps of the findings."""
        return [
            {"kind": each.kind, "source": each.source, "sentence": each.sentence}
            for each in self.findings
        ]


def prove(
    patient: "pd.Series[Any]",
    x: Numbers,
    y: Numbers,
    label: npt.ArrayLike,
    score: Numbers,
    *,
    data: Path,
    models: Path,
    how: str = "auto",
    like: str | None = None,
    besides: Sequence[str] = (),
    slide: "pd.Series[Any] | None" = None,
) -> Proved:
    """Read the places of rows that have one; `label` (n,): −1 where unknown; `slide` (n,): names,
    where the table has any.

    `how`: one of `places.HOW`. `like`: a store or run that patients and places are read as.
    `besides`: runs that do not count, as they are being replaced. Raises `Refusal` where places are
    not certain, or `like` does not fit.
    """
    whose = pd.DataFrame({"patient": patient.astype(str)})
    if slide is not None:
        whose[SLIDE] = slide.astype(str)
    owner, names, slides = owners_of(whose)
    labels = np.asarray(label, np.int64)
    table = Table(
        names,
        owner,
        x,
        y,
        labels,
        score,
        lattice_of(owner, x, y) if len(x) else None,
        slides,
    )
    held = hold(table, data, models, besides=besides)
    fitting = _asked(held, like) if like is not None else _certain(table, held, how)
    if fitting is None:
        places = read_places(owner, x, y, how)
    else:
        places = _as_known(table, fitting)
        if like is not None:
            patient, slide = _renamed(patient, slide, fitting)
    rest = _left(table, held, places, renamed=like)
    lost = None
    if not any(each.kind == "order lost" for each in rest):
        called = whose["patient"] + "_" + whose[SLIDE] if slide is not None else patient.astype(str)
        lost = order_lost(called.tolist(), places.x, places.y, labels, score)
    words = [places.words] if places.words else []
    if like is not None and fitting is not None and fitting.spelled:
        nouns = " and ".join(dict.fromkeys(f"{each.noun}s" for each in fitting.spelled))
        words.append(f"{nouns} as {fitting.known.words()} writes them")
    return Proved(
        patient,
        places.x,
        places.y,
        tuple(filter(None, words)),
        places,
        (*rest, *([lost] if lost else [])),
        held.labels,
        USUAL if fitting is None else fitting.known.raster,
        slide,
    )


def _asked(held: Held, like: str) -> Fit:
    found = held.like(like)
    if found is not None:
        return found
    others = ", ".join(dict.fromkeys(each.known.name for each in held.fits))
    raise Refusal(
        f"expected a store or run that holds the patches of this table: {like!r} does not"
        + (f", {others} does. Say --like {others.split(', ')[0]}." if others else ".")
    )


def _certain(table: Table, held: Held, how: str) -> Fit | None:
    """What brings places to the grid, if they have to be brought there and somebody knows how."""
    if how != "auto" or usual(table.x, table.y):
        return None
    return next((each for each in held.fits if not each.move.swap), None)


def _as_known(table: Table, fitting: Fit) -> Places:
    x, y = fitting.move.apply(table)
    step = table.lattice.step if table.lattice is not None else None
    stride = fitting.known.raster.stride_px
    if fitting.move.plain:
        return Places(x, y, stride=stride)
    words = f"{fitting.words()}, as {fitting.known.words()} has them"
    phase = table.lattice.phase if table.lattice is not None else None
    return Places(x, y, words, step, phase, stride=stride)


def _renamed(
    patient: "pd.Series[Any]", slide: "pd.Series[Any] | None", fitting: Fit
) -> tuple["pd.Series[Any]", "pd.Series[Any] | None"]:
    """Patients and slides as what is known writes them."""
    spelled = {(each.patient, each.theirs): each.ours for each in fitting.spelled}
    whose = patient.astype(str)
    if slide is not None:
        pairs = zip(whose, slide.astype(str), strict=True)
        called = [spelled.get(pair, pair[1]) for pair in pairs]
        slide = pd.Series(called, index=slide.index, name=slide.name)
    return whose.map(lambda name: spelled.get((None, name), name)), slide


def _left(table: Table, held: Held, places: Places, *, renamed: str | None) -> list[Finding]:
    """The findings, where what a table was read as has left nothing to mend as what it is."""
    mended = {}
    for each in held.fits:
        x, y = each.move.apply(table)
        named = not each.spelled or each.known.name == renamed
        if named and (x == places.x).all() and (y == places.y).all():
            mended[each.known.name] = Finding("same", each.known.name, each.start() + ".")
    return [
        mended[each.source] if each.kind in ("moved", "spelled") and each.source in mended else each
        for each in held.findings
    ]
