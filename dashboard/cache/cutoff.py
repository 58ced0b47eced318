"""The threshold in force and where it comes from, decided only here.

A missing threshold is not the threshold 0: where neither the address nor the ledger has one,
`UNCHOSEN` is assumed, and the bar says so.
"""

from dataclasses import dataclass
from typing import Literal

from dashboard.cache import operating, runs
from dashboard.state import selection
from idc_core.evaluate.evaluation import UNCHOSEN
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run


@dataclass(frozen=True, slots=True)
class Cutoff:
    """`value` from 0 to 1; `locked`: the run's operating point; `chosen`: in the bar or by a link;
    `assumed`: nobody chose one."""

    value: float
    source: Literal["locked", "chosen", "assumed"]


def decide(asked: float | None, locked: float | None) -> Cutoff:
    """The threshold asked for if there is one, else the operating point, else `UNCHOSEN`.

    >>> decide(0.0, 0.4)
    Cutoff(value=0.0, source='chosen')
    >>> decide(None, 0.4)
    Cutoff(value=0.4, source='locked')
    >>> decide(None, None)
    Cutoff(value=0.5, source='assumed')
    """
    if asked is None:
        asked = UNCHOSEN if locked is None else locked
    if asked == locked:
        return Cutoff(asked, "locked")
    return Cutoff(asked, "assumed" if locked is None and asked == UNCHOSEN else "chosen")


def own(run: Run) -> Cutoff:
    """The run's own threshold: its operating point, or the one assumed without it."""
    return decide(None, locked(run))


def now() -> Cutoff:
    """The threshold of the selection."""
    chosen = selection.current()
    try:
        own = None if chosen.run is None else locked(runs.run(chosen.run))
    except Refusal:
        own = None
    return decide(chosen.threshold, own)


def locked(run: Run) -> float | None:
    """A run's newest operating point; None where the ledger cannot be read, too: the pages that
    show it say what is wrong."""
    try:
        return operating.locked_threshold(run)
    except Refusal:
        return None
