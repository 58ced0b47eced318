"""How a table must be read so that its patches are those of a store: moves that are tried, ranked.

A move is tried on some patients, whole, since tissue is dense: one square to the side most patches
still hit a patch, and only their share beside that of other moves tells which is meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from idc_core.data.tables.lattice import Lattice
from idc_core.importing.known import Known, keys_of, spelling
from idc_core.records.raster import USUAL

FITS = 0.95
"""Share of the patches in both, of the smaller side, from which on they are the same patches."""

BETTER = 0.02
"""So much more must a move hit than the places as they are."""

FEWEST = 20
"""Patches in both below which nothing is said."""

TOLD = 0.98
"""Share of labels that agree, or disagree, from which on they are of the same patches."""

_PATIENTS = 12

Whole = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read: `names` of its patients, `owner` (n,) counts in them, `x`, `y` (n,) as they
    stand there, `label` (n,) with −1 where unknown, `score` (n,), and the grid of the places."""

    names: tuple[str, ...]
    owner: Whole
    x: Numbers
    y: Numbers
    label: Whole
    score: Numbers
    lattice: Lattice | None


@dataclass(frozen=True, slots=True)
class Move:
    """Places as they are, or by the squares of their own grid, each `stride` pixels; exchanged;
    then moved by pixels."""

    grid: bool = False
    swap: bool = False
    right: int = 0
    down: int = 0
    stride: int = USUAL.stride_px

    @property
    def plain(self) -> bool:
        """Whether places stay what they are."""
        return not (self.grid or self.swap or self.right or self.down)

    def apply(self, table: Table) -> tuple[Whole, Whole]:
        """`x`, `y` (n,) in the store's pixels; −1 below what a slide has where they are no whole
        numbers."""
        if self.grid and table.lattice is not None:
            x, y = (n * self.stride + 1 for n in (table.lattice.column, table.lattice.row))
        else:
            x, y = _whole(table.x), _whole(table.y)
        if self.swap:
            x, y = y, x
        return x + self.right, y + self.down

    def words(self, step: float | None) -> list[str]:
        """The move as conditions."""
        said = ["x and y are exchanged"] if self.swap else []
        if self.grid and step == 1:
            said.append(f"columns and rows are taken as {self.stride} pixels each")
        elif self.grid and step is not None and step != self.stride:
            said.append(f"steps of {step:.6g} are taken as {self.stride} pixels")
        elif self.grid and not (self.right or self.down):
            said.append("places are moved to the corners of their squares")
        unit, what = (self.stride, "patch") if self.grid else (1, "pixel")
        for name, by in (("x", self.right // unit), ("y", self.down // unit)):
            if by:
                said.append(f"{name} is moved by {by:+d} {what}".replace("-", "−"))
        return said


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a move brings the table to what is known.

    `patches`: of the table, in both. `of`: of the table, of patients in both. `agree`, `differ`:
    labels of patches in both, `idc` of them IDC there. `spelled`: patients written differently,
    (table's, known). `owners`: the known patient of each of the table's, −1 for none. `step`: of
    the table's grid.
    """

    known: Known
    move: Move
    share: float
    patches: int
    of: int
    agree: int
    differ: int
    idc: int
    spelled: tuple[tuple[str, str], ...]
    owners: Whole
    step: float | None

    def start(self) -> str:
        """Whose patches they are, as the beginning of a sentence."""
        many = "All" if self.patches == self.of else f"{self.patches:,} of"
        held = "are in" if self.known.is_run else "are those of"
        return f"{many} {self.of:,} patches {held} {self.known.words()}"

    def words(self) -> str:
        """The move in words; "" where there is none."""
        said = self.move.words(self.step)
        return ", ".join(said[:-1]) + " and " * (len(said) > 1) + "".join(said[-1:])

    @property
    def agreement(self) -> float:
        """Share of the labels in both that agree; `nan` where none is known."""
        many = self.agree + self.differ
        return self.agree / many if many else float("nan")


def fit(table: Table, known: Known) -> Fit | None:
    """The likeliest move for a table and what is known; None where the patches are others."""
    owners, spelled = _owners(table.names, known.patients)
    few, their = _some(table, owners, known)
    tried = moves(table.lattice, known.raster.stride_px)
    best = max(tried, key=lambda move: _worth(measured(few, their, owners, (), move)))
    found = measured(table, known, owners, spelled, best)
    if found.share >= FITS and found.patches >= FEWEST:
        return found
    if not (owners >= 0).any():
        return None
    # Two samples of one set share few patches: there only the labels tell which move is meant.
    plain = [measured(table, known, owners, spelled, move) for move in moves(None)]
    return next((each for each in plain if _told_by_labels(each)), None)


def _told_by_labels(found: Fit) -> bool:
    """Whether the labels of patches in both agree, or are reversed, as those of other patches never
    do: neighbours in tissue agree in about 80 %."""
    many = min(found.idc, found.agree + found.differ - found.idc)
    return many >= FEWEST and max(found.agreement, 1 - found.agreement) >= TOLD


def _worth(found: Fit) -> tuple[float, float]:
    """What a move is worth beside others: patches in both, then labels that agree or are reversed.

    Of equals the first counts.
    """
    share = found.share + (BETTER if found.move.plain else 0.0)
    agreement = found.agreement
    return round(share, 2), 0.0 if np.isnan(agreement) else round(max(agreement, 1 - agreement), 2)


def moves(lattice: Lattice | None, stride: int = USUAL.stride_px) -> Iterator[Move]:
    """All that are tried, the likeliest first."""
    for swap in (False, True):
        for by in (0, 1, -1):
            yield Move(False, swap, by, by)
    if lattice is None:
        return
    steps = sorted(
        ((right, down) for right in (-1, 0, 1) for down in (-1, 0, 1)),
        key=lambda step: (abs(step[0]) + abs(step[1]), step[0] != step[1]),
    )
    for swap in (False, True):
        for right, down in steps:
            yield Move(True, swap, right * stride, down * stride, stride)


def measured(
    table: Table, known: Known, owners: Whole, spelled: tuple[tuple[str, str], ...], move: Move
) -> Fit:
    """What a move comes to."""
    key = _keys(table, owners, move)
    there = known.holds(key)
    label = known.label[known.at(key[there])]
    told = (label >= 0) & (table.label[there] >= 0)
    agree = int((label == table.label[there])[told].sum())
    mine, both = int((key >= 0).sum()), int(there.sum())
    shared = np.zeros(len(known.patients) + 1, bool)
    shared[owners] = True
    shared[-1] = False
    theirs = int(shared[known.owner].sum())
    share = max(both / max(mine, 1), min(both / max(theirs, 1), 1.0))
    return Fit(
        known,
        move,
        share,
        both,
        mine,
        agree,
        int(told.sum()) - agree,
        int((label[told] == 1).sum()),
        spelled,
        owners,
        None if table.lattice is None else table.lattice.step,
    )


def _keys(table: Table, owners: Whole, move: Move) -> Whole:
    x, y = move.apply(table)
    return keys_of(owners[table.owner], x, y)


def _some(table: Table, owners: Whole, known: Known) -> tuple[Table, Known]:
    """The rows of a few patients in both, the largest."""
    count = np.bincount(table.owner, minlength=len(owners))
    count[owners < 0] = 0
    chosen = np.argsort(-count, kind="stable")[:_PATIENTS]
    rows = np.isin(table.owner, chosen) & (owners[table.owner] >= 0)
    grid = table.lattice
    if grid is not None:
        grid = replace(grid, column=grid.column[rows], row=grid.row[rows])
    few = replace(
        table,
        owner=table.owner[rows],
        x=table.x[rows],
        y=table.y[rows],
        label=table.label[rows],
        score=table.score[rows],
        lattice=grid,
    )
    theirs = np.isin(known.owner, owners[chosen])
    return few, replace(
        known,
        key=known.key[theirs],
        label=known.label[theirs],
        owner=known.owner[theirs],
        score=None if known.score is None else known.score[theirs],
    )


def _owners(
    names: tuple[str, ...], known: tuple[str, ...]
) -> tuple[Whole, tuple[tuple[str, str], ...]]:
    """Which known patient each is (−1: none), and those that are written differently.

    A spelling that two known patients share names neither.
    """
    exact = {name: at for at, name in enumerate(known)}
    loose: dict[str, int] = {}
    for at, name in enumerate(known):
        key = spelling(name)
        loose[key] = -1 if key in loose else at
    owners = [exact.get(name, loose.get(spelling(name), -1)) for name in names]
    spelled = tuple(
        (name, known[at])
        for name, at in zip(names, owners, strict=True)
        if at >= 0 and known[at] != name
    )
    return np.array(owners, np.int64), spelled


def _whole(values: Numbers) -> Whole:
    whole = values == np.floor(values)
    return np.where(whole, np.nan_to_num(np.floor(values)), -(2**30)).astype(np.int64)
