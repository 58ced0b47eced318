"""How a table must be read so that its patches are those of a store: moves that are tried, ranked.

A move is tried on some patients, whole, since tissue is dense: one square to the side most patches
still hit a patch, and only their share beside that of other moves tells which is meant.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from idc_core.data.tables.lattice import Lattice
from idc_core.importing.known import Known, keys_of, slide_spelling, spelling
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
    """A table as read: `names` of its patients, `owner` (n,) counts in them; where it names slides,
    an owner is a patient's slide, called as in `slides`. `x`, `y` (n,) as they stand there, `label`
    (n,) with −1 where unknown, `score` (n,), and the grid of the places."""

    names: tuple[str, ...]
    owner: Whole
    x: Numbers
    y: Numbers
    label: Whole
    score: Numbers
    lattice: Lattice | None
    slides: tuple[str, ...] | None = None


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
class Spelled:
    """A name of the table, and what it is called in what is known; of a slide, whose it is in the
    table: None of a patient."""

    theirs: str
    ours: str
    patient: str | None = None

    @property
    def noun(self) -> str:
        return "patient" if self.patient is None else "slide"


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a move brings the table to what is known.

    `patches`: of the table, in both. `of`: of the table, of patients in both. `agree`, `differ`:
    labels of patches in both, `idc` of them IDC there. `spelled`: patients and slides written
    differently. `owners`: the known owner of each of the table's, −1 for none. `step`: of the
    table's grid.
    """

    known: Known
    move: Move
    share: float
    patches: int
    of: int
    agree: int
    differ: int
    idc: int
    spelled: tuple[Spelled, ...]
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
    owners, spelled = _owners(table, known)
    few, their = _some(table, owners, known)
    tried = moves(table.lattice, known.raster.stride_px)
    best = max(tried, key=lambda move: _worth(measured(few, their, owners, (), move)))
    found = measured(table, known, owners, spelled, best)
    if found.share >= FITS and (found.patches >= FEWEST or _lies_there(found, table)):
        return found
    if not (owners >= 0).any():
        return None
    # Two samples of one set share few patches: there only the labels tell which move is meant.
    plain = [measured(table, known, owners, spelled, move) for move in moves(None)]
    return next((each for each in plain if _told_by_labels(each)), None)


def _lies_there(found: Fit, table: Table) -> bool:
    """Whether few patches lie, all and as they stand, on a grid that is not the usual one: that is
    no chance, as on small tissue of the usual grid."""
    unusual = found.known.raster.stride_px != USUAL.stride_px
    return unusual and found.move.plain and found.patches == len(table.x)


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
    table: Table, known: Known, owners: Whole, spelled: tuple[Spelled, ...], move: Move
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


def _owners(table: Table, known: Known) -> tuple[Whole, tuple[Spelled, ...]]:
    """Which known owner each is (−1: none), and those that are written differently.

    Slides are told apart by name where both name them. Where the table does not, a patient with
    several slides is nobody: which is meant is not known.
    """
    there = slides_of(table, known)
    owners, spelled = [], dict[Spelled, None]()
    for at, name in enumerate(table.names):
        mine = there[at]
        if table.slides is not None and known.slides is not None:
            slide = table.slides[at]
            slides = {known.slides[one]: one for one in mine}
            meant = _called((slide,), tuple(slides), slide_spelling).get(slide)
            mine = [] if meant is None else [slides[meant]]
            if meant not in (None, slide):
                spelled[Spelled(slide, str(meant), name)] = None
        owner = mine[0] if len(mine) == 1 else -1
        owners.append(owner)
        if owner >= 0 and known.patients[owner] != name:
            spelled[Spelled(name, known.patients[owner])] = None
    return np.array(owners, np.int64), tuple(spelled)


def slides_of(table: Table, known: Known) -> dict[int, list[int]]:
    """Each owner of the table with the known owners of the same patient: slides, where they have
    names."""
    names = tuple(dict.fromkeys(table.names)), tuple(dict.fromkeys(known.patients))
    called = _called(*names, spelling)
    there: dict[str, list[int]] = {}
    for at, name in enumerate(known.patients):
        there.setdefault(name, []).append(at)
    return {at: there.get(called.get(name, ""), []) for at, name in enumerate(table.names)}


def _called(
    names: tuple[str, ...], known: tuple[str, ...], plain: Callable[[str], str]
) -> dict[str, str]:
    """What each name is in those that are known; a spelling that two share names neither."""
    exact = set(known)
    loose: dict[str, str | None] = {}
    for name in known:
        loose[plain(name)] = None if plain(name) in loose else name
    meant = {name: name if name in exact else loose.get(plain(name)) for name in names}
    return {name: found for name, found in meant.items() if found is not None}


def _whole(values: Numbers) -> Whole:
    whole = values == np.floor(values)
    return np.where(whole, np.nan_to_num(np.floor(values)), -(2**30)).astype(np.int64)
