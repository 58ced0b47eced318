"""Regions that readers drew on slides: an append-only log where the reviews lie.

A region is never changed: a record is followed by another of the same region, which corrects or
removes it, or by an undo. What `Regions.record` returned from is on the disk. A record says what it
follows: where another reader was faster it is refused, so that nobody corrects what they did not
see.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

import pandas as pd
import shapely

from idc_core.annotations.region import Shape
from idc_core.io.refusal import Refusal
from idc_core.reviews.log import now
from idc_core.reviews.verdict import LONGEST_NAME
from idc_core.reviews.where import Connection, Where, reading, writing

Does = Literal["drawn", "corrected", "removed"]
Place = Literal["slide", "patches"]
"""What coordinates count: pixels of the slide's finest level, of its whole canvas; or, of slides
that were not cut here, pixels of the slide that the patches' x and y count, from 0."""

LONGEST_REGION = 60
"""Signs of a region's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A record: what its `author` did to a region, and all that holds since.

    `region` is the same in all records of one region; `follows` is the token of the record before,
    "" for the first. `data` is that of `data_key`. `excluded`: nothing in it is to be judged.
    `um_x`, `um_y`: µm of a pixel of `frame`, None where nobody knows. `shape`: WKT, "" once
    removed. `token` and `at` come from the log.
    """

    region: str
    follows: str
    does: Does
    data: str
    patient: str
    author: str
    run: str
    name: str
    excluded: bool
    frame: Place
    shape: str
    slide: str = ""
    """Empty where the patient's name is the slide's."""
    um_x: float | None = None
    um_y: float | None = None
    token: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        if self.does not in get_args(Does) or self.frame not in get_args(Place):
            raise Refusal(f"expected a region drawn, corrected or removed: found {self.does!r}.")
        if not self.author.strip() or len(self.author) > LONGEST_NAME:
            raise Refusal(
                f"expected a reader's name of 1 to {LONGEST_NAME} characters: found "
                f"{len(self.author.strip())}. Enter the reader's name, then save again."
            )
        if not self.name.strip() or len(self.name) > LONGEST_REGION or not self.name.isprintable():
            raise Refusal(
                f"expected a name of the region in 1 to {LONGEST_REGION} printable characters: "
                f"found {len(self.name.strip()):,}. Enter another name, then save again."
            )
        if bool(self.shape) is (self.does == "removed"):
            raise Refusal("expected a shape of a region that stands, and none of a removed one.")

    @property
    def um(self) -> tuple[float, float] | None:
        """µm of a pixel across and down, None where nobody knows."""
        return None if self.um_x is None or self.um_y is None else (self.um_x, self.um_y)

    def drawn(self) -> Shape:
        """The shape, in pixels of `frame`."""
        found: Shape = shapely.from_wkt(self.shape)
        return found


_NAMES = [field.name for field in fields(Region)]
_SAID = [name for name in _NAMES if name not in ("token", "at")]


class Regions:
    """The log of regions where `open_reviews` has made it ready."""

    def __init__(self, where: Where, *, wait: float = 30.0) -> None:
        """`wait`: seconds to wait for another process that writes."""
        self.where, self._wait = where, wait

    def record(self, said: Region, *, token: str | None = None) -> str:
        """Keep a record; returns when it is on the disk, with its token.

        The same under a `token` that was recorded before changes nothing. Raises `Refusal` where
        the region is no more as the record before left it.
        """
        token = token or uuid.uuid4().hex
        # A column of numbers holds no truth.
        values = [int(said.excluded) if n == "excluded" else getattr(said, n) for n in _SAID]
        with writing(self.where, self._wait) as connection:
            known = connection.execute(
                f"SELECT {', '.join(_SAID)} FROM region WHERE token = ?", (token,)
            ).fetchone()
            if known is not None:
                if list(known) == values:
                    return token
                raise Refusal("expected a new mark for a new act: this one is known. Save again.")
            _refuse_elsewhere(connection, said)
            if _head(connection, said.region) != said.follows:
                raise Refusal(
                    "expected the region as it was on the screen: it has changed since, perhaps "
                    "in another window. Nothing was stored; look at it as it is now."
                )
            connection.execute(
                f"INSERT INTO region (token, at, {', '.join(_SAID)}) "
                f"VALUES ({', '.join('?' * (len(_SAID) + 2))})",
                (token, now(), *values),
            )
        return token

    def undo(self, author: str, token: str, *, data: str) -> bool:
        """Take back a record of the author's that nothing follows; False where it does not stand.

        Raises `Refusal` where something follows it: what is said of the region now rests on it.
        """
        with writing(self.where, self._wait) as connection:
            found = connection.execute(
                f"SELECT region, patient, slide FROM region r WHERE token = ? AND author = ? "
                f"AND data = ? AND undoes IS NULL AND NOT {_UNDONE}",
                (token, author, data),
            ).fetchone()
            if found is None:
                return False
            region, patient, slide = found
            if _head(connection, region) != token:
                raise Refusal(
                    "expected to take back what was done last to the region: somebody has "
                    "corrected it since. Nothing was changed."
                )
            connection.execute(
                "INSERT INTO region (token, at, undoes, region, follows, does, data, patient, "
                "slide, author, run, name, excluded, frame, shape) "
                "VALUES (?, ?, ?, ?, ?, 'undone', ?, ?, ?, ?, '', '', 0, '', '')",
                (uuid.uuid4().hex, now(), token, region, token, data, patient, slide, author),
            )
        return True

    def records(
        self, data: str, *, patient: str | None = None, slide: str | None = None
    ) -> list[Region]:
        """Every record that was not taken back, oldest first."""
        wanted = {"r.data": data, "r.patient": patient, "r.slide": slide}
        given = {name: value for name, value in wanted.items() if value is not None}
        only = " AND ".join(f"{name} = ?" for name in given)
        with reading(self.where, self._wait) as connection:
            rows = connection.execute(
                f"SELECT {', '.join(_NAMES)} FROM region r "
                f"WHERE undoes IS NULL AND {only} AND NOT {_UNDONE} ORDER BY id",
                tuple(given.values()),
            ).fetchall()
        return [_of(row) for row in rows]

    def history(self, data: str) -> pd.DataFrame:
        """Every record, those taken back too (`undone`), oldest first; a column for each field."""
        with reading(self.where, self._wait) as connection:
            rows = connection.execute(
                f"SELECT {', '.join(_NAMES)}, {_UNDONE} FROM region r "
                "WHERE undoes IS NULL AND data = ? ORDER BY id",
                (data,),
            ).fetchall()
        frame = pd.DataFrame.from_records(rows, columns=[*_NAMES, "undone"])
        return frame.astype({"excluded": bool, "undone": bool})


def standing(records: Sequence[Region]) -> list[Region]:
    """The newest record of each region that is not removed, in the order they were drawn first."""
    newest = {each.region: each for each in records}
    return [each for each in newest.values() if each.does != "removed"]


def authors(records: Sequence[Region]) -> dict[str, list[str]]:
    """Region → everybody who drew or corrected it, the first first."""
    found: dict[str, list[str]] = {}
    for each in records:
        whose = found.setdefault(each.region, [])
        if each.author not in whose:
            whose.append(each.author)
    return found


_UNDONE = "EXISTS (SELECT 1 FROM region u WHERE u.region = r.region AND u.undoes = r.token)"


def _head(connection: Connection, region: str) -> str:
    """The token of the newest record of a region that was not taken back; "" without one."""
    found = connection.execute(
        f"SELECT token FROM region r WHERE region = ? AND undoes IS NULL AND NOT {_UNDONE} "
        "ORDER BY id DESC LIMIT 1",
        (region,),
    ).fetchone()
    return str(found[0]) if found else ""


def _refuse_elsewhere(connection: Connection, said: Region) -> None:
    """A region stays on the slide that it was drawn on."""
    here = (said.region, said.data, said.patient, said.slide)
    other = connection.execute(
        "SELECT 1 FROM region WHERE region = ? AND (data, patient, slide) <> (?, ?, ?)", here
    ).fetchone()
    if other is not None:
        raise Refusal(
            "expected a region of this slide: it was drawn on another one. Nothing was stored."
        )


def _of(row: tuple[object, ...]) -> Region:
    known = dict(zip(_NAMES, row, strict=True))
    return Region(**known | {"excluded": bool(known["excluded"])})  # type: ignore[arg-type]
