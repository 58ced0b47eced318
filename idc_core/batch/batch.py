"""All units scored by an engine; what is done is not done again, and one bad unit stops nothing."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from idc_core.batch.parts import Seen, patches_in, refuse_other_model, tidy
from idc_core.batch.unit import Unit
from idc_core.batch.work import Scored, Work
from idc_core.io.files import write_text
from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.io.safe_csv import safe_csv
from idc_core.records.cut_slides import Refused

Engine = Callable[[Sequence[Unit], Work], Iterator[tuple[Unit, Scored | Refused]]]
Tell = Callable[[int, int, Unit, Scored | Refused], None]
"""Told after each unit: how many are through, of how many, which, and what became of it."""

REFUSED = "refused.csv"


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of all units: those that are `scored`, in the order that was asked for, of which
    `before` were done already; and those that could not be."""

    scored: Mapping[Unit, Scored]
    refused: Sequence[Refused]

    @property
    def before(self) -> int:
        return sum(each.before for each in self.scored.values())

    @property
    def patches(self) -> int:
        return sum(each.patches for each in self.scored.values())


def score_all(
    units: Sequence[Unit], work: Work, engine: Engine, kinds: Collection[str], *, tell: Tell
) -> Batch:
    """Score all `units` that have no part by one of the `kinds` of processors.

    Raises `Refusal` where the folder holds parts of another network or is being written by another
    command, and where no part can be written; what is finished is kept.
    """
    with refused_by_system(f"write {work.folder}"):
        work.folder.mkdir(parents=True, exist_ok=True)
    refuse_other_model(work.folder, work.model_sha256, work.model.parent.name)
    with only_one(work.folder / ".lock", "scoring"):
        tidy(work.folder)
        seen = Seen(work.folder)
        found: dict[Unit, Scored | Refused] = {}
        for unit in units:
            if (done := _done(unit, work, seen, kinds)) is not None:
                found[unit] = done
                tell(len(found), len(units), unit, done)
        left = [unit for unit in units if unit not in found]
        for unit, outcome in _kept(engine(left, work), found, len(units)) if left else ():
            found[unit] = outcome
            if isinstance(outcome, Scored):
                seen.add(unit, outcome.part.content)
            tell(len(found), len(units), unit, outcome)
        outcomes = [(unit, found[unit]) for unit in units]
        refused = [each for _, each in outcomes if isinstance(each, Refused)]
        rows = [(each.slide, each.file, each.why) for each in refused]
        write_text(work.folder / REFUSED, safe_csv(("slide", "file", "reason"), rows))
    return Batch({unit: each for unit, each in outcomes if isinstance(each, Scored)}, refused)


def _done(unit: Unit, work: Work, seen: Seen, kinds: Collection[str]) -> Scored | None:
    """A unit whose part lies there, by what is remembered of its content."""
    content = seen.digest(unit)
    if content is None:
        return None
    for kind in sorted(kinds):
        part = work.name_of(unit, content, kind)
        if (patches := patches_in(work.folder, part)) is not None:
            return Scored(part, patches, before=True)
    return None


def _kept(
    outcomes: Iterator[tuple[Unit, Scored | Refused]],
    found: Mapping[Unit, Scored | Refused],
    total: int,
) -> Iterator[tuple[Unit, Scored | Refused]]:
    """The outcomes; where the engine stops, its sentence says what is kept."""
    try:
        yield from outcomes
    except Refusal as stopped:
        done = sum(isinstance(each, Scored) for each in found.values())
        raise Refusal(
            f"{stopped} {done:,} of {total:,} are finished and kept: the same command goes on."
        ) from None
