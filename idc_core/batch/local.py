"""Workers on this machine: a process each, which ends with the command."""

from collections.abc import Iterator, Sequence

from idc_core.batch.unit import Unit
from idc_core.batch.work import Scored, Work
from idc_core.cut.cutting import each
from idc_core.records.cut_slides import Refused

CURE = "Copy it again, or score fewer at once: --workers 1."


def in_processes(
    units: Sequence[Unit], work: Work, workers: int
) -> Iterator[tuple[Unit, Scored | Refused]]:
    """What becomes of every unit, as it comes; where the system ends a worker, the unit that it was
    at is refused, and the others go on."""
    yield from each(units, work, workers, apart=True, cure=CURE)


def one_by_one(units: Sequence[Unit], work: Work) -> Iterator[tuple[Unit, Scored | Refused]]:
    """The same in this process: what the engines are held against."""
    for unit in units:
        yield unit, work(unit)
